import RealModule

/// A floating-point type a backend computes in: `Float` or `Double`.
public protocol Scalar: Real, BinaryFloatingPoint, SIMDScalar, Codable, Sendable, BitwiseCopyable {
  static var precision: Precision { get }

  /// The same numbers in float64.
  static func doubles(_ values: [Self]) -> [Double]

  /// The nearest numbers of this precision.
  static func nearest(_ values: [Double]) -> [Self]
}

extension Float: Scalar {
  public static var precision: Precision { .float32 }
  public static func doubles(_ values: [Float]) -> [Double] { values.map { Double($0) } }
  public static func nearest(_ values: [Double]) -> [Float] { values.map { Float($0) } }
}

extension Double: Scalar {
  public static var precision: Precision { .float64 }
  public static func doubles(_ values: [Double]) -> [Double] { values }
  public static func nearest(_ values: [Double]) -> [Double] { values }
}

/// The two precisions of a run, under the names that configurations and results use.
public enum Precision: String, Sendable, CaseIterable, Codable {
  case float32, float64

  /// Bytes of one number.
  public var byteCount: Int { self == .float32 ? 4 : 8 }
}
