import LacunaAlgebra
import LacunaConformance
import LacunaHost
import LacunaOpenCL
import LacunaVerification
import Synchronization
import Testing

/// Backends whose operations are verified as they run.
@Suite struct VerificationTests {
  private static let right: [any Backend] =
    [
      VerifiedBackend(ReferenceBackend<Double>()), VerifiedBackend(ReferenceBackend<Float>()),
      VerifiedBackend(HostBackend<Double>()), VerifiedBackend(HostBackend<Float>()),
    ] + Subject.openCL.map { verified($0.backend) }

  private static func verified(_ backend: some Backend) -> any Backend { VerifiedBackend(backend) }

  /// No false alarm: all laws hold, refusals and extremes of scale among them.
  @Test(arguments: Law.allCases) func aRightBackendPasses(law: Law) {
    for backend in Self.right {
      Conformance.verify(backend, sizes: .small, laws: [law]) { result in
        if !result.passed { Issue.record("\(backend.description): \(result)") }
      }
    }
  }

  /// Sums of thousands of terms, where rounding is largest: no false alarm.
  @Test func longRowsPass() throws {
    for backend in Self.right { try sums(backend) }
  }

  private func sums<B: Backend>(_ backend: B) throws {
    let (rows, columns) = (40, 6000)
    let x = try backend.makeMatrix(rows: rows, columns: columns)
    try backend.fill(x, law: .gaussian, stream: RandomStream(seed: 9, stream: 2), offset: 0)
    let k = try backend.makeMatrix(rows: rows, columns: rows)
    try backend.accumulateSampleGram(of: x, scale: 1 / B.Element(columns), into: k)
    let squares = try backend.makeVector(rows)
    try backend.rowDots(x, x, weights: nil, into: squares)
    try backend.addDiagonal(0.1, to: k)
    _ = try backend.invertPositiveDefinite(k)
    for square in try backend.download(squares) { #expect(abs(Double(square) / Double(columns) - 1) < 0.1) }
  }

  /// An operation that errs once, by a millionth of one entry: no law sees a wrong result, because verification threw.
  @Test(arguments: FaultyBackend.operations) func oneErrorIsThrown(operation: String, law: Law) {
    var thrown = 0
    Conformance.verify(VerifiedBackend(FaultyBackend(fault: operation, once: true)), sizes: .small, laws: [law]) {
      result in
      if result.passed { return }
      if result.failure?.contains("the device is at fault") == true {
        thrown += 1
      } else {
        Issue.record("\(operation): \(result)")
      }
    }
    // Zeros that are overwritten unread are nobody's error, and masked Grams and sums of residuals are made of other
    // operations here.
    let composed = ["makeMatrix", "clear", "accumulateMaskedGram", "sampleResidualSums", "coordinateResidualSums"]
    if !composed.contains(operation) { #expect(thrown >= 1) }
  }

  /// Forms in a band of which any one launch is lost, a factor's or a strip's: an error, or what is right since memory held it.
  @Test func noLostLaunchOfBandFormsIsAResult() throws {
    let (order, width, columns) = (60, 7, 90)
    func band(_ diagonal: Double) -> SymmetricBand {
      SymmetricBand(order: order, width: width) { i, j in i == j ? diagonal : Double(1 + (i + 3 * j) % 5) / 5 }
    }
    for device in OpenCLDevice.all() where device.isUsable && device.hasFloat64 {
      func forms(losing kernel: String, _ index: Int) throws -> (values: [Double], launches: Int) {
        let launches = Mutex(0)
        var (routes, faults) = (Routes(device), Faults())
        routes.actsAsGPU = true
        routes.longestProduct = 1 << 21
        faults.loss = { name in
          if name != kernel { return false }
          return launches.withLock { count in
            count += 1
            return count == index
          }
        }
        let backend = VerifiedBackend(try OpenCLBackend<Double>(device: device, routes: routes, faults: faults))
        let w = try backend.makeMatrix(rows: order, columns: columns)
        try backend.fill(w, law: .gaussian, stream: RandomStream(seed: 5, stream: 1), offset: 0)
        let out = try backend.makeMatrix(rows: 9, columns: columns)
        // Memory of another band first.
        let g = (0..<order).map { Double($0 % 3) }
        for b in [band(12), band(9)] {
          try backend.resolventForms(of: w, band: b, shifts: [0.1, 1, 7], probes: [g], into: out)
        }
        return (try backend.download(out), launches.withLock { $0 })
      }
      let right = try forms(losing: "none", 0).values
      for kernel in ["band_factor", "band_forms"] {
        let launches = try forms(losing: kernel, 0).launches
        var thrown = 0
        for index in 1...launches {
          do {
            #expect(try forms(losing: kernel, index).values == right, "\(kernel), launch \(index)")
          } catch BackendError.device(_, 0, let log) where log.contains("the device is at fault") {
            // A product that does not add up, or a minor that no band of this order has: memory that nothing was written to.
            thrown += 1
          }
        }
        #expect(launches >= 4 && thrown >= launches / 2)
      }
    }
  }

  /// The first row of a matrix may be written and read as a vector: the matrix, and a copy of it, have all rows nevertheless.
  @Test func aFirstRowIsNotTheMatrix() throws {
    for backend in Self.right { try readFirstRow(backend) }
  }

  private func readFirstRow<B: Backend>(_ backend: B) throws {
    let (rows, columns) = (3, 5)
    let x = try backend.makeMatrix((0..<15).map { B.Element($0) }, rows: rows, columns: columns)
    let first = x.firstRows(1)
    let own = [B.Element](repeating: 7, count: columns)
    try backend.upload(own, to: first, firstRow: 0)
    #expect(try backend.download(first) == own)
    #expect(try backend.download(first) == own)
    let all = own + (5..<15).map { B.Element($0) }
    #expect(try backend.download(x) == all)
    try backend.upload(own, to: first, firstRow: 0)
    let y = try backend.makeMatrix(rows: rows, columns: columns)
    try backend.copy(x, to: y)
    #expect(try backend.download(y) == all)
  }

  /// What probes promise, against loops.
  @Test func probesAreProducts() throws {
    for subject in Subject.all { try check(subject.backend, subject.testDescription) }
  }

  private func check<B: Backend>(_ backend: B, _ name: String) throws {
    for (rows, columns) in [(1, 1), (5, 3), (40, 130), (300, 77), (130, 130)] {
      let x = try backend.makeMatrix(rows: rows, columns: columns)
      let sum = try backend.sealedFill(x, law: .gaussian, stream: RandomStream(seed: 7, stream: 1), offset: 11)
      let values = try backend.download(x)
      if let sum { #expect(sum == BitSum.of(values), "\(name)") }
      #expect(
        try backend.bitSum(of: x, rows: rows / 2..<rows)
          == BitSum.of(Array(values[rows / 2 * columns..<rows * columns])))
      let v = (0..<3).map { p in (0..<columns).map { Double(1 + ($0 * 7 + p) % 5) } }
      let u = (0..<3).map { p in (0..<rows).map { Double(1 + ($0 * 3 + p) % 7) } }
      for part in [MatrixPart.all, .lower, .strictlyLower] {
        func entry(_ i: Int, _ j: Int) -> Double {
          part == .all || j < i || part == .lower && j == i ? Double(values[i * columns + j]) : 0
        }
        let found = try backend.probeRows(x, part: part, vectors: v)
        let turned = try backend.probeColumns(x, part: part, vectors: u)
        for p in 0..<3 {
          for i in 0..<rows {
            let expected = (0..<columns).reduce(0) { $0 + entry(i, $1) * v[p][$1] }
            #expect(abs(found.products[p][i] - expected) <= 0x1p-38 * Double(columns), "\(name) \(rows) × \(columns)")
          }
          for j in 0..<columns {
            let expected = (0..<rows).reduce(0) { $0 + entry($1, j) * u[p][$1] }
            #expect(abs(turned[p][j] - expected) <= 0x1p-38 * Double(rows), "\(name) \(rows) × \(columns)")
          }
        }
        if part == .lower && rows == columns {
          let symmetric = try backend.probeSymmetric(x, vectors: v)
          #expect(symmetric.squares == found.squares)
          for p in 0..<3 {
            for i in 0..<rows {
              let expected = (0..<rows).reduce(0) { $0 + entry(max(i, $1), min(i, $1)) * v[p][$1] }
              #expect(abs(symmetric.products[p][i] - expected) <= 0x1p-38 * Double(rows), "\(name) \(rows)")
            }
          }
        }
        for i in 0..<rows {
          let square = (0..<columns).reduce(0) { $0 + entry(i, $1) * entry(i, $1) }
          #expect(abs(found.squares[i] - square) <= 0x1p-38 * Double(columns))
        }
      }
    }
  }
}
