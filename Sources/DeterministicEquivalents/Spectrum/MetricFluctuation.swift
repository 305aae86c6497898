/// Fluctuations over coordinates, at finite d, of a constant D and of a constant Γ (λI, or that of Bernoulli masks) in
/// W = D^½(S + Γ)D^½: D(1 + a_k) and Γ(1 + b_k), a and b of mean 0 and variances of order 1/n.
///
/// To first order they change W by ½(aW + Wa) + DΓb, which for the resolvent at z is a random diagonal za + DΓb.
public struct MetricFluctuation: Sendable, Equatable {
  /// Var a.
  public var metric: Double
  /// Cov(a, b).
  public var covariance: Double
  /// Var b.
  public var ridge: Double
  /// DΓ, the place in z of an eigenvalue that S does not reach.
  public var shift: Double

  /// - Parameter metric: Var a; alone where Γ does not fluctuate.
  /// - Parameter covariance: Cov(a, b).
  /// - Parameter ridge: Var b.
  /// - Parameter shift: DΓ.
  public init(metric: Double, covariance: Double = 0, ridge: Double = 0, shift: Double = 0) {
    self.metric = metric
    self.covariance = covariance
    self.ridge = ridge
    self.shift = shift
  }

  /// Var(za + DΓb).
  func variance(at z: Double) -> Double {
    z * z * metric + 2 * z * shift * covariance + shift * shift * ridge
  }

  /// Half the derivative of `variance(at:)`.
  func halfSlope(at z: Double) -> Double { z * metric + shift * covariance }
}
