import LacunaAlgebra

/// The joint predictor of a mask scheme.
public struct SchemePredictor<Device: Backend> {
  /// Â, d × d, hollow: row k predicts coordinate k.
  public let matrix: Device.Matrix
  /// Mean squared error of each coordinate over the scheme's own training cells; for random masks the mean over all cells
  /// of 1(hidden)·(error)², which is the loss that was minimised.
  public let training: [Double]
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
    variances = try device.download(vector).map { Double($0) }
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
