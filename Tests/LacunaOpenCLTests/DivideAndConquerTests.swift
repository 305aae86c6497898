import LacunaAlgebra
import LacunaHost
import LacunaOpenCL
import RealModule
import Synchronization
import Testing

/// Eigenpairs of tridiagonal matrices, as a GPU finds them and as a processor does.
@Suite("Divide and conquer", .enabled(if: !usableDevices.isEmpty, "no usable OpenCL device"))
struct DivideAndConquerTests {
  struct Way: Sendable, CustomTestStringConvertible {
    var actsAsGPU = true
    var usesFloat64 = true
    var longestProduct = 1 << 37
    var smallProduct = 1 << 33
    var testDescription: String

    static let all = [
      Way(testDescription: "as a GPU"),
      Way(longestProduct: 1 << 18, smallProduct: 1 << 16, testDescription: "as a GPU, in parts"),
      Way(actsAsGPU: false, testDescription: "as a processor"),
    ]
    static let narrow = Way(usesFloat64: false, testDescription: "as a GPU without float64")
  }

  func open<Element: OpenCLScalar>(
    _ type: Element.Type, _ device: OpenCLDevice, _ way: Way = Way.all[0], faults: Faults = .none
  ) throws -> OpenCLBackend<Element> {
    var routes = Routes(device)
    routes.actsAsGPU = way.actsAsGPU
    routes.usesFloat64 = way.usesFloat64
    routes.longestProduct = way.longestProduct
    routes.smallProduct = way.smallProduct
    return try OpenCLBackend<Element>(device: device, routes: routes, faults: faults)
  }

  /// ‖TV − VΛ‖, ‖VᵀV − I‖, both in the norm of largest entries of a product of unit vectors, and errors of values, over n ε.
  func errors<Element: OpenCLScalar>(
    _ backend: OpenCLBackend<Element>, _ t: SymmetricTridiagonal, leading: Int
  ) throws -> (residual: Double, orthogonality: Double, values: Double) {
    let n = t.order
    let unit = Double(n) * Double(Element.ulpOfOne)
    let size = max(t.norm, .leastNormalMagnitude)
    let (values, vectors) = try backend.eigenpairs(of: t, leading: leading)
    let rows = try backend.download(vectors).map { Double($0) }
    let exact = try t.eigenvalues().suffix(leading)
    #expect(values.count == leading && zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
    var (residual, orthogonality, error) = (0.0, 0.0, 0.0)
    func worst(_ x: Double, _ y: Double) -> Double { y <= x ? x : y }
    for (i, (value, known)) in zip(values, exact).enumerated() {
      let v = rows[i * n..<(i + 1) * n]
      let image = t.times(v)
      let square = zip(image, v).reduce(0) { $0 + ($1.0 - value * $1.1) * ($1.0 - value * $1.1) }
      residual = worst(residual, square.squareRoot() / (size * unit))
      error = worst(error, abs(value - known) / (size * unit))
    }
    let host = HostBackend<Double>()
    let all = try host.makeMatrix(rows, rows: leading, columns: n)
    let gram = try host.makeMatrix(rows: leading, columns: leading)
    try host.multiply(all, transposeA: false, all, transposeB: true, alpha: 1, beta: 0, into: gram)
    for (e, value) in try host.download(gram).enumerated() {
      orthogonality = worst(orthogonality, abs(value - (e % (leading + 1) == 0 ? 1 : 0)) / unit)
    }
    return (residual, orthogonality, error)
  }

  static let orders = [1, 2, 3, 31, 32, 33, 130, 257, 500]

  func pairs<Element: OpenCLScalar>(
    _ type: Element.Type, _ device: OpenCLDevice, _ way: Way, _ example: TridiagonalExample, orders: [Int]
  ) throws {
    let backend = try open(Element.self, device, way)
    for n in orders {
      let t = example.make(n, epsilon: Double(Element.ulpOfOne)).rounded(to: Element.self)
      let found = try errors(backend, t, leading: n)
      #expect(
        found.residual < 30 && found.orthogonality < 30 && found.values < 30,
        "\(example) of order \(n), \(Element.precision): \(found)")
    }
  }

  @Test("pairs of LAPACK's matrices", arguments: Way.all, TridiagonalExample.allCases)
  func pairs(way: Way, example: TridiagonalExample) throws {
    // The seams and the parts are the same however the work is cut.
    let orders = way.longestProduct == Way.all[0].longestProduct ? Self.orders : [130, 257]
    for device in usableDevices {
      try pairs(Float.self, device, way, example, orders: orders)
      if device.hasFloat64 { try pairs(Double.self, device, way, example, orders: orders) }
    }
  }

  @Test("pairs of LAPACK's matrices without float64", arguments: TridiagonalExample.allCases)
  func narrow(example: TridiagonalExample) throws {
    for device in usableDevices { try pairs(Float.self, device, .narrow, example, orders: Self.orders) }
  }

  @Test("few leading pairs are those of all", arguments: Way.all, [0, 1, 7, 129])
  func leading(way: Way, count: Int) throws {
    for device in usableDevices where device.hasFloat64 {
      let backend = try open(Double.self, device, way)
      for example in [TridiagonalExample.random, .clusteredAtOne, .gluedWilkinson] {
        let t = example.make(130, epsilon: .ulpOfOne)
        let found = try errors(backend, t, leading: count)
        #expect(found.residual < 30 && found.orthogonality < 30 && found.values < 30, "\(example): \(found)")
      }
    }
  }

  @Test("few pairs of a large matrix take no two matrices on the device")
  func few() throws {
    for device in usableDevices where device.hasFloat64 {
      let largest = Mutex(0)
      var faults = Faults()
      faults.allocation = { bytes in
        largest.withLock { $0 = max($0, bytes) }
        return 0
      }
      let backend = try open(Double.self, device, faults: faults)
      let n = 1030
      largest.withLock { $0 = 0 }
      let found = try errors(backend, TridiagonalExample.legendre.make(n, epsilon: .ulpOfOne), leading: 4)
      #expect(found.residual < 30 && found.orthogonality < 30 && found.values < 30, "\(found)")
      #expect(largest.withLock { $0 } < 8 * n * n)
    }
  }

  /// Launches of one iteration each, as where a GPU with a display is slow, and one launch of all: the same bits.
  @Test func iterationsInPartsAreTheSame() throws {
    for device in usableDevices where device.hasFloat64 {
      let t = TridiagonalExample.random.make(200, epsilon: .ulpOfOne)
      let results = try [1 << 37, 1].map { longest in
        let count = Mutex(0)
        var faults = Faults()
        faults.launch = { name in
          if name == "secular_roots" { count.withLock { $0 += 1 } }
          return 0
        }
        let backend = try open(
          Double.self, device, Way(longestProduct: longest, testDescription: ""), faults: faults)
        let (values, vectors) = try backend.eigenpairs(of: t, leading: t.order)
        return (values, try backend.download(vectors), count.withLock { $0 })
      }
      #expect(results[0].0 == results[1].0 && results[0].1 == results[1].1)
      // Three levels of joins.
      #expect(results[0].2 == 3 && results[1].2 > 100 * results[0].2)
    }
  }

  @Test("a power of two times the matrix has its vectors", arguments: [0x1p900, 0x1p-900])
  func scales(scale: Double) throws {
    for device in usableDevices where device.hasFloat64 {
      let backend = try open(Double.self, device)
      let t = TridiagonalExample.random.make(70, epsilon: .ulpOfOne)
      let scaled = SymmetricTridiagonal(
        diagonal: t.diagonal.map { $0 * scale }, offDiagonal: t.offDiagonal.map { $0 * scale })
      let (values, vectors) = try backend.eigenpairs(of: t, leading: 70)
      let (scaledValues, scaledVectors) = try backend.eigenpairs(of: scaled, leading: 70)
      #expect(scaledValues == values.map { $0 * scale })
      #expect(try backend.download(scaledVectors) == backend.download(vectors))
    }
  }

  /// What goes to and fro is a few numbers for each of the n rows a level, and the leaves: not n² of them.
  @Test(arguments: [TridiagonalExample.random, .wilkinson, .toeplitz])
  func littleGoesToAndFro(example: TridiagonalExample) throws {
    for device in usableDevices where device.hasFloat64 {
      let bytes = Mutex(0)
      var faults = Faults()
      faults.transfer = { count in
        bytes.withLock { $0 += count }
        return 0
      }
      let backend = try open(Double.self, device, faults: faults)
      let counts = try [250, 500, 1000].map { n in
        let t = example.make(n, epsilon: .ulpOfOne)
        bytes.withLock { $0 = 0 }
        _ = try backend.eigenpairs(of: t, leading: n)
        return bytes.withLock { $0 }
      }
      #expect(counts[1] < 3 * counts[0] && counts[2] < 3 * counts[1])
      #expect(counts[2] < 8 * 1000 * 1000 / 5, "\(counts)")
    }
  }

  /// A device lost after any number of calls gives an error or the right pairs.
  @Test func lost() throws {
    let t = TridiagonalExample.gluedWilkinson.make(70, epsilon: .ulpOfOne)
    func values(_ backend: OpenCLBackend<Double>) throws -> [Double] {
      try backend.eigenpairs(of: t, leading: 70).values
    }
    for device in usableDevices where device.hasFloat64 {
      let right = try values(try open(Double.self, device))
      var failures = 0
      let survivals = [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 1000]
      for survived in survivals {
        let calls = Mutex(Int.min)
        var faults = Faults()
        faults.launch = { _ in
          calls.withLock { count in
            count += 1
            return count > survived ? -36 : 0
          }
        }
        let backend = try open(Double.self, device, faults: faults)
        calls.withLock { $0 = 0 }
        do {
          #expect(try values(backend) == right)
        } catch BackendError.device(let call, -36, _) {
          failures += 1
          #expect(call.hasPrefix("clEnqueue") || call == "CLBlastGemm")
        }
      }
      #expect(failures > 8 && failures < survivals.count)
    }
  }

  /// A matrix that is not finite is refused, as LAPACK's would be.
  @Test func refusesWhatIsNotFinite() throws {
    for device in usableDevices where device.hasFloat64 {
      let backend = try open(Double.self, device)
      for bad in [Double.nan, .infinity] {
        let t = SymmetricTridiagonal(diagonal: [1, bad, 2], offDiagonal: [1, 1])
        #expect(throws: BackendError.self) { _ = try backend.eigenpairs(of: t, leading: 3) }
      }
    }
  }
}
