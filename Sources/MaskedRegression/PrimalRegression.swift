import LacunaAlgebra

/// Leave-one-coordinate-out regression through the d × d Gram S = XᵀX/n: the route for n ≥ d.
///
/// With Q = (S + λI)⁻¹, row k of the joint predictor Â = I − diag(Q)⁻¹Q is the ridge regression of coordinate k on all
/// others; one positive definite inverse gives all d of them. Source: Wortsman Zurich, Gerace, Loureiro, Lu, *A Random
/// Matrix Theory of Masked Self-Supervised Regression*, arXiv:2601.23208; as an estimator, Steck, arXiv:1905.03375.
public struct PrimalRegression<Device: Backend> {
  public let device: Device
  /// Number of samples n behind the Gram.
  public let sampleCount: Int
  /// S, lower triangle, d × d.
  public let gram: Device.Matrix
  let vector: Device.Matrix

  public var coordinateCount: Int { gram.rows }

  /// - Parameter device: where the work is done.
  /// - Parameter gram: d × d, lower triangle of S = XᵀX/n.
  /// - Parameter sampleCount: n.
  public init(device: Device, gram: Device.Matrix, sampleCount: Int) throws {
    self.device = device
    self.gram = gram
    self.sampleCount = sampleCount
    vector = try device.makeVector(gram.rows)
  }

  /// Q = (S + λI)⁻¹, full and symmetric, and its diagonal.
  ///
  /// - Parameter ridge: λ.
  /// - Parameter scratch: d × d, overwritten by Q; nil forms Q over the Gram itself, which is then gone.
  /// - Throws: `RegressionError.singularGram` for λ = 0 and n < d; `.numericallySingular` where the conditional
  ///   variance 1/Q_kk of a coordinate is below d·ε of its variance S_kk + λ, so that only rounding is left of it;
  ///   `BackendError`.
  public func resolvent(ridge: Double, scratch: Device.Matrix?) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    if ridge == 0 && sampleCount < coordinateCount {
      throw RegressionError.singularGram(sampleCount: sampleCount, coordinateCount: coordinateCount)
    }
    if let scratch { try device.copy(gram, to: scratch) }
    let q = scratch ?? gram
    try device.addDiagonal(Device.Element(ridge), to: q)
    let variances = try diagonal(of: q)
    let precision = Device.Element.precision
    try invertGram(q, ridge: ridge, on: device) { minor in minor - 1 }
    try device.symmetrize(q)
    let diagonal = try diagonal(of: q)
    let limit = 1 / (Double(coordinateCount) * Double(Device.Element.ulpOfOne))
    for k in diagonal.indices where !(variances[k] * diagonal[k] < limit) {
      throw RegressionError.numericallySingular(coordinate: k, ridge: ridge, precision: precision)
    }
    return (q, diagonal)
  }

  /// Training and generalisation error of every coordinate at one ridge.
  ///
  /// QSQ = Q − λQ², so E_tr needs only the row sums of squares of Q; E_gen needs q_kΣq_kᵀ for every row.
  /// - Parameter ridge: λ.
  /// - Parameter covariance: Σ, or nil where it is unknown.
  /// - Parameter scratch: as in `resolvent`; destroyed.
  public func errors(
    ridge: Double, covariance: (any CovarianceOperator<Device>)?, scratch: Device.Matrix?
  ) throws -> CoordinateErrors {
    let (q, diagonal) = try resolvent(ridge: ridge, scratch: scratch)
    return try errors(ridge: ridge, resolvent: q, diagonal: diagonal, covariance: covariance, keepingIn: nil)
  }

  /// The same from a resolvent that is already there.
  /// - Parameter ridge: λ.
  /// - Parameter q: Q, as `resolvent` gives it.
  /// - Parameter diagonal: diag Q.
  /// - Parameter covariance: Σ of new samples.
  /// - Parameter copy: d × d, destroyed in place of Q; nil destroys Q.
  public func errors(
    ridge: Double, resolvent q: Device.Matrix, diagonal: [Double], covariance: (any CovarianceOperator<Device>)?,
    keepingIn copy: Device.Matrix?
  ) throws -> CoordinateErrors {
    let training = try trainingErrors(ridge: ridge, resolvent: q, diagonal: diagonal)
    guard let covariance else { return CoordinateErrors(training: training, generalization: nil) }
    if let copy { try device.copy(q, to: copy) }
    try covariance.forms(of: copy ?? q, into: vector)
    let forms = try device.doubles(vector)
    return CoordinateErrors(
      training: training,
      generalization: zip(diagonal, forms).map { q, form in form / (q * q) })
  }

  /// E_tr of each coordinate, (Q_kk − λ(Q²)_kk)/Q_kk².
  func trainingErrors(ridge: Double, resolvent: Device.Matrix, diagonal: [Double]) throws -> [Double] {
    if ridge == 0 { return diagonal.map { 1 / $0 } }
    try device.rowDots(resolvent, resolvent, weights: nil, into: vector)
    let squares = try device.doubles(vector)
    return zip(diagonal, squares).map { q, square in (q - ridge * square) / (q * q) }
  }

  func diagonal(of matrix: Device.Matrix) throws -> [Double] {
    try device.diagonal(of: matrix, into: vector)
    return try device.doubles(vector)
  }
}
