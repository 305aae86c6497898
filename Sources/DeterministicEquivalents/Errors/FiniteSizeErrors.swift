/// The mean errors with the leading correction of finite size: each regression has d − 1 features, not d.
///
/// The regression of coordinate k is a ridge regression on Σ without its row and column k. By the Schur complement its
/// degrees of freedom are df₁ − a_k and df₂ − (κa_k)', with a_k(κ) = (RΣR)_kk/R_kk, so that its own effective ridge κ_k
/// solves λ = κ_k(1 − (df₁(κ_k) − a_k(κ_k))/n), and its errors are those of `ErrorEquivalent` at κ_k with these degrees
/// of freedom. Since κ_k − κ is of order κ/(n − df₂), df₁ is expanded to second and a_k and the conditional error to first
/// order about κ, from the diagonals at two points: the error left is of the second order in 1/(n − df₂).
///
/// `ErrorEquivalent` is the limit d → ∞; at d in the hundreds it lies up to a few per cent beside a simulation, most in the
/// training error at n < d and small λ.
public struct FiniteSizeErrors: Sendable, Equatable {
  public let trainingError: Double
  public let generalizationError: Double

  /// - Parameter limit: the equivalent at the same Σ, n and λ.
  public init(
    population: some Population, sampleCount: Int, ridge: Double, limit: ErrorEquivalent
  ) throws(PopulationError) {
    let n = Double(sampleCount)
    let d = Double(population.coordinateCount)
    let kappa = limit.effectiveRidge
    guard kappa > 0 else {
      let share = 1 - (d - 1) / n
      generalizationError = limit.bayesError / share
      trainingError = limit.bayesError * share
      return
    }
    let here = try population.resolventTraces(effectiveRidge: kappa)
    let slope = -here.resolventCovarianceResolvent
    let remaining = ridge / kappa - kappa * slope / n
    // Never farther than a quarter of κ, where n − df₂ is a handful.
    let step = -kappa * min(1 / (n * remaining), 0.25)
    let there = try population.resolventTraces(effectiveRidge: kappa + step)
    let curvature = (there.first - here.first - slope * step) / (step * step)
    let a = try population.resolventDiagonals(effectiveRidge: kappa)
    let b = try population.resolventDiagonals(effectiveRidge: kappa + step)

    var training = 0.0
    var generalization = 0.0
    for k in a.resolvent.indices {
      let share = a.resolventCovarianceResolvent[k] / a.resolvent[k]
      let shareThere = b.resolventCovarianceResolvent[k] / b.resolvent[k]
      let shareSlope = (shareThere - share) / step
      let error = share / a.resolvent[k]
      let errorSlope = (shareThere / b.resolvent[k] - error) / step

      // Newton for D = κ_k − κ; df₁ of the regression is df₁(κ) + change(D).
      var shift = step * share
      for _ in 0..<3 {
        let change = (slope - shareSlope) * shift + curvature * shift * shift - share
        let changeSlope = slope - shareSlope + 2 * curvature * shift
        let value = ridge * shift / kappa - (kappa + shift) * change / n
        let derivative = ridge / kappa - (change + (kappa + shift) * changeSlope) / n
        shift = min(max(shift - value / derivative, -0.9 * kappa), kappa)
      }
      let own = kappa + shift
      let change = (slope - shareSlope) * shift + curvature * shift * shift - share
      let changeSlope = slope - shareSlope + 2 * curvature * shift
      let left = ridge / kappa - (change + own * changeSlope) / n
      let gen = (error + errorSlope * shift) / left
      generalization += gen
      training += (ridge / own) * (ridge / own) * gen
    }
    generalizationError = generalization / d
    trainingError = training / d
  }
}
