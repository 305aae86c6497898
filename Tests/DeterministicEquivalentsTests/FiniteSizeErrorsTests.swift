import DeterministicEquivalents
import Testing

/// The correction of order 1/n against what is known exactly; simulation checks it for every data model.
@Suite struct FiniteSizeErrorsTests {
  /// λ → 0 at n > d, Gaussian data: E_tr = σ²(1 − (d − 1)/n) and E_gen = σ²(n − 1)/(n − d).
  @Test(arguments: [(30, 100), (30, 36), (300, 400)])
  func ridgelessBelowInterpolation(coordinateCount d: Int, sampleCount n: Int) throws {
    let population = try DiagonalPopulation(isotropic: 2, coordinateCount: d)
    let limit = try ErrorEquivalent(population: population, sampleCount: n, ridge: 0)
    let corrected = try #require(
      try FiniteSizeErrors(population: population, sampleCount: n, ridge: 0, limit: limit))
    let (dd, nn) = (Double(d), Double(n))
    #expect(abs(corrected.generalizationError / (2 * (nn - 1) / (nn - dd)) - 1) < 1e-12)
    #expect(abs(corrected.trainingError / (2 * (1 - (dd - 1) / nn)) - 1) < 1e-12)
  }

  /// λ → 0 at n < d, Σ = I: moments of the inverse Wishart matrix W of order n with p = d − 1 degrees of freedom, m = p − n,
  ///
  ///     E_gen = 1 + n/(m − 1),   E_tr/λ² = n² (p − 1)/(m(m − 1)(m − 3)).
  @Test(arguments: [(60, 30), (400, 200), (400, 100), (800, 600)])
  func ridgelessAboveInterpolation(coordinateCount d: Int, sampleCount n: Int) throws {
    let ridge = 1e-9
    let population = try DiagonalPopulation(isotropic: 1, coordinateCount: d)
    let limit = try ErrorEquivalent(population: population, sampleCount: n, ridge: ridge)
    let corrected = try #require(
      try FiniteSizeErrors(population: population, sampleCount: n, ridge: ridge, limit: limit))
    let (p, nn) = (Double(d - 1), Double(n))
    let m = p - nn
    let generalization = 1 + nn / (m - 1)
    let training = ridge * ridge * nn * nn * (p - 1) / (m * (m - 1) * (m - 3))
    // Expanding the exact expressions in 1/(d − n) leaves about 3 and 31 times its square.
    let second = 1 / (m * m)
    #expect(abs(corrected.generalizationError / generalization - 1) < 4 * second)
    #expect(abs(corrected.trainingError / training - 1) < 40 * second)
    #expect(abs(limit.trainingError / training - 1) > 3 / m)
  }

  /// Nothing is said where n − df₂ is a handful, nor of a mixing that the population does not know.
  @Test func saysNothingOutOfItsRange() throws {
    let population = try DiagonalPopulation(isotropic: 1, coordinateCount: 100)
    let steep = try ErrorEquivalent(population: population, sampleCount: 100, ridge: 1e-8)
    #expect(try FiniteSizeErrors(population: population, sampleCount: 100, ridge: 1e-8, limit: steep) == nil)
    let chain = try AutoregressivePopulation(correlation: 0.5, coordinateCount: 100)
    let limit = try ErrorEquivalent(population: chain, sampleCount: 200, ridge: 0.1)
    #expect(try FiniteSizeErrors(population: chain, sampleCount: 200, ridge: 0.1, limit: limit) != nil)
    #expect(
      try FiniteSizeErrors(population: chain, sampleCount: 200, ridge: 0.1, limit: limit, excessKurtosis: -2) == nil)
    let known = try ErrorEquivalent(population: population, sampleCount: 200, ridge: 0.1)
    #expect(
      try FiniteSizeErrors(
        population: population, sampleCount: 200, ridge: 0.1, limit: known, excessKurtosis: .infinity) == nil)
  }
}
