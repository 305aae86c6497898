import RealModule

/// The mean errors to first order beyond the limit n, d → ∞.
///
/// Three things happen at order 1/n: each regression has d − 1 features, not d; the resolvent of a Wishart matrix of real
/// data has a mean beside its equivalent; and entries of excess kurtosis ϰ move that mean again. With ∂ = κ d/dκ,
///
///     a_k = (RΣR)_kk/R_kk,   b = 1 − df₂/n,   β = ∂b/b,   ω = Σ_i m_i²/n,   η = Σ_i m_i(M²)_ii/n
///     x_k = (3a² − a − ∂a + aβ)/(2nb) + ϰ a(ω − η)/(nb)
///     y_k = (3a − 2 − ∂a/a + b + 2β)/(nb) + ϰ (3ω − 4η + 2(1 − b)(ω − η)/b)/n
///     E_tr,k  ← E_tr,k (1 + x − ∂x/a),   E_gen,k ← E_gen,k (1 + x − ∂x/a − y)
///
/// with m, M as in `EntryMoments`. What is left is of second order in 1/(n − df₂). The derivation is <doc:FiniteSize>.
/// Derivatives are central differences in log κ; their relative error of 1e-5 is far below the terms that the
/// expansion drops.
///
/// `ErrorEquivalent` is the limit; at d in the hundreds it lies up to ten per cent beside a simulation, most in the training
/// error at n < d and small λ.
public struct FiniteSizeErrors: Sendable, Equatable {
  public let trainingError: Double
  public let generalizationError: Double

  /// Nil where the expansion has nothing to say: a correction above one half, since n − df₂ is a handful, or an error below Bayes's; entries that are
  /// not Gaussian where the population does not know how they are mixed, or their kurtosis is infinite.
  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n.
  /// - Parameter ridge: λ ≥ 0.
  /// - Parameter limit: the equivalent at the same Σ, n and λ.
  /// - Parameter excessKurtosis: of the independent entries, 0 for Gaussian data.
  public init?(
    population: some Population, sampleCount: Int, ridge: Double, limit: ErrorEquivalent, excessKurtosis: Double = 0
  ) throws(PopulationError) {
    guard excessKurtosis.isFinite else { return nil }
    let kappa = limit.effectiveRidge
    let step = 0.01
    var points: [(shares: [Double], remaining: Double, moments: EntryMoments)] = []
    for offset in [0, step, -step] {
      let moved = kappa * Double.exp(offset)
      let moments =
        excessKurtosis == 0 ? EntryMoments(second: 0, third: 0) : try population.entryMoments(effectiveRidge: moved)
      guard let moments else { return nil }
      points.append(
        (
          try conditionalShares(population, effectiveRidge: moved),
          try remainingVariance(population, effectiveRidge: moved, sampleCount: sampleCount), moments
        ))
    }
    let n = Double(sampleCount)
    let b = LogDerivatives(points[0].remaining, points[1].remaining, points[2].remaining, step: step)
    let left = n * b.value
    let beta = b.first / b.value
    let betaSlope = b.second / b.value - beta * beta
    let mixings = points.map { excessKurtosis * ($0.moments.second - $0.moments.third) / (n * $0.remaining) }
    let mixing = LogDerivatives(mixings[0], mixings[1], mixings[2], step: step)
    let moments = points[0].moments
    let mixingOwn =
      excessKurtosis * (3 * moments.second - 4 * moments.third) / n + 2 * (1 - b.value) * mixing.value

    var training = 0.0
    var generalization = 0.0
    for k in points[0].shares.indices {
      let a = LogDerivatives(points[0].shares[k], points[1].shares[k], points[2].shares[k], step: step)
      let shift = (3 * a.value * a.value - a.value - a.first + a.value * beta) / (2 * left)
      let slope =
        (6 * a.value * a.first - a.first - a.second + a.first * beta + a.value * betaSlope) / (2 * left)
        - beta * shift
      let mixed = a.value * mixing.value / n
      let mixedSlope = (a.first * mixing.value + a.value * mixing.first) / n
      let common = shift + mixed - (slope + mixedSlope) / a.value
      let own = (3 * a.value - 2 - a.first / a.value + b.value + 2 * beta) / left + mixingOwn / n
      training += limit.trainingErrors[k] * common
      generalization += limit.generalizationErrors[k] * (common - own)
    }
    let d = Double(population.coordinateCount)
    trainingError = limit.trainingError + training / d
    generalizationError = limit.generalizationError + generalization / d
    guard abs(training / d) <= limit.trainingError / 2, abs(generalization / d) <= limit.generalizationError / 2,
      generalizationError >= limit.bayesError * (1 - 1e-9)
    else { return nil }
  }
}

/// A function of κ with its first two derivatives in log κ, by central differences.
struct LogDerivatives {
  var value: Double
  var first: Double
  var second: Double

  /// From the values at κ, κeˢ and κe⁻ˢ, s the step.
  init(_ value: Double, _ above: Double, _ below: Double, step: Double) {
    self.value = value
    first = (above - below) / (2 * step)
    second = (above - 2 * value + below) / (step * step)
  }
}

/// a_k = (RΣR)_kk/R_kk, in (0, 1].
private func conditionalShares(_ population: some Population, effectiveRidge: Double) throws(PopulationError)
  -> [Double]
{
  let diagonals = try population.resolventDiagonals(effectiveRidge: effectiveRidge)
  var shares = diagonals.resolventCovarianceResolvent
  for k in shares.indices { shares[k] /= diagonals.resolvent[k] }
  return shares
}

/// 1 − df₂/n at any κ, as (n − d + κ tr R)/n + κ tr(RΣR)/n.
private func remainingVariance(
  _ population: some Population, effectiveRidge kappa: Double, sampleCount: Int
) throws(PopulationError) -> Double {
  let traces = try population.resolventTraces(effectiveRidge: kappa)
  let excess = Double(sampleCount - population.coordinateCount)
  return (excess + kappa * (traces.resolvent + traces.resolventCovarianceResolvent)) / Double(sampleCount)
}
