import DeterministicEquivalents
import RealModule
import Testing

@Suite struct OutlierEquivalentTests {
  /// ±1/√d in a fixed irregular pattern.
  static func flat(_ d: Int, seed: Int = 0) -> [Double] {
    (0..<d).map { ($0 * 7919 + seed * 104_729) % 13 < 6 ? 1 : -1 }.map { $0 / Double(d).squareRoot() }
  }

  struct Known: Sendable {
    var ratio: Double
    var strength: Double
    var eigenvalue: Double
    var overlap: Double
  }

  static let known = [
    Known(ratio: 0.25, strength: 0.3, eigenvalue: 2.25, overlap: 0),
    Known(ratio: 0.25, strength: 1, eigenvalue: 2.5, overlap: 0.6),
    Known(ratio: 0.25, strength: 3, eigenvalue: 4.333333333333333, overlap: 0.8974358974358975),
    Known(ratio: 0.5, strength: 0.3, eigenvalue: 2.914213562373095, overlap: 0),
    Known(ratio: 0.5, strength: 1, eigenvalue: 3, overlap: 0.3333333333333333),
    Known(ratio: 0.5, strength: 3, eigenvalue: 4.666666666666667, overlap: 0.8095238095238094),
    Known(ratio: 2, strength: 0.3, eigenvalue: 5.82842712474619, overlap: 0),
    Known(ratio: 2, strength: 1, eigenvalue: 5.82842712474619, overlap: 0),
    Known(ratio: 2, strength: 3, eigenvalue: 6.666666666666666, overlap: 0.46666666666666673),
  ]

  /// The closed forms (1+θ)(1+γ/θ) and (1−γ/θ²)/(1+γ/θ), and the edge below the threshold.
  @Test(arguments: known)
  func principalComponents(_ known: Known) throws {
    let d = 1000
    let population = try SpikedPopulation(
      noise: DiagonalPopulation(isotropic: 1, coordinateCount: d), strengths: [known.strength],
      directions: [Self.flat(d)])
    let result = try OutlierEquivalent(gramOf: population, sampleCount: Int(Double(d) / known.ratio))
    #expect(abs(try #require(try result.threshold(of: 0)) - known.ratio.squareRoot()) <= 1e-6)
    if known.overlap == 0 {
      #expect(result.outliers.isEmpty)
      #expect(agree(try #require(result.spectrum.intervals.last).upper, known.eigenvalue, 1e-8))
    } else {
      let outlier = try #require(result.outliers.first)
      #expect(result.outliers.count == 1)
      #expect(agree(outlier.position, known.eigenvalue, 1e-8))
      #expect(agree(outlier.overlaps[0].symmetrized, known.overlap, 1e-8))
      #expect(agree(outlier.overlaps[0].right, known.overlap, 1e-8))
      #expect(agree(outlier.overlaps[0].left, known.overlap, 1e-8))
    }
  }

  /// Over isotropic noise W = D(S + λ): the same outlier, threshold and overlap as principal components at every ridge.
  @Test(arguments: known, [1e-6, 0.1, 5])
  func predictorOverIsotropicNoise(_ known: Known, ridge: Double) throws {
    let d = 1000
    let n = Int(Double(d) / known.ratio)
    let population = try SpikedPopulation(
      noise: DiagonalPopulation(isotropic: 1, coordinateCount: d), strengths: [known.strength],
      directions: [Self.flat(d)])
    let result = try OutlierEquivalent(predictorOf: population, sampleCount: n, ridge: ridge)
    #expect(abs(try #require(try result.threshold(of: 0)) - known.ratio.squareRoot()) <= 1e-6)
    #expect(result.outliers.count == (known.overlap == 0 ? 0 : 1))
    guard let outlier = result.outliers.first else { return }
    let root = try EffectiveRidge(population: population, sampleCount: n, ridge: ridge)
    let resolvent = try population.resolventDiagonals(effectiveRidge: root.value).resolvent[0]
    let z = root.value / ridge * resolvent * (known.eigenvalue + ridge)
    #expect(agree(outlier.position, z, 1e-8))
    #expect(agree(outlier.predictorEigenvalue, 1 - 1 / z, 1e-8))
    #expect(agree(outlier.overlaps[0].symmetrized, known.overlap, 1e-8))
    #expect(agree(outlier.overlaps[0].right, known.overlap, 1e-8))
    #expect(agree(outlier.overlaps[0].left, known.overlap, 1e-8))
  }

  /// Negative spikes leave below: the closed forms hold for −1 < θ < −√γ.
  @Test func belowTheBulk() throws {
    let d = 1000
    let population = try SpikedPopulation(
      noise: DiagonalPopulation(isotropic: 1, coordinateCount: d), strengths: [-0.8], directions: [Self.flat(d)])
    let result = try OutlierEquivalent(gramOf: population, sampleCount: 4 * d)
    let outlier = try #require(result.outliers.first)
    #expect(result.outliers.count == 1)
    #expect(agree(outlier.position, 0.2 * (1 - 0.25 / 0.8), 1e-8))
    let overlap: Double = (1 - 0.25 / 0.64) / (1 - 0.25 / 0.8)
    #expect(agree(outlier.overlaps[0].symmetrized, overlap, 1e-8))
    #expect(agree(try #require(try result.threshold(of: 0, isUpper: false)), -0.5, 1e-6))
  }

  /// Several spikes: orthogonal ones do not see each other, equal ones share an eigenvalue, and one spike given in two
  /// parts along the same direction is one spike.
  @Test func manySpikes() throws {
    let d = 1000
    let first = Self.flat(d)
    let second = first.indices.map { $0 % 2 == 0 ? first[$0] : -first[$0] }
    let third = first.indices.map { $0 % 4 < 2 ? first[$0] : -first[$0] }
    let noise = try DiagonalPopulation(isotropic: 1, coordinateCount: d)
    let several = try OutlierEquivalent(
      gramOf: SpikedPopulation(
        noise: noise, strengths: [1, 3, -0.8, 3], directions: [first, second, third, Self.alternate(first)]),
      sampleCount: 4 * d)
    #expect(several.outliers.count == 4)
    let expected = [13.0 / 3, 13.0 / 3, 2.5, 0.1375]
    for (outlier, value) in zip(several.outliers, expected) { #expect(agree(outlier.position, value, 1e-7)) }
    #expect(agree(several.outliers[2].overlaps[0].symmetrized, 0.6, 1e-7))
    #expect(several.outliers[2].overlaps[1].symmetrized < 1e-9)
    let split = try OutlierEquivalent(
      gramOf: SpikedPopulation(noise: noise, strengths: [1.25, 1.75], directions: [first, first]), sampleCount: 4 * d)
    #expect(split.outliers.count == 1)
    #expect(agree(try #require(split.outliers.first).position, 13.0 / 3, 1e-8))
  }

  private static func alternate(_ u: [Double]) -> [Double] {
    u.indices.map { $0 % 8 < 4 ? u[$0] : -u[$0] }
  }

  /// Unequal noise, against an independent simulation (NumPy, 4 draws at d = 1500, n = 3000, λ = 0.05, this direction):
  /// top eigenvalue and overlaps (symmetrised, right, left) with standard errors.
  @Test(arguments: [
    (0.6, [0.78947, 0.34882, 0.23424, 0.33389], [0.0008, 0.016, 0.012, 0.011]),
    (1.0, [0.82141, 0.67202, 0.52296, 0.52814], [0.0013, 0.0068, 0.0087, 0.0033]),
    (3.0, [0.90873, 0.90081, 0.82819, 0.64002], [0.0011, 0.0014, 0.0028, 0.0018]),
  ])
  func unequalNoise(strength: Double, simulated: [Double], errors: [Double]) throws {
    let d = 1500
    let population = try SpikedPopulation(
      variances: Self.unequalNoise(d), strengths: [strength], directions: [Self.flat(d)])
    let result = try OutlierEquivalent(predictorOf: population, sampleCount: 3000, ridge: 0.05)
    let outlier = try #require(result.outliers.first)
    let overlap = outlier.overlaps[0]
    let theory = [outlier.predictorEigenvalue, overlap.symmetrized, overlap.right, overlap.left]
    for index in theory.indices {
      let tolerance: Double = 3 * errors[index] + 3 * simulated[index] / Double(d)
      #expect(abs(theory[index] - simulated[index]) <= tolerance)
    }
    // Principal components see it only beyond 2.05.
    let rival = try OutlierEquivalent(gramOf: population, sampleCount: 3000)
    #expect(rival.outliers.isEmpty == (strength < 2))
    #expect(try #require(try rival.threshold(of: 0)) > 4 * (try #require(try result.threshold(of: 0))))
  }

  private static func unequalNoise(_ d: Int) -> [Double] {
    let raw = (0..<d).map { Double.exp(-1.5 + 3 * Double($0) / Double(d - 1)) }
    let mean = raw.reduce(0, +) / Double(d)
    return raw.map { $0 / mean }
  }

  /// A prototype's printed values for a delocalised spike in the same noise: edge to three digits; eigenvalue and overlap,
  /// which depend on the direction drawn by √(2/d), to what that allows.
  @Test(arguments: [(1.0, 0.8183, 0.651), (3.0, 0.9079, 0.902)])
  func printedTable(strength: Double, eigenvalue: Double, overlap: Double) throws {
    let d = 1500
    let population = try SpikedPopulation(
      variances: Self.unequalNoise(d), strengths: [strength], directions: [Self.flat(d)])
    let result = try OutlierEquivalent(predictorOf: population, sampleCount: 3000, ridge: 0.05)
    #expect(abs(try #require(result.spectrum.predictorIntervals.last).upper - 0.7818) <= 2e-4)
    let outlier = try #require(result.outliers.first)
    #expect(abs(outlier.predictorEigenvalue - eigenvalue) <= 2e-3)
    #expect(abs(outlier.overlaps[0].symmetrized - overlap) <= 1e-2)
  }

  /// Three digits for a direction of equal entries, where nothing depends on a draw: κ by bisection, c by plain iteration, the root
  /// of 1 + θcg by bisection and its slope by differences (SciPy), D under the whole Σ.
  @Test(arguments: [(1.0, 0.819747, 0.658996), (3.0, 0.907545, 0.901182)])
  func independentSolution(strength: Double, eigenvalue: Double, overlap: Double) throws {
    let d = 1500
    let population = try SpikedPopulation(
      variances: Self.unequalNoise(d), strengths: [strength],
      directions: [Array(repeating: 1 / Double(d).squareRoot(), count: d)])
    let result = try OutlierEquivalent(predictorOf: population, sampleCount: 3000, ridge: 0.05)
    let outlier = try #require(result.outliers.first)
    #expect(abs(outlier.predictorEigenvalue - eigenvalue) <= 5e-4)
    #expect(abs(outlier.overlaps[0].symmetrized - overlap) <= 5e-4)
  }

  /// Below the threshold at 0.42 there is no outlier; just above it, at 0.45, one within 1e-3 of the edge that shares little.
  @Test func besideTheThreshold() throws {
    let d = 1500
    for (strength, count) in [(0.3, 0), (0.45, 1)] {
      let population = try SpikedPopulation(
        variances: Self.unequalNoise(d), strengths: [strength],
        directions: [Array(repeating: 1 / Double(d).squareRoot(), count: d)])
      let result = try OutlierEquivalent(predictorOf: population, sampleCount: 3000, ridge: 0.05)
      #expect(result.outliers.count == count)
      let edge = try #require(result.spectrum.predictorIntervals.last).upper
      #expect(abs(edge - 0.7818) <= 5e-4)
      guard let outlier = result.outliers.first else { continue }
      #expect(outlier.predictorEigenvalue > edge && outlier.predictorEigenvalue < edge + 1e-3)
      #expect(outlier.overlaps[0].symmetrized > 0.05 && outlier.overlaps[0].symmetrized < 0.12)
    }
  }

  @Test func noSpikeBelowThreshold() throws {
    let d = 1500
    let population = try SpikedPopulation(
      variances: Self.unequalNoise(d), strengths: [0.3, 0], directions: [Self.flat(d), Self.flat(d, seed: 1)])
    let result = try OutlierEquivalent(predictorOf: population, sampleCount: 3000, ridge: 0.05)
    #expect(result.outliers.isEmpty)
    for spike in 0..<2 { #expect(abs(try #require(try result.threshold(of: spike)) - 0.424) < 2e-3) }
  }

  /// A spike on one coordinate only is more variance there, which D takes out: no outlier for the predictor, one for
  /// principal components.
  @Test func spikeOnOneCoordinate() throws {
    let d = 500
    let u = (0..<d).map { $0 == 100 ? 1.0 : 0 }
    let population = try SpikedPopulation(
      noise: DiagonalPopulation(isotropic: 1, coordinateCount: d), strengths: [30], directions: [u])
    #expect(try OutlierEquivalent(predictorOf: population, sampleCount: 1000, ridge: 0.1).outliers.isEmpty)
    #expect(try OutlierEquivalent(gramOf: population, sampleCount: 1000).outliers.count == 1)
  }

  /// No ridge beside the best one sees the spike sooner, and it is far below principal components' threshold.
  @Test func ridgeOfLowestThreshold() throws {
    let d = 300
    let variances = Self.unequalNoise(d)
    let population = try SpikedPopulation(variances: variances, strengths: [1], directions: [Self.flat(d)])
    let best = try #require(try OutlierEquivalent.lowestThreshold(population: population, sampleCount: 600, spike: 0))
    let threshold = { (ridge: Double) in
      try #require(try OutlierEquivalent(predictorOf: population, sampleCount: 600, ridge: ridge).threshold(of: 0))
    }
    #expect(best.ridge == 0)
    #expect(agree(try threshold(0), best.threshold, 1e-5))
    for ridge in [1e-3, 0.05, 1, 20] { #expect(try threshold(ridge) > best.threshold) }
    // Principal components' threshold in this noise.
    let rival = try #require(try OutlierEquivalent(gramOf: population, sampleCount: 600).threshold(of: 0))
    #expect(best.threshold < rival / 4)
  }
}
