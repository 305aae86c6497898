import LacunaAlgebra
import LacunaConformance
import LacunaOpenCL
import LacunaVerification
import Testing

private let devices = OpenCLDevice.all().filter(\.isUsable)

/// Matrices that no one buffer holds: the laws once more, where a buffer is so small that the matrices lie in several.
@Suite(.enabled(if: !devices.isEmpty, "no usable OpenCL device")) struct SlabTests {
  /// A backend whose buffers hold so many numbers.
  static func backend<Element: OpenCLScalar>(
    _ device: OpenCLDevice, _ element: Element.Type, numbers: Int, otherRoutes: Bool = false
  ) throws -> OpenCLBackend<Element> {
    // The self-test's matrices are those of a device as it is: products are trusted before.
    _ = try OpenCLBackend<Element>(device: device)
    var routes = Routes(device)
    routes.largestBuffer = numbers * Element.precision.byteCount
    if otherRoutes {
      routes.actsAsGPU.toggle()
      routes.usesFloat64 = Element.precision == .float64
      routes.smallProduct = 1 << 20
      routes.tallestGrid = 7
    }
    return try OpenCLBackend<Element>(device: device, routes: routes)
  }

  /// What takes one buffer, and says so.
  private static let refused: Set = [
    "eigenvalues", "eigendecompose", "tridiagonalize", "reduceToBand", "leadingEigenpairs", "resolventForms",
    "resolventForms(band:)",
  ]

  /// - Parameter order: the largest of a square matrix in one buffer.
  private func check(_ backend: some Backend, law: Law, sizes: LawSizes, order: Int) {
    Conformance.verify(backend, sizes: sizes, laws: [law]) { result in
      if result.passed { return }
      if Self.refused.contains(result.operation),
        result.failure?.contains("in one buffer (it holds \(order) × \(order) in") == true
      {
        return
      }
      Issue.record("\(backend.description): \(result)")
    }
  }

  static let laws = Law.allCases.filter { ![.sharing, .largeOrders].contains($0) }

  /// Orders up to 300 in up to seven slabs, rows of up to 400 in up to eleven.
  @Test(arguments: laws) func lawsHold(law: Law) throws {
    let sizes = LawSizes(order: 300, side: 400, draws: 14_000)
    for device in devices {
      if device.hasFloat64 {
        check(try Self.backend(device, Double.self, numbers: 15_000), law: law, sizes: sizes, order: 122)
      }
      check(
        try Self.backend(device, Float.self, numbers: 15_000, otherRoutes: true), law: law, sizes: sizes, order: 122)
    }
  }

  /// Verification takes slabs for nothing else than what they are.
  @Test(arguments: laws) func verifiedLawsHold(law: Law) throws {
    let sizes = LawSizes(order: 64, side: 130, draws: 2000)
    for device in devices {
      let single = try Self.backend(device, Float.self, numbers: 2200, otherRoutes: true)
      check(VerifiedBackend(single), law: law, sizes: sizes, order: 46)
      guard device.hasFloat64 else { continue }
      check(VerifiedBackend(try Self.backend(device, Double.self, numbers: 2200)), law: law, sizes: sizes, order: 46)
    }
  }

  /// Views of slabs, parts of them, and the bits of what lies in them.
  @Test func views() throws {
    for device in devices {
      let backend = try Self.backend(device, Float.self, numbers: 2200)
      let values = (0..<13_000).map { Float($0 % 977) - 300 }
      let a = try backend.makeMatrix(values, rows: 130, columns: 100)
      #expect(try backend.download(a) == values)
      #expect(try backend.download(a, rows: 20..<67) == Array(values[2000..<6700]))
      #expect(try backend.download(a.firstRows(50)) == Array(values[..<5000]))
      #expect(try backend.download(a.firstRows(3)) == Array(values[..<300]))
      #expect(try backend.bitSum(of: a, rows: 5..<115) == BitSum.of(Array(values[500..<11_500])))
      let narrow = a.reshaped(rows: 130, columns: 60)
      try backend.upload(Array(values[..<7800]), to: narrow, firstRow: 0)
      try backend.upload([Float](repeating: 1, count: 60 * 50), to: narrow, firstRow: 30)
      var expected = Array(values[..<7800])
      for i in 1800..<4800 { expected[i] = 1 }
      #expect(try backend.download(narrow) == expected)
      // A row of it is longer than a buffer.
      let error = #expect(throws: BackendError.self) { try backend.clear(a.reshaped(rows: 1, columns: 13_000)) }
      if case .unsupported? = error {} else { Issue.record("got \(String(describing: error))") }
    }
  }

  /// A sealed filling's sum is that of the bits, whatever the law's block and wherever the slabs begin.
  @Test func seals() throws {
    for device in devices {
      let backend = try Self.backend(device, Float.self, numbers: 2200)
      for law in [EntryLaw.gaussian, .rademacher, .studentT(degreesOfFreedom: 5), .sparse(density: 0.3)] {
        let x = try backend.makeMatrix(rows: 131, columns: 77)
        let sum = try backend.sealedFill(x, law: law, stream: RandomStream(seed: 4, stream: 9), offset: 12_345)
        #expect(sum == BitSum.of(try backend.download(x)))
      }
    }
  }

  /// What needs one buffer is done up to the order that one holds, and refused from there on with that order.
  @Test func refusals() throws {
    for device in devices {
      let backend = try Self.backend(device, Float.self, numbers: 2200)
      for (order, fits) in [(46, true), (47, false)] {
        let a = try backend.makeMatrix(rows: order, columns: order)
        try backend.addDiagonal(1, to: a)
        if fits {
          #expect(try backend.eigenvalues(of: a) == [Double](repeating: 1, count: order))
        } else {
          let error = #expect(throws: BackendError.self) { _ = try backend.eigenvalues(of: a) }
          #expect(
            error?.description.contains("eigenvalues of 47 × 47 in one buffer (it holds 46 × 46 in float32)") == true)
        }
      }
    }
  }

  /// More than the memory is refused with the numbers, before anything is taken.
  @Test func memory() throws {
    for device in devices {
      let backend = try Self.backend(device, Float.self, numbers: 1 << 20)
      let rows = device.globalMemory / 4 / 1024 + 1
      let error = #expect(throws: BackendError.self) { _ = try backend.makeMatrix(rows: rows, columns: 1024) }
      guard case .outOfMemory(let requested, let available, device.name)? = error else {
        Issue.record("got \(String(describing: error))")
        continue
      }
      #expect(requested == rows * 4096 && available > 0 && available < requested)
    }
  }
}
