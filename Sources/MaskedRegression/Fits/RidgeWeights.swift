import RealModule

/// The diagonal w of the penalty λ Σ_j w_j â_kj² that a ridge λ stands for.
///
/// A fit with weights w is the plain fit of the columns divided by √w, given back in their units.
public enum RidgeWeights: String, Sendable, CaseIterable {
  /// w = 1: λ has the units of the data squared.
  case uniform
  /// w_j = the mean square of column j: the fit of standardised columns, λ a pure number.
  case variance

  /// w; nil where all are 1.
  ///
  /// A column that never varies predicts nothing whatever its weight, which is 1.
  func penalty(variances: [Double]) -> [Double]? {
    switch self {
    case .uniform: nil
    case .variance: variances.map { $0 > 0 ? $0 : 1 }
    }
  }
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
}
