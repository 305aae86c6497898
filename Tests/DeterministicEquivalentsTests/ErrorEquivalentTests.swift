import DeterministicEquivalents
import Testing

@Suite struct ErrorEquivalentTests {
  struct Known: Sendable {
    var n: Int
    var ridge: Double
    var kappa: Double
    var generalization: Double
    var training: Double
  }

  private func check(_ population: some Population, _ known: Known) throws {
    let errors = try ErrorEquivalent(population: population, sampleCount: known.n, ridge: known.ridge)
    #expect(agree(errors.effectiveRidge, known.kappa, 1e-10))
    #expect(agree(errors.generalizationError, known.generalization, 1e-10))
    #expect(agree(errors.trainingError, known.training, 1e-10))
    let d = Double(population.coordinateCount)
    #expect(agree(errors.generalizationErrors.reduce(0, +) / d, errors.generalizationError, 1e-13))
    #expect(agree(errors.trainingErrors.reduce(0, +) / d, errors.trainingError, 1e-13))
  }

  /// Computed independently with 40 digits.
  @Test(arguments: [
    (
      100,
      Known(
        n: 200, ridge: 0.1, kappa: 0.17416573867739416, generalization: 1.5690449676496976, training: 0.5172612419124244
      )
    ),
    (
      100,
      Known(
        n: 50, ridge: 0.1, kappa: 1.184428877022476, generalization: 1.721571129670606, training: 0.01227176405541542)
    ),
    (100, Known(n: 50, ridge: 0, kappa: 1, generalization: 2, training: 0)),
    (
      1000,
      Known(
        n: 1500, ridge: 1e-3, kappa: 0.002982265080214641, generalization: 2.964790420849664,
        training: 0.3333508079926983)
    ),
  ])
  func isotropic(d: Int, known: Known) throws {
    let population = try DiagonalPopulation(isotropic: 1, coordinateCount: d)
    try check(population, known)
    let errors = try ErrorEquivalent(population: population, sampleCount: known.n, ridge: known.ridge)
    #expect(errors.bayesError == 1)
  }

  @Test(arguments: [
    Known(
      n: 120, ridge: 0.05, kappa: 0.09167271364075542, generalization: 2.659449982308276, training: 0.7911369357628962),
    Known(
      n: 30, ridge: 0.05, kappa: 1.3798484583428465, generalization: 3.239605876961844, training: 0.004253724919304133),
    Known(n: 30, ridge: 0, kappa: 1.2712146779706222, generalization: 3.5116020839713977, training: 0),
  ])
  func diagonal(known: Known) throws {
    try check(DiagonalPopulation(variances: (0..<60).map { 0.1 + 2.9 * Double($0) / 59 }), known)
  }

  @Test func autoregressive() throws {
    let first = try AutoregressivePopulation(correlation: 0.7, coordinateCount: 40)
    try check(
      first,
      Known(
        n: 80, ridge: 0.1, kappa: 0.15644735279903577, generalization: 0.4945987168229296, training: 0.2020768425240914)
    )
    let errors = try ErrorEquivalent(population: first, sampleCount: 80, ridge: 0.1)
    #expect(agree(errors.degreesOfFreedom1, 28.864586988081612, 1e-10))
    #expect(agree(errors.degreesOfFreedom2, 21.781664781867022, 1e-10))
    #expect(agree(errors.bayesError, 0.3506677852348994, 1e-10))
    let second = try AutoregressivePopulation(correlation: 0.9, coordinateCount: 40)
    try check(
      second,
      Known(
        n: 20, ridge: 0.01, kappa: 0.1877117331670279, generalization: 0.29944558376048025,
        training: 0.0008498359000078182))
    #expect(
      agree(
        try ErrorEquivalent(population: second, sampleCount: 20, ridge: 0.01).bayesError, 0.10922375690607733, 1e-10))
  }

  /// Values that an independent prototype gave, to the digits it printed, with delocalised spikes in fixed directions.
  @Test func printedTable() throws {
    func unit(_ seed: UInt64) -> [Double] {
      var numbers = TestNumbers(seed: seed)
      return numbers.unitVector(400)
    }
    let spiked = try SpikedPopulation(
      noise: DiagonalPopulation(isotropic: 1, coordinateCount: 400), strengths: [5], directions: [unit(3)])
    let first = try ErrorEquivalent(population: spiked, sampleCount: 800, ridge: 1e-3)
    #expect(agree(first.generalizationError, 1.99627, 1e-4))
    #expect(agree(first.trainingError, 0.5011, 1e-3))
    let chain = try AutoregressivePopulation(correlation: 0.7, coordinateCount: 400)
    for (n, generalization, training) in [(200, 0.76111, 1.611e-2), (800, 0.48288, 0.1981)] {
      let errors = try ErrorEquivalent(population: chain, sampleCount: n, ridge: 0.1)
      #expect(agree(errors.generalizationError, generalization, 1e-5))
      #expect(agree(errors.trainingError, training, 5e-4))
    }
    let noisy = try SpikedPopulation(
      variances: (0..<400).map { 0.1 + 2.9 * Double($0) / 399 }, strengths: [8], directions: [unit(5)])
    let last = try ErrorEquivalent(population: noisy, sampleCount: 800, ridge: 0.1)
    #expect(agree(last.generalizationError, 2.46516, 3e-3))
    #expect(agree(last.trainingError, 0.8111, 3e-3))
  }

  /// n → ∞ at λ = 0: both errors tend to the Bayes error, at the rate 1/(1 − d/n).
  @Test(arguments: PopulationCase.all)
  func manySamples(_ example: PopulationCase) throws {
    let n = 1_000_000_000
    let errors = try ErrorEquivalent(population: example.population, sampleCount: n, ridge: 0)
    let loss = Double(example.population.coordinateCount) / Double(n)
    #expect(errors.effectiveRidge == 0)
    #expect(agree(errors.generalizationError, errors.bayesError / (1 - loss), 1e-11))
    #expect(agree(errors.trainingError, errors.bayesError * (1 - loss), 1e-11))
  }

  /// The root satisfies its equation, written as λ − κ(n − d + κ tr R)/n = 0, to rounding; λ → 0 joins its limit.
  @Test(arguments: PopulationCase.all, [1e-12, 1e-8, 1e-3, 1, 1e5])
  func effectiveRidgeEquation(_ example: PopulationCase, ridge: Double) throws {
    let population = example.population
    let d = population.coordinateCount
    for n in [max(1, d / 2), d, d + 1, 3 * d] {
      let root = try EffectiveRidge(population: population, sampleCount: n, ridge: ridge)
      let resolvent = try population.resolventTraces(effectiveRidge: root.value).resolvent
      let first = root.value * Double(n - d) / Double(n)
      let second = root.value * root.value * resolvent / Double(n)
      #expect(root.value >= ridge)
      #expect(abs(first + second - ridge) <= 2e-14 * (abs(first) + abs(second) + ridge))
      #expect(agree(root.shrinkage, ridge / root.value, 1e-13))
    }
  }

  @Test(arguments: PopulationCase.all)
  func ridgelessLimit(_ example: PopulationCase) throws {
    let d = example.population.coordinateCount
    for n in [max(1, d / 2), 2 * d] where n != d {
      let limit = try ErrorEquivalent(population: example.population, sampleCount: n, ridge: 0)
      let near = try ErrorEquivalent(population: example.population, sampleCount: n, ridge: 1e-13)
      #expect(agree(limit.generalizationError, near.generalizationError, 1e-8))
      #expect(abs(limit.trainingError - near.trainingError) <= 1e-8 * near.generalizationError)
    }
    #expect(throws: PopulationError.ridgelessAtInterpolation(sampleCount: d)) {
      try ErrorEquivalent(population: example.population, sampleCount: d, ridge: 0)
    }
    // At n = d the effective ridge goes as √(λ n / tr Σ⁻¹).
    let precision = try example.population.precisionDiagonal().reduce(0, +)
    let tiny = try EffectiveRidge(population: example.population, sampleCount: d, ridge: 1e-18)
    #expect(agree(tiny.value, (1e-18 * Double(d) / precision).squareRoot(), 1e-6))
  }

  @Test func refusals() throws {
    let population = try DiagonalPopulation(isotropic: 1, coordinateCount: 4)
    #expect(throws: PopulationError.self) { try ErrorEquivalent(population: population, sampleCount: 0, ridge: 1) }
    #expect(throws: PopulationError.self) { try ErrorEquivalent(population: population, sampleCount: 8, ridge: -1) }
    #expect(throws: PopulationError.self) { try ErrorEquivalent(population: population, sampleCount: 8, ridge: .nan) }
  }
}

@Suite struct OptimalRidgeTests {
  /// No neighbour has a lower error, and the error is that of the ridge returned.
  @Test(arguments: [(30, 0.7), (40, 0.7), (120, 0.95), (10, -0.8)])
  func isStationary(n: Int, rho: Double) throws {
    let population = try AutoregressivePopulation(correlation: rho, coordinateCount: 40)
    let best = try ErrorEquivalent.optimalRidge(population: population, sampleCount: n)
    let error = { (ridge: Double) in
      try ErrorEquivalent(population: population, sampleCount: n, ridge: ridge).generalizationError
    }
    #expect(best.ridge > 0 && best.ridge.isFinite)
    #expect(agree(try error(best.ridge), best.error, 1e-12))
    let slope = (try error(best.ridge * 1.001) - error(best.ridge * 0.999)) / 0.002
    #expect(abs(slope) <= 1e-5 * best.error)
    for factor in [0.5, 0.9, 1.1, 2, 1e3, 1e-3] {
      #expect(try error(best.ridge * factor) > best.error)
    }
  }

  /// Independent coordinates are best predicted by 0.
  @Test func isInfiniteForIndependentCoordinates() throws {
    let best = try ErrorEquivalent.optimalRidge(population: DiagonalPopulation(variances: [1, 2, 3]), sampleCount: 7)
    #expect(best.ridge == .infinity)
    #expect(best.error == 2)
  }
}
