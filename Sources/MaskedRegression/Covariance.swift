import LinearAlgebra

/// A population covariance Σ on a device: what the errors of a predictor under a known Σ need.
public protocol CovarianceOperator<Device> {
  associatedtype Device: Backend

  /// diag Σ.
  var variances: [Double] { get }

  /// out_k ← q_k Σ q_kᵀ for every row q_k of q. May destroy q.
  func forms(of q: Device.Matrix, into out: Device.Matrix) throws(BackendError)

  /// y ← yΣ, row by row, in place.
  func multiply(_ y: Device.Matrix) throws(BackendError)
}
