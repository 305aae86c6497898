import LacunaAlgebra

/// Squared errors of the joint predictor, one a coordinate, and their means over coordinates.
public struct CoordinateErrors: Sendable, Equatable {
  /// E_tr of each coordinate: (QSQ)_kk / Q_kk².
  public var training: [Double]
  /// E_gen of each coordinate: (QΣQ)_kk / Q_kk²; nil where Σ is unknown.
  public var generalization: [Double]?

  /// The error of each coordinate with every other one visible; nil where Σ is unknown, or where no other error is measured.
  public var fullContext: [Double]?

  public init(training: [Double], generalization: [Double]?) {
    self.training = training
    self.generalization = generalization
  }

  public var meanTraining: Double { mean(training) }
  public var meanGeneralization: Double? { generalization.map(mean) }
  public var meanFullContext: Double? { fullContext.map(mean) }
}

/// The arithmetic mean.
package func mean(_ values: [Double]) -> Double {
  values.reduce(0, +) / Double(values.count)
}
