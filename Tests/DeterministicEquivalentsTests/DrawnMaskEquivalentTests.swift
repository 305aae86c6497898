import DeterministicEquivalents
import LacunaHost
import Testing

/// Finitely many masks a sample: against the limits that are known otherwise; simulation shows the rest.
@Suite struct DrawnMaskEquivalentTests {
  private let host = HostBackend<Double>()

  private func chain(_ correlation: Double, _ d: Int) throws -> EqualVariancePopulation {
    try EqualVariancePopulation(AutoregressivePopulation(correlation: correlation, coordinateCount: d))
  }

  private func spiked(_ d: Int) throws -> SpikedPopulation {
    var numbers = TestNumbers(seed: 4)
    return try SpikedPopulation(
      variances: (0..<d).map { 0.2 + Double($0) / 10 }, strengths: [6, -0.1],
      directions: [numbers.unitVector(d), numbers.unitVector(d)])
  }

  private func check(_ a: DrawnMaskEquivalent, _ b: DrawnMaskEquivalent, _ tolerance: Double) {
    #expect(agree(a.generalizationErrors, b.generalizationErrors, tolerance))
    #expect(agree(a.trainingErrors, b.trainingErrors, tolerance))
    #expect(agree(a.fullContextErrors, b.fullContextErrors, tolerance))
    #expect(agree(a.rowVariances, b.rowVariances, tolerance))
    #expect(agree(a.effectiveRidge, b.effectiveRidge, tolerance))
    #expect(agree(a.degreesOfFreedom2, b.degreesOfFreedom2, tolerance))
  }

  /// M → ∞ is all Bernoulli masks, to O(1/M).
  @Test(arguments: [(20, 0.5, 0.1), (80, 0.9, 0.01), (80, 0.2, 0.003)])
  func manyMasks(n: Int, keep: Double, ridge: Double) throws {
    for population in [try chain(0.7, 40), try spiked(40)] as [any MatrixRidgePopulation] {
      let all = try BernoulliEquivalent(population: population, sampleCount: n, keep: keep, ridge: ridge)
      let drawn = try DrawnMaskEquivalent(
        population: population, sampleCount: n, maskCount: 10_000_000, moments: .init(keep: keep), ridge: ridge)
      #expect(agree(drawn.generalizationError, all.generalizationError, 1e-5))
      #expect(agree(drawn.trainingError, all.trainingError, 1e-5))
      #expect(agree(drawn.fullContextError, all.fullContextError, 1e-5))
      #expect(agree(drawn.predictorVariance, all.predictorVariance, 1e-5))
      #expect(agree(drawn.effectiveRidge, all.equivalentRidge / all.shrinkage, 1e-5))
      #expect(agree(drawn.degreesOfFreedom1, all.degreesOfFreedom1, 1e-5))
      #expect(agree(drawn.degreesOfFreedom2, all.degreesOfFreedom2, 1e-5))
    }
  }

  /// Masks that hide next to nothing, the loss over all coordinates: the plain ridge regression on all others, whatever M.
  @Test(arguments: [1, 7]) func nothingHidden(masks: Int) throws {
    let population = try AutoregressivePopulation(correlation: 0.7, coordinateCount: 50)
    let plain = try ErrorEquivalent(population: population, sampleCount: 80, ridge: 0.1)
    let p = 1 - 1e-10
    let drawn = try DrawnMaskEquivalent(
      population: EqualVariancePopulation(population), sampleCount: 80, maskCount: masks,
      moments: .init(counted: 1, single: p, pair: p * p), ridge: 0.1)
    #expect(agree(drawn.generalizationErrors, plain.generalizationErrors, 1e-7))
    #expect(agree(drawn.trainingErrors, plain.trainingErrors, 1e-7))
    #expect(agree(drawn.fullContextErrors, plain.generalizationErrors, 1e-7))
    #expect(agree(drawn.effectiveRidge, plain.effectiveRidge, 1e-7))
  }

  /// Structures against the dense route.
  @Test(arguments: [1, 3, 40]) func structuresAgree(masks: Int) throws {
    let d = 30
    func both(_ population: some MatrixRidgePopulation, _ sigma: DenseReference) throws {
      let dense = try DenseCovariance(covariance: sigma.rows.flatMap { $0 }, coordinateCount: d, backend: host)
      for moments in [
        DrawnMaskEquivalent.Moments(keep: 0.6), .init(counted: 1, single: 0.4, pair: 0.4 * 11 / 29),
      ] {
        check(
          try DrawnMaskEquivalent(
            population: population, sampleCount: 50, maskCount: masks, moments: moments, ridge: 0.05),
          try DrawnMaskEquivalent(population: dense, sampleCount: 50, maskCount: masks, moments: moments, ridge: 0.05),
          1e-8)
      }
    }
    var numbers = TestNumbers(seed: 4)
    try both(
      spiked(d),
      DenseReference(
        variances: (0..<d).map { 0.2 + Double($0) / 10 }, strengths: [6, -0.1],
        directions: [numbers.unitVector(d), numbers.unitVector(d)]))
    var powers = [1.0]
    for _ in 1..<d { powers.append(powers[powers.count - 1] * 0.7) }
    try both(chain(0.7, d), DenseReference(count: d) { powers[abs($0 - $1)] })
  }

  /// A prototype's simulations, 6 draws with their standard errors: AR(1) 0.7, d = 120, n = 260, p = 0.6, λ = 0.05, the error of a
  /// hidden cell.
  @Test(arguments: [(1, 0.8972, 0.0031), (2, 0.7487, 0.0034), (4, 0.6614, 0.0017), (16, 0.6044, 0.0010)])
  func printedTable(masks: Int, simulated: Double, error: Double) throws {
    let theory = try DrawnMaskEquivalent(
      population: chain(0.7, 120), sampleCount: 260, maskCount: masks, moments: .init(keep: 0.6), ridge: 0.05)
    #expect(abs(theory.generalizationError / 0.4 - simulated) < 4 * error + 2 * simulated / 120)
  }

  @Test func refusals() throws {
    for (masks, ridge) in [(0, 0.1), (2, -1), (2, 0)] {
      #expect(throws: PopulationError.self) {
        try DrawnMaskEquivalent(
          population: chain(0.7, 40), sampleCount: 20, maskCount: masks, moments: .init(keep: 0.5), ridge: ridge)
      }
    }
  }
}
