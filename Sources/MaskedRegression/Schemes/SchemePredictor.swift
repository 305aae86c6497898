import LacunaAlgebra

/// The joint predictor of a mask scheme.
public struct SchemePredictor<Device: Backend> {
  /// Â, d × d, hollow: row k predicts coordinate k.
  public let matrix: Device.Matrix
  /// Mean squared error of each coordinate over the scheme's own training cells; for random masks the mean over all cells
  /// of 1(hidden)·(error)², which is the loss that was minimised.
  public let training: [Double]
  /// κ = ‖DQD‖, Q the inverse and D² the diagonal of what was inverted, of the worst that was: at least 1. A row of Â has about
  /// ε of it for a relative error.
  public let condition: Double
}

extension Backend {
  /// ‖DQD‖ (Frobenius), at least 1.
  /// - Parameter q: Q, both triangles.
  /// - Parameter squares: D².
  func condition(of q: Matrix, squares: [Double]) throws(BackendError) -> Double {
    let sums = try makeVector(q.rows)
    try rowDots(q, q, weights: try makeVector(elements(squares)), into: sums)
    return max(1, zip(try doubles(sums), squares).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot())
  }
}

/// The covariance of given data, S = XᵀX/n, as the errors of a predictor see it.
public struct GramCovariance<Device: Backend>: CovarianceOperator {
  public let variances: [Double]
  private let device: Device
  private let gram: Device.Matrix

  /// - Parameter device: where the work is done.
  /// - Parameter gram: d × d, both triangles.
  public init(device: Device, gram: Device.Matrix) throws(BackendError) {
    self.device = device
    self.gram = gram
    let vector = try device.makeVector(gram.rows)
    try device.diagonal(of: gram, into: vector)
    variances = try device.doubles(vector)
  }

  public func forms(of q: Device.Matrix, into out: Device.Matrix) throws(BackendError) {
    let product = try device.makeMatrix(rows: q.rows, columns: q.columns)
    try device.multiply(q, transposeA: false, gram, transposeB: false, alpha: 1, beta: 0, into: product)
    try device.rowDots(q, product, weights: nil, into: out)
  }

  public func multiply(_ y: Device.Matrix) throws(BackendError) {
    let source = try device.makeMatrix(rows: y.rows, columns: y.columns)
    try device.copy(y, to: source)
    try device.multiply(source, transposeA: false, gram, transposeB: false, alpha: 1, beta: 0, into: y)
  }
}

/// A mean square that was computed as a difference: what is below 0 is rounding, and what is no number stays none.
func nonNegative(_ difference: Double) -> Double { difference < 0 ? 0 : difference }
