/// Why a number of a fit is to be doubted.
public enum FitDoubt: Sendable, Equatable {
  /// The others give these coordinates to the rounding of the data: what is left of them is of digits that were not kept.
  case collinear(coordinates: [Int])
  /// An estimate of the relative error that rounding leaves in the fit's errors, and where it is worst.
  case lostDigits(relativeError: Double, sample: Int?, coordinate: Int?)

  /// A sentence for people.
  /// - Parameter name: of a coordinate.
  func sentence(_ name: (Int) -> String, precision: String) -> String {
    switch self {
    case .collinear(let coordinates):
      let names = coordinates.prefix(5).map(name).joined(separator: ", ")
      let more = coordinates.count > 5 ? " and \(coordinates.count - 5) more" : ""
      return
        (coordinates.count == 1
        ? "coordinate \(names) is a linear combination" : "coordinates \(names)\(more) are linear combinations")
        + " of the others to the rounding of the data: their errors, and the weights that others give them, "
        + "are of digits that the data may not have"
    case .lostDigits(let error, let sample, let coordinate):
      let place = sample.map { "sample \($0 + 1)" } ?? coordinate.map { "coordinate \(name($0))" }
      return "the errors may be off by \(briefly(error)) of their value in \(precision)"
        + (place.map { ", \($0) the most" } ?? "") + (precision == "float32" ? "; float64 keeps more digits" : "")
    }
  }
}
