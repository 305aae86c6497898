/// The deterministic equivalent of regression under Bernoulli masks, keep-probability p, q = 1 − p.
///
/// The predictor is Â = (1/p)(I − diag(Q̃)⁻¹Q̃), Q̃ = (pS + Γ)⁻¹, Γ = q diag(Σ) + μI, μ = λ/(pq): to leading order a matrix
/// ridge Γ on data of covariance pΣ. With c = 1 − df₁/n, α = cp and Q̄ = (αΣ + Γ)⁻¹,
///
///     df₁ = tr αΣQ̄,   df₂ = tr (αΣQ̄)²,   Q̃ ≍ Q̄,
///     Q̃MQ̃ ≍ Q̄MQ̄ + Q̄ΣQ̄ · (α²/n) tr(MQ̄ΣQ̄) / (1 − df₂/n),
///
/// and row k errs, over masks that hide k and count by their probability, by
///
///     err_k = q [ (Q̃ΣQ̃)_kk/Q̃_kk² + (q/p) ((Q̃ diag(Σ) Q̃)_kk/Q̃_kk² − Σ_kk) ].
///
/// Equivalents of the errors of drawn masks too, as their number grows. At finite d the bias is O(1/d).
/// Source: for matrix ridges, F. Rubio, X. Mestre, *Spectral convergence for a general class of random matrices*, 2011,
/// doi:10.1016/j.spl.2011.01.004.
public struct BernoulliEquivalent: Sendable {
  /// p.
  public let keep: Double
  /// c = 1 − df₁/n: what is left of the signal.
  public let shrinkage: Double
  public let degreesOfFreedom1: Double
  public let degreesOfFreedom2: Double
  /// err_k, length d: the probability that k is hidden times its error then.
  public let generalizationErrors: [Double]
  /// The same on the training data, and all their masks.
  public let trainingErrors: [Double]
  /// The error of each coordinate where every other one is visible: what predictors of different p are compared by.
  public let fullContextErrors: [Double]
  /// E|â_k − Eâ_k|² of each row: how far predictors of independent samples lie apart. The equivalent of Q̃² less Q̄²,
  /// (Q̄ΣQ̄)_kk/Q̄_kk² (α²/n) tr(Q̄ΣQ̄)/(1 − df₂/n)/p².
  public let rowVariances: [Double]
  /// γ_k/p: the ridge on S that masking amounts to for each coordinate; the same number for all where variances are equal,
  /// and then Â is 1/p times the leave-one-out predictor at this ridge.
  public let equivalentRidges: [Double]

  public var generalizationError: Double { blockSum(generalizationErrors) / Double(generalizationErrors.count) }
  public var trainingError: Double { blockSum(trainingErrors) / Double(trainingErrors.count) }
  public var fullContextError: Double { blockSum(fullContextErrors) / Double(fullContextErrors.count) }
  /// E‖Â − EÂ‖²_F/d.
  public var predictorVariance: Double { blockSum(rowVariances) / Double(rowVariances.count) }
  /// The mean over coordinates of `equivalentRidges`.
  public var equivalentRidge: Double { blockSum(equivalentRidges) / Double(equivalentRidges.count) }

  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n ≥ 1.
  /// - Parameter p: p in (0, 1).
  /// - Parameter ridge: λ ≥ 0 of the loss over masks.
  /// - Throws: `PopulationError.invalidArgument`; what the population throws.
  public init(population: some MatrixRidgePopulation, sampleCount: Int, keep p: Double, ridge: Double)
    throws(PopulationError)
  {
    try requirePositive(sampleCount, "sample count")
    guard p > 0, p < 1 else {
      throw .invalidArgument(name: "keep-probability", value: p, requirement: "between 0 and 1")
    }
    guard ridge >= 0, ridge.isFinite else {
      throw .invalidArgument(name: "ridge", value: ridge, requirement: "zero or a positive number")
    }
    let n = Double(sampleCount)
    let q = 1 - p
    let shift = ridge / (p * q)
    let variances = population.variances
    let ridges = population.ridges(hidden: q, shift: shift)
    let resolvent = try population.resolvent(hidden: q, shift: shift)

    // c + df₁(cp)/n − 1 is concave and increasing in c: Newton's iteration from 0 climbs to the root.
    var c = 0.0
    var (first, second) = (0.0, 0.0)
    var diagonals = try resolvent.diagonals(signal: 0)
    for _ in 0..<200 {
      let value = c + first / n - 1
      // d df₁/dc = p tr Γ Q̄ΣQ̄.
      let slope = 1 + p * weightedSum(ridges, diagonals.resolventCovarianceResolvent) / n
      let next = min(c - value / slope, 1)
      let step = next - c
      if abs(step) <= 4e-16 { break }
      c = next
      diagonals = try resolvent.diagonals(signal: c * p)
      first = c * p * blockSum(diagonals.covarianceResolvent)
      second = first - c * p * weightedSum(ridges, diagonals.resolventCovarianceResolvent)
    }
    let alpha = c * p
    let r = diagonals.resolvent
    let g = diagonals.resolventCovarianceResolvent
    let weighted = try resolvent.squares(signal: alpha).variances
    // 1 − df₂/n.
    let left = c + alpha * weightedSum(ridges, g) / n
    let gain = alpha * alpha / (n * left)
    let identityGain = gain * blockSum(g)
    let varianceGain = gain * weightedSum(variances, g)

    keep = p
    shrinkage = c
    degreesOfFreedom1 = first
    degreesOfFreedom2 = second
    equivalentRidges = ridges.map { $0 / p }
    var generalization = r
    var training = r
    var fullContext = r
    for k in r.indices {
      let scale = 1 / (r[k] * r[k])
      let own = g[k] / left * scale
      let spread = (weighted[k] + varianceGain * g[k]) * scale
      generalization[k] = q * (own + q / p * (spread - variances[k]))
      // Residuals of the masked copies' mean shrink by c, those of the contrasts between them not.
      training[k] = q * (c * c * own + q / p * (spread - variances[k]))
      let explained = diagonals.covarianceResolvent[k] / r[k]
      fullContext[k] = (q * q * variances[k] - 2 * q * explained + own) / (p * p)
    }
    generalizationErrors = generalization
    trainingErrors = training
    fullContextErrors = fullContext
    rowVariances = r.indices.map { identityGain * g[$0] / (r[$0] * r[$0] * p * p) }
  }
}

/// Σ_k w_k x_k.
private func weightedSum(_ weights: [Double], _ x: [Double]) -> Double {
  blockSum(zip(weights, x).map { $0 * $1 })
}
