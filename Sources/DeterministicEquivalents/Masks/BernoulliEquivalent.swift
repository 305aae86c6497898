/// The deterministic equivalent of regression under Bernoulli masks: coordinate j is visible with probability p_j.
///
/// With b_j = p_j a_j the predictor is a matrix ridge, Â = (I − diag(Q)⁻¹Q) diag(p)⁻¹ with Q = (S + Γ)⁻¹,
///
///     Γ_j = s_j (1 − p_j)/p_j + μ/p_j²,   s = diag Σ to leading order,
///
/// μ the ridge where the loss of a row is counted per time that it is hidden. With c = 1 − df₁/n and Q̄ = (cΣ + Γ)⁻¹,
///
///     df₁ = tr cΣQ̄,   df₂ = tr (cΣQ̄)²,   Q ≍ Q̄,
///     QMQ ≍ Q̄MQ̄ + Q̄ΣQ̄ · (c²/n) tr(MQ̄ΣQ̄) / (1 − df₂/n),
///
/// and row k errs, over masks that hide k, with D_j = s_j (1 − p_j)/p_j, by
///
///     err_k = (QΣQ)_kk/Q_kk² + (QDQ)_kk/Q_kk² − D_k.
///
/// With one p for all, the loss is counted over all masks: μ = λ/(1 − p), and errors are 1 − p times these. With a list, μ = λ, p = 1
/// is a coordinate that is never hidden and p = 0 one that predicts no other. Equivalents of the errors of drawn masks too, as their
/// number grows. At finite d the bias is O(1/d).
/// Source: for matrix ridges, F. Rubio, X. Mestre, *Spectral convergence for a general class of random matrices*, 2011,
/// doi:10.1016/j.spl.2011.01.004.
public struct BernoulliEquivalent: Sendable {
  /// p, length d.
  public let keeps: [Double]
  /// c = 1 − df₁/n: what is left of the signal.
  public let shrinkage: Double
  public let degreesOfFreedom1: Double
  public let degreesOfFreedom2: Double
  /// err_k, length d: with one p the probability that k is hidden times its error then; NaN of coordinates that never are.
  public let generalizationErrors: [Double]
  /// The same on the training data, and all their masks.
  public let trainingErrors: [Double]
  /// The error of each coordinate where every other one is visible: what predictors of different p are compared by; NaN, not
  /// known, where probabilities differ.
  public let fullContextErrors: [Double]
  /// E|â_k − Eâ_k|² of each row: how far predictors of independent samples lie apart. The equivalent of row k of Q diag(p)⁻² Q less
  /// Q̄ diag(p)⁻² Q̄, (Q̄ΣQ̄)_kk/Q̄_kk² (c²/n) tr(diag(p)⁻² Q̄ΣQ̄)/(1 − df₂/n); 0 of coordinates that are never hidden.
  public let rowVariances: [Double]
  /// Γ: the ridge on S that masking amounts to for each coordinate; the same number for all where variances and p are equal,
  /// and then Â is 1/p times the leave-one-out predictor at this ridge. Infinite where p = 0.
  public let equivalentRidges: [Double]

  /// Means over the coordinates that are ever hidden.
  public var generalizationError: Double { hiddenMean(generalizationErrors) }
  public var trainingError: Double { hiddenMean(trainingErrors) }
  public var fullContextError: Double { hiddenMean(fullContextErrors) }
  /// E‖Â − EÂ‖²_F/d.
  public var predictorVariance: Double { blockSum(rowVariances) / Double(rowVariances.count) }
  /// The mean of `equivalentRidges` over the coordinates that are ever visible.
  public var equivalentRidge: Double {
    let finite = equivalentRidges.filter { $0 < .infinity }
    return blockSum(finite) / Double(finite.count)
  }

  private func hiddenMean(_ errors: [Double]) -> Double {
    let hidden = errors.indices.filter { keeps[$0] < 1 }.map { errors[$0] }
    return blockSum(hidden) / Double(hidden.count)
  }

  /// One probability for all; the loss is the mean over all masks.
  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n ≥ 1.
  /// - Parameter p: p in (0, 1).
  /// - Parameter ridge: λ ≥ 0 of the loss over masks.
  /// - Throws: `PopulationError.invalidArgument`; what the population throws.
  public init(population: some MatrixRidgePopulation, sampleCount: Int, keep p: Double, ridge: Double)
    throws(PopulationError)
  {
    guard p > 0, p < 1 else {
      throw .invalidArgument(name: "keep-probability", value: p, requirement: "between 0 and 1")
    }
    let keeps = population.variances.map { _ in p }
    try self.init(
      population, sampleCount: sampleCount, keeps: keeps, seen: keeps, ridge: ridge / (1 - p), counted: 1 - p)
  }

  /// A probability for each coordinate; the loss of a row is the mean over masks that hide it.
  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n ≥ 1.
  /// - Parameter keeps: p, d numbers in [0, 1], not all 0 and not all 1.
  /// - Parameter ridge: λ of that loss: at least 0, and above 0 where a p is 1.
  /// - Throws: `PopulationError.invalidArgument`, `dimensionMismatch`; what the population throws, `unsupported` where it has no
  ///   structure for ridges that differ.
  public init(population: some MatrixRidgePopulation, sampleCount: Int, keeps: [Double], ridge: Double)
    throws(PopulationError)
  {
    guard keeps.count == population.coordinateCount else {
      throw .dimensionMismatch(argument: "keeps", expected: population.coordinateCount, actual: keeps.count)
    }
    if let k = keeps.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw .invalidArgument(
        name: "keep-probability of coordinate \(k + 1)", value: keeps[k], requirement: "between 0 and 1")
    }
    for end in [0.0, 1] where keeps.allSatisfy({ $0 == end }) {
      throw .invalidArgument(
        name: "keep-probability", value: end, requirement: "between 0 and 1 for some coordinate")
    }
    guard ridge > 0 || !keeps.contains(1) else {
      throw .invalidArgument(
        name: "ridge", value: ridge, requirement: "a positive number where a coordinate is never hidden")
    }
    // s/Γ: what is seen so seldom beside the others is no predictor within 1e-8, and has digits only as one never seen.
    let shares = zip(population.variances, keeps).map { s, p in
      p > 0 ? s * p * p / (s * p * (1 - p) + ridge) : 0
    }
    let greatest = shares.max() ?? 0
    try self.init(
      population, sampleCount: sampleCount, keeps: keeps,
      seen: zip(shares, keeps).map { $0 < 1e-8 * greatest ? 0 : $1 },
      ridge: ridge, counted: 1)
  }

  /// - Parameter keeps: p as given.
  /// - Parameter seen: p as computed with.
  /// - Parameter counted: the factor of all errors.
  private init(
    _ population: some MatrixRidgePopulation, sampleCount: Int, keeps given: [Double], seen keeps: [Double],
    ridge: Double, counted q: Double
  ) throws(PopulationError) {
    try requirePositive(sampleCount, "sample count")
    guard ridge >= 0, ridge.isFinite else {
      throw .invalidArgument(name: "ridge", value: ridge, requirement: "zero or a positive number")
    }
    let n = Double(sampleCount)
    let variances = population.variances
    let ridges = zip(variances, keeps).map { s, p in p > 0 ? s * (1 - p) / p + ridge / p / p : .infinity }
    let resolvent = try population.resolvent(ridges: ridges)
    let visible = keeps.indices.filter { keeps[$0] > 0 }
    /// tr of a diagonal times weights over the coordinates that are ever visible.
    func trace(_ diagonal: [Double], _ weight: (Int) -> Double = { _ in 1 }) -> Double {
      blockSum(visible.map { diagonal[$0] * weight($0) })
    }

    // c + df₁(c)/n − 1 is concave and increasing in c: Newton's iteration from 0 climbs to the root.
    var c = 0.0
    var (first, second) = (0.0, 0.0)
    var diagonals = try resolvent.diagonals(signal: 0)
    for _ in 0..<200 {
      let value = c + first / n - 1
      // d df₁/dc = tr Γ Q̄ΣQ̄.
      let slope = 1 + trace(diagonals.resolventCovarianceResolvent) { ridges[$0] } / n
      let next = min(c - value / slope, 1)
      let step = next - c
      if abs(step) <= 4e-16 { break }
      c = next
      diagonals = try resolvent.diagonals(signal: c)
      first = c * trace(diagonals.covarianceResolvent)
      second = first - c * trace(diagonals.resolventCovarianceResolvent) { ridges[$0] }
    }
    let r = diagonals.resolvent
    let g = diagonals.resolventCovarianceResolvent
    let spreads = zip(variances, keeps).map { s, p in p > 0 ? s * (1 - p) / p : 0 }
    let weighted = try resolvent.offDiagonalSquares(signal: c, weights: [spreads])[0]
    // 1 − df₂/n.
    let left = c + c * trace(g) { ridges[$0] } / n
    let gain = c * c / (n * left)
    let identityGain = gain * trace(g) { 1 / keeps[$0] / keeps[$0] }
    let spreadGain = gain * trace(g) { spreads[$0] }
    let common = keeps.allSatisfy { $0 == keeps[0] } ? keeps[0] : nil

    self.keeps = given
    shrinkage = c
    degreesOfFreedom1 = first
    degreesOfFreedom2 = second
    equivalentRidges = ridges
    var (generalization, training) = (r, r)
    var fullContext = r.map { _ in Double.nan }
    for k in r.indices {
      guard keeps[k] < 1 else {
        (generalization[k], training[k]) = (.nan, .nan)
        continue
      }
      let scale = 1 / (r[k] * r[k])
      let own = g[k] / left * scale
      let spread = (weighted[k] + spreadGain * g[k]) * scale
      generalization[k] = q * (own + spread)
      // Residuals of the masked copies' mean shrink by c, those of the contrasts between them not.
      training[k] = q * (c * c * own + spread)
      if let p = common {
        let hidden = 1 - p
        let explained = diagonals.covarianceResolvent[k] / r[k]
        fullContext[k] = (hidden * hidden * variances[k] - 2 * hidden * explained + own) / (p * p)
      }
    }
    generalizationErrors = generalization
    trainingErrors = training
    fullContextErrors = fullContext
    rowVariances = r.indices.map { keeps[$0] < 1 ? identityGain * g[$0] / (r[$0] * r[$0]) : 0 }
  }
}
