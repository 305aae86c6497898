import LacunaAlgebra

/// Squared errors of the joint predictor, one a coordinate, and their means over coordinates.
public struct CoordinateErrors: Sendable, Equatable {
  /// E_tr of each coordinate: (QSQ)_kk / Q_kk².
  public var training: [Double]
  /// E_gen of each coordinate: (QΣQ)_kk / Q_kk²; nil where Σ is unknown.
  public var generalization: [Double]?

  /// The error of each coordinate with every other one visible; nil where Σ is unknown, or where no other error is measured.
  public var fullContext: [Double]?

  /// Whether each coordinate is ever predicted; nil where all are. Means are over those that are.
  public var isPredicted: [Bool]?

  public init(training: [Double], generalization: [Double]?) {
    self.training = training
    self.generalization = generalization
  }

  public var meanTraining: Double { meanOfPredicted(training) }
  public var meanGeneralization: Double? { generalization.map(meanOfPredicted) }
  public var meanFullContext: Double? { fullContext.map(meanOfPredicted) }

  private func meanOfPredicted(_ errors: [Double]) -> Double {
    guard let isPredicted else { return mean(errors) }
    return mean(zip(errors, isPredicted).filter { $0.1 }.map { $0.0 })
  }
}

/// The arithmetic mean.
package func mean(_ values: [Double]) -> Double {
  values.reduce(0, +) / Double(values.count)
}
