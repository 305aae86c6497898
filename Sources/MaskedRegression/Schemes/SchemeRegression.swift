import LacunaAlgebra

/// The joint predictors of one mask scheme on one data set, at any ridge, and their errors over the scheme's masks.
public final class SchemeRegression<Device: Backend> {
  private let masks: any TrainingMasks
  /// Whether each coordinate is ever predicted; nil where all are.
  public let isPredicted: [Bool]?
  private let errors: SchemeErrors<Device>
  private let solve: SchemeSolver<Device>

  /// Passes over the samples once; drawn masks with the hidden loss pass over them again in every fit.
  /// - Parameter device: where the work is done.
  /// - Parameter masks: of the samples.
  /// - Parameter n: samples.
  /// - Parameter d: coordinates.
  /// - Parameter gram: S of these samples where it is known; else it is summed up where a scheme needs it.
  /// - Parameter samples: n samples of d coordinates.
  /// - Throws: `BackendError`, and what the source throws.
  public init(
    device: Device, scheme masks: any TrainingMasks, sampleCount n: Int, coordinateCount d: Int,
    gram: GramSource<Device>? = nil, samples: @escaping SampleSource<Device>
  ) throws {
    self.masks = masks
    isPredicted = masks.isPredicted
    errors = try SchemeErrors(device: device, coordinateCount: d)
    func summedGram() throws -> Device.Matrix {
      let gram = try device.makeMatrix(rows: d, columns: d)
      try samples { rows, _ in
        try device.accumulateGram(of: rows, scale: 1 / Device.Element(n), into: gram)
      }
      return gram
    }
    solve = try masks.solver(
      on: device, sampleCount: n, coordinateCount: d, gram: gram ?? summedGram, samples: samples)
  }

  /// - Returns: the predictor, valid until the next call.
  public func fit(ridge: Double) throws -> SchemePredictor<Device> { try solve(ridge) }

  /// The error of each coordinate under Σ, in closed form over the scheme's masks; of partitions, with every other
  /// coordinate that the predictor reads visible.
  public func errors(
    of predictor: Device.Matrix, covariance: any CovarianceOperator<Device>
  ) throws -> [Double] {
    try masks.errors(of: predictor, covariance: covariance, by: errors)
  }

  /// The error of each coordinate under Σ with every other one visible, whatever masks the predictor was trained with.
  public func fullContextErrors(
    of predictor: Device.Matrix, covariance: any CovarianceOperator<Device>
  ) throws -> [Double] {
    try errors.forms(of: predictor, covariance: covariance)
  }
}
