import RealModule

/// A floating-point type a backend computes in: `Float` or `Double`.
public protocol Scalar: Real, BinaryFloatingPoint, SIMDScalar, Codable, Sendable, BitwiseCopyable {
  static var precision: Precision { get }
}

extension Float: Scalar {
  public static var precision: Precision { .float32 }
}

extension Double: Scalar {
  public static var precision: Precision { .float64 }
}

/// The two precisions of a run, under the names that configurations and results use.
public enum Precision: String, Sendable, CaseIterable, Codable {
  case float32, float64

  /// Bytes of one number.
  public var byteCount: Int { self == .float32 ? 4 : 8 }
}
