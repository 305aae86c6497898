import LacunaAlgebra
import LacunaHost
import LacunaOpenCL
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

  /// Every usable OpenCL device in both precisions, and once more in each with the routes it would not take by itself:
  /// sums without float64, a GPU's kernels on a processor and the other way round, large matrices' methods on small ones.
  static let openCL = OpenCLDevice.all().filter(\.isUsable).flatMap { device in
    var subjects: [Subject] = []
    func add<Element: OpenCLScalar>(_ element: Element.Type, _ routes: Routes, _ name: String) {
      do {
        let backend = try OpenCLBackend<Element>(device: device, routes: routes)
        subjects.append(Subject(backend: backend, testDescription: "\(device.name) \(Element.precision)\(name)"))
      } catch {
        Issue.record(error, "\(device.name) \(Element.precision)\(name) does not open")
      }
    }
    let usual = Routes(device)
    var other = usual
    other.actsAsGPU.toggle()
    other.smallestKrylov = 64
    // Launches in parts, as on devices of narrow grids and short launches.
    other.tallestGrid = 7
    other.longestProduct = 1 << 22
    // Some products by CLBlast, as large ones are, and some in one launch.
    other.smallProduct = 1 << 24
    add(Float.self, usual, "")
    if device.hasFloat64 {
      add(Double.self, usual, "")
      add(Double.self, other, ", other routes")
    }
    other.usesFloat64 = false
    add(Float.self, other, ", other routes, no float64")
    return subjects
  }

  static let all = host + openCL
}

@Suite struct BackendPresenceTests {
  @Test func theHostIsPresent() { #expect(Subject.host.count == 2) }

  @Test(.enabled(if: OpenCLDevice.all().contains(where: \.isUsable), "no usable OpenCL device"))
  func openCLDevicesAreOpen() {
    let expected = OpenCLDevice.all().filter(\.isUsable).reduce(0) { $0 + ($1.hasFloat64 ? 4 : 2) }
    #expect(Subject.openCL.count == expected)
  }
}
