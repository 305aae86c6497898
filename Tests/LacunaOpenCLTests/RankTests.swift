import LacunaAlgebra
import LacunaOpenCL
import Testing

/// Matrices of low rank: what is left of them after a few reflections is rounding, whose squares underflow.
@Suite("Low rank", .enabled(if: !usableDevices.isEmpty, "no usable OpenCL device"))
struct RankTests {
  /// The matrix of ones: its spectrum is n and n − 1 times 0, its eigenvectors are orthonormal whatever is left of it.
  func ones<Element: OpenCLScalar>(_ type: Element.Type, order n: Int, actsAsGPU: Bool) throws {
    for device in usableDevices {
      var routes = Routes(device)
      routes.actsAsGPU = actsAsGPU
      let backend = try OpenCLBackend<Element>(device: device, routes: routes)
      let matrix = try backend.makeMatrix([Element](repeating: 1, count: n * n), rows: n, columns: n)
      let values = try backend.eigendecompose(matrix)
      let unit = 30 * Double(n) * Double(Element.ulpOfOne)
      let spectrum = [Double](repeating: 0, count: n - 1) + [Double(n)]
      #expect(distance(values, spectrum) <= unit)
      let vectors = try backend.download(matrix).map { Double($0) }
      var worst = 0.0
      for i in 0..<n {
        for j in 0...i {
          let product = (0..<n).reduce(0) { $0 + vectors[i * n + $1] * vectors[j * n + $1] }
          worst = max(worst, abs(product - (i == j ? 1 : 0)))
        }
      }
      #expect(worst <= unit, "order \(n) in \(Element.precision.rawValue)")
    }
  }

  @Test(arguments: [130, 200], [false, true]) func eigenvectorsAreOrthogonal(order: Int, actsAsGPU: Bool) throws {
    try ones(Float.self, order: order, actsAsGPU: actsAsGPU)
    try ones(Double.self, order: order, actsAsGPU: actsAsGPU)
  }
}
