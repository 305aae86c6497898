import DeterministicEquivalents

/// Theory of what a stage measures beyond the errors, at one ridge.
public struct SpectralTheory: Sendable {
  /// The bulk of Â; nil where theory has none for this Σ.
  public let spectrum: SpectrumEquivalent?
  /// Why there is none; nil where there is, or none was asked for.
  public let refusal: PopulationError?
  /// Spikes in Â.
  public let outliers: OutlierEquivalent?
  /// Spikes in the Gram, for principal components.
  public let principal: OutlierEquivalent?
  /// What is left of the overlap with a weak spike at finite d.
  let weakOverlap: SubcriticalOverlap?
  let weakPrincipalOverlap: SubcriticalOverlap?

  /// - Throws: `PopulationError`, save that a Σ whose spectrum theory does not cover gives a refusal: it can be simulated.
  init(
    population: any Population, mask: MaskConfiguration, sampleCount: Int, ridge: Double, measures: [Measure]
  ) throws {
    if mask == .leaveOneOut, let spiked = population as? SpikedPopulation {
      let outliers = try OutlierEquivalent(predictorOf: spiked, sampleCount: sampleCount, ridge: ridge)
      self.outliers = outliers
      spectrum = outliers.spectrum
      refusal = nil
      let recovers = measures.contains(.recovery)
      let principal = recovers ? try OutlierEquivalent(gramOf: spiked, sampleCount: sampleCount) : nil
      self.principal = principal
      weakOverlap =
        recovers
        ? try SubcriticalOverlap(
          predictorOf: spiked, sampleCount: sampleCount, ridge: ridge, spectrum: outliers.spectrum) : nil
      weakPrincipalOverlap = principal.map { SubcriticalOverlap(gramOf: spiked, spectrum: $0.spectrum) }
      return
    }
    outliers = nil
    principal = nil
    weakOverlap = nil
    weakPrincipalOverlap = nil
    do {
      let bulk =
        measures.contains(.spectrum)
        ? try mask.scheme.predictorBulk(of: population, sampleCount: sampleCount, ridge: ridge) : nil
      spectrum = try bulk.map { try SpectrumEquivalent(bulk: $0) }
      refusal = nil
    } catch let error as PopulationError {
      switch error {
      case .unsupported, .noConvergence: (spectrum, refusal) = (nil, error)
      default: throw error
      }
    }
  }
}

extension LowestThreshold {
  /// Of the first spike; nil where its strength is negative, for which the search has no meaning.
  init?(population: any Population, sampleCount: Int) throws(PopulationError) {
    guard let spiked = population as? SpikedPopulation, let strength = spiked.strengths.first, strength >= 0 else {
      return nil
    }
    let found = try DeterministicEquivalents.lowestThreshold(population: spiked, sampleCount: sampleCount, spike: 0)
    self.init(ridge: found.ridge.isFinite ? found.ridge : nil, threshold: found.threshold)
  }
}

/// What theory expects of the extreme eigenvalue on a spike's side, and of the spike's projection onto the outliers there.
struct SpikeExpectation {
  /// z of the edge of the bulk on that side.
  var edge: Double
  /// z of the outermost outlier; nil where none leaves the bulk on this side.
  var outlier: Double?
  /// z to be expected at this d: the outlier, or else the edge with its mean displacement; nil where that is not known.
  var extreme: Double?
  var overlap: Double
  /// The same at this d, where it can be told.
  var finiteSizeOverlap: Double?
  /// θ_c at that edge.
  var threshold: Double

  /// - Parameter weak: for a spike that does not leave the bulk.
  init?(_ theory: OutlierEquivalent, weak: SubcriticalOverlap?, spike: Int, strength: Double) {
    guard let lowest = theory.edgeThresholds.first, let highest = theory.edgeThresholds.last else { return nil }
    let isUpper = strength >= 0
    let nearest = isUpper ? highest : lowest
    edge = nearest.edge
    threshold = nearest.strengths[spike]
    let outliers = theory.outliers.filter { isUpper ? $0.position > highest.edge : $0.position < lowest.edge }
    outlier = isUpper ? outliers.first?.position : outliers.last?.position
    overlap = outliers.reduce(0) { $0 + $1.overlaps[spike].symmetrized }
    extreme = outlier ?? theory.meanExtreme(isUpper: isUpper)
    finiteSizeOverlap = outlier == nil ? extreme.flatMap { weak?.value(at: $0, threshold: threshold) } : nil
  }
}
