import LacunaAlgebra
import LacunaHost
import LacunaOpenCL
import LacunaVerification
import Synchronization
import Testing

private let devices = OpenCLDevice.all().filter(\.isUsable)

/// The reduction to a band as a GPU does it: edges of its panels, its launches, and its faults.
@Suite(.enabled(if: !devices.isEmpty, "no usable OpenCL device")) struct BandReductionTests {
  static let width = 32

  /// In both precisions, and again in launches of bounded length, where float32 sums have no float64.
  private static let backends = Result<[any Backend], any Error> {
    try devices.flatMap { device in
      var all: [any Backend] = []
      for inParts in [false, true] {
        all.append(try open(Float.self, device, inParts: inParts))
        if device.hasFloat64 { all.append(try open(Double.self, device, inParts: inParts)) }
      }
      return all
    }
  }

  private static func open<Element: OpenCLScalar>(
    _ type: Element.Type, _ device: OpenCLDevice, inParts: Bool = false, faults: Faults = .none
  ) throws -> OpenCLBackend<Element> {
    var routes = Routes(device)
    routes.actsAsGPU = true
    if inParts {
      routes.longestProduct = 1 << 18
      routes.smallProduct = 1 << 16
      routes.tallestGrid = 3
      routes.usesFloat64 = Element.precision == .float64
    }
    return try OpenCLBackend<Element>(device: device, routes: routes, faults: faults)
  }

  enum Example: String, CaseIterable, Sendable {
    case gaussian, rankThree, ones, graded, band, zero

    func make(_ n: Int) -> [Double] {
      let noise = (0..<n * n).map { EntryLaw.gaussian.value(at: UInt64($0), of: RandomStream(seed: 11, stream: 3)) }
      return (0..<n * n).map { e in
        let (i, j) = (max(e / n, e % n), min(e / n, e % n))
        switch self {
        case .gaussian: return noise[i * n + j]
        case .rankThree: return (0..<min(3, n)).reduce(0) { $0 + noise[$1 * n + i] * noise[$1 * n + j] }
        case .ones: return 1
        case .graded: return noise[i * n + j] * Double(sign: .plus, exponent: -(i + j) / 8, significand: 1)
        case .band: return i - j <= BandReductionTests.width ? noise[i * n + j] : 0
        case .zero: return 0
        }
      }
    }
  }

  private func gram(_ x: [Double], _ y: [Double], transposed: Bool, order n: Int) throws -> [Double] {
    let host = HostBackend<Double>(threads: 1)
    let out = try host.makeMatrix(rows: n, columns: n)
    try host.multiply(
      try host.makeMatrix(x, rows: n, columns: n), transposeA: false, try host.makeMatrix(y, rows: n, columns: n),
      transposeB: transposed, alpha: 1, beta: 0, into: out)
    return try host.download(out)
  }

  /// BW = WA and WWᵀ = I, within 30 n ε of the norm.
  private func check<Device: Backend>(_ backend: Device, _ example: Example, order n: Int) throws {
    let given = example.make(n).map { Device.Element($0) }
    let a = given.map { Double($0) }
    let matrix = try backend.makeMatrix(
      given.indices.map { $0 % n > $0 / n ? .nan : given[$0] }, rows: n, columns: n)
    let b = try backend.reduceToBand(matrix)
    #expect(b.order == n && b.width == max(1, min(Self.width, n - 1)))
    let w = try backend.download(matrix).map { Double($0) }
    let unit = 30 * Double(n) * Double(Device.Element.ulpOfOne)
    let norm = (0..<n).map { i in (0..<n).reduce(0) { $0 + abs(a[i * n + $1]) } }.max() ?? 0
    func largest(_ x: [Double], _ y: [Double]) -> Double {
      zip(x, y).reduce(0) { abs($1.0 - $1.1) <= $0 ? $0 : abs($1.0 - $1.1) }
    }
    let dense = (0..<n * n).map { b[$0 / n, $0 % n] }
    let residual = largest(
      try gram(dense, w, transposed: false, order: n), try gram(w, a, transposed: false, order: n))
    let identity = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0 }
    let name = "\(example), order \(n), \(Device.Element.precision.rawValue)"
    #expect(residual <= unit * norm, "\(name)")
    #expect(largest(try gram(w, w, transposed: true, order: n), identity) <= unit, "\(name)")
  }

  /// A panel more or less, panels of one and of two rows left of the band, and several groups of rows.
  @Test(arguments: Example.allCases, [1, 2, 33, 34, 35, 65, 66, 97, 130, 290])
  func reduces(example: Example, order: Int) throws {
    for backend in try Self.backends.get() { try check(backend, example, order: order) }
  }

  /// Reflectors of more coordinates than one run of their inner products, and in blocks that are made of two.
  @Test(arguments: [Example.gaussian, .rankThree]) func reducesInRuns(example: Example) throws {
    for backend in try Self.backends.get() { try check(backend, example, order: 650) }
  }

  private final class Launches: Sendable {
    private let list = Mutex<[String]>([])
    var names: [String] { list.withLock { $0 } }
    func add(_ name: String) { list.withLock { $0.append(name) } }
  }

  /// One launch a column, and six a panel, of which two are products; then the band is read.
  @Test func launches() throws {
    for device in devices {
      let seen = Launches()
      var faults = Faults()
      faults.launch = { name in
        seen.add(name)
        return 0
      }
      let backend = try Self.open(Float.self, device, faults: faults)
      let n = 290
      let a = try backend.makeMatrix(Example.gaussian.make(n).map { Float($0) }, rows: n, columns: n)
      _ = try backend.reduceToBand(a)
      let names = seen.names.drop { $0 != "band_gather" }
      let reduction = names.prefix { $0 != "band_entries" }
      let panels = (n - 2) / Self.width
      #expect(reduction.count { $0 == "band_column" } == n - Self.width)
      #expect(reduction.count { $0 == "tile_product" } == 2 * panels)
      #expect(reduction.count == n - Self.width + 6 * panels)
      #expect(Array(names.dropFirst(reduction.count).prefix(2)) == ["band_entries", "read"])
    }
  }

  private static let kernels = [
    "band_gather", "band_column", "band_product", "band_fold", "band_middle", "band_entries", "reflectors_gather",
    "reflectors_triangle",
  ]

  /// A kernel that does nothing, once or always, is seen by the probe. Each has a matrix of its own, its rows and columns further on
  /// in a circle: in memory that another reduction of the same one gave back, what was not computed may be right.
  @Test(arguments: Self.kernels)
  func aLostLaunchIsFound(kernel: String) throws {
    for device in devices {
      for condition in kernel == "band_column" ? ["true", "j == 5"] : ["true"] {
        var faults = Faults()
        faults.source = { text in
          guard let name = text.range(of: " \(kernel)("), let body = text[name.upperBound...].range(of: ") {\n") else {
            return text
          }
          return text.replacingCharacters(in: body, with: ") {\n  if (\(condition)) return;\n")
        }
        let backend = VerifiedBackend(try Self.open(Float.self, device, faults: faults))
        let n = 100
        let example = Example.gaussian.make(n)
        let shift = 1 + (Self.kernels.firstIndex(of: kernel) ?? 0)
        let values = (0..<n * n).map { Float(example[($0 / n + shift) % n * n + ($0 % n + shift) % n]) }
        let a = try backend.makeMatrix(values, rows: n, columns: n)
        let error = #expect(throws: BackendError.self) { _ = try backend.reduceToBand(a) }
        #expect(
          error?.description.contains("the device is at fault") == true, "\(kernel): \(String(describing: error))")
      }
    }
  }
}
