import LacunaAlgebra
import LacunaOpenCL
import Synchronization
import Testing

/// Products and rank updates by kernels of their own, against three loops on the host.
@Suite("Ways of products", .serialized, .enabled(if: !usableDevices.isEmpty, "no usable OpenCL device"))
struct ProductWayTests {
  /// Samples and coordinates: one tile and less, edges within tiles, several of each kind.
  static let shapes = [(1, 1), (3, 70), (65, 64), (130, 37), (35, 300)]

  private func grams<Element: OpenCLScalar>(_ backend: OpenCLBackend<Element>) throws {
    for (rows, columns) in Self.shapes {
      let x = gaussians(rows * columns, stream: 1).map { Element($0) }
      for (isSample, size, inner) in [(false, columns, rows), (true, rows, columns)] {
        let start = gaussians(size * size, stream: 2).map { Element($0) }
        let s = try backend.makeMatrix(start, rows: size, columns: size)
        let samples = try backend.makeMatrix(x, rows: rows, columns: columns)
        if isSample {
          try backend.accumulateSampleGram(of: samples, scale: -0.5, into: s)
        } else {
          try backend.accumulateGram(of: samples, scale: -0.5, into: s)
        }
        let found = try backend.download(s)
        var worst = 0.0
        for i in 0..<size {
          for j in 0..<size {
            if j > i {
              #expect(found[i * size + j] == start[i * size + j], "above the diagonal")
              continue
            }
            let dot = (0..<inner).reduce(0.0) { sum, k in
              let (u, v) = isSample ? (i * columns + k, j * columns + k) : (k * columns + i, k * columns + j)
              return sum + Double(x[u]) * Double(x[v])
            }
            worst = max(worst, abs(Double(found[i * size + j]) - (Double(start[i * size + j]) - 0.5 * dot)))
          }
        }
        // ‖x‖² ε bounds an entry's error up to the order of summation.
        let norm = x.reduce(1.0) { $0 + Double($1) * Double($1) }
        #expect(worst <= 4 * norm * Double(Element.ulpOfOne), "\(rows) × \(columns), samples: \(isSample)")
      }
    }
  }

  @Test("the lower triangle is added to and nothing above it", arguments: [0, 1 << 33])
  func grams(smallProduct: Int) throws {
    for device in usableDevices {
      for longest in [Int.max, 1 << 18] {
        var routes = Routes(device)
        routes.actsAsGPU = true
        routes.smallProduct = smallProduct
        // Some rows of tiles a launch.
        routes.longestProduct = longest
        try grams(OpenCLBackend<Float>(device: device, routes: routes))
        if device.hasFloat64 { try grams(OpenCLBackend<Double>(device: device, routes: routes)) }
      }
    }
  }

  /// What a device that is measured keeps.
  private final class Memory: Sendable {
    private let state = Mutex<(kept: [String: String], notes: [String])>(([:], []))

    var kept: [String: String] { state.withLock { $0.kept } }
    var notes: [String] { state.withLock { $0.notes } }
    func keep(_ text: String, ofEnding ending: String) {
      state.withLock { state in
        for key in state.kept.keys where key.hasSuffix(ending) { state.kept[key] = text }
      }
    }

    var tilings: TilingMemory {
      TilingMemory(
        load: { key in self.state.withLock { $0.kept[key] } },
        save: { key, text in self.state.withLock { $0.kept[key] = text } },
        note: { text in self.state.withLock { $0.notes.append(text) } })
    }
  }

  /// The instruction of the matrix units is replaced by loops over the pieces that its lanes hold: all else of it runs.
  private func open(
    _ device: OpenCLDevice, depth: Int, _ memory: Memory, program: @escaping @Sendable (String) -> String
  ) throws -> OpenCLBackend<Double> {
    var routes = Routes(device)
    routes.actsAsGPU = true
    routes.knowsTiling = false
    routes.matrixDepth = depth
    var faults = Faults()
    faults.source = { $0.contains("mma_product") ? program($0) : $0 }
    return try OpenCLBackend<Double>(device: device, routes: routes, faults: faults, tilings: memory.tilings)
  }

  @Test("matrix units multiply, factor and invert as loops do, or are not used") func matrixUnits() throws {
    for device in usableDevices where device.hasFloat64 {
      let memory = Memory()
      let broken = try open(device, depth: 8, memory) { _ in "#error no such instruction\n" }
      #expect(!broken.description.contains("matrix units"))
      #expect(memory.notes.count == 1 && memory.notes[0].contains("no such instruction"))
      #expect(memory.kept.count == 3)
      for depth in [8, 4] {
        memory.keep("matrixUnits", ofEnding: " rank updates")
        memory.keep("matrixUnits", ofEnding: " products")
        let backend = try open(device, depth: depth, memory) { "#define MMA_BY_HAND\n" + $0 }
        #expect(backend.description.contains("matrix units and CLBlast"))
        try grams(backend)
        try inverts(backend, order: 300)
      }
      // Two columns of a result exchanged: the self-test sees it, and CLBlast multiplies.
      let wrong = try open(device, depth: 8, memory) {
        "#define MMA_BY_HAND\n" + $0.replacing("2 * t + i % 2;", with: "2 * t + 1 - i % 2;")
      }
      #expect(!wrong.description.contains("matrix units"))
      #expect(memory.notes.count > 1 && memory.notes[1].contains("mma_product") || memory.notes[1].contains("a Gram"))
    }
  }

  /// A A⁻¹v = v, and a product of the size that is large, row by row against loops.
  private func inverts(_ backend: OpenCLBackend<Double>, order n: Int) throws {
    let x = gaussians(n * n, stream: 3)
    let a = try backend.makeMatrix(rows: n, columns: n)
    let samples = try backend.makeMatrix(x, rows: n, columns: n)
    try backend.accumulateGram(of: samples, scale: 1 / Double(n), into: a)
    try backend.addDiagonal(0.125, to: a)
    try backend.symmetrize(a)
    let values = try backend.download(a)
    _ = try backend.invertPositiveDefinite(a)
    try backend.symmetrize(a)
    let inverse = try backend.download(a)
    let v = gaussians(n, stream: 4)
    func times(_ m: [Double], _ v: [Double]) -> [Double] {
      (0..<n).map { i in (0..<n).reduce(0) { $0 + m[i * n + $1] * v[$1] } }
    }
    // The condition number is 40 at most.
    #expect(distance(times(values, times(inverse, v)), v) <= 40 * 30 * Double(n) * .ulpOfOne)
    let c = try backend.makeMatrix(rows: n, columns: n)
    try backend.multiply(samples, transposeA: true, samples, transposeB: true, alpha: 1, beta: 0, into: c)
    let product = try backend.download(c)
    for e in stride(from: 0, to: n * n, by: 97) {
      let expected = (0..<n).reduce(0) { $0 + x[$1 * n + e / n] * x[e % n * n + $1] }
      #expect(abs(product[e] - expected) <= 20 * Double(n) * .ulpOfOne)
    }
  }
}
