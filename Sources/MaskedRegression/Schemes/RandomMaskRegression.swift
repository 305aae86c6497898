import LacunaAlgebra

/// Regression under Bernoulli masks averaged over all of them, from S alone.
///
/// Row k minimises E_m[1(m_k = 0)(x_k − Σ_j a_j m_j x_j)²] + λ|a|²: with q, p₁, p₂ the moments of the masks,
///
///     Q̃ = (p₂ S + (p₁ − p₂) diag S + (λ/q) I)⁻¹,   Â = (p₁/p₂)(I − diag(Q̃)⁻¹ Q̃).
///
/// For p₂ = p₁² = p² that is S̃ = pS + (1−p) diag S + λ/(p(1−p)) I and Â = (1/p)(I − diag(S̃⁻¹)⁻¹S̃⁻¹): masking is a ridge
/// that the data choose. Masks of fixed size have such a form too, their moments being those of any pair.
public struct RandomMaskRegression<Device: Backend> {
  private let device: Device
  private let gram: Device.Matrix
  private let resolvent: Device.Matrix
  private let predictor: Device.Matrix
  private let vector: Device.Matrix

  /// - Parameter device: where the work is done.
  /// - Parameter gram: S, d × d, lower triangle; `fit` fills in the upper one.
  public init(device: Device, gram: Device.Matrix) throws(BackendError) {
    self.device = device
    self.gram = gram
    resolvent = try device.makeMatrix(rows: gram.rows, columns: gram.rows)
    predictor = try device.makeMatrix(rows: gram.rows, columns: gram.rows)
    vector = try device.makeVector(gram.rows)
  }

  /// - Parameter moments: `pair` above 0.
  /// - Parameter ridge: λ.
  /// - Returns: the predictor, valid until the next call.
  /// - Throws: `RegressionError.numericallySingular`: a coordinate that is always 0, at λ = 0.
  public func fit(_ moments: MaskMoments, ridge: Double) throws -> SchemePredictor<Device> {
    precondition(moments.pair > 0 && moments.hidden > 0, "masks that hide a coordinate and show pairs of others")
    let (p1, p2, q) = (moments.single, moments.pair, moments.hidden)
    try device.symmetrize(gram)
    try device.diagonal(of: gram, into: vector)
    let variances = try device.doubles(vector)
    let inverse = try resolvent(moments, ridge: ridge, variances: variances)
    let condition = try device.condition(
      of: inverse.matrix, squares: moments.squares(variances: variances, ridge: ridge))

    try device.copy(inverse.matrix, to: predictor)
    try device.scale(
      predictor, rows: try device.makeVector(inverse.diagonal.map { Device.Element(-p1 / (p2 * $0)) }), columns: nil)
    try device.setDiagonal(of: predictor, to: try device.makeVector(gram.rows))

    // At the minimum â·Gâ = â·c − λ|â|², c_k = q p₁ S_k.
    let explained = try rowDots(predictor, gram)
    let squares = try rowDots(predictor, predictor)
    // A mean square: what is below 0 is rounding.
    let training = variances.indices.map { k in
      nonNegative(q * variances[k] - q * p1 * explained[k] - ridge * squares[k])
    }
    return SchemePredictor(matrix: predictor, training: training, condition: condition)
  }

  /// Q̃, full, and its diagonal; valid until the next call.
  /// - Throws: `RegressionError.numericallySingular`: a coordinate that is always 0, at λ = 0.
  public func resolvent(_ moments: MaskMoments, ridge: Double) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    try device.symmetrize(gram)
    try device.diagonal(of: gram, into: vector)
    return try resolvent(moments, ridge: ridge, variances: try device.doubles(vector))
  }

  /// The same of a full gram, for any moments with `single` above 0.
  func resolvent(
    _ moments: MaskMoments, ridge: Double, variances: [Double]
  ) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    try device.add(gram, alpha: Device.Element(moments.pair), beta: 0, to: resolvent)
    try device.setDiagonal(
      of: resolvent, to: try device.makeVector(elements(moments.squares(variances: variances, ridge: ridge))))
    try invertGram(resolvent, ridge: ridge, on: device) { minor in minor - 1 }
    try device.symmetrize(resolvent)
    try device.diagonal(of: resolvent, into: vector)
    return (resolvent, try device.doubles(vector))
  }

  private func rowDots(_ a: Device.Matrix, _ b: Device.Matrix) throws(BackendError) -> [Double] {
    try device.rowDots(a, b, weights: nil, into: vector)
    return try device.doubles(vector)
  }
}

extension MaskMoments {
  /// The diagonal of Q̃⁻¹, p₁ diag S + λ/q.
  func squares(variances: [Double], ridge: Double) -> [Double] { variances.map { single * $0 + ridge / hidden } }
}
