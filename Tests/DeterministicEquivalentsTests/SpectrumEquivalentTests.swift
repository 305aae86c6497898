import DeterministicEquivalents
import RealModule
import Testing

@Suite struct SpectrumEquivalentTests {
  /// Marchenko–Pastur with ratio γ and variance 1: edges and density of the continuous part.
  struct MarchenkoPastur {
    var ratio: Double
    var lower: Double { (1 - ratio.squareRoot()) * (1 - ratio.squareRoot()) }
    var upper: Double { (1 + ratio.squareRoot()) * (1 + ratio.squareRoot()) }

    func density(_ x: Double) -> Double {
      ((x - lower) * (upper - x)).squareRoot() / (2 * .pi * ratio * x)
    }
  }

  /// With Σ = I, D is constant and W = D(S + λ): the Möbius image of Marchenko–Pastur.
  @Test(
    arguments: [(1000, 4000), (1000, 1500), (1000, 1000), (1000, 700), (1000, 100), (1000, 1_000_000)],
    [1e-8, 0.1, 10])
  func isotropic(_ shape: (d: Int, n: Int), ridge: Double) throws {
    let population = try DiagonalPopulation(isotropic: 1, coordinateCount: shape.d)
    let root = try EffectiveRidge(population: population, sampleCount: shape.n, ridge: ridge)
    let metric = root.value / ridge / (1 + root.value)
    let law = MarchenkoPastur(ratio: Double(shape.d) / Double(shape.n))
    let spectrum = try SpectrumEquivalent(bulk: population.predictorBulk(sampleCount: shape.n, ridge: ridge))
    let interval = try #require(spectrum.intervals.first)
    #expect(spectrum.intervals.count == 1)
    #expect(agree(interval.lower, metric * (law.lower + ridge), 1e-11))
    #expect(agree(interval.upper, metric * (law.upper + ridge), 1e-11))
    #expect(agree(interval.mass, min(1, 1 / law.ratio), 1e-9))
    if shape.n < shape.d {
      let atom = try #require(spectrum.atoms.first)
      #expect(agree(atom.position, metric * ridge, 1e-12))
      #expect(agree(atom.mass, 1 - 1 / law.ratio, 1e-12))
    } else {
      #expect(spectrum.atoms.isEmpty)
    }
    for step in 1..<40 {
      let x = law.lower + (law.upper - law.lower) * Double(step) / 40
      let z = metric * (x + ridge)
      let density = law.density(x) / metric
      #expect(agree(spectrum.density(at: z), density, 1e-8))
      #expect(agree(spectrum.predictorDensity(at: 1 - 1 / z), density * z * z, 1e-6))
      let below = spectrum.distribution(at: z)
      #expect(agree(spectrum.quantile(below), z, 1e-8))
    }
    #expect(spectrum.density(at: interval.lower * 0.999) == 0)
    #expect(spectrum.density(at: interval.upper * 1.001) == 0)
  }

  static let populations: [PopulationCase] = {
    do {
      let d = 400
      func plain(_ name: String, _ population: any Population) -> PopulationCase {
        PopulationCase(name, population, DenseReference([]))
      }
      return [
        plain("linear", try DiagonalPopulation(variances: (0..<d).map { 0.1 + 3 * Double($0) / Double(d - 1) })),
        plain("two values", try DiagonalPopulation(variances: (0..<d).map { $0 < 100 ? 1 : 12 })),
        plain("power law", try DiagonalPopulation.powerLaw(exponent: 1, coordinateCount: d)),
        plain("autoregressive", try AutoregressivePopulation(correlation: 0.7, coordinateCount: d)),
        plain("block", try BlockPopulation(coordinateCount: d, blocks: 150, correlation: 0.5)),
        plain("Toeplitz", try ToeplitzPopulation(firstRow: (0..<d).map { 1 / Double(1 + $0 * $0) })),
        plain(
          "circulant",
          try CirculantPopulation(firstRow: (0..<d).map { $0 == 0 ? 1 : $0 == 1 || $0 == d - 1 ? 0.4 : 0 })),
      ]
    } catch {
      fatalError("a population of the tests was refused: \(error)")
    }
  }()

  /// All mass is found; the quantile inverts the distribution; and Â is hollow, so its eigenvalues have mean 0.
  @Test(arguments: populations, [(200, 1e-8), (200, 0.1), (400, 1e-8), (400, 1.0), (900, 0.05), (4000, 0.1)])
  func massAndMean(_ example: PopulationCase, _ setting: (n: Int, ridge: Double)) throws {
    let spectrum = try SpectrumEquivalent(
      bulk: example.population.predictorBulk(sampleCount: setting.n, ridge: setting.ridge))
    let mass = spectrum.intervals.reduce(0) { $0 + $1.mass } + spectrum.atoms.reduce(0) { $0 + $1.mass }
    #expect(abs(mass - 1) <= 1e-6)
    // ∫ μ dF as the integral of the density over each interval in the angle that removes the edges' square roots.
    var mean = spectrum.predictorAtoms.reduce(0) { $0 + $1.mass * $1.position }
    var measured = 0.0
    for interval in spectrum.predictorIntervals {
      let (low, high) = (-Double.log(1 - interval.lower), -Double.log(1 - interval.upper))
      let steps = 2000
      for step in 0..<steps {
        let angle = (Double(step) + 0.5) * .pi / Double(steps)
        let logarithm = (low + high) / 2 - (high - low) / 2 * Double.cos(angle)
        let eigenvalue = 1 - Double.exp(-logarithm)
        let density = spectrum.predictorDensity(at: eigenvalue)
        #expect(density >= 0)
        let slope = (high - low) / 2 * Double.sin(angle) * .pi / Double(steps)
        let weight = density * Double.exp(-logarithm) * slope
        mean += weight * eigenvalue
        measured += weight
      }
    }
    let atomMass = spectrum.atoms.reduce(0) { $0 + $1.mass }
    #expect(abs(measured + atomMass - 1) <= 2e-5)
    let scale = spectrum.predictorIntervals.reduce(1) { max($0, abs($1.lower)) }
    #expect(abs(mean) <= 2e-5 * scale)
    for fraction in [0.01, 0.3, 0.77, 0.995] {
      let z = spectrum.quantile(fraction)
      let below = spectrum.distribution(at: z * (1 - 1e-9))
      let above = spectrum.distribution(at: z * (1 + 1e-9))
      #expect(below <= fraction + 1e-6 && above >= fraction - 1e-6)
    }
  }

  /// For n ≫ d the spectrum of the Gram falls apart into one interval for each distinct variance.
  @Test func separatesVariances() throws {
    let variances = (0..<1000).map { $0 == 0 ? 1.0 : Double(2 + 2 * ($0 % 5)) }
    let spectrum = try SpectrumEquivalent(
      bulk: DiagonalPopulation(variances: variances).gramBulk(sampleCount: 1_000_000))
    #expect(spectrum.intervals.count == 6)
    for (interval, expected) in zip(spectrum.intervals, [0.001, 0.199, 0.2, 0.2, 0.2, 0.2]) {
      #expect(abs(interval.mass - expected) <= 1e-9)
    }
    for (interval, variance) in zip(spectrum.intervals, [1.0, 2, 4, 6, 8, 10]) {
      #expect(interval.lower < variance && interval.upper > variance)
    }
  }

  /// An edge is where the density vanishes as a square root: halving the distance divides it by √2.
  @Test func edgesAreSquareRoots() throws {
    let population = try DiagonalPopulation(variances: (0..<400).map { 0.1 + 3 * Double($0) / 399 })
    for n in [200, 900] {
      let spectrum = try SpectrumEquivalent(bulk: population.predictorBulk(sampleCount: n, ridge: 0.1))
      for interval in spectrum.intervals {
        for (edge, direction) in [(interval.lower, 1.0), (interval.upper, -1.0)] {
          let step = direction * 1e-6 * (interval.upper - interval.lower)
          let ratio = spectrum.density(at: edge + step) / spectrum.density(at: edge + step / 2)
          #expect(abs(ratio - 2.0.squareRoot()) <= 1e-3)
        }
      }
    }
  }

  /// Binning a million variances changes the density by less than 1e-6 of that of a thousand of the same law.
  @Test func collapsedVariances() throws {
    func spectrum(_ d: Int) throws -> SpectrumEquivalent {
      let population = try DiagonalPopulation(
        variances: (0..<d).map { 0.1 + 3 * (Double($0) + 0.5) / Double(d) })
      return try SpectrumEquivalent(bulk: population.predictorBulk(sampleCount: 2 * d, ridge: 0.1))
    }
    let small = try spectrum(2000)
    let large = try spectrum(100_000)
    #expect(large.bulk.nodes.count < 2048)
    for fraction in [0.05, 0.25, 0.5, 0.9] {
      let z = small.quantile(fraction)
      #expect(agree(small.density(at: z), large.density(at: z), 1e-6))
    }
  }

  @Test func refusals() throws {
    let population = try DiagonalPopulation(variances: [1, 2, 3])
    #expect(throws: PopulationError.self) { try population.predictorBulk(sampleCount: 2, ridge: 0) }
    #expect(throws: PopulationError.self) { try population.gramBulk(sampleCount: 0) }
  }
}
