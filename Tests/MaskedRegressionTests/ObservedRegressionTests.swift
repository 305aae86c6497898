import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

@Suite struct ObservedRegressionTests {
  private func data(n: Int, d: Int, missing: Double, seed: UInt64) -> (whole: [Double], holed: [Double]) {
    let stream = RandomStream(seed: seed, purpose: .samples, index: 0)
    let masks = MaskPattern.bernoulli(
      keep: 1 - missing, count: 1, stream: RandomStream(seed: seed, purpose: .masks, index: 0))
    let whole = (0..<n * d).map { e -> Double in
      let common = EntryLaw.gaussian.value(at: UInt64(1_000_000 + e / d), of: stream)
      return 2 + Double(e % d) / 5 + common + 0.4 * EntryLaw.gaussian.value(at: UInt64(e), of: stream)
    }
    let visible = (0..<n).flatMap { masks.visibility(sample: $0, mask: 0, coordinateCount: d) }
    let holed = whole.indices.map { visible[$0] ? whole[$0] : .nan }
    return (whole, holed)
  }

  private func predictor(_ fit: ObservedRegression<HostBackend<Double>>, ridge: Double) throws -> [Double] {
    var rows: [Double] = []
    try fit.predictor(ridge: ridge) { rows += $0 }
    return rows
  }

  /// Each row's hidden cells against its own normal equations, over the Gram of jointly observed pairs written out.
  @Test(arguments: [0.3, 0.75]) func fillsWithConditionalMeans(missing: Double) throws {
    let (n, d, ridge) = (60, 7, 0.1)
    let values = data(n: n, d: d, missing: missing, seed: 3).holed
    // Λ must not be lifted for the plain Gram to be the answer.
    let fit = try ObservedRegression(device: host, values: values, sampleCount: n, centered: true)
    var gram = [[Double]](repeating: .init(repeating: 0, count: d), count: d)
    var means = [Double](repeating: 0, count: d)
    for k in 0..<d {
      let column = (0..<n).map { values[$0 * d + k] }.filter { !$0.isNaN }
      means[k] = column.reduce(0, +) / Double(column.count)
    }
    for i in 0..<d {
      for j in 0..<d {
        let rows = (0..<n).filter { !values[$0 * d + i].isNaN && !values[$0 * d + j].isNaN }
        let sum = rows.reduce(0) { $0 + (values[$1 * d + i] - means[i]) * (values[$1 * d + j] - means[j]) }
        gram[i][j] = sum / Double(rows.count)
      }
    }
    guard fit.liftedEigenvalue == nil else {
      // Lifted: the fitted Gram is another one, and is positive semidefinite.
      let lifted = try fit.filled(values, ridge: ridge)
      #expect(lifted.allSatisfy { $0.isFinite } && fit.liftedEigenvalue! < 0)
      return
    }
    let filled = try fit.filled(values, ridge: ridge)
    var checked = 0
    for i in 0..<n {
      let shown = (0..<d).filter { !values[i * d + $0].isNaN }
      for k in 0..<d {
        guard values[i * d + k].isNaN else {
          #expect(filled[i * d + k] == values[i * d + k])
          continue
        }
        let system = shown.map { a in shown.map { b in gram[a][b] + (a == b ? ridge : 0) } }
        let weights = shown.isEmpty ? [] : BruteForce.solve(system, shown.map { gram[$0][k] })
        let expected = zip(weights, shown).reduce(means[k]) { $0 + $1.0 * (values[i * d + $1.1] - means[$1.1]) }
        #expect(abs(filled[i * d + k] - expected) < 1e-10)
        checked += 1
      }
    }
    #expect(checked == fit.missingCount && checked > 50)
  }

  /// Few samples of many coordinates: the Gram of pairs is indefinite, and is lifted.
  @Test func liftsNegativeEigenvalues() throws {
    let (n, d) = (25, 20)
    let values = data(n: n, d: d, missing: 0.4, seed: 5).holed
    let fit = try ObservedRegression(device: host, values: values, sampleCount: n, centered: false)
    #expect(try #require(fit.liftedEigenvalue) < -0.01)
    // With the lifted Gram every ridge above 0 has a predictor.
    #expect(try predictor(fit, ridge: 1e-3).allSatisfy { $0.isFinite })
  }

  @Test func withoutGapsItIsTheOrdinaryFit() throws {
    let (n, d) = (50, 6)
    let values = data(n: n, d: d, missing: 0.3, seed: 6).whole
    let observed = try ObservedRegression(device: host, values: values, sampleCount: n, centered: true)
    let plain = try DataFit(device: host, values: values, sampleCount: n, centered: true)
    #expect(observed.missingCount == 0 && observed.liftedEigenvalue == nil)
    #expect(
      zip(try predictor(observed, ridge: 0.2), try plain.predictor(ridge: 0.2)).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(try observed.filled(values, ridge: 0.2) == values)
  }

  @Test func namesWhatIsNeverObserved() throws {
    var values = data(n: 10, d: 4, missing: 0, seed: 7).whole
    for i in 0..<10 { values[i * 4 + (i < 5 ? 1 : 3)] = .nan }
    #expect(throws: MissingDataError.neverObservedTogether(first: 1, second: 3)) {
      try ObservedRegression(device: host, values: values, sampleCount: 10, centered: false)
    }
    for i in 0..<10 { values[i * 4 + 2] = .nan }
    #expect(throws: MissingDataError.neverObserved(coordinate: 2)) {
      try ObservedRegression(device: host, values: values, sampleCount: 10, centered: false)
    }
    #expect("\(MissingDataError.neverObserved(coordinate: 2))".contains("coordinate 3"))
  }

  /// The ridge chosen on hidden cells fills the truly missing ones better than ridges a hundred times off, and than means.
  @Test func choosesARidge() throws {
    let (n, d) = (120, 30)
    let (whole, values) = data(n: n, d: d, missing: 0.3, seed: 8)
    let fit = try ObservedFit(
      device: host, values: values, sampleCount: n, centered: true,
      stream: RandomStream(seed: 1, purpose: .masks, index: 9))
    let search = try fit.search(.path(geometricPath(from: 1e-4, to: 1e2, count: 13)))
    #expect(!search.atEdge && search.path.count == 13)
    func error(_ ridge: Double) throws -> Double {
      let filled = try #require(try fit.filled(ridge: ridge))
      return whole.indices.reduce(0) { $0 + (filled[$1] - whole[$1]) * (filled[$1] - whole[$1]) }
    }
    let best = try error(search.best.ridge)
    #expect(try best < error(search.best.ridge * 100) && best < error(1e9) * 0.5)
  }

  /// The errors of each coordinate are those of a fit that never saw the cells hidden: they are hidden here by hand.
  @Test(arguments: [RidgeWeights.uniform, .variance]) func errorsOfHiddenCells(weights: RidgeWeights) throws {
    let (n, d, ridge) = (40, 6, 0.3)
    var values = data(n: n, d: d, missing: 0.2, seed: 12).holed
    for cell in values.indices where cell % d == 2 { values[cell] *= 1000 }
    let stream = RandomStream(seed: 3, purpose: .masks, index: 0)
    let fit = try ObservedFit(
      device: host, values: values, sampleCount: n, centered: true, weights: weights, stream: stream)
    let errors = try fit.errors(ridge: ridge)
    let masks = MaskPattern.bernoulli(keep: 0.9, count: 1, stream: stream)
    var kept = values
    for i in 0..<n {
      let visible = masks.visibility(sample: i, mask: 0, coordinateCount: d)
      for k in 0..<d where !visible[k] { kept[i * d + k] = .nan }
    }
    let filled = try ObservedRegression(
      device: host, values: kept, sampleCount: n, centered: true, weights: weights
    ).filled(kept, ridge: ridge)
    var (total, cells) = (0.0, 0)
    for k in 0..<d {
      let hidden = (0..<n).map { $0 * d + k }.filter { kept[$0].isNaN && !values[$0].isNaN }
      let sum = hidden.reduce(0) { $0 + (filled[$1] - values[$1]) * (filled[$1] - values[$1]) }
      #expect(errors.heldOutCells?[k] == hidden.count && !hidden.isEmpty)
      #expect(abs(errors.heldOut[k] - sum / Double(hidden.count)) <= 1e-12 * errors.heldOut[k])
      (total, cells) = (total + sum, cells + hidden.count)
    }
    #expect(abs(errors.meanHeldOut - total / Double(cells)) <= 1e-12 * errors.meanHeldOut)
    // Weights of the variances are the fit of scaled columns: a unit leaves what is filled in where it was.
    let scaled = try ObservedRegression(
      device: host, values: values.enumerated().map { $1 * ($0 % d == 4 ? 1e-3 : 1) }, sampleCount: n, centered: true,
      weights: .variance)
    let plain = try ObservedRegression(
      device: host, values: values, sampleCount: n, centered: true, weights: .variance)
    let pairs = zip(
      try scaled.filled(values.enumerated().map { $1 * ($0 % d == 4 ? 1e-3 : 1) }, ridge: ridge),
      try plain.filled(values, ridge: ridge))
    for (cell, pair) in pairs.enumerated() {
      #expect(abs(pair.0 * (cell % d == 4 ? 1e3 : 1) - pair.1) <= 1e-9 * max(1, abs(pair.1)))
    }
  }

  /// Where hiding cells would leave a pair unseen that is seen together, they are shown again; with nothing left to hide the
  /// errors are no numbers.
  @Test func hidesOnlyWhatCanBeSpared() throws {
    let values: [Double] = [1, 2, .nan, 3, .nan, 4, .nan, 1, 5, 2, 4, .nan]
    for seed in 0..<40 {
      let fit = try ObservedFit(
        device: host, values: values, sampleCount: 4, centered: false,
        stream: RandomStream(seed: UInt64(seed), purpose: .masks, index: 0))
      let errors = try fit.errors(ridge: 0.5)
      for k in 0..<3 { #expect(errors.heldOut[k].isNaN == (errors.heldOutCells?[k] == 0)) }
      #expect(errors.meanHeldOut.isNaN == (errors.heldOutCells == [0, 0, 0]))
    }
  }
}
