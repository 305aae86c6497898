import LacunaAlgebra

/// FΣF, F a diagonal that can be exchanged.
final class ScaledCovariance<Device: Backend>: CovarianceOperator {
  private let base: any CovarianceOperator<Device>
  private let device: Device
  private let vector: Device.Matrix
  /// diag F.
  private(set) var factors: [Double]

  init(_ base: any CovarianceOperator<Device>, device: Device) throws(BackendError) {
    self.base = base
    self.device = device
    factors = base.variances.map { _ in 1 }
    vector = try device.makeVector(elements(factors))
  }

  func set(_ factors: [Double]) throws(BackendError) {
    self.factors = factors
    try device.upload(elements(factors), to: vector, firstRow: 0)
  }

  var variances: [Double] { zip(base.variances, factors).map { $0 * $1 * $1 } }

  func forms(of q: Device.Matrix, into out: Device.Matrix) throws(BackendError) {
    try device.scale(q, rows: nil, columns: vector)
    try base.forms(of: q, into: out)
  }

  func multiply(_ y: Device.Matrix) throws(BackendError) {
    try device.scale(y, rows: nil, columns: vector)
    try base.multiply(y)
    try device.scale(y, rows: nil, columns: vector)
  }
}
