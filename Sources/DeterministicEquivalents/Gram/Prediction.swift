/// What theory expects of a measured quantity.
public struct Prediction: Sendable, Equatable {
  /// The limit n, d → ∞ at the given d/n.
  public var limit: Double
  /// The mean at the given n and d, to the order its source says; nil where it is not known.
  public var finiteSize: Double?

  public init(limit: Double, finiteSize: Double?) {
    self.limit = limit
    self.finiteSize = finiteSize
  }

  /// The closer of the two to a measured mean.
  public var expected: Double { finiteSize ?? limit }

  /// Both through an increasing or decreasing function.
  func map(_ transform: (Double) -> Double) -> Prediction {
    Prediction(limit: transform(limit), finiteSize: finiteSize.map(transform))
  }
}
