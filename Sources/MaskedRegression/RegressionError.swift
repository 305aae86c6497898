import LacunaAlgebra

/// Why a joint predictor does not exist for these data at this ridge.
public enum RegressionError: Error, Sendable, Equatable {
  /// λ = 0 with fewer samples than coordinates (or as few, when centred): S is singular.
  case singularGram(sampleCount: Int, coordinateCount: Int)
  /// S + λI is singular to working precision: what is left of this coordinate after the others is rounding error.
  case numericallySingular(coordinate: Int?, ridge: Double, precision: Precision)
  /// Rounding may have made anything of the errors, of this sample or coordinate the most.
  case lostDigits(sample: Int?, coordinate: Int?, ridge: Double, precision: Precision)
  /// Weights that are the errors they lead to were not found.
  case unsettledWeights(ridge: Double)
}

extension RegressionError: CustomStringConvertible {
  public var description: String { description(names: nil) }

  /// - Parameter names: of the coordinates; their numbers from 1 where there are none.
  public func description(names: [String]?) -> String {
    func name(_ k: Int) -> String { "coordinate " + (names?[k] ?? "\(k + 1)") }
    switch self {
    case .singularGram(let n, let d):
      return "ridge 0 needs a positive definite Gram matrix, and \(n) samples of \(d) coordinates give a singular one; "
        + "use a ridge above 0, or ridgeless for the limit"
    case .numericallySingular(let coordinate, let ridge, let precision):
      return "the Gram matrix plus ridge \(ridge) is singular to \(precision.rawValue) precision"
        + (coordinate.map { ": \(name($0)) is a linear combination of the others" } ?? "")
        + "; use a larger ridge"
        + (precision == .float32 ? " or float64" : "")
    case .lostDigits(let sample, let coordinate, let ridge, let precision):
      let place = sample.map { "sample \($0 + 1), far from the others, is" } ?? coordinate.map { "\(name($0)) is" }
      return "\(place ?? "the errors are") predicted at ridge \(ridge) to no digit that \(precision.rawValue) keeps; "
        + "use a larger ridge"
        + (sample == nil ? "" : " or leave the sample out") + (precision == .float32 ? ", or float64" : "")
    case .unsettledWeights(let ridge):
      return "no weights at ridge \(ridge) are the errors that they lead to, as far as was searched; use a larger ridge"
    }
  }
}

/// Inverts a Gram plus ridge; a pivot that is not positive becomes `numericallySingular`.
/// - Parameter coordinate: the coordinate (from 0) behind a failing leading minor, where there is one.
func invertGram<Device: Backend>(
  _ gram: Device.Matrix, ridge: Double, on device: Device, coordinate: (Int) -> Int?
) throws {
  try requireRegular(ridge: ridge, precision: Device.Element.precision, coordinate: coordinate) {
    () throws(BackendError) in _ = try device.invertPositiveDefinite(gram)
  }
}

/// Runs what factors a Gram plus ridge; a pivot that is not positive becomes `numericallySingular`.
/// - Parameter coordinate: the coordinate (from 0) behind a failing leading minor, where there is one.
func requireRegular(
  ridge: Double, precision: Precision, coordinate: (Int) -> Int?, _ body: () throws(BackendError) -> Void
) throws {
  do throws(BackendError) {
    try body()
  } catch {
    guard case .notPositiveDefinite(let minor) = error else { throw error }
    throw RegressionError.numericallySingular(coordinate: coordinate(minor), ridge: ridge, precision: precision)
  }
}
