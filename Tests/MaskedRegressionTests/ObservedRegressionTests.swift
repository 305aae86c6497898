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
    #expect(try fit.predictor(ridge: 1e-3).allSatisfy { $0.isFinite })
  }

  @Test func withoutGapsItIsTheOrdinaryFit() throws {
    let (n, d) = (50, 6)
    let values = data(n: n, d: d, missing: 0.3, seed: 6).whole
    let observed = try ObservedRegression(device: host, values: values, sampleCount: n, centered: true)
    let plain = try DataFit(device: host, values: values, sampleCount: n, centered: true)
    #expect(observed.missingCount == 0 && observed.liftedEigenvalue == nil)
    #expect(
      zip(try observed.predictor(ridge: 0.2), try plain.predictor(ridge: 0.2)).allSatisfy { abs($0 - $1) < 1e-12 })
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
    let ridges = geometricPath(from: 1e-4, to: 1e2, count: 13)
    let search = try chooseObservedRidge(
      device: host, values: values, sampleCount: n, centered: true, ridges: ridges,
      stream: RandomStream(seed: 1, purpose: .masks, index: 9))
    #expect(!search.atEdge && search.path.count == 13)
    let fit = try ObservedRegression(device: host, values: values, sampleCount: n, centered: true)
    func error(_ ridge: Double) throws -> Double {
      let filled = try fit.filled(values, ridge: ridge)
      return whole.indices.reduce(0) { $0 + (filled[$1] - whole[$1]) * (filled[$1] - whole[$1]) }
    }
    let best = try error(search.best.ridge)
    #expect(try best < error(search.best.ridge * 100) && best < error(1e9) * 0.5)
  }
}

@Suite struct SchemeFitTests {
  /// Held-out errors against the mean over all masks of the residuals of each fold under the other folds' predictor.
  @Test func heldOutErrorsAreThoseOfTheFolds() throws {
    let (n, d, keep, ridge) = (23, 4, 0.7, 0.1)
    let stream = RandomStream(seed: 4, purpose: .samples, index: 1)
    let x = (0..<n * d).map { e in
      EntryLaw.gaussian.value(at: UInt64(e), of: stream)
        + EntryLaw.gaussian.value(at: UInt64(90_000 + e / d), of: stream)
    }
    let fit = try SchemeFit(
      device: host, values: x, sampleCount: n, centered: false, scheme: BernoulliMasks(keep: keep))
    let errors = try fit.errors(ridge: ridge)
    var expected = [Double](repeating: 0, count: d)
    for fold in 0..<5 {
      let train = (0..<n).filter { $0 % 5 != fold }
      let gram = try host.makeMatrix(rows: d, columns: d)
      try host.accumulateGram(
        of: host.makeMatrix(train.flatMap { i in Array(x[i * d..<(i + 1) * d]) }, rows: train.count, columns: d),
        scale: 1 / Double(train.count), into: gram)
      let a = try host.download(
        RandomMaskRegression(device: host, gram: gram).fit(MaskMoments(keep: keep), ridge: ridge).matrix)
      for i in 0..<n where i % 5 == fold {
        for bits in 0..<(1 << d) {
          let mask = (0..<d).map { bits >> $0 & 1 == 1 }
          let probability = mask.reduce(1.0) { $0 * ($1 ? keep : 1 - keep) }
          for k in 0..<d where !mask[k] {
            let guess = (0..<d).reduce(0) { $0 + (mask[$1] ? a[k * d + $1] * x[i * d + $1] : 0) }
            expected[k] += probability * (x[i * d + k] - guess) * (x[i * d + k] - guess) / Double(n)
          }
        }
      }
    }
    #expect(zip(errors.heldOut, expected).allSatisfy { abs($0 - $1) < 1e-11 })
    let whole = try host.makeMatrix(rows: d, columns: d)
    try host.accumulateGram(of: host.makeMatrix(x, rows: n, columns: d), scale: 1 / Double(n), into: whole)
    let direct = try RandomMaskRegression(device: host, gram: whole).fit(MaskMoments(keep: keep), ridge: ridge)
    #expect(zip(errors.training, direct.training).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(zip(try fit.predictor(ridge: ridge), try host.download(direct.matrix)).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  /// Every scheme, end to end: training below held out, the predictor hollow, blocks of several uploads alike.
  @Test func everyScheme() throws {
    let (n, d) = (40, 6)
    let stream = RandomStream(seed: 6, purpose: .samples, index: 1)
    let x = (0..<n * d).map { e in
      EntryLaw.gaussian.value(at: UInt64(e), of: stream)
        + EntryLaw.gaussian.value(at: UInt64(90_000 + e / d), of: stream)
    }
    let masks = MaskPattern.bernoulli(keep: 0.6, count: 2, stream: RandomStream(seed: 1, purpose: .masks, index: 0))
    let schemes: [any TrainingMasks] = [
      PartitionMasks([Partition(contiguous: 3, coordinateCount: d)]), BernoulliMasks(keep: 0.6),
      DrawnMasks(masks, moments: MaskMoments(keep: 0.6), hiddenOnly: true),
      DrawnMasks(masks, moments: .everywhere(keep: 0.6), hiddenOnly: false),
      GivenMasks(visible: (0..<12).map { $0 % 2 == $0 / 6 }, weights: [1, 1]),
    ]
    for scheme in schemes {
      let fit = try SchemeFit(device: host, values: x, sampleCount: n, centered: true, scheme: scheme)
      let errors = try fit.errors(ridge: 0.05)
      #expect(errors.meanTraining > 0 && errors.meanTraining < errors.meanHeldOut)
      #expect(errors.meanHeldOut < mean(fit.variances))
      let predictor = try fit.predictor(ridge: 0.05)
      #expect((0..<d).allSatisfy { predictor[$0 * (d + 1)] == 0 } && predictor.contains { abs($0) > 0.1 })
    }
  }
}
