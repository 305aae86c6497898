import LacunaAlgebra

/// Regression under Bernoulli masks of a probability a coordinate, averaged over all of them, from S alone.
///
/// Row k minimises E_m[(x_k − Σ_j a_j m_j x_j)² | m_k = 0] + λ|a|². With b_j = p_j a_j that is a ridge for each coordinate,
///
///     Q = (S + Γ)⁻¹,   Γ_j = s_j (1 − p_j)/p_j + λ/p_j²,   Â = (I − diag(Q)⁻¹Q) diag(p)⁻¹,   s = diag S.
///
/// A coordinate with p = 0 has no part in Q, and its row is that of the regression on the others, S_k· Q diag(p)⁻¹; one with p = 1
/// is never hidden, and its row is zero.
public struct CoordinateMaskRegression<Device: Backend> {
  private let device: Device
  private let gram: Device.Matrix
  private let keeps: [Double]
  private let resolvent: Device.Matrix
  private let predictor: Device.Matrix
  /// Of S, the rows of coordinates that are never visible and the columns of the others; nil where all are visible at times.
  private let crossed: Device.Matrix?
  private let vector: Device.Matrix

  /// - Parameter device: where the work is done.
  /// - Parameter gram: S, d × d, lower triangle; the upper one is filled in.
  /// - Parameter keeps: p, d numbers in [0, 1], p² a normal number or 0.
  public init(device: Device, gram: Device.Matrix, keeps: [Double]) throws(BackendError) {
    self.device = device
    self.gram = gram
    self.keeps = keeps
    let d = gram.rows
    try device.symmetrize(gram)
    resolvent = try device.makeMatrix(rows: d, columns: d)
    predictor = try device.makeMatrix(rows: d, columns: d)
    vector = try device.makeVector(d)
    guard keeps.contains(0) else {
      crossed = nil
      return
    }
    let rows = try device.makeMatrix(rows: d, columns: d)
    try device.copy(gram, to: rows)
    try device.scale(
      rows, rows: try device.makeVector(keeps.map { $0 > 0 ? 0 : 1 }),
      columns: try device.makeVector(keeps.map { $0 > 0 ? 1 : 0 }))
    crossed = rows
  }

  /// - Parameter ridge: λ ≥ 0.
  /// - Returns: the predictor, valid until the next call; training errors are 0 where p = 1.
  /// - Throws: `RegressionError.numericallySingular`: at λ = 0 coordinates that are never hidden determine each other, or one is
  ///   always 0.
  public func fit(ridge: Double) throws -> SchemePredictor<Device> {
    try device.diagonal(of: gram, into: vector)
    let variances = doubles(try device.download(vector))
    // Where a coordinate is never visible, a 1 that is coupled to nothing.
    let squares = zip(variances, keeps).map { s, p in p > 0 ? s / p + ridge / p / p : 1 }
    try device.copy(gram, to: resolvent)
    if crossed != nil {
      let visible = try device.makeVector(keeps.map { $0 > 0 ? 1 : 0 })
      try device.scale(resolvent, rows: visible, columns: visible)
    }
    try device.setDiagonal(of: resolvent, to: try device.makeVector(elements(squares)))
    try invertGram(resolvent, ridge: ridge, on: device) { minor in minor - 1 }
    try device.symmetrize(resolvent)
    try device.diagonal(of: resolvent, into: vector)
    let diagonal = doubles(try device.download(vector))
    let limit = 1 / (Double(gram.rows) * Double(Device.Element.ulpOfOne))
    if let k = diagonal.indices.first(where: { !(squares[$0] * diagonal[$0] < limit) }) {
      throw RegressionError.numericallySingular(coordinate: k, ridge: ridge, precision: Device.Element.precision)
    }
    let condition = try device.condition(of: resolvent, squares: squares)

    try device.copy(resolvent, to: predictor)
    let factors = zip(diagonal, keeps).map { q, p in p > 0 && p < 1 ? -1 / q : 0 }
    try device.scale(predictor, rows: try device.makeVector(elements(factors)), columns: nil)
    if let crossed {
      try device.multiply(
        crossed, transposeA: false, resolvent, transposeB: false, alpha: 1, beta: 1, into: predictor)
    }
    try device.scale(
      predictor, rows: nil, columns: try device.makeVector(elements(keeps.map { $0 > 0 ? 1 / $0 : 0 })))
    try device.setDiagonal(of: predictor, to: try device.makeVector(gram.rows))

    // At the minimum bSb + bΓb = b·S_k.
    let explained = try rowDots(predictor, gram, weights: keeps)
    let norms = try rowDots(predictor, predictor, weights: nil)
    // A mean square: what is below 0 is rounding.
    let training = variances.indices.map { k in
      keeps[k] < 1 ? nonNegative(variances[k] - explained[k] - ridge * norms[k]) : 0
    }
    return SchemePredictor(matrix: predictor, training: training, condition: condition)
  }

  private func rowDots(
    _ a: Device.Matrix, _ b: Device.Matrix, weights: [Double]?
  ) throws(BackendError) -> [Double] {
    let weights = try weights.map { w throws(BackendError) in try device.makeVector(elements(w)) }
    try device.rowDots(a, b, weights: weights, into: vector)
    return doubles(try device.download(vector))
  }
}
