/// A stationary first-order autoregression with unit variances: Σ_ij = ρ^|i−j|. Every answer costs O(d).
///
/// κ is read as the variance of noise added to each coordinate, and diag R as the precision of one noisy coordinate
/// given all others. The state's variance given the past follows the Kalman recursion
///
///     f₁ = 1,   f_(k+1) = ρ² f_k κ / (f_k + κ) + 1 − ρ²,
///
/// the same from the future by symmetry (b_k = f_(d+1−k)), and 1/v_k = 1/f_k + 1/b_k − 1, R_kk = 1/(κ + v_k).
/// The derivatives in κ follow alongside as the positive quantities f − κf′ and κf′, so nothing cancels.
/// Source: R. E. Kalman, *A New Approach to Linear Filtering and Prediction Problems*, 1960, doi:10.1115/1.3662552.
public struct AutoregressivePopulation: Population {
  public let coordinateCount: Int
  /// ρ, the correlation of neighbours.
  public let correlation: Double

  /// - Throws: `notPositiveDefinite` unless −1 < ρ < 1.
  public init(correlation: Double, coordinateCount: Int) throws(PopulationError) {
    try requirePositive(coordinateCount, "coordinate count")
    guard abs(correlation) < 1 else {
      throw .notPositiveDefinite(
        reason: "the correlation \(correlation) of neighbours is not strictly between -1 and 1")
    }
    self.correlation = correlation
    self.coordinateCount = coordinateCount
  }

  public var variances: [Double] { Array(repeating: 1, count: coordinateCount) }

  public func resolventTraces(effectiveRidge ridge: Double) -> ResolventTraces {
    var first = 0.0
    var second = 0.0
    var resolvent = 0.0
    var mixed = 0.0
    forEachCoordinate(effectiveRidge: ridge) { _, variance, error, slope in
      let inverse = 1 / (ridge + variance)
      first += variance * inverse
      second += (variance * variance + ridge * slope) * inverse * inverse
      resolvent += inverse
      mixed += error * inverse * inverse
    }
    return ResolventTraces(first: first, second: second, resolvent: resolvent, resolventCovarianceResolvent: mixed)
  }

  public func resolventDiagonals(effectiveRidge ridge: Double) -> ResolventDiagonals {
    var diagonals = ResolventDiagonals(
      resolvent: Array(repeating: 0, count: coordinateCount),
      resolventCovarianceResolvent: Array(repeating: 0, count: coordinateCount))
    forEachCoordinate(effectiveRidge: ridge) { k, variance, error, _ in
      let inverse = 1 / (ridge + variance)
      diagonals.resolvent[k] = inverse
      diagonals.resolventCovarianceResolvent[k] = error * inverse * inverse
    }
    return diagonals
  }

  /// Passes, for each k, v_k = Var(x_k | the other noisy coordinates), v − κ dv/dκ and κ dv/dκ.
  private func forEachCoordinate(
    effectiveRidge ridge: Double, _ body: (_ k: Int, _ variance: Double, _ error: Double, _ slope: Double) -> Void
  ) {
    let filter = predictionVariances(effectiveRidge: ridge)
    for k in 0..<coordinateCount {
      let past = filter[k]
      let future = filter[coordinateCount - 1 - k]
      let variance = 1 / (1 / past.variance + (1 - future.variance) / future.variance)
      let squared = variance * variance
      let pastSquared = past.variance * past.variance
      let futureSquared = future.variance * future.variance
      let error = squared * (past.error / pastSquared + (future.error - futureSquared) / futureSquared)
      let slope = squared * (past.slope / pastSquared + future.slope / futureSquared)
      body(k, variance, error, slope)
    }
  }

  /// f_k, f_k − κ f_k′ and κ f_k′.
  func predictionVariances(
    effectiveRidge ridge: Double
  ) -> [(variance: Double, error: Double, slope: Double)] {
    let squared = correlation * correlation
    let innovation = (1 - correlation) * (1 + correlation)
    var result: [(variance: Double, error: Double, slope: Double)] = []
    result.reserveCapacity(coordinateCount)
    var f = (variance: 1.0, error: 1.0, slope: 0.0)
    for _ in 0..<coordinateCount {
      result.append(f)
      let kept = ridge / (f.variance + ridge)
      let gain = f.variance / (f.variance + ridge)
      f = (
        squared * f.variance * kept + innovation,
        squared * f.error * kept * kept + innovation,
        squared * (f.slope * kept * kept + ridge * gain * gain)
      )
    }
    return result
  }
}
