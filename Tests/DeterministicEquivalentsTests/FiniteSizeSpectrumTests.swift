import DeterministicEquivalents
import RealModule
import Testing

/// Spectra smeared by the fluctuations of D at finite d.
@Suite struct FiniteSizeSpectrumTests {
  /// Values of w by an independent library (SciPy's wofz).
  @Test(arguments: [
    (0.3, 0.0, 0.9139311852712282, 0.31891568277156584), (2.0, 1e-8, 0.018315641205991065, 0.34002621633344055),
    (-5.0, 0.1, 0.002406911716942732, -0.11519442455072762), (0.0, 30.0, 0.018795888861416754, 0.0),
    (100.0, 1.0, 5.642177916144139e-05, 0.005641613670145866),
  ])
  func faddeevaFunction(x: Double, y: Double, real: Double, imaginary: Double) {
    let w = faddeeva(real: x, imaginary: y)
    let modulus = (real * real + imaginary * imaginary).squareRoot()
    #expect(abs(w.real - real) <= 1e-12 * modulus)
    #expect(abs(w.imaginary - imaginary) <= 1e-12 * modulus)
  }

  /// With Σ = I the medium is exact: D spread over the quantiles of D/(1 − δξ) has the same spectrum.
  @Test(arguments: [(500, 0.1), (250, 0.02), (2000, 0.1), (1000, 0.5)])
  func isotropicIsAMixture(n: Int, ridge: Double) throws {
    let d = 1000
    let bulk = try DiagonalPopulation(isotropic: 1, coordinateCount: d).predictorBulk(sampleCount: n, ridge: ridge)
    let delta = try #require(bulk.fluctuation).metric.squareRoot()
    let node = try #require(bulk.nodes.first)
    #expect(delta > 0.01 && delta < 0.1)
    let step = 0.05
    let grid = stride(from: -6.0, through: 6, by: step).map { $0 }
    let total = grid.reduce(0) { $0 + Double.exp(-$1 * $1 / 2) }
    let mixture = BulkMeasure(
      nodes: grid.map { xi in
        let metric = node.metric / (1 - delta * xi)
        return BulkMeasure.Node(
          scaled: metric, shift: ridge * metric, metric: metric,
          weight: Double(d) * Double.exp(-xi * xi / 2) / total)
      }, sampleCount: n)
    let (smeared, exact) = (try SpectrumEquivalent(bulk: bulk), try SpectrumEquivalent(bulk: mixture))
    for fraction in stride(from: 0.02, to: 1, by: 0.06) {
      let z = exact.quantile(fraction)
      // The mixture's own steps blur it by what one of them holds.
      #expect(abs(smeared.finiteSizeDistribution(at: z) - exact.distribution(at: z)) < 2e-3, "at \(z)")
    }
  }

  /// The density is the derivative of the distribution function, and the whole has mass 1.
  @Test(arguments: [(100, 0.1), (400, 0.1)])
  func densityIsTheDerivative(n: Int, ridge: Double) throws {
    let spectrum = try SpectrumEquivalent(
      bulk: AutoregressivePopulation(correlation: 0.6, coordinateCount: 200).predictorBulk(
        sampleCount: n, ridge: ridge))
    let low = (spectrum.atoms.first?.position ?? spectrum.intervals[0].lower) * 0.5
    let high = spectrum.intervals[spectrum.intervals.count - 1].upper * 2
    #expect(abs(spectrum.finiteSizeDistribution(at: low)) < 1e-6)
    #expect(abs(spectrum.finiteSizeDistribution(at: high) - 1) < 1e-6)
    for fraction in [0.1, 0.3, 0.45, 0.7, 0.95] {
      let z = spectrum.quantile(fraction) * 1.003
      let step = 1e-3 * z
      let slope =
        (spectrum.finiteSizeDistribution(at: z + step) - spectrum.finiteSizeDistribution(at: z - step)) / (2 * step)
      #expect(abs(spectrum.finiteSizeDensity(at: z) - slope) <= 0.01 * slope)
    }
  }
}
