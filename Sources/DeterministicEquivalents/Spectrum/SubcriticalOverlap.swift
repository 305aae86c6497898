import RealModule

/// What an extreme eigenvector shares with a spike that is too weak to leave the bulk: of order 1/d, nothing in the limit.
///
/// Near z inside the bulk an eigenvector of the d × d matrix has a squared component along u′ = D^½u of
///
///     (1/d) · Im[ u′ᵀGu′ ] / ( |u′|² Im[ tr G ]/d ),   u′ᵀGu′ = g/(1 + θ c g),   g = u′ᵀG₀u′,
///
/// on average: the spike's own spectral density over that of all coordinates. It is taken where the extreme eigenvalue is to be
/// expected, grows as (1 − θ/θ_c)⁻², and holds outside the critical window |1 − θ/θ_c| < d^(−1/3). Being the square of a Gaussian
/// component, it scatters by √2 of its mean from draw to draw.
/// Source: the isotropic case is in A. Bloemendal, A. Knowles, H.-T. Yau, J. Yin, *On the principal components of sample
/// covariance matrices*, 2016, doi:10.1007/s00440-015-0616-x.
package struct SubcriticalOverlap {
  private let spectrum: SpectrumEquivalent
  private let population: SpikedPopulation
  /// D_k.
  private let metric: [Double]
  private let ridge: Double

  /// In the joint predictor.
  package init(predictorOf population: SpikedPopulation, sampleCount: Int, ridge: Double, spectrum: SpectrumEquivalent)
    throws(PopulationError)
  {
    let root = try EffectiveRidge(population: population, sampleCount: sampleCount, ridge: ridge)
    self.population = population
    self.ridge = ridge
    self.spectrum = spectrum
    metric = try population.resolventDiagonals(effectiveRidge: root.value).resolvent.map { $0 / root.shrinkage }
  }

  /// In the Gram: D = I, λ = 0.
  package init(gramOf population: SpikedPopulation, spectrum: SpectrumEquivalent) {
    self.population = population
    self.spectrum = spectrum
    metric = [Double](repeating: 1, count: population.coordinateCount)
    ridge = 0
  }

  /// The mean near z.
  /// - Parameter z: inside the bulk.
  /// - Parameter threshold: θ_c; nil where the spike never leaves the bulk.
  /// - Returns: nil with several spikes, inside the critical window and beyond it, and for z outside the bulk.
  package func value(at z: Double, threshold: Double?) -> Double? {
    let d = Double(population.coordinateCount)
    let strength = population.strengths[0]
    guard population.strengths.count == 1, threshold.map({ strength / $0 < 1 - 1 / Double.root(d, 3) }) ?? true,
      case .inside(let c)? = spectrum.bulk.contraction(at: z, guess: nil)
    else { return nil }
    var form = Complex(0)
    var length = 0.0
    let variances = population.noise.variances
    for (k, u) in population.directions[0].enumerated() {
      let weight = metric[k] * u * u
      length += weight
      form = form + Complex(weight) / (c * (metric[k] * variances[k]) + Complex(metric[k] * ridge - z))
    }
    let spiked = form / (Complex(1) + c * form * strength)
    return spiked.imaginary / (length * Double.pi * spectrum.density(at: z) * d)
  }
}
