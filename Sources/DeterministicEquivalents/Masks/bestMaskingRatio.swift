import RealModule

extension BernoulliEquivalent {
  /// The keep-probability of Bernoulli masks whose predictor errs least with every other coordinate visible.
  ///
  /// The mean full-context error is scanned over logit p from −6 to 6 and the best interval refined by golden sections. Masking
  /// acts as a ridge, so at a ridge that already serves, the best p lies at the upper end.
  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n.
  /// - Parameter ridge: λ ≥ 0, held fixed.
  /// - Returns: p to about 10⁻⁴ in its logit, and the error; `atEdge` where the best p scanned is an end.
  public static func bestMaskingRatio(
    population: some MatrixRidgePopulation, sampleCount: Int, ridge: Double
  ) throws(PopulationError) -> (keep: Double, error: Double, atEdge: Bool) {
    func evaluate(_ logit: Double) throws(PopulationError) -> (keep: Double, error: Double) {
      let keep = 1 / (1 + Double.exp(-logit))
      let equivalent = try BernoulliEquivalent(
        population: population, sampleCount: sampleCount, keep: keep, ridge: ridge)
      return (keep, equivalent.fullContextError)
    }
    let found = try minimize(from: -6, step: 0.5, count: 25, tolerance: 1e-4, by: { $0.error }, of: evaluate)
    return (found.value.keep, found.value.error, !found.isInterior)
  }
}
