import DeterministicEquivalents
import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

/// Theory under weights beside the errors of fits on the population that the data are of.
@Suite struct WeightedTheoryTests {
  private static let (d, trials) = (160, 8)

  /// Σ = diag(ψ) + θuuᵀ, ψ from 0.1 to 5, u spread over all coordinates.
  private static let noise = (0..<d).map { 0.1 + 4.9 * Double($0) / Double(d - 1) }
  private static let direction = (0..<d).map { ($0 % 2 == 0 ? 1 : -1) / Double(d).squareRoot() }
  private static let strength = 60.0

  private func samples(_ n: Int, trial: Int) -> [Double] {
    let stream = RandomStream(seed: 41, purpose: .samples, index: trial)
    let common = Self.strength.squareRoot()
    return (0..<n * Self.d).map { e in
      let (i, k) = (e / Self.d, e % Self.d)
      return Self.noise[k].squareRoot() * EntryLaw.gaussian.value(at: UInt64(e), of: stream)
        + common * Self.direction[k] * EntryLaw.gaussian.value(at: UInt64(1_000_000_000 + i), of: stream)
    }
  }

  /// Mean error on new samples of the population, (e_k − â_k) Σ (e_k − â_k)ᵀ.
  private func error(_ predictor: [Double]) -> Double {
    var sum = 0.0
    for k in 0..<Self.d {
      var along = 0.0
      for j in 0..<Self.d {
        let c = (j == k ? 1 : 0) - predictor[k * Self.d + j]
        sum += c * c * Self.noise[j]
        along += c * Self.direction[j]
      }
      sum += Self.strength * along * along
    }
    return sum / Double(Self.d)
  }

  @Test(arguments: [(80, 0.3), (160, 0.2), (320, 0.1)]) func simulation(point: (Int, Double)) throws {
    let (n, ridge) = point
    let population = try SpikedPopulation(
      variances: Self.noise, strengths: [Self.strength], directions: [Self.direction])
    let learned = try SelfWeightedEquivalent(population: population, sampleCount: n, ridge: ridge)
    let given = try ErrorEquivalent(population: population, sampleCount: n, ridge: ridge, weights: Self.noise)
    for (choice, theory, order) in [
      (WeightChoice.fixed(.given(Self.noise)), given.generalizationError, 3.0),
      (.selfWeighted, learned.errors.generalizationError, 6.0),
    ] {
      let host = HostBackend<Double>(threads: 1)
      let errors = try (0..<Self.trials).map { trial in
        let fit = try FitRequest(ridge: .path([ridge]), weights: choice).fit(
          samples(n, trial: trial), sampleCount: n, on: host)
        return error(try fit.fit.predictor(ridge: ridge))
      }
      let mean = errors.reduce(0, +) / Double(Self.trials)
      let scatter = errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(Self.trials - 1)
      let allowed = 4 * (scatter / Double(Self.trials)).squareRoot() + order / Double(Self.d) * theory
      #expect(abs(mean - theory) < allowed, "n = \(n): \(mean) for \(theory), \(allowed) allowed")
    }
  }
}
