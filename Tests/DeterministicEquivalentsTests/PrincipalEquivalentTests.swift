import DeterministicEquivalents
import RealModule
import Testing

/// Probabilistic principal components by theory.
@Suite struct PrincipalEquivalentTests {
  /// Σ = I: every direction has s = 1, and sums over the Marchenko–Pastur law by the midpoint rule in the angle between its edges.
  @Test(arguments: [(1000, 4000), (1000, 1000), (1000, 400)])
  func isotropic(d: Int, n: Int) throws {
    let theory = try PrincipalEquivalent(
      population: DiagonalPopulation(isotropic: 2, coordinateCount: d), sampleCount: n)
    #expect(theory.edgeRank == 0)
    #expect(agree(try #require(theory.error(rank: 0)), 2, 1e-12))
    #expect(theory.error(rank: min(n, d)) == nil)
    let ratio = Double(d) / Double(n)
    let root = ratio.squareRoot()
    for rank in [1, 20, 300] {
      // The eigenvalue above which `rank` of d lie, then the sums above it, by one fine grid.
      let steps = 200_000
      var (count, eigenvalue, inverse, square) = (0.0, 0.0, 0.0, 0.0)
      for step in 0..<steps {
        let angle = (Double(step) + 0.5) * .pi / Double(steps)
        let x = 1 + ratio + 2 * root * Double.cos(angle)
        let weight = Double(d) * 2 * Double.sin(angle) * Double.sin(angle) / x / Double(steps)
        let taken = min(weight, Double(rank) - count)
        count += taken
        eigenvalue += taken * x
        inverse += taken / x
        square += taken / (x * x)
        if count >= Double(rank) { break }
      }
      let noise = (Double(d) - eigenvalue) / Double(d - rank)
      let kept = 1 - (Double(rank) - noise * inverse) / Double(d)
      let expected = 2 * (Double(d) - Double(rank) + noise * noise * square) / Double(d) / (kept * kept)
      #expect(agree(try #require(theory.error(rank: rank)), expected, 1e-7), "rank \(rank)")
    }
  }

  /// One spike at rank 1, from the closed forms of its eigenvalue (1+θ)(1+γ/θ) and overlap (1−γ/θ²)/(1+γ/θ).
  @Test(arguments: [(0.5, 3.0), (2.0, 5.0), (0.25, 1.0)])
  func oneSpike(ratio: Double, strength: Double) throws {
    let d = 1000
    let population = try SpikedPopulation(
      noise: DiagonalPopulation(isotropic: 1, coordinateCount: d), strengths: [strength],
      directions: [OutlierEquivalentTests.flat(d)])
    let theory = try PrincipalEquivalent(population: population, sampleCount: Int(Double(d) / ratio))
    #expect(theory.edgeRank == 1)
    let eigenvalue = (1 + strength) * (1 + ratio / strength)
    let overlap = (1 - ratio / (strength * strength)) / (1 + ratio / strength)
    let total = Double(d) + strength
    let noise = (total - eigenvalue) / Double(d - 1)
    let share = noise / eigenvalue
    let expected: Double =
      (total - (1 - share * share) * (1 + strength * overlap)) / Double(d)
      / Double.pow(1 - (1 - share) / Double(d), 2)
    #expect(agree(try #require(theory.error(rank: 1)), expected, 1e-9))
    // Predicting with it is better than not at all.
    #expect(try #require(theory.error(rank: 1)) < total / Double(d))
  }

  @Test func refusesUnequalCoordinates() throws {
    #expect(throws: PopulationError.self) {
      try PrincipalEquivalent(population: DiagonalPopulation(variances: [1, 2, 3]), sampleCount: 10)
    }
  }
}
