import RealModule

/// The deterministic equivalent of the spectrum of the Gram S = XᵀX/n, by the numbers that tell whether it has collapsed.
///
/// With κ and c = λ/κ of `EffectiveRidge`, R = (Σ + κ)⁻¹, b = 1 − df₂/n,
///
///     ln det(S + λ) ≍ ln det(Σ + κ) + (d − n) ln c − df₁                 + ½ ln b − (ϰ/2n) Σ_i m_i²
///     tr S ≍ tr Σ,   tr S² ≍ tr Σ² + (tr Σ)²/n                           + (tr Σ² + ϰ Σ_i (AᵀA)_ii²)/n
///     Σ s ln s ≍ ∫₀^∞ (tr Σ/(1 + λ) − df₁(κ(λ))) dλ                      − ∫₀^∞ (½ ln b − (ϰ/2n) Σ_i m_i²) dλ
///
/// where the terms apart on the right are those of finite size: means to order 1/n beside the limit, for data x = Az of independent
/// entries z of excess kurtosis ϰ, m = diag(AᵀRA). The first is stationary in c, so that its derivative in λ is tr(S + λ)⁻¹ ≍ tr R/c;
/// the third is the entropy through tr S(S + λ)⁻¹ ≍ df₁. Spikes are part of Σ in all of these. Ratios and exponentials of the sums
/// carry their variances and covariances too, which count where a few eigenvalues hold most of the trace; those are of Gaussian entries.
/// Source: for the limit, V. A. Marchenko, L. A. Pastur, 1967, doi:10.1070/SM1967v001n04ABEH001994; for the next order, Z. D. Bai,
/// J. W. Silverstein, *CLT for linear spectral statistics of large-dimensional sample covariance matrices*, 2004,
/// doi:10.1214/aop/1078415845; effective rank, O. Roy, M. Vetterli, *The effective rank*, 2007.
public struct GramEquivalent: Sendable {
  public let population: any Population
  public let sampleCount: Int
  public let excessKurtosis: Double
  /// tr Σ/d, the mean of tr S/d at every n.
  public let meanEigenvalue: Double
  /// tr S²/d; its mean is exact for any n and d.
  public let meanSquaredEigenvalue: Prediction
  /// tr(S)²/tr(S²).
  public let participationRatio: Prediction
  /// exp(−Σ_i p_i ln p_i), p_i = s_i/tr S: the exponential of the entropy of the eigenvalues.
  public let effectiveRank: Prediction

  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n ≥ 1.
  /// - Parameter excessKurtosis: of the independent entries, 0 for Gaussian data; where the population does not know how they are
  ///   mixed, or it is infinite, there are no finite-size values.
  /// - Throws: `invalidArgument` for n < 1; what the population throws.
  public init(population: any Population, sampleCount: Int, excessKurtosis: Double = 0) throws(PopulationError) {
    try requirePositive(sampleCount, "sample count")
    self.population = population
    self.sampleCount = sampleCount
    self.excessKurtosis = excessKurtosis
    let d = Double(population.coordinateCount)
    let n = Double(sampleCount)
    let powers = try population.powerTraces()
    meanEigenvalue = powers.first / d
    let square = powers.second + powers.first * powers.first / n
    // Σ_i (AᵀA)_ii², from m at a κ beyond which it is κ⁻¹ diag(AᵀA).
    let far = 1e8 * powers.first
    var entries: Double? = 0
    if excessKurtosis != 0 {
      entries =
        excessKurtosis.isFinite
        ? try population.entryMoments(effectiveRidge: far).map { excessKurtosis * $0.second * far * far } : nil
    }
    let exact = entries.map { square + (powers.second + $0) / n }
    meanSquaredEigenvalue = Prediction(limit: square / d, finiteSize: exact.map { $0 / d })

    // Var tr S, Cov(tr S, tr S²), Var tr S² of Gaussian entries, the last to leading order.
    let (t, t2, t3, t4) = (powers.first, powers.second, powers.third, powers.fourth)
    let share = t / n
    let traceVariance = 2 * t2 / n
    let covariance = 4 / n * (t3 * (1 + 1 / n) + t * t2 / n)
    let squareVariance = 8 / n * (t4 + 2 * share * t3 + share * share * t2 + t2 * t2 / (2 * n))
    participationRatio = Prediction(
      limit: t * t / square,
      finiteSize: exact.map {
        t * t / $0
          * (1 + traceVariance / (t * t) - 2 * covariance / (t * $0) + squareVariance / ($0 * $0))
      })
    effectiveRank = try SpectralEntropy(
      population: population, powers: powers, sampleCount: sampleCount, excessKurtosis: excessKurtosis
    ).effectiveRank
  }

  /// ln det(S + λI)/d.
  /// - Parameter ridge: λ > 0, or λ = 0 with n > d.
  /// - Throws: `invalidArgument` for λ = 0 with n ≤ d, where it is −∞; else as `effectiveRidge`.
  public func logDeterminant(ridge: Double) throws(PopulationError) -> Prediction {
    guard ridge > 0 || sampleCount > population.coordinateCount else {
      throw .invalidArgument(
        name: "ridge", value: ridge, requirement: "positive where S has no inverse: fewer samples than coordinates")
    }
    let root = try EffectiveRidge(population: population, sampleCount: sampleCount, ridge: ridge)
    let d = Double(population.coordinateCount)
    let n = Double(sampleCount)
    let limit =
      try population.logDeterminant(effectiveRidge: root.value) + (d - n) * .log(root.shrinkage)
      - root.traces.first
    let b = remainingVariance(root, sampleCount: sampleCount)
    let shift = try logDeterminantShift(
      population, effectiveRidge: root.value, remaining: b, sampleCount: sampleCount, excessKurtosis: excessKurtosis)
    return Prediction(limit: limit / d, finiteSize: shift.map { (limit + $0) / d })
  }
}

/// ½ ln b − (ϰ/2n) Σ_i m_i², what finite size adds to E ln det(S + λI); nil where m is not known.
func logDeterminantShift(
  _ population: any Population, effectiveRidge kappa: Double, remaining b: Double, sampleCount: Int,
  excessKurtosis: Double
) throws(PopulationError) -> Double? {
  guard excessKurtosis != 0 else { return .log(b) / 2 }
  guard excessKurtosis.isFinite, let moments = try population.entryMoments(effectiveRidge: kappa) else { return nil }
  return .log(b) / 2 - excessKurtosis * moments.second / Double(2 * sampleCount)
}
