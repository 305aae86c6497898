import RealModule

/// Weights of the penalty that are made of the data that are fitted.
public enum DataWeights: Sendable {
  /// The columns' mean squares.
  case variance
  /// The leave-one-sample-out errors that the weights themselves lead to.
  case selfWeighted
}

extension FiniteSizeErrors {
  /// The same under the penalty λ Σ_j w_j a_j² with weights w of the data, which scatter and depend on the samples: with
  /// independent coordinates, and a few directions beside them, to first order beyond the limit.
  ///
  ///     E ← E (1 + what given weights add + δE/E + μ ∂ln E/∂ln w)
  ///
  /// δE is what the scatter of the weights does, μ what their mean is off by: `WeightScatter`. The derivation is <doc:FiniteSize>.
  /// - Parameter population: Σ in coordinates over √w, w the limit's; or Σ itself where w is one number.
  /// - Parameter weights: how w is made.
  /// - Parameter n: samples.
  /// - Parameter ridge: λ ≥ 0 in the units of the population.
  /// - Parameter limit: the equivalent at the same Σ, n, λ and w, in any units.
  /// - Parameter excessKurtosis: of the independent entries, 0 for Gaussian data.
  /// - Returns: nil where coordinates correlate otherwise, at λ = 0 with n ≤ d, and where the other initialiser's is.
  public init?(
    population: some Population, weights: DataWeights, sampleCount n: Int, ridge: Double, limit: ErrorEquivalent,
    excessKurtosis: Double = 0
  ) throws(PopulationError) {
    let d = population.coordinateCount
    guard let level = population.independentVariance, n > 2,
      let given = try FiniteSizeErrors(
        population: population, sampleCount: n, ridge: ridge, limit: limit, excessKurtosis: excessKurtosis)
    else { return nil }
    guard ridge > 0 else {
      // Without a ridge weights count for nothing.
      guard n > d else { return nil }
      self = given
      return
    }
    let scatter = WeightScatter(
      weights, sampleCount: n, coordinateCount: d, ridge: ridge / level, excessKurtosis: excessKurtosis)
    var mean = 0.0
    if weights == .selfWeighted {
      // The mean of errors left out is that of n − 1 samples at nλ/(n − 1).
      let alike = try DiagonalPopulation(isotropic: level, coordinateCount: d)
      let whole = try ErrorEquivalent(population: alike, sampleCount: n, ridge: ridge)
      let left = try ErrorEquivalent(
        population: alike, sampleCount: n - 1, ridge: ridge * Double(n) / Double(n - 1))
      let own = try FiniteSizeErrors(
        population: alike, sampleCount: n, ridge: ridge, limit: whole, excessKurtosis: excessKurtosis)
      guard let own else { return nil }
      mean = scatter.mean(
        ofGiven: (left.generalizationError + own.generalizationError) / whole.generalizationError - 2)
    }
    trainingError = given.trainingError + limit.trainingError * (scatter.training + mean * scatter.trainingSlope)
    generalizationError =
      given.generalizationError
      + limit.generalizationError * (scatter.generalization + mean * scatter.generalizationSlope)
    guard abs(trainingError - limit.trainingError) <= limit.trainingError / 2,
      abs(generalizationError - limit.generalizationError) <= limit.generalizationError / 2,
      generalizationError >= limit.bayesError * (1 - 1e-9)
    else { return nil }
  }
}

/// What weights of the data do to errors at order 1/n, for independent coordinates of variance 1 over the limit's w.
///
/// With P = (XXᵀ/n + Γ)⁻¹, p_i = tr Pⁱ/n, U = 1 + p₁ and V = ΓU, a weight w̄(1 + ε_l) changes 1/Q_kk, whose derivatives are the errors,
/// by
///
///     Y = (d/n) Γ²(g Cov(ε, a)/V² − p₂ (g² Var ε + 2gΓ Cov(ε, q))/V³) n,   q = xᵀPx/n, a = xᵀP²x/n,
///
/// g the part of Γ that has w; ε = xᵀP²x/(n p₂) − 1 of learned weights and xᵀx/n − 1 of variances. Learned weights depend on the
/// coordinate that is predicted too, as it predicts theirs:
///
///     Z = (2d/n²) gΓ²/V² · (p₁₁²/U² − 2 p₁₁ p₁₂/(p₂ U)),   p_ij = tr P'ⁱPʲ/n, P' the one that is differentiated.
struct WeightScatter {
  /// δE/E.
  let training, generalization: Double
  /// ∂ln E/∂ln w.
  let trainingSlope, generalizationSlope: Double
  /// δ of the logarithm of errors left out.
  private let leftOut: Double

  /// - Parameter ridge: Γ > 0.
  init(
    _ weights: DataWeights, sampleCount: Int, coordinateCount: Int, ridge: Double, excessKurtosis kurtosis: Double
  ) {
    let n = Double(sampleCount)
    let ratio = Double(coordinateCount) / n
    let p = Self.traces(aspectRatio: ratio, ridge: ridge)
    let gamma = Slope(ridge, 1)
    let (p1, p2) = (Slope(p[0], -p[1]), Slope(p[1], -2 * p[2]))
    // n times covariances of ε with a and q, and its variance.
    let (covarianceA, covarianceQ, variance): (Slope, Slope, Double) =
      switch weights {
      case .variance: ((2 + kurtosis) * p2, (2 + kurtosis) * p1, 2 + kurtosis)
      case .selfWeighted:
        (
          (2 / p[1]) * Slope(p[3], -2 * p[4]) + kurtosis * p2, (2 / p[1]) * Slope(p[2], -p[3]) + kurtosis * p1,
          2 * p[3] / (p[1] * p[1]) + kurtosis
        )
      }
    let u = 1 + p[0]
    let inverse = (gamma * (Slope(1, 0) + p1)).inverse
    let square = gamma * gamma * inverse * inverse
    /// Y and Y + Z.
    func shifts(_ g: Slope) -> (own: Slope, whole: Slope) {
      let pull = variance * (g * g) + 2 * (g * gamma * covarianceQ)
      let own = (ratio / n) * (square * (g * covarianceA - p2 * pull * inverse))
      guard weights == .selfWeighted else { return (own, own) }
      let (p11, p12) = (Slope(p[1], -p[2]), Slope(p[2], -p[3]))
      let pair = (1 / (u * u)) * (p11 * p11) - (2 / (u * p[1])) * (p11 * p12)
      return (own, own + (2 * ratio / n) * (square * g * pair))
    }
    let error = u - ridge * p[1]
    let trainingError = ridge * ridge * p[1]
    let (own, whole) = shifts(gamma)
    training = (whole.value - ridge * whole.slope) / trainingError
    generalization = shifts(Slope(ridge, 0)).whole.slope / error
    trainingSlope = 2 - 2 * ridge * p[2] / p[1]
    generalizationSlope = ridge * (2 * ridge * p[2] - 2 * p[1]) / error
    leftOut = training - 2 * own.value / (ridge * p[0])
  }

  /// μ of learned weights: E w = w̄(1 + μ) is what errors left out have as their mean.
  /// - Parameter given: what they have beside the limit at given weights, relative.
  func mean(ofGiven given: Double) -> Double { (given + leftOut) / (1 - generalizationSlope) }

  /// p₁…p₅, from Γp₁² + (Γ + γ − 1)p₁ = 1 and p_(i+1) = −∂p_i/∂Γ / i.
  private static func traces(aspectRatio: Double, ridge: Double) -> [Double] {
    let b = ridge + aspectRatio - 1
    let root = (b * b + 4 * ridge).squareRoot()
    // Taylor's coefficients of p₁.
    var series = [b > 0 ? 2 / (b + root) : (root - b) / (2 * ridge)]
    for i in 1..<5 {
      let inner = (1..<i).reduce(0.0) { $0 + series[$1] * series[i - $1] }
      let outer = (0..<i).reduce(0.0) { $0 + series[$1] * series[i - 1 - $1] }
      series.append(-(ridge * inner + outer + series[i - 1]) / root)
    }
    return series.indices.map { $0.isMultiple(of: 2) ? series[$0] : -series[$0] }
  }
}

/// A number and its derivative by Γ.
private struct Slope {
  var value, slope: Double

  init(_ value: Double, _ slope: Double) {
    self.value = value
    self.slope = slope
  }

  var inverse: Slope { Slope(1 / value, -slope / (value * value)) }

  static func + (a: Slope, b: Slope) -> Slope { Slope(a.value + b.value, a.slope + b.slope) }
  static func - (a: Slope, b: Slope) -> Slope { Slope(a.value - b.value, a.slope - b.slope) }
  static func * (a: Slope, b: Slope) -> Slope { Slope(a.value * b.value, a.value * b.slope + a.slope * b.value) }
  static func * (a: Double, b: Slope) -> Slope { Slope(a * b.value, a * b.slope) }
}

extension DiagonalPopulation {
  public var independentVariance: Double? { commonLevel(variances, within: 1e-6) }
}

extension SpikedPopulation {
  /// That of the noise, where spikes are at most a twentieth of the coordinates.
  public var independentVariance: Double? {
    20 * strengths.count <= coordinateCount ? commonLevel(noise.variances, within: 0.1) : nil
  }
}

extension BlockPopulation {
  /// 1 − ρ, where blocks are at most a twentieth of the coordinates.
  public var independentVariance: Double? {
    20 * (bounds.count - 1) <= coordinateCount ? 1 - correlation : nil
  }
}

/// The mean of numbers whose mean distance from it is within a share of it.
private func commonLevel(_ values: [Double], within share: Double) -> Double? {
  let mean = blockSum(values) / Double(values.count)
  return blockSum(values.map { abs($0 - mean) }) <= share * mean * Double(values.count) ? mean : nil
}
