import DeterministicEquivalents
import Testing

/// Thresholds of spikes on few coordinates, which change the metric D that they are seen in.
@Suite struct ThresholdTests {
  private let d = 400

  private func population(_ strength: Double, on count: Int, unequal: Bool = false) throws -> SpikedPopulation {
    var numbers = TestNumbers(seed: 11)
    let loadings = numbers.unitVector(count)
    var u = [Double](repeating: 0, count: d)
    for (index, value) in loadings.enumerated() { u[(index * 37 + 5) % d] = value }
    return try SpikedPopulation(
      variances: (0..<d).map { unequal ? 0.3 + 2 * Double($0) / Double(d) : 1 }, strengths: [strength], directions: [u])
  }

  private func outliers(_ population: SpikedPopulation, sampleCount: Int) throws -> OutlierEquivalent {
    try OutlierEquivalent(predictorOf: population, sampleCount: sampleCount, ridge: 0.1)
  }

  /// The same whatever strength is asked, and where the equation of the outliers, which knows nothing of it, begins to have a root.
  @Test(arguments: [(10, 800, false), (10, 200, false), (40, 800, true), (3, 1600, true)])
  func isWhereTheOutlierLeaves(count: Int, sampleCount: Int, unequal: Bool) throws {
    let found = try [0.05, 1, 100].map {
      try #require(try outliers(population($0, on: count, unequal: unequal), sampleCount: sampleCount).threshold(of: 0))
    }
    for value in found { #expect(agree(value, found[0], 1e-9)) }
    for (factor, isOut) in [(0.97, false), (1.03, true)] {
      let theory = try outliers(population(factor * found[0], on: count, unequal: unequal), sampleCount: sampleCount)
      let edge = try #require(theory.edges.last).position
      #expect(theory.outliers.contains { $0.position > edge } == isOut)
    }
  }

  /// More variance on one coordinate is taken out by D at any strength, while λ is small; principal components see it. Beside a
  /// λ above (1 + √γ)v the others' rows are weaker by λ, and it shows.
  @Test func oneCoordinate() throws {
    for strength in [0.05, 1, 1000] {
      let population = try population(strength, on: 1)
      #expect(try outliers(population, sampleCount: 800).threshold(of: 0) == nil)
      let principal = try OutlierEquivalent(gramOf: population, sampleCount: 800).threshold(of: 0)
      #expect(agree(try #require(principal), 0.5.squareRoot(), 1e-6))
    }
    func ridged(_ strength: Double) throws -> OutlierEquivalent {
      try OutlierEquivalent(predictorOf: population(strength, on: 1), sampleCount: 800, ridge: 8)
    }
    let threshold = try #require(try ridged(1).threshold(of: 0))
    for (factor, isOut) in [(0.9, false), (1.1, true)] {
      let theory = try ridged(factor * threshold)
      let edge = try #require(theory.edges.last).position
      #expect(theory.outliers.contains { $0.position > edge } == isOut)
    }
    let lowest = try #require(
      try OutlierEquivalent.lowestThreshold(population: population(1, on: 1), sampleCount: 800, spike: 0))
    #expect(lowest.threshold <= threshold && lowest.ridge > 1)
  }

  /// At n = d the bottom edge is reached where Σ ceases to be positive: by no strength, to within rounding of it.
  @Test(arguments: [60, 96, 97, 200]) func negativeStrengthsAtEqualCounts(d: Int) throws {
    let spiked = try SpikedPopulation(
      noise: DiagonalPopulation(isotropic: 1, coordinateCount: d), strengths: [-0.7],
      directions: [OutlierEquivalentTests.flat(d)])
    #expect(try OutlierEquivalent(gramOf: spiked, sampleCount: d).threshold(of: 0, isUpper: false) == nil)
    for ridge in [1e-6, 0.1, 10, 1000] {
      let theory = try OutlierEquivalent(predictorOf: spiked, sampleCount: d, ridge: ridge)
      #expect(try theory.threshold(of: 0, isUpper: false) == nil)
    }
  }

  /// Downwards the strength ends where Σ does: −√γ is a threshold for γ < 1 alone.
  @Test func negativeStrengths() throws {
    let spread = try SpikedPopulation(
      noise: DiagonalPopulation(isotropic: 1, coordinateCount: d), strengths: [-0.1],
      directions: [OutlierEquivalentTests.flat(d)])
    for (n, expected) in [(1600, -0.5), (300, nil)] {
      let theory = try outliers(spread, sampleCount: n)
      let found = try theory.threshold(of: 0, isUpper: false)
      let principal = try OutlierEquivalent(gramOf: spread, sampleCount: n).threshold(of: 0, isUpper: false)
      #expect((found == nil) == (expected == nil) && (principal == nil) == (expected == nil))
      if let expected, let found, let principal {
        #expect(agree(found, expected, 1e-6) && agree(principal, expected, 1e-6))
      }
    }
    let sparse = try population(-0.1, on: 10)
    let threshold = try #require(try outliers(sparse, sampleCount: 3200).threshold(of: 0, isUpper: false))
    for (factor, isOut) in [(0.97, false), (1.03, true)] where factor * threshold > -1 {
      let theory = try outliers(population(factor * threshold, on: 10), sampleCount: 3200)
      let edge = try #require(theory.edges.first).position
      #expect(theory.outliers.contains { $0.position < edge } == isOut)
    }
  }
}
