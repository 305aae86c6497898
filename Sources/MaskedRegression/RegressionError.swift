import LacunaAlgebra

/// Why a joint predictor does not exist for these data at this ridge.
public enum RegressionError: Error, Sendable, Equatable {
  /// λ = 0 with fewer samples than coordinates (or as few, when centred): S is singular.
  case singularGram(sampleCount: Int, coordinateCount: Int)
  /// S + λI is singular to working precision: what is left of this coordinate after the others is rounding error.
  case numericallySingular(coordinate: Int?, ridge: Double, precision: Precision)
}

extension RegressionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .singularGram(let n, let d):
      "ridge 0 needs a positive definite Gram matrix, and \(n) samples of \(d) coordinates give a singular one; "
        + "use a ridge above 0, or ridgeless for the limit"
    case .numericallySingular(let coordinate, let ridge, let precision):
      "the Gram matrix plus ridge \(ridge) is singular to \(precision.rawValue) precision"
        + (coordinate.map { ": coordinate \($0 + 1) is a linear combination of the others" } ?? "")
        + "; use a larger ridge"
        + (precision == .float32 ? " or float64" : "")
    }
  }
}

/// Inverts a Gram plus ridge; a pivot that is not positive becomes `numericallySingular`.
/// - Parameter coordinate: the coordinate (from 0) behind a failing leading minor, where there is one.
func invertGram<Device: Backend>(
  _ gram: Device.Matrix, ridge: Double, on device: Device, coordinate: (Int) -> Int?
) throws {
  do throws(BackendError) {
    _ = try device.invertPositiveDefinite(gram)
  } catch {
    guard case .notPositiveDefinite(let minor) = error else { throw error }
    throw RegressionError.numericallySingular(
      coordinate: coordinate(minor), ridge: ridge, precision: Device.Element.precision)
  }
}
