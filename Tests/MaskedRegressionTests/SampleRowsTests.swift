import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// Samples that are read where they are, in blocks of rows.
@Suite struct SampleRowsTests {
  /// More than a block of 2²⁰ numbers, about means far from 0, in several columns that the others tell of.
  private static let (n, d) = (30_011, 37)
  private static let values: [Double] = {
    let stream = RandomStream(seed: 5, purpose: .samples, index: 0)
    return (0..<n * d).map { e in
      3 + Double(e % d) + EntryLaw.gaussian.value(at: UInt64(e), of: stream)
        + EntryLaw.gaussian.value(at: UInt64(10_000_000 + e / d), of: stream)
    }
  }()

  private func reader(_ values: [Double]) -> SampleRows {
    let d = Self.d
    return SampleRows(sampleCount: Self.n, coordinateCount: d, isFile: true) { rows, target in
      for e in 0..<rows.count * d { (target + e).initialize(to: values[rows.lowerBound * d + e]) }
    }
  }

  /// The route that holds them on the device, and those that read memory or a function: the same bits.
  @Test(arguments: [RidgeWeights.uniform, .variance]) func sameBits(weights: RidgeWeights) throws {
    func check<Element: HostScalar>(_ device: HostBackend<Element>) throws {
      let held = try DataFit(
        device: device, samples: try SampleRows(Self.values, sampleCount: Self.n), centered: true, weights: weights,
        holdsSamples: true)
      try Self.values.withUnsafeBufferPointer { memory in
        let sources = [
          try SampleRows(Self.values, sampleCount: Self.n), reader(Self.values),
          SampleRows(inPlace: memory.baseAddress!, sampleCount: Self.n, coordinateCount: Self.d),
        ]
        for samples in sources {
          let fit = try DataFit(device: device, samples: samples, centered: true, weights: weights)
          #expect(fit.means == held.means)
          #expect(fit.variances == held.variances)
          #expect(fit.typicalSquare == held.typicalSquare)
          for ridge in [0.1, 2] {
            #expect(try fit.errors(ridge: ridge) == held.errors(ridge: ridge))
            #expect(try fit.predictor(ridge: ridge) == held.predictor(ridge: ridge))
          }
          var (residuals, wanted): ([Element], [Element]) = ([], [])
          #expect(try fit.residuals(ridge: 0.1) { residuals += $0 })
          _ = try held.residuals(ridge: 0.1) { wanted += $0 }
          #expect(residuals == wanted)
        }
      }
    }
    try check(host)
    try check(HostBackend<Float>())
  }

  /// Residuals come in blocks, and are those of the errors.
  @Test func residualsInBlocks() throws {
    let fit = try DataFit(device: host, samples: reader(Self.values), centered: true)
    var (largest, count) = (0, 0)
    var squares = [Double](repeating: 0, count: Self.d)
    #expect(
      try fit.residuals(ridge: 0.5) { rows in
        largest = max(largest, rows.count)
        for (e, value) in rows.enumerated() { squares[e % Self.d] += value * value }
        count += rows.count
      })
    #expect(count == Self.n * Self.d)
    #expect(largest <= 1 << 20)
    let errors = try fit.errors(ridge: 0.5).heldOut
    for k in 0..<Self.d { #expect(abs(squares[k] / Double(Self.n) - errors[k]) < 1e-10 * errors[k]) }
  }

  /// A workflow whose samples are read, against the same with the numbers handed over: search, copies and learning curve too.
  @Test func workflow() throws {
    var values = Self.values
    // One in fifty is the row before once again.
    for i in stride(from: 50, to: Self.n, by: 50) {
      for k in 0..<Self.d { values[i * Self.d + k] = values[(i - 1) * Self.d + k] }
    }
    let request = FitRequest(ridge: .path([0.01, 0.1, 1, 10]), centered: true)
    let found = try request.fit(reader(values), on: host)
    let wanted = try request.fit(values, sampleCount: Self.n, on: host)
    #expect(found.search == wanted.search)
    #expect(found.copies == wanted.copies)
    #expect(found.copies?.count == (Self.n - 1) / 50)
    #expect(found.warnings == wanted.warnings)
    let (curve, other) = (try found.learningCurve(), try wanted.learningCurve())
    #expect(curve.points == other.points)
    #expect(curve.selfCheck == other.selfCheck)
    #expect(curve.selfCheck != nil)
  }

  /// Four passes for a path, whatever its length, and the bits of one ridge at a time; one more for each ridge of a search.
  @Test func passes() throws {
    let d = Self.d
    var count = 0
    let samples = SampleRows(sampleCount: Self.n, coordinateCount: d, isFile: true) { rows, target in
      if rows.contains(0), rows.count > 1 { count += 1 }
      for e in 0..<rows.count * d { (target + e).initialize(to: Self.values[rows.lowerBound * d + e]) }
    }
    let ridges = geometricPath(from: 1e-4, to: 1e2, count: 25)
    let found = try FitRequest(ridge: .path(ridges), centered: true).fit(samples, on: host)
    #expect(count == 4)
    let single = try DataFit(
      device: host, samples: try SampleRows(Self.values, sampleCount: Self.n), centered: true)
    for errors in found.search.path { #expect(try single.errors(ridge: errors.ridge) == errors) }
    count = 0
    let best = try FitRequest(ridge: .automatic, centered: true).fit(samples, on: host)
    #expect(best.search.path.count > 25)
    #expect(count <= 4 + best.search.path.count - 25)
  }

  /// A ridge too small for the digits among others that are not: refused as it is alone.
  @Test func preparedAndSingular() throws {
    var values = Self.values
    for i in 0..<Self.n { values[i * Self.d + 1] = values[i * Self.d] }
    let fit = try DataFit(
      device: HostBackend<Float>(), samples: try SampleRows(values, sampleCount: Self.n), centered: true)
    try fit.prepare(ridges: [1e-12, 0.1, 1])
    let alone = try DataFit(
      device: HostBackend<Float>(), samples: try SampleRows(values, sampleCount: Self.n), centered: true)
    for ridge in [1e-12, 0.1, 1] {
      let (found, wanted) = (Result { try fit.errors(ridge: ridge) }, Result { try alone.errors(ridge: ridge) })
      switch (found, wanted) {
      case (.success(let found), .success(let wanted)): #expect(found == wanted)
      case (.failure(let found), .failure(let wanted)): #expect("\(found)" == "\(wanted)")
      default: Issue.record("one is refused")
      }
    }
  }

  /// What changes after it was read ends in an error where it would be read again, a single bit or the order of two rows.
  @Test(arguments: [false, true]) func changed(swaps: Bool) throws {
    var values = Self.values
    try values.withUnsafeMutableBufferPointer { memory in
      let samples = SampleRows(
        inPlace: UnsafePointer(memory.baseAddress!), sampleCount: Self.n, coordinateCount: Self.d)
      let fit = try DataFit(device: host, samples: samples, centered: true)
      let errors = try fit.errors(ridge: 0.1)
      #expect(try fit.errors(ridge: 0.1) == errors)
      let place = 29_000 * Self.d
      if swaps {
        for k in 0..<Self.d { memory.swapAt(place + k, place + Self.d + k) }
      } else {
        memory[place + 5] = memory[place + 5].nextUp
      }
      do {
        _ = try fit.errors(ridge: 0.2)
        Issue.record("not refused")
      } catch let error as FitError {
        #expect(error.description.contains("are not what they were"))
        #expect(error.description.contains("samples 28337 to 30011"))
      }
    }
  }

  @Test func cellsWithoutMeaning() throws {
    for value in [Double.nan, .infinity, 1e200] {
      var values = Self.values
      values[29_000 * Self.d + 5] = value
      do {
        _ = try DataFit(device: host, samples: reader(values), centered: true)
        Issue.record("not refused")
      } catch let error as FitError {
        #expect(error.description.contains("sample 29001, coordinate 6 is \(value)"))
      }
    }
  }
}
