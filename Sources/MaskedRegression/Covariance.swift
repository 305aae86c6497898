import LacunaAlgebra

/// A population covariance Σ on a device: what the errors of a predictor under a known Σ need.
public protocol CovarianceOperator<Device> {
  associatedtype Device: Backend

  /// diag Σ.
  var variances: [Double] { get }

  /// Σ as a multiple of the identity and a few spikes; nil where it is not.
  var isotropicSpikes: IsotropicSpikes? { get }

  /// out_k ← q_k Σ q_kᵀ for every row q_k of q. May destroy q.
  func forms(of q: Device.Matrix, into out: Device.Matrix) throws(BackendError)

  /// y ← yΣ, row by row, in place.
  func multiply(_ y: Device.Matrix) throws(BackendError)
}

extension CovarianceOperator {
  public var isotropicSpikes: IsotropicSpikes? { nil }
}

/// Σ = cI + Σ_s θ_s u_s u_sᵀ: the covariances under which E_gen needs no more of Q than diag Q² and the vectors Qu_s.
public struct IsotropicSpikes: Sendable {
  /// c.
  public var level: Double
  /// θ_s.
  public var strengths: [Double]
  /// u_s, each of length d.
  public var directions: [[Double]]

  public init(level: Double, strengths: [Double], directions: [[Double]]) {
    precondition(strengths.count == directions.count, "a direction for each strength")
    self.level = level
    self.strengths = strengths
    self.directions = directions
  }

  /// (QΣQ)_kk = c·(Q²)_kk + Σ_s θ_s (Qu_s)_k².
  /// - Parameter square: (Q²)_kk.
  /// - Parameter projections: (Qu_s)_k, one a spike.
  func form(square: Double, projections: some Sequence<Double>) -> Double {
    zip(strengths, projections).reduce(level * square) { $0 + $1.0 * $1.1 * $1.1 }
  }
}
