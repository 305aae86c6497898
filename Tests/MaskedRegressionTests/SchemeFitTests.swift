import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

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
    #expect(zip(try #require(errors.training), direct.training).allSatisfy { abs($0 - $1) < 1e-12 })
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
      let training = try #require(errors.meanTraining)
      #expect(training > 0 && training < errors.meanHeldOut)
      #expect(errors.meanHeldOut < mean(fit.variances))
      let predictor = try fit.predictor(ridge: 0.05)
      #expect((0..<d).allSatisfy { predictor[$0 * (d + 1)] == 0 } && predictor.contains { abs($0) > 0.1 })
    }
  }

  /// A sample far from the others: the errors of training are those of the residuals over all masks, to the digits promised or
  /// to what the fit says may be lost; or the fit refuses. The order of the samples in a fold changes nothing beyond that.
  @Test(arguments: [1, 1e3, 1e4, 1e6, 1e7, 1e9]) func aFarSampleIsFittedOrNamed(factor: Double) throws {
    let (n, d, ridge) = (25, 6, 0.1)
    let stream = RandomStream(seed: 12, purpose: .samples, index: 1)
    var rows = (0..<n).map { i in (0..<d).map { EntryLaw.gaussian.value(at: UInt64(i * d + $0), of: stream) } }
    for i in 0..<n { rows[i][1] += rows[i][0] }
    rows[7] = rows[7].map { $0 * factor }
    // The same samples in the same folds, the other way round in each.
    let turned = (0..<n).map { rows[n - 5 - $0 / 5 * 5 + $0 % 5] }
    let visible = (0..<4).flatMap { m in (0..<d).map { j in (j * 5 + m * 3) % 4 != 0 } }
    let shared = GivenMasks(visible: visible, weights: [1, 2, 0.5, 0.5])
    let blocks = Partition(contiguous: 2, coordinateCount: d)
    let halves = GivenMasks(
      visible: blocks.blocks.flatMap { block in (0..<d).map { !block.contains($0) } }, weights: [0.5, 0.5])

    func check<Element: HostScalar>(
      _ scheme: any TrainingMasks, _ masks: GivenMasks, total: Double, on backend: HostBackend<Element>,
      promised: Double
    ) throws {
      func errors(_ rows: [[Double]]) throws -> (FitErrors, [Double])? {
        let fit = try SchemeFit(
          device: backend, values: rows.flatMap { $0 }, sampleCount: n, centered: false, scheme: scheme)
        do {
          return (try fit.errors(ridge: ridge), try fit.predictor(ridge: ridge).map { Double($0) })
        } catch RegressionError.lostDigits {
          return nil
        } catch RegressionError.numericallySingular {
          return nil
        }
      }
      guard let (found, a) = try errors(rows), let (other, _) = try errors(turned) else {
        #expect(factor >= (promised < 1e-5 ? 1e7 : 1e3), "refused at \(factor)")
        return
      }
      var allowed = promised
      for case .lostDigits(let error, _, _) in found.doubts + other.doubts { allowed = max(allowed, error) }
      let (training, again) = (try #require(found.training), try #require(other.training))
      for k in 0..<d {
        var direct = 0.0
        for m in 0..<masks.count where !masks[m, k] {
          for x in rows {
            let guess = (0..<d).reduce(0) { $0 + (masks[m, $1] ? a[k * d + $1] * x[$1] : 0) }
            direct += masks.weights[m] / total / Double(n) * (x[k] - guess) * (x[k] - guess)
          }
        }
        #expect(abs(training[k] - direct) <= allowed * direct, "training \(training[k]) for \(direct), \(allowed)")
        #expect(abs(again[k] - training[k]) <= 2 * allowed * training[k])
        #expect(abs(other.heldOut[k] - found.heldOut[k]) <= 2 * allowed * found.heldOut[k])
      }
    }
    let wide = HostBackend<Double>(threads: 1)
    try check(shared, shared, total: 4, on: wide, promised: 1e-6)
    try check(PartitionMasks([blocks]), halves, total: 0.5, on: wide, promised: 1e-6)
    let narrow = HostBackend<Float>(threads: 1)
    try check(shared, shared, total: 4, on: narrow, promised: 1e-3)
    try check(PartitionMasks([blocks]), halves, total: 0.5, on: narrow, promised: 1e-3)
  }

  /// Means and weights of the four folds alone, centred or not, weighted or not: each fold's errors by regressions of its own
  /// frame, a block hidden together.
  @Test(arguments: [false, true], [RidgeWeights.uniform, .variance])
  func nothingOfTheFoldIsInItsPredictor(centered: Bool, weights: RidgeWeights) throws {
    let (n, d, ridge) = (23, 4, 0.3)
    let stream = RandomStream(seed: 14, purpose: .samples, index: 1)
    let units = [1, 30, 0.2, 5.0]
    let x = (0..<n).map { i in
      (0..<d).map { k in
        units[k]
          * (3 + EntryLaw.gaussian.value(at: UInt64(i * d + k), of: stream)
            + EntryLaw.gaussian.value(at: UInt64(90_000 + i), of: stream))
      }
    }
    let fit = try SchemeFit(
      device: host, values: x.flatMap { $0 }, sampleCount: n, centered: centered,
      scheme: PartitionMasks([Partition(contiguous: 2, coordinateCount: d)]), weights: weights)
    let errors = try fit.errors(ridge: ridge)
    var expected = [Double](repeating: 0, count: d)
    for fold in 0..<5 {
      let train = x.indices.filter { $0 % 5 != fold }
      let means = (0..<d).map { k in
        centered ? train.reduce(0) { $0 + x[$1][k] } / Double(train.count) : 0
      }
      let roots = (0..<d).map { k in
        weights == .uniform
          ? 1
          : (train.reduce(0) { $0 + (x[$1][k] - means[k]) * (x[$1][k] - means[k]) } / Double(train.count)).squareRoot()
      }
      func framed(_ row: [Double]) -> [Double] { (0..<d).map { (row[$0] - means[$0]) / roots[$0] } }
      for k in 0..<d {
        let context = (0..<d).filter { $0 / 2 != k / 2 }
        let rows = train.map { i in context.map { framed(x[i])[$0] } + [framed(x[i])[k]] }
        let model = BruteForce.regression(
          rows, coordinate: 2, penalty: ridge * Double(train.count), intercept: false)
        for i in x.indices where i % 5 == fold {
          let z = framed(x[i])
          let guess = zip(context, model.weights).reduce(0) { $0 + z[$1.0] * $1.1 }
          expected[k] += (z[k] - guess) * (z[k] - guess) * roots[k] * roots[k] / Double(n)
        }
      }
    }
    for k in 0..<d { #expect(abs(errors.heldOut[k] - expected[k]) < 1e-11 * expected[k]) }
  }

  /// A column's unit changes its own errors alone, and its row and column of the predictor, where weights are variances.
  @Test func weightsOfVariancesKnowNoUnits() throws {
    let (n, d) = (30, 5)
    let stream = RandomStream(seed: 15, purpose: .samples, index: 1)
    let x = (0..<n * d).map { e in
      EntryLaw.gaussian.value(at: UInt64(e), of: stream)
        + EntryLaw.gaussian.value(at: UInt64(90_000 + e / d), of: stream)
    }
    let units = [1, 1e-6, 1e3, 1, 1e6]
    let masks = MaskPattern.bernoulli(keep: 0.6, count: 2, stream: RandomStream(seed: 1, purpose: .masks, index: 0))
    let schemes: [any TrainingMasks] = [
      BernoulliMasks(keep: 0.7), DrawnMasks(masks, moments: MaskMoments(keep: 0.6), hiddenOnly: true),
      PartitionMasks([Partition(contiguous: 2, coordinateCount: d)]),
    ]
    for scheme in schemes {
      func fit(_ values: [Double]) throws -> SchemeFit<HostBackend<Double>> {
        try SchemeFit(
          device: host, values: values, sampleCount: n, centered: true, scheme: scheme, weights: .variance)
      }
      let plain = try fit(x)
      let scaled = try fit(x.enumerated().map { $1 * units[$0 % d] })
      let (a, b) = (try plain.errors(ridge: 0.1), try scaled.errors(ridge: 0.1))
      for k in 0..<d {
        #expect(abs(b.heldOut[k] / (units[k] * units[k]) - a.heldOut[k]) < 1e-9 * a.heldOut[k])
        let (one, other) = (try #require(a.training)[k], try #require(b.training)[k])
        #expect(abs(other / (units[k] * units[k]) - one) < 1e-9 * one)
      }
      let (p, q) = (try plain.predictor(ridge: 0.1), try scaled.predictor(ridge: 0.1))
      for e in p.indices { #expect(abs(q[e] * units[e % d] / units[e / d] - p[e]) < 1e-9) }
    }
  }
}
