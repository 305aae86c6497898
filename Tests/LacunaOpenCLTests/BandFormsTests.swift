import LacunaAlgebra
import LacunaHost
import LacunaOpenCL
import Synchronization
import Testing

/// Forms of the resolvents of bands, by a GPU's kernels.
@Suite("Forms in a band", .enabled(if: !usableDevices.isEmpty, "no usable OpenCL device"))
struct BandFormsTests {
  /// Launches by kernel.
  private final class Launches: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    func add(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }
    subscript(name: String) -> Int { counts.withLock { $0[name] ?? 0 } }
  }

  /// A backend on a GPU's kernels, whatever the device is.
  private func backend<Element: OpenCLScalar>(
    _ device: OpenCLDevice, _ element: Element.Type, counting launches: Launches = Launches(),
    _ change: (inout Routes) -> Void = { _ in }
  ) throws -> OpenCLBackend<Element> {
    var routes = Routes(device)
    routes.actsAsGPU = true
    change(&routes)
    var faults = Faults()
    faults.launch = {
      launches.add($0)
      return 0
    }
    return try OpenCLBackend<Element>(device: device, routes: routes, faults: faults)
  }

  /// LLᵀ + 4b of a random L with b diagonals below its own.
  private func band(_ order: Int, width: Int) -> SymmetricBand {
    let noise = gaussians(order * (width + 1), stream: 3)
    return SymmetricBand(order: order, width: width) { i, j in
      (max(0, i - width)...j).reduce(i == j ? Double(4 * width) : 0) { sum, k in
        sum + noise[i * (width + 1) + i - k] * noise[j * (width + 1) + j - k]
      }
    }
  }

  private static let shifts = [0.1, 3, 0.5, 20, 1]

  private func forms<B: Backend>(
    _ backend: B, _ b: SymmetricBand, columns: Int, probes: Int, shifts: [Double] = Self.shifts
  ) throws -> [[Double]] {
    let w = try backend.makeMatrix(
      B.Element.nearest(gaussians(b.order * columns)), rows: b.order, columns: columns)
    let out = try backend.makeMatrix(rows: (2 + probes) * shifts.count, columns: columns)
    let g = (0..<probes).map { gaussians(b.order, stream: 7 + UInt64($0)) }
    try backend.resolventForms(of: w, band: b, shifts: shifts, probes: g, into: out)
    let values = B.Element.doubles(try backend.download(out))
    return (0..<out.rows).map { Array(values[$0 * columns..<($0 + 1) * columns]) }
  }

  /// Widths of one tile of rows and of many, of strips of 512 columns and of 32, against the host's products.
  @Test(arguments: [2, 5, 16, 31, 32, 33, 64]) func theHostAgrees(width: Int) throws {
    let b = band(201, width: width)
    func compare<Element: OpenCLScalar & HostScalar>(_ element: Element.Type, _ device: OpenCLDevice) throws {
      let expected = try forms(HostBackend<Double>(), b, columns: 77, probes: 3)
      // No condition is more than ‖B‖ / 4b.
      let bound = 30 * 201 * Double(Element.ulpOfOne) * b.norm / Double(4 * width)
      #expect(bound < 0.1)
      let launches = Launches()
      let found = try forms(
        try backend(device, Element.self, counting: launches), b, columns: 77, probes: 3)
      for (row, pair) in zip(found, expected).enumerated() {
        #expect(distance(pair.0, pair.1) <= bound, "row \(row), \(Element.precision) on \(device.name)")
      }
      #expect(launches["band_forms"] == 1 && launches["band_factor"] == (device.hasFloat64 ? 1 : 0))
    }
    for device in usableDevices {
      try compare(Float.self, device)
      if device.hasFloat64 { try compare(Double.self, device) }
    }
  }

  /// In short launches, and with the factors of few shifts at a time: the same bits.
  @Test func partsAreTheWhole() throws {
    let b = band(150, width: 17)
    for device in usableDevices where device.hasFloat64 {
      let whole = try forms(try backend(device, Double.self), b, columns: 150, probes: 2)
      let launches = Launches()
      let parts = try backend(device, Double.self, counting: launches) {
        $0.longestProduct = 1
        $0.tallestGrid = 3
      }
      #expect(try forms(parts, b, columns: 150, probes: 2) == whole)
      // A launch for each block row of either factor.
      #expect(launches["band_factor"] == 18)
      let few = Launches()
      let chunks = try backend(device, Double.self, counting: few) { $0.largestBuffer = 2 * 8 * 4 * 9 * 20 * 17 }
      #expect(try forms(chunks, b, columns: 150, probes: 2) == whole)
      #expect(few["band_factor"] == 3 && few["band_forms"] == 3)
    }
  }

  /// A minor that no band of this order has is the device's fault, not the matrix's.
  @Test func aMinorBeyondTheOrderIsNone() throws {
    let write = "failures[first_shift + r] = failed;"
    for device in usableDevices where device.hasFloat64 {
      for (minor, isAtFault) in [(20, false), (21, true), (Int(UInt32.max), true)] {
        var routes = Routes(device)
        routes.actsAsGPU = true
        var faults = Faults()
        faults.source = { $0.replacing(write, with: "failures[first_shift + r] = \(minor)u;") }
        let backend = try OpenCLBackend<Double>(device: device, routes: routes, faults: faults)
        let error = #expect(throws: BackendError.self) {
          _ = try forms(backend, band(20, width: 4), columns: 3, probes: 0)
        }
        let isRefusal = if case .notPositiveDefinite(20) = error { true } else { false }
        #expect(isRefusal != isAtFault)
        #expect(error?.description.contains("the device is at fault") == isAtFault, "\(String(describing: error))")
      }
    }
  }

  /// The first shift that leaves the band indefinite is found, and its first minor, as on the host: in the first block and in
  /// later ones, within a block and at its ends.
  @Test(arguments: [(1, 2), (5, 3), (24, 8), (25, 8)]) func indefinite(order: Int, width: Int) throws {
    for bad in 0..<order {
      let b = SymmetricBand(order: order, width: width) { i, j in
        i == j ? (i == bad ? -1 : 4) : i - j == 1 ? 1 : 0.25
      }
      let shifts = [9, -0.5, -9.0]
      let expected = #expect(throws: BackendError.self) { _ = try b.factor(shift: shifts[1]) }
      guard let expected, case .notPositiveDefinite(let minor) = expected else { continue }
      #expect(minor == bad + 1)
      for device in usableDevices where device.hasFloat64 {
        for longest in [1 << 37, 1] {
          let backend = try backend(device, Double.self) { $0.longestProduct = longest }
          #expect(throws: expected) { _ = try forms(backend, b, columns: 3, probes: 1, shifts: shifts) }
          // And the backend is none the worse for it.
          _ = try forms(backend, b, columns: 3, probes: 1, shifts: [9])
        }
      }
    }
  }
}
