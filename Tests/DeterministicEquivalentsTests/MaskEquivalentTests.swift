import DeterministicEquivalents
import LacunaHost
import Testing

@Suite struct MaskEquivalentTests {
  private let host = HostBackend<Double>()

  /// AR(1) with correlation 0.8 and variances 0.5 … 2.
  private func scaledChain(_ d: Int) -> DenseReference {
    var powers = [1.0]
    for _ in 1..<max(d, 2) { powers.append(powers[powers.count - 1] * 0.8) }
    let scales = (0..<d).map { (0.5 + 1.5 * Double($0) / Double(d - 1)).squareRoot() }
    return DenseReference(count: d) { i, j in scales[i] * scales[j] * powers[abs(i - j)] }
  }

  private func dense(_ sigma: DenseReference) throws -> DenseCovariance<HostBackend<Double>> {
    try DenseCovariance(covariance: sigma.rows.flatMap { $0 }, coordinateCount: sigma.count, backend: host)
  }

  /// An independent prototype's numbers, to the digits it printed.
  @Test(arguments: [(0.5, 0.30309, 1e-5), (0.85, 0.067209, 1e-6)])
  func printedTable(keep: Double, error: Double, digit: Double) throws {
    let equivalent = try BernoulliEquivalent(
      population: dense(scaledChain(300)), sampleCount: 450, keep: keep, ridge: 0.05)
    #expect(abs(equivalent.generalizationError - error) <= 0.51 * digit)
  }

  private func check(_ a: BernoulliEquivalent, _ b: BernoulliEquivalent) {
    #expect(agree(a.shrinkage, b.shrinkage, 1e-11))
    #expect(agree(a.generalizationErrors, b.generalizationErrors, 1e-9))
    #expect(agree(a.trainingErrors, b.trainingErrors, 1e-9))
    #expect(agree(a.fullContextErrors, b.fullContextErrors, 1e-9))
  }

  /// Every structure against the dense route.
  @Test(arguments: [(20, 0.5, 0.1), (80, 0.9, 0.01), (80, 0.2, 0)])
  func structuresAgree(n: Int, keep: Double, ridge: Double) throws {
    let d = 30
    func both(_ population: some MatrixRidgePopulation, _ sigma: DenseReference) throws {
      check(
        try BernoulliEquivalent(population: population, sampleCount: n, keep: keep, ridge: ridge),
        try BernoulliEquivalent(population: dense(sigma), sampleCount: n, keep: keep, ridge: ridge))
    }
    let variances = (0..<d).map { 0.2 + Double($0) / 10 }
    try both(
      DiagonalPopulation(variances: variances), DenseReference(variances: variances, strengths: [], directions: []))
    var numbers = TestNumbers(seed: 4)
    let directions = [numbers.unitVector(d), numbers.unitVector(d)]
    try both(
      SpikedPopulation(variances: variances, strengths: [6, -0.1], directions: directions),
      DenseReference(variances: variances, strengths: [6, -0.1], directions: directions))
    var powers = [1.0]
    for _ in 1..<d { powers.append(powers[powers.count - 1] * 0.7) }
    try both(
      EqualVariancePopulation(AutoregressivePopulation(correlation: 0.7, coordinateCount: d)),
      DenseReference(count: d) { powers[abs($0 - $1)] })
    let row = (0..<d).map { k in [2.0, 0.8, 0.3, 0][min(k, d - k, 3)] }
    try both(
      EqualVariancePopulation(CirculantPopulation(firstRow: row)),
      DenseReference(count: d) { row[($0 - $1 + d) % d] })
    try both(
      DiagonalPopulation(isotropic: 2, coordinateCount: d),
      DenseReference(count: d) { $0 == $1 ? 2 : 0 })
    #expect(throws: PopulationError.self) {
      try EqualVariancePopulation(DiagonalPopulation(variances: variances))
    }
  }

  /// Equal variances: Â is 1/p times the leave-one-out predictor at the equivalent ridge. For Σ = sI an error with all others
  /// visible is s(1 + |a|²), so the excesses over s differ by the factor p².
  @Test(arguments: [40, 300]) func isARidge(n: Int) throws {
    let population = try DiagonalPopulation(isotropic: 1.5, coordinateCount: 100)
    let masked = try BernoulliEquivalent(population: population, sampleCount: n, keep: 0.7, ridge: 0.02)
    #expect(agree(masked.equivalentRidge, (0.3 * 1.5 + 0.02 / 0.21) / 0.7, 1e-14))
    let plain = try ErrorEquivalent(population: population, sampleCount: n, ridge: masked.equivalentRidge)
    #expect(agree((masked.fullContextError - 1.5) * 0.49, plain.generalizationError - 1.5, 1e-10))
    #expect(agree(masked.generalizationError, 0.3 * (1.5 + 0.7 * (masked.fullContextError - 1.5)), 1e-10))
    #expect(agree(masked.degreesOfFreedom1, plain.degreesOfFreedom1, 1e-10))
  }

  /// n → ∞: the population's own predictor, errors written out.
  @Test func manySamples() throws {
    let d = 12
    let p = 0.6
    let sigma = scaledChain(d)
    let equivalent = try BernoulliEquivalent(
      population: dense(sigma), sampleCount: 1_000_000_000, keep: p, ridge: 0.1)
    let shift = 0.1 / (p * (1 - p))
    let inverse = DenseReference(count: d) { i, j in
      p * sigma.rows[i][j] + (i == j ? (1 - p) * sigma.rows[i][i] + shift : 0)
    }.inverse
    for k in 0..<d {
      let a = (0..<d).map { $0 == k ? 0 : -inverse.rows[k][$0] / (p * inverse.rows[k][k]) }
      var (cross, form, diagonal) = (0.0, 0.0, 0.0)
      for i in 0..<d {
        cross += a[i] * sigma.rows[i][k]
        diagonal += a[i] * a[i] * sigma.rows[i][i]
        for j in 0..<d { form += a[i] * sigma.rows[i][j] * a[j] }
      }
      let error = (1 - p) * (sigma.rows[k][k] - 2 * p * cross + p * p * form + p * (1 - p) * diagonal)
      #expect(agree(equivalent.generalizationErrors[k], error, 1e-7))
      #expect(agree(equivalent.trainingErrors[k], error, 1e-7))
      #expect(agree(equivalent.fullContextErrors[k], sigma.rows[k][k] - 2 * cross + form, 1e-7))
    }
  }

  @Test func theBestRatioIsStationary() throws {
    let population = try EqualVariancePopulation(AutoregressivePopulation(correlation: 0.7, coordinateCount: 60))
    let best = try BernoulliEquivalent.bestMaskingRatio(population: population, sampleCount: 70, ridge: 1e-4)
    #expect(!best.atEdge && best.keep > 0.5 && best.keep < 0.999)
    for keep in [best.keep - 0.02, min(best.keep + 0.02, 0.9999), 0.3] {
      let other = try BernoulliEquivalent(population: population, sampleCount: 70, keep: keep, ridge: 1e-4)
      #expect(other.fullContextError > best.error)
    }
  }

  @Test func refusals() throws {
    let population = try DiagonalPopulation(isotropic: 1, coordinateCount: 4)
    for keep in [0.0, 1, -0.1, .nan] {
      #expect(throws: PopulationError.self) {
        try BernoulliEquivalent(population: population, sampleCount: 5, keep: keep, ridge: 0.1)
      }
    }
    #expect(throws: PopulationError.self) {
      try BernoulliEquivalent(population: population, sampleCount: 5, keep: 0.5, ridge: -1)
    }
  }

  /// Each block against the ridge formula with the context's features written out.
  @Test(arguments: [(15, 0.1), (60, 0.05), (60, 0), (10, 0)]) func blocksAreRidgeRegressions(n: Int, ridge: Double)
    throws
  {
    let d = 24
    let sigma = scaledChain(d)
    let blocks = [[0, 5, 6, 7, 20], Array(8..<20), [1, 2, 3, 4, 21, 22, 23]]
    let equivalent = try PartitionedCovariance(
      covariance: sigma.rows.flatMap { $0 }, coordinateCount: d, backend: host
    ).equivalent(blocks: blocks, sampleCount: n, ridge: ridge)
    for (block, own) in zip(blocks, equivalent.effectiveRidges) {
      let context = (0..<d).filter { !block.contains($0) }
      let features = DenseReference(count: context.count) { sigma.rows[context[$0]][context[$1]] }
      let population = try DensePopulation(
        covariance: features.rows.flatMap { $0 }, coordinateCount: context.count, backend: host)
      let root = try EffectiveRidge(population: population, sampleCount: n, ridge: ridge)
      #expect(abs(own - root.value) <= 1e-10 * max(root.value, 1e-3))
      let inverse = features.shifted(by: root.value).inverse
      for k in block {
        let target = context.map { sigma.rows[$0][k] }
        let weights = inverse.rows.map { row in zip(row, target).reduce(0) { $0 + $1.0 * $1.1 } }
        var error = sigma.rows[k][k]
        for (i, weight) in weights.enumerated() {
          error -= 2 * weight * target[i]
          for j in weights.indices { error += weight * features.rows[i][j] * weights[j] }
        }
        error /= 1 - root.traces.second / Double(n)
        #expect(agree(equivalent.generalizationErrors[k], error, 1e-9))
        let fraction = root.shrinkage * root.shrinkage
        #expect(abs(equivalent.trainingErrors[k] - error * fraction) <= 1e-9 * error)
      }
    }
  }

  /// λ = 0, n above the m coordinates of a context, Gaussian data: E_tr = σ²(1 − m/n), E_gen = σ²(n − 1)/(n − m − 1); what is left
  /// of the second is of second order in 1/(n − m).
  @Test(arguments: [(60, 2), (40, 4)]) func partitionsToOrder1(n: Int, blocks: Int) throws {
    let d = 24
    let identity = (0..<d * d).map { $0 / d == $0 % d ? 3.0 : 0 }
    let size = d / blocks
    let found = try PartitionedCovariance(covariance: identity, coordinateCount: d, backend: host).equivalent(
      blocks: (0..<blocks).map { Array($0 * size..<($0 + 1) * size) }, sampleCount: n, ridge: 0, toOrder1: true)
    let errors = try #require(found.finiteSize)
    let (nn, m) = (Double(n), Double(d - size))
    #expect(agree(errors.training, 3 * (1 - m / nn), 1e-12))
    let exact = 3 * (nn - 1) / (nn - m - 1)
    #expect(abs(errors.generalization / exact - 1) < 1.2 / ((nn - m) * (nn - m)))
    #expect(abs(found.generalizationError / exact - 1) > 0.2 / nn)
  }

  /// Where the ridge leaves nothing of the predictor, every error is a variance, and none is below Bayes's.
  @Test(arguments: [1e6, 1e12, 1e20, 1e80]) func greatRidges(ridge: Double) throws {
    let d = 30
    let chain = try EqualVariancePopulation(AutoregressivePopulation(correlation: 0.9, coordinateCount: d))
    let spiked = try SpikedPopulation(
      variances: (0..<d).map { 0.5 + Double($0) / 10 }, strengths: [4], directions: [OutlierEquivalentTests.flat(d)])
    let rows = (0..<d * d).map { index in
      (0..<abs(index / d - index % d)).reduce(1.0) { product, _ in product * 0.9 }
    }
    let dense = try DenseCovariance(covariance: rows, coordinateCount: d, backend: host)
    for population in [chain, spiked, dense] as [any MatrixRidgePopulation] {
      let variance = population.variances.reduce(0, +) / Double(d)
      let tolerance = 1e-10 + 1e3 / ridge
      for p in [0.01, 0.5, 0.9] {
        let all = try BernoulliEquivalent(population: population, sampleCount: 20, keep: p, ridge: ridge)
        #expect(agree(all.trainingError, (1 - p) * variance, tolerance))
        #expect(agree(all.generalizationError, (1 - p) * variance, tolerance))
        #expect(agree(all.fullContextError, variance, tolerance))
        let drawn = try DrawnMaskEquivalent(
          population: population, sampleCount: 20, maskCount: 3, moments: .init(keep: p), ridge: ridge)
        #expect(agree(drawn.trainingError, (1 - p) * variance, tolerance))
        #expect(agree(drawn.generalizationError, (1 - p) * variance, tolerance))
        #expect(agree(drawn.fullContextError, variance, tolerance))
      }
    }
    let partition = try PartitionedCovariance(covariance: rows, coordinateCount: d, backend: host)
      .equivalent(blocks: [Array(0..<15), Array(15..<30)], sampleCount: 20, ridge: ridge)
    #expect(agree(partition.generalizationError, 1, 1e-10 + 1e3 / ridge))
    #expect(agree(partition.trainingError, 1, 1e-10 + 1e3 / ridge))
  }
}
