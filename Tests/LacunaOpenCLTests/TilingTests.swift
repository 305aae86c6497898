import LacunaAlgebra
import LacunaOpenCL
import Synchronization
import Testing

/// The choice of a tiling on devices that the built-in table does not know: here every device is taken for one.
@Suite("Measured tilings", .serialized, .enabled(if: !usableDevices.isEmpty, "no usable OpenCL device"))
struct TilingTests {
  /// What was kept and said, in memory.
  private final class Record: Sendable {
    private let state: Mutex<(kept: [String: String], notes: [String])>

    init(_ kept: [String: String] = [:]) { state = Mutex((kept, [])) }

    var kept: [String: String] { state.withLock { $0.kept } }
    var notes: [String] { state.withLock { $0.notes } }

    var memory: TilingMemory {
      TilingMemory(
        load: { key in self.state.withLock { $0.kept[key] } },
        save: { key, text in self.state.withLock { $0.kept[key] = text } },
        note: { text in self.state.withLock { $0.notes.append(text) } })
    }
  }

  private func openAsUnknown<Element: OpenCLScalar>(
    _ device: OpenCLDevice, _ element: Element.Type, _ record: Record, faults: Faults = .none
  ) throws -> OpenCLBackend<Element> {
    var routes = Routes(device)
    routes.knowsTiling = false
    return try OpenCLBackend<Element>(device: device, routes: routes, faults: faults, tilings: record.memory)
  }

  /// Products of a backend against three loops, at a size for each of CLBlast's routes.
  private func multiplies<Element: OpenCLScalar>(_ backend: OpenCLBackend<Element>) throws -> Bool {
    try [37, 290].allSatisfy { n in
      let values = gaussians(n * n)
      let a = try backend.makeMatrix(values.map { Element($0) }, rows: n, columns: n)
      let c = try backend.makeMatrix(rows: n, columns: n)
      try backend.multiply(a, transposeA: false, a, transposeB: true, alpha: 1, beta: 0, into: c)
      let found = try backend.download(c)
      return stride(from: 0, to: n * n, by: 101).allSatisfy { e in
        let expected = (0..<n).reduce(0) { $0 + values[e / n * n + $1] * values[e % n * n + $1] }
        return abs(Double(found[e]) - expected) <= 20 * Double(n) * Double(Element.ulpOfOne)
      }
    }
  }

  @Test("a choice is measured once, kept and used again") func measuredOnce() throws {
    for device in usableDevices {
      let record = Record()
      #expect(try multiplies(openAsUnknown(device, Float.self, record)))
      let first = record.kept
      #expect(first.count == 1 && record.notes.isEmpty)
      let key = try #require(first.keys.first)
      #expect(key.contains(device.name) && key.contains(device.driver) && key.contains("float32"))
      // Found again: nothing is saved, which a memory that forgets what it is told would show.
      let reader = TilingMemory(
        load: { first[$0] }, save: { _, _ in Issue.record("measured again") }, note: { Issue.record("\($0)") })
      var routes = Routes(device)
      routes.knowsTiling = false
      #expect(try multiplies(OpenCLBackend<Float>(device: device, routes: routes, tilings: reader)))
      guard device.hasFloat64 else { continue }
      #expect(try multiplies(openAsUnknown(device, Double.self, record)))
      #expect(record.kept.count == 2)
    }
  }

  @Test("damaged entries are ignored with a note") func damaged() throws {
    for device in usableDevices {
      let record = Record()
      _ = try openAsUnknown(device, Float.self, record)
      let key = try #require(record.kept.keys.first)
      for text in ["nonsense", "1,4,1,1,4,4,32,4,4,64,0,0,0,0,8,4;2,8,8,8,8,1,1,1,1,32;128"] {
        let damaged = Record([key: text])
        #expect(try multiplies(openAsUnknown(device, Float.self, damaged)))
        #expect(damaged.notes.count == 1 && damaged.kept[key] != text)
      }
    }
  }

  @Test("a device on which no tiling is right does not open, and nothing is kept") func allWrong() throws {
    for device in usableDevices {
      let record = Record()
      var faults = Faults()
      faults.selfTest = { $0 + 1 }
      #expect(throws: BackendError.self) { _ = try openAsUnknown(device, Float.self, record, faults: faults) }
      #expect(record.kept.isEmpty)
      // Whatever was tried last, the device's own tiling is back for the next backend.
      #expect(try multiplies(OpenCLBackend<Float>(device: device)))
    }
  }
}
