extension GramEquivalent {
  /// The ends of the spectrum of S, and the spectrum they belong to.
  public struct Extremes: Sendable {
    /// The bulk: of all of Σ, or of the noise under the spikes of a spiked population.
    public let spectrum: SpectrumEquivalent
    /// The spikes over it, where Σ has any.
    public let outliers: OutlierEquivalent?
    /// The least eigenvalue: 0 for n < d.
    public let least: Prediction
    /// The least eigenvalue that is not 0: the same for n ≥ d.
    public let leastPositive: Prediction
    public let largest: Prediction
  }

  /// The extreme eigenvalues: an outlier where one leaves the bulk on that side, else the edge, at finite size displaced by the
  /// Tracy–Widom mean and what is left of order 1/d (`SpectrumEquivalent.meanExtreme`). An outlier has no finite-size value; it
  /// lies O(1/n) from its limit.
  /// - Throws: `noConvergence` as `SpectrumEquivalent`; what the population throws.
  public func extremes() throws(PopulationError) -> Extremes {
    let d = population.coordinateCount
    if let spiked = population.spiked {
      let theory = try OutlierEquivalent(gramOf: spiked, sampleCount: sampleCount)
      let high = theory.spectrum.intervals.last?.upper ?? 0
      let low = theory.spectrum.intervals.first?.lower ?? 0
      let above = theory.outliers.first.flatMap { $0.position > high ? $0.position : nil }
      let below = theory.outliers.last.flatMap { $0.position < low ? $0.position : nil }
      let least = Prediction(
        limit: below ?? low, finiteSize: theory.meanExtreme(isUpper: false, beyondAtoms: true))
      return Extremes(
        spectrum: theory.spectrum, outliers: theory, least: sampleCount < d ? .zero : least, leastPositive: least,
        largest: Prediction(limit: above ?? high, finiteSize: theory.meanExtreme(isUpper: true)))
    }
    let spectrum = try SpectrumEquivalent(bulk: population.gramBulk(sampleCount: sampleCount))
    let least = Prediction(
      limit: spectrum.intervals.first?.lower ?? 0,
      finiteSize: spectrum.meanExtreme(isUpper: false, frame: nil, beyondAtoms: true))
    return Extremes(
      spectrum: spectrum, outliers: nil, least: sampleCount < d ? .zero : least, leastPositive: least,
      largest: Prediction(
        limit: spectrum.intervals.last?.upper ?? 0, finiteSize: spectrum.meanExtreme(isUpper: true)))
  }
}

extension Prediction {
  /// 0 at every size.
  fileprivate static let zero = Prediction(limit: 0, finiteSize: 0)
}
