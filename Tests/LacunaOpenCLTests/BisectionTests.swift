import LacunaAlgebra
import LacunaOpenCL
import RealModule
import Synchronization
import Testing

/// Bisection in launches of bounded length: a display's GPU is watched, and ends what runs for too long.
@Suite("Bisection", .enabled(if: !usableDevices.isEmpty, "no usable OpenCL device"))
struct BisectionTests {
  /// Launches of "bisect" by what a launch may take.
  private final class Count: Sendable {
    private let launches = Mutex(0)
    func add() { launches.withLock { $0 += 1 } }
    var total: Int { launches.withLock { $0 } }
  }

  private func eigenvalues(
    _ matrix: [Double], order n: Int, on device: OpenCLDevice, longest: Int
  ) throws -> (values: [Double], launches: Int) {
    let count = Count()
    var routes = Routes(device)
    routes.actsAsGPU = true
    routes.longestProduct = longest
    var faults = Faults()
    faults.launch = { name in
      if name == "bisect" { count.add() }
      return 0
    }
    let backend = try OpenCLBackend<Double>(device: device, routes: routes, faults: faults)
    let values = try backend.eigenvalues(of: try backend.makeMatrix(matrix, rows: n, columns: n))
    return (values, count.total)
  }

  /// 2 on the diagonal and −1 beside it: λ_k = 2 − 2 cos(kπ / (n + 1)); and, scaled, far from 1.
  @Test(arguments: [1.0, 0x1p300, 0x1p-300]) func secondDifferences(scale: Double) throws {
    let n = 150
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      matrix[i * (n + 1)] = 2 * scale
      if i > 0 { matrix[i * n + i - 1] = -scale }
    }
    let expected = (1...n).map { scale * (2 - 2 * Double.cos(Double($0) * .pi / Double(n + 1))) }
    for device in usableDevices where device.hasFloat64 {
      let whole = try eigenvalues(matrix, order: n, on: device, longest: 1 << 37)
      let parts = try eigenvalues(matrix, order: n, on: device, longest: 24 * n * n * 5)
      let single = try eigenvalues(matrix, order: n, on: device, longest: 1)
      #expect(whole.launches == 1)
      #expect(parts.launches == 12)
      // Nothing is cut finer than a halving.
      #expect(single.launches > parts.launches)
      #expect(distance(whole.values, expected) <= 30 * Double(n) * .ulpOfOne)
      #expect(parts.values == whole.values && single.values == whole.values)
    }
  }
}
