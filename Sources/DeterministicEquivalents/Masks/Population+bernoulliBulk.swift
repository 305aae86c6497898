/// The bulk of the joint predictor's spectrum under Bernoulli masks, keep-probability p, q = 1 − p.
///
/// Â = (1/p)(I − diag(Q̃)⁻¹Q̃), Q̃ = (pS + q diag(S) + λ/(pq))⁻¹, is similar to (1/p)(I − W⁻¹), W = D^½(pS + Γ)D^½ with
/// D = diag Q̃. To leading order diag(S) is diag(Σ), so that Γ = q diag(Σ) + λ/(pq) does not fluctuate, and D = diag Q̄ of
/// `BernoulliEquivalent`: in the equation of the spectrum pD^½ΣD^½ stands for Σ′ and ΓD for λD.
extension Population {
  public func predictorBulk(sampleCount n: Int, keep p: Double, ridge: Double) throws(PopulationError) -> BulkMeasure {
    try equalVarianceBulk(sampleCount: n, keep: p, ridge: ridge)
  }

  /// Γ = γI: Â is 1/p times the leave-one-out predictor at the ridge γ/p, and W the same; its fluctuation at finite d left out.
  fileprivate func equalVarianceBulk(sampleCount n: Int, keep p: Double, ridge: Double) throws(PopulationError)
    -> BulkMeasure
  {
    let equal = try EqualVariancePopulation(self)
    let shift = equal.ridges(hidden: 1 - p, shift: ridge / (p * (1 - p)))[0]
    var bulk = try predictorBulk(sampleCount: n, ridge: shift / p)
    bulk.gain = 1 / p
    bulk.fluctuation = nil
    bulk.shrinkage = nil
    return bulk
  }
}

extension DiagonalPopulation {
  public func predictorBulk(sampleCount n: Int, keep p: Double, ridge: Double) throws(PopulationError) -> BulkMeasure {
    if let commonVariance { return try isotropicBulk(commonVariance, sampleCount: n, keep: p, ridge: ridge) }
    let (c, resolvent) = try maskedResolvent(self, sampleCount: n, keep: p, ridge: ridge)
    return BulkMeasure(
      nodes: collapsed(sampleCount: n).map { value, weight in
        let shift = (1 - p) * value + resolvent.shift
        return BulkMeasure.Node(
          maskedEigenvalue: value, keep: p, shift: shift, metric: 1 / (c * p * value + shift), weight: weight)
      }, sampleCount: n, gain: 1 / p)
  }

  /// Σ = σ²I, with its fluctuation at finite d.
  ///
  /// With x_k the data of coordinate k, s_k = |x_k|²/(nσ²) and y_k = x_kᵀMx_k/n, Γ_k = γ(1 + g(s_k − 1)), g = qσ²/γ, and
  /// D_k = 1/(Γ_k + p y_k). Relative variances are 2/n for s, (2/n)/(1 − df₂/n) for y, and 2/n is their covariance; with φ = 1 − γD
  ///
  ///     a_k = −((1 − φ)g(s_k − 1) + φ(y_k/ȳ − 1)),   b_k = g(s_k − 1).
  private func isotropicBulk(
    _ variance: Double, sampleCount n: Int, keep p: Double, ridge: Double
  ) throws(PopulationError) -> BulkMeasure {
    var bulk = try equalVarianceBulk(sampleCount: n, keep: p, ridge: ridge)
    let shift = (1 - p) * variance + ridge / (p * (1 - p))
    let root = try EffectiveRidge(population: self, sampleCount: n, ridge: shift / p)
    let share = root.traces.resolventCovarianceResolvent / root.traces.resolvent
    let own = (1 - p) * variance / shift
    let rest = (1 - share) * own
    let unit = 2 / Double(n)
    bulk.fluctuation = MetricFluctuation(
      metric: unit * (rest * rest + 2 * rest * share + share * share / remainingVariance(root, sampleCount: n)),
      covariance: -unit * own * (rest + share), ridge: unit * own * own, shift: bulk.nodes[0].shift)
    return bulk
  }
}

extension BulkMeasure.Node {
  /// An eigenvalue s of Σ among coordinates of the same Γ and D: pDs and ΓD.
  fileprivate init(maskedEigenvalue s: Double, keep: Double, shift: Double, metric: Double, weight: Double) {
    self.init(scaled: keep * metric * s, shift: shift * metric, metric: metric, weight: weight)
  }
}

/// c of `BernoulliEquivalent`, diag Q̄ at it and λ/(pq).
private func maskedResolvent(
  _ population: some MatrixRidgePopulation, sampleCount: Int, keep p: Double, ridge: Double
) throws(PopulationError) -> (shrinkage: Double, resolvent: (diagonal: [Double], shift: Double)) {
  let shift = ridge / (p * (1 - p))
  let c = try BernoulliEquivalent(population: population, sampleCount: sampleCount, keep: p, ridge: ridge).shrinkage
  let diagonal = try population.resolvent(hidden: 1 - p, shift: shift).diagonals(signal: c * p).resolvent
  return (c, (diagonal, shift))
}

extension SpikedPopulation {
  /// The bulk of the noise, Γ and D those of the whole Σ; a coordinate that a spike dominates (D below 0.8 of the noise's) is
  /// left out. Spikes spread over all coordinates change each D and Γ by O(1/d): their mean change is taken, as in `SpikeFrame`.
  public func predictorBulk(sampleCount n: Int, keep p: Double, ridge: Double) throws(PopulationError) -> BulkMeasure {
    let (c, resolvent) = try maskedResolvent(self, sampleCount: n, keep: p, ridge: ridge)
    let shifts = ridges(hidden: 1 - p, shift: resolvent.shift)
    let plain = noise.variances.map { 1 / (c * p * $0 + (1 - p) * $0 + resolvent.shift) }
    if hasSpreadSpikes {
      let factor = blockSum(resolvent.diagonal) / blockSum(plain)
      let noiseShifts = noise.ridges(hidden: 1 - p, shift: resolvent.shift)
      let shiftFactor = blockSum(shifts) / blockSum(noiseShifts)
      return BulkMeasure(
        nodes: noise.collapsed(sampleCount: n).map { value, weight in
          let shift = (1 - p) * value + resolvent.shift
          return BulkMeasure.Node(
            maskedEigenvalue: value, keep: p, shift: shift * shiftFactor, metric: factor / (c * p * value + shift),
            weight: weight)
        }, sampleCount: n, gain: 1 / p)
    }
    let variances = noise.variances
    return BulkMeasure(
      nodes: variances.indices.filter { resolvent.diagonal[$0] >= 0.8 * plain[$0] }.map { k in
        BulkMeasure.Node(
          maskedEigenvalue: variances[k], keep: p, shift: shifts[k], metric: resolvent.diagonal[k], weight: 1)
      }, sampleCount: n, gain: 1 / p)
  }
}
