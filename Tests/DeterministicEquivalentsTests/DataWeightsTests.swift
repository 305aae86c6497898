import DeterministicEquivalents
import RealModule
import Testing

/// The term of order 1/n of weights that are made of the data, against what is known by other ways.
@Suite struct DataWeightsTests {
  private func errors(
    _ population: some Population, n: Int, ridge: Double, kurtosis: Double = 0, _ weights: DataWeights?
  ) throws -> FiniteSizeErrors? {
    let limit = try ErrorEquivalent(population: population, sampleCount: n, ridge: ridge)
    guard let weights else {
      return try FiniteSizeErrors(
        population: population, sampleCount: n, ridge: ridge, limit: limit, excessKurtosis: kurtosis)
    }
    return try FiniteSizeErrors(
      population: population, weights: weights, sampleCount: n, ridge: ridge, limit: limit, excessKurtosis: kurtosis)
  }

  /// Columns over their root mean squares have lengths that do not scatter, as entries ±1 have, whose excess kurtosis is −2: the same
  /// training errors. And whatever the entries' own.
  @Test(arguments: [(200, 400), (400, 400), (900, 400)], [0.02, 0.1, 1, 20])
  func standardisedColumnsAreSigns(shape: (Int, Int), ridge: Double) throws {
    let (n, d) = shape
    let population = try DiagonalPopulation(isotropic: 1, coordinateCount: d)
    let limit = try ErrorEquivalent(population: population, sampleCount: n, ridge: ridge).trainingError
    let plain = try #require(try errors(population, n: n, ridge: ridge, nil)).trainingError
    let signs = try #require(try errors(population, n: n, ridge: ridge, kurtosis: -2, nil)).trainingError
    for kurtosis in [0.0, 3] {
      let own = try #require(try errors(population, n: n, ridge: ridge, kurtosis: kurtosis, .variance)).trainingError
      #expect(abs(own - signs) < 1e-3 * abs(signs - plain) + 1e-9 * limit, "\(kurtosis)")
    }
  }

  /// With ever more samples weights no longer scatter, and with ever larger ridges nothing is predicted: the term goes to nothing.
  @Test(arguments: [DataWeights.variance, .selfWeighted]) func vanishes(weights: DataWeights) throws {
    func share(n: Int, d: Int, ridge: Double) throws -> Double {
      let population = try DiagonalPopulation(isotropic: 1, coordinateCount: d)
      let given = try #require(try errors(population, n: n, ridge: ridge, nil))
      let own = try #require(try errors(population, n: n, ridge: ridge, weights))
      return abs(own.generalizationError / given.generalizationError - 1)
        + abs(own.trainingError / given.trainingError - 1)
    }
    let one = try share(n: 300, d: 600, ridge: 0.1)
    #expect(one > 1e-3)
    #expect(abs(try share(n: 3000, d: 6000, ridge: 0.1) / one - 0.1) < 0.01)
    #expect(try share(n: 300, d: 600, ridge: 1e3) < 1e-2 * one)
  }

  /// Coordinates that correlate otherwise than along a few directions have none, nor has λ = 0 with n ≤ d; with n > d weights count
  /// for nothing there.
  @Test func whereItIsNotKnown() throws {
    #expect(
      try errors(AutoregressivePopulation(correlation: 0.7, coordinateCount: 40), n: 80, ridge: 0.1, .selfWeighted)
        == nil)
    let population = try DiagonalPopulation(isotropic: 1, coordinateCount: 40)
    #expect(try errors(population, n: 30, ridge: 0, .variance) == nil)
    #expect(try errors(population, n: 80, ridge: 0, .selfWeighted) == errors(population, n: 80, ridge: 0, nil))
    #expect(
      try errors(BlockPopulation(coordinateCount: 40, blocks: 20, correlation: 0.5), n: 80, ridge: 0.1, .variance)
        == nil)
  }
}
