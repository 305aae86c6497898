import DeterministicEquivalents
import LacunaHost
import RealModule
import Testing

/// Theory under a diagonal penalty, against the equation of a matrix ridge solved by plain substitution.
@Suite struct WeightedEquivalentTests {
  private static let d = 12

  private struct Case: Sendable {
    var name: String
    var reference: DenseReference
    var errors: @Sendable (Int, Double, [Double]) throws -> ErrorEquivalent
    var learned: @Sendable (Int, Double) throws -> SelfWeightedEquivalent
  }

  private static func makeCase(
    _ name: String, _ reference: DenseReference, _ population: some RescalablePopulation
  ) -> Case {
    Case(
      name: name, reference: reference,
      errors: { try ErrorEquivalent(population: population, sampleCount: $0, ridge: $1, weights: $2) },
      learned: { try SelfWeightedEquivalent(population: population, sampleCount: $0, ridge: $1) })
  }

  private static func cases() throws -> [Case] {
    var numbers = TestNumbers(seed: 5)
    let variances = (0..<d).map { 0.2 + 0.4 * Double($0) }
    let directions = [numbers.unitVector(d), numbers.unitVector(d)]
    let strengths = [9, -0.1]
    let chain = DenseReference(count: d) { i, j in
      let scale = { (k: Int) in 0.5 + 1.5 * Double(k) / Double(d - 1) }
      return scale(i) * scale(j) * Double.pow(0.8, Double(abs(i - j)))
    }
    return [
      makeCase(
        "diagonal", DenseReference(variances: variances, strengths: [], directions: []),
        try DiagonalPopulation(variances: variances)),
      makeCase(
        "spiked", DenseReference(variances: variances, strengths: strengths, directions: directions),
        try SpikedPopulation(variances: variances, strengths: strengths, directions: directions)),
      makeCase(
        "dense", chain,
        try DensePopulation(
          covariance: chain.rows.flatMap { $0 }, coordinateCount: d, backend: HostBackend<Double>(threads: 1))),
    ]
  }

  /// E_k by the equations of a matrix ridge, c by substitution until it stands.
  private func plain(_ sigma: DenseReference, n: Int, ridges: [Double]) -> [Double] {
    let n = Double(n)
    var c = 0.5
    var q = DenseReference([])
    for _ in 0..<20_000 {
      q = DenseReference(count: sigma.count) { i, j in c * sigma.rows[i][j] + (i == j ? ridges[i] : 0) }.inverse
      let next = 1 / (1 + (sigma * q).trace / n)
      let moved = abs(next - c)
      c = next
      if moved < 1e-15 * c { break }
    }
    let mixed = q * sigma * q
    let left = 1 - c * c / n * (sigma * mixed).trace
    return zip(mixed.diagonal, q.diagonal).map { $0 / (left * $1 * $1) }
  }

  @Test(arguments: [30, 12, 6], [0.05, 1.0]) func matrixRidge(n: Int, ridge: Double) throws {
    let weights = (0..<Self.d).map { [0.1, 2, 0.7, 30][$0 % 4] }
    for item in try Self.cases() {
      let expected = plain(item.reference, n: n, ridges: weights.map { $0 * ridge })
      let found = try item.errors(n, ridge, weights)
      #expect(agree(found.generalizationErrors, expected, 1e-9), "\(item.name)")
      let mean = expected.reduce(0, +) / Double(Self.d)
      #expect(agree(found.generalizationError, mean, 1e-9), "\(item.name)")
      let floor = item.reference.inverse.diagonal.reduce(0) { $0 + 1 / $1 } / Double(Self.d)
      #expect(agree(found.bayesError, floor, 1e-9) && found.trainingError < found.generalizationError)
    }
  }

  /// The weights are the errors, by those equations; and units move them by their squares alone.
  @Test(arguments: [30, 12, 6], [0.05, 1.0]) func fixedPoint(n: Int, ridge: Double) throws {
    for item in try Self.cases() {
      let found = try item.learned(n, ridge)
      #expect(agree(found.weights, found.errors.generalizationErrors, 1e-9), "\(item.name)")
      let expected = plain(item.reference, n: n, ridges: found.weights.map { $0 * ridge })
      #expect(agree(found.weights, expected, 1e-8), "\(item.name) \(found.rounds)")
    }
    let variances = (0..<Self.d).map { 0.2 + 0.4 * Double($0) }
    var numbers = TestNumbers(seed: 6)
    let spiked = try SpikedPopulation(variances: variances, strengths: [7], directions: [numbers.unitVector(Self.d)])
    let factors = (0..<Self.d).map { Double.pow(10, Double($0 % 7) - 3) }
    let (one, other) = (
      try SelfWeightedEquivalent(population: spiked, sampleCount: n, ridge: ridge),
      try SelfWeightedEquivalent(population: spiked.rescaled(by: factors), sampleCount: n, ridge: ridge)
    )
    #expect(agree(other.weights, zip(one.weights, factors).map { $0 * $1 * $1 }, 1e-8))
  }

  /// Equal weights are a plain ridge times them, a circulant's self weights too.
  @Test func equalWeights() throws {
    let row = (0..<Self.d).map { Double.pow(0.6, Double(min($0, Self.d - $0))) }
    let circulant = try CirculantPopulation(firstRow: row)
    let found = try SelfWeightedEquivalent(population: circulant, sampleCount: 20, ridge: 0.3)
    let plain = try ErrorEquivalent(population: circulant, sampleCount: 20, ridge: 0.3 * found.weights[0])
    #expect(agree(found.errors.generalizationErrors, plain.generalizationErrors, 1e-9))
    #expect(agree(found.weights, plain.generalizationErrors, 1e-9))
    #expect(throws: PopulationError.self) {
      _ = try ErrorEquivalent(
        population: circulant, sampleCount: 20, ridge: 0.3, weights: (0..<Self.d).map { 1 + Double($0) })
    }
    #expect(throws: PopulationError.self) {
      _ = try ErrorEquivalent(population: circulant, sampleCount: 20, ridge: 0.3, weights: [1])
    }
  }
}
