import LinearAlgebra
import OpenCLBackend
import Testing

@Suite("Random fills on the device", .enabled(if: !usableDevices.isEmpty, "no usable OpenCL device"))
struct FillTests {
  static let laws: [EntryLaw] = [
    .gaussian, .rademacher, .studentT(degreesOfFreedom: 5), .studentT(degreesOfFreedom: 2.5), .sparse(density: 0.1),
    .sparse(density: 1),
  ]

  func worst<Element: OpenCLScalar>(_ law: EntryLaw, _ type: Element.Type, usesFloat64: Bool = true) throws -> Double {
    var worst = 0.0
    for device in usableDevices {
      var routes = Routes(device)
      routes.usesFloat64 = usesFloat64
      let backend = try OpenCLBackend<Element>(device: device, routes: routes)
      let stream = RandomStream(seed: 99, stream: 7 << 40 | 3)
      for (count, offset) in [(100_001, UInt64(5)), (1000, 1 << 40 + 3)] {
        let x = try backend.makeMatrix(rows: 1, columns: count)
        try backend.fill(x, law: law, stream: stream, offset: offset)
        for (e, value) in try backend.download(x).enumerated() {
          let expected = law.value(at: offset + UInt64(e), of: stream)
          let unit = Double(Element.ulpOfOne) * max(abs(expected), 1)
          let error = abs(Double(value) - expected) / unit
          worst = error > worst || error.isNaN ? error : worst
        }
      }
    }
    return worst
  }

  @Test("values agree with the law's definition", arguments: laws)
  func agree(law: EntryLaw) throws {
    let single = try worst(law, Float.self)
    let double = try worst(law, Double.self)
    let bare = try worst(law, Float.self, usesFloat64: false)
    #expect(single <= 4)
    #expect(double <= 4)
    if case .studentT = law { #expect(bare <= 16) } else { #expect(bare <= 4) }
  }
}
