/// The effective ridge κ with the traces of the resolvent at it.
public struct EffectiveRidge: Sendable, Equatable {
  /// κ ≥ λ.
  public var value: Double
  /// The traces at κ.
  public var traces: ResolventTraces
  /// λ/κ, its limit 1 − d/n where κ = 0.
  public var shrinkage: Double
}

extension EffectiveRidge {
  /// The effective ridge: the root κ ≥ λ of λ = κ (1 − df₁(κ)/n).
  ///
  /// At λ = 0 the limit λ → 0⁺: κ = 0 for n > d, and the root of df₁(κ) = n for n < d.
  ///
  /// κ(1 − df₁/n) is convex where it is positive, so Newton's iteration from a point right of the root descends to it; the
  /// isotropic population of the same mean variance gives such a point, by Jensen's inequality. 1 − df₁/n is formed as
  /// (n − d + κ tr R)/n and its derivative as positive sums, so that κ is accurate to a few units in the last place wherever
  /// n ≥ d, and to about ε/(1 − df₂/n) for n < d.
  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n ≥ 1.
  /// - Parameter ridge: λ ≥ 0, in units of the Gram's eigenvalues.
  /// - Throws: `ridgelessAtInterpolation` for λ = 0 with n = d; `invalidArgument` for a negative or non-finite λ or n < 1.
  /// Source: for the equation, A. Wortsman Zurich, F. Gerace, B. Loureiro, Y. M. Lu, arXiv:2601.23208 (2026).
  public init(population: some Population, sampleCount: Int, ridge: Double) throws(PopulationError) {
    try requirePositive(sampleCount, "sample count")
    guard ridge >= 0, ridge.isFinite else {
      throw .invalidArgument(name: "ridge", value: ridge, requirement: "zero or a positive number")
    }
    let d = population.coordinateCount
    let n = Double(sampleCount)
    let excess = Double(sampleCount - d)
    if ridge == 0 {
      guard sampleCount != d else { throw .ridgelessAtInterpolation(sampleCount: sampleCount) }
      if sampleCount > d {
        self.init(
          value: 0, traces: try population.resolventTraces(effectiveRidge: 0), shrinkage: excess / n)
        return
      }
    }

    let mean = blockSum(population.variances) / Double(d)
    var kappa = isotropicEffectiveRidge(variance: mean, aspectRatio: Double(d) / n, ridge: ridge)
    var traces = try population.resolventTraces(effectiveRidge: kappa)
    var previousStep = Double.infinity
    for _ in 0..<200 {
      let share = (excess + kappa * traces.resolvent) / n
      // 1 − df₂/n at this κ, positive right of the root.
      let slope = share + kappa * traces.resolventCovarianceResolvent / n
      let step = (kappa * share - ridge) / slope
      let next = max(kappa - step, ridge, kappa / 16)
      // Rounding ends the descent: the step stops shrinking, or no longer moves κ.
      if abs(step) <= 1e-15 * kappa || (abs(step) < 1e-9 * kappa && abs(step) >= previousStep) { break }
      previousStep = abs(step)
      kappa = next
      traces = try population.resolventTraces(effectiveRidge: kappa)
    }
    self.init(value: kappa, traces: traces, shrinkage: ridge / kappa)
  }
}

/// κ of variance · I: the root κ ≥ λ of λ = κ(1 − γv/(v + κ)), in a form free of cancellation.
func isotropicEffectiveRidge(variance: Double, aspectRatio: Double, ridge: Double) -> Double {
  let b = ridge + variance * (aspectRatio - 1)
  let root = (b * b + 4 * ridge * variance).squareRoot()
  return b >= 0 ? (b + root) / 2 : 2 * ridge * variance / (root - b)
}
