import RealModule

/// The diagonal w of the penalty λ Σ_j w_j â_kj² that a ridge λ stands for.
///
/// A fit with weights w is the plain fit of the columns divided by √w, given back in their units: with Ẽ and Ã of those,
/// E_k = w_k Ẽ_k and Â_kj = √(w_k/w_j) Ã_kj.
public enum RidgeWeights: Sendable, Equatable {
  /// w = 1: λ has the units of the data squared.
  case uniform
  /// w_j = the mean square of column j: the fit of standardised columns, λ a pure number.
  case variance
  /// These, one a column, each above 0.
  case given([Double])

  /// Where weights come from, by the word for it.
  public enum Kind: String, Sendable, CaseIterable {
    case uniform, variance
    /// Learned by `SelfWeightedFit`.
    case selfWeighted = "self"
    case given
  }

  public var kind: Kind {
    switch self {
    case .uniform: .uniform
    case .variance: .variance
    case .given: .given
    }
  }

  /// w; nil where all are 1.
  ///
  /// A column that never varies predicts nothing whatever its weight, which is 1 with weights of variances.
  func penalty(variances: [Double]) -> [Double]? {
    switch self {
    case .uniform: nil
    case .variance: variances.map { $0 > 0 ? $0 : 1 }
    case .given(let weights): weights
    }
  }

  /// Those that stand for the same penalty where the data are divided by 2^exponent.
  func divided(byTwoTo exponent: Int) -> RidgeWeights {
    guard case .given(let weights) = self else { return self }
    return .given(weights.map { scaled($0, exponent: -2 * exponent) })
  }

  /// - Throws: `FitError.request` where given weights are not one a coordinate, each above 0.
  func check(coordinateCount d: Int) throws(FitError) {
    guard case .given(let weights) = self else { return }
    guard weights.count == d else {
      throw .request("there are \(weights.count) weights for \(d) coordinates; give one for each")
    }
    if let k = weights.firstIndex(where: { !($0 >= 1e-300 && $0 <= 1e300) }) {
      throw .request("the weight of coordinate \(k + 1) is \(weights[k]); weights are numbers above 0")
    }
  }
}

/// Which weights a fit takes, or how it finds them.
public enum WeightChoice: Sendable, Equatable {
  case fixed(RidgeWeights)
  /// The errors that they themselves lead to: `SelfWeightedFit`.
  case selfWeighted
  /// Uniform, variance and self-weighted, the ridge of each too: the one of least mean over coordinates of error/mean square.
  case automatic

  public static var uniform: WeightChoice { .fixed(.uniform) }
  public static var variance: WeightChoice { .fixed(.variance) }

  /// The words for those that need no numbers.
  public static let named: [(word: String, choice: WeightChoice)] = [
    ("uniform", .uniform), ("variance", .variance), ("self", .selfWeighted), ("auto", .automatic),
  ]
}

/// What is done to columns before a fit: x_k ← (x_k − m_k)/√w_k, or times given factors.
struct ColumnFrame: Sendable {
  var means: [Double]
  /// What the means have beyond a double's digits; nil stands for zeros.
  var lows: [Double]?
  /// w; nil stands for ones.
  var weights: [Double]?
  /// In place of 1/√w.
  var multipliers: [Double]?

  /// 1/√w, or the factors given.
  var factors: [Double]? { multipliers ?? weights.map { $0.map { 1 / $0.squareRoot() } } }

  /// Rows of d numbers less the means, NaN where a number is.
  func centered(_ values: [Double]) -> [Double] {
    var result = values
    for first in stride(from: 0, to: values.count, by: max(1, means.count)) {
      for k in means.indices {
        result[first + k] = ColumnScales.difference(values[first + k], means[k], lows?[k] ?? 0)
      }
    }
    return result
  }
}
