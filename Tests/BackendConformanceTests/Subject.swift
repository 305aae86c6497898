import HostBackend
import LinearAlgebra
import OpenCLBackend
import Testing

/// A backend under test, in one precision.
///
/// Every law runs over `Subject.all`. A further kind of device joins by one more list in `all` and one more test in
/// `BackendPresenceTests`, which shows it as skipped where the machine has none.
struct Subject: Sendable, CustomTestStringConvertible {
  let backend: any Backend
  let testDescription: String

  static let host = [
    Subject(backend: HostBackend<Double>(), testDescription: "host float64"),
    Subject(backend: HostBackend<Float>(), testDescription: "host float32"),
  ]

  /// Both precisions of every usable OpenCL device, float32 once more with sums in compensated pairs as a device without
  /// float64 makes them.
  static let openCL = OpenCLDevice.all().filter(\.isUsable).flatMap { device in
    var subjects: [Subject] = []
    func add<B: Backend>(_ name: String, _ make: () throws -> B) {
      do {
        subjects.append(Subject(backend: try make(), testDescription: "\(device.name) \(name)"))
      } catch {
        Issue.record(error, "\(device.name) \(name) does not open")
      }
    }
    add("float32") { try OpenCLBackend<Float>(device: device) }
    add("float32 without float64") { try OpenCLBackend<Float>(device: device, faults: .none, usesFloat64: false) }
    if device.hasFloat64 { add("float64") { try OpenCLBackend<Double>(device: device) } }
    return subjects
  }

  static let all = host + openCL
}

@Suite struct BackendPresenceTests {
  @Test func theHostIsPresent() { #expect(Subject.host.count == 2) }

  @Test(.enabled(if: OpenCLDevice.all().contains(where: \.isUsable), "no usable OpenCL device"))
  func openCLDevicesAreOpen() {
    let expected = OpenCLDevice.all().filter(\.isUsable).reduce(0) { $0 + ($1.hasFloat64 ? 3 : 2) }
    #expect(Subject.openCL.count == expected)
  }
}

extension Backend {
  /// A matrix of this backend holding values rounded to its precision.
  func matrix(_ dense: Dense) throws -> Matrix {
    try makeMatrix(dense.values.map { Element($0) }, rows: dense.rows, columns: dense.columns)
  }

  func vector(_ values: [Double]) throws -> Matrix { try makeVector(values.map { Element($0) }) }

  /// The values of a matrix of this backend.
  func dense(_ matrix: Matrix) throws -> Dense {
    Dense(rows: matrix.rows, columns: matrix.columns, values: try download(matrix).map { Double($0) })
  }

  /// Values as this backend's precision holds them, so that a reference starts from the same numbers.
  func rounded(_ dense: Dense) -> Dense { dense.map { Double(Element($0)) } }

  func rounded(_ values: [Double]) -> [Double] { values.map { Double(Element($0)) } }

  /// ε of this backend's precision.
  var epsilon: Double { Double(Element.ulpOfOne) }
}
