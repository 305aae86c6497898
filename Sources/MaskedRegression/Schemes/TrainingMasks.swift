import LacunaAlgebra

/// Regression under masks at one ridge λ ≥ 0; the predictor is valid until the next call.
public typealias SchemeSolver<Device: Backend> = (_ ridge: Double) throws -> SchemePredictor<Device>

/// Gives S of the samples, d × d, lower triangle.
public typealias GramSource<Device: Backend> = () throws -> Device.Matrix

/// The masks of one training, all that is random in them drawn: how a regression runs under them, and how errors count over
/// them.
public protocol TrainingMasks: Sendable {
  /// The regression of n samples of d coordinates under these masks, at any ridge.
  ///
  /// A scheme that reads more of the samples than their Gram passes over them, and keeps the source if it has to again.
  /// - Parameter device: where the work is done.
  /// - Parameter n: samples.
  /// - Parameter d: coordinates.
  /// - Parameter gram: asked for at most once; the upper triangle is filled in.
  /// - Parameter samples: n × d.
  /// - Throws: `BackendError`, and what the source throws.
  func solver<Device: Backend>(
    on device: Device, sampleCount n: Int, coordinateCount d: Int, gram: GramSource<Device>,
    samples: @escaping SampleSource<Device>
  ) throws -> SchemeSolver<Device>

  /// The error of each coordinate under Σ, in closed form over the masks.
  /// - Parameter predictor: Â, d × d, hollow; kept.
  /// - Parameter covariance: Σ of new samples.
  /// - Parameter errors: scratch of the right order on the predictor's device.
  func errors<Device: Backend>(
    of predictor: Device.Matrix, covariance: any CovarianceOperator<Device>, by errors: SchemeErrors<Device>
  ) throws(BackendError) -> [Double]

  /// Matrices of d × d numbers that the regression keeps from one ridge to the next.
  var keptMatrices: Int { get }

  /// The share of the masks over which each coordinate's errors count: the error of predicting it by 0 over its mean square.
  /// - Parameter d: coordinates.
  func hiddenShares(coordinateCount d: Int) -> [Double]

  /// Whether each coordinate has a prediction at all, where mean errors are over those that have; nil where all count.
  var isPredicted: [Bool]? { get }
}

extension TrainingMasks {
  public var isPredicted: [Bool]? { nil }
}

/// Blocks of coordinates hidden together; the mean of the predictors of several passes.
///
/// Its errors are those with every other coordinate that the predictor reads visible.
public struct PartitionMasks: TrainingMasks, Equatable {
  /// At least one partition of the coordinates.
  public var passes: [Partition]

  public init(_ passes: [Partition]) { self.passes = passes }

  public var keptMatrices: Int { 2 }

  public func solver<Device: Backend>(
    on device: Device, sampleCount n: Int, coordinateCount d: Int, gram: GramSource<Device>,
    samples: @escaping SampleSource<Device>
  ) throws -> SchemeSolver<Device> {
    let regression = try PartitionRegression(
      device: device, gram: gram(), sampleCount: n)
    return { try regression.fit(passes, ridge: $0) }
  }

  public func errors<Device: Backend>(
    of predictor: Device.Matrix, covariance: any CovarianceOperator<Device>, by errors: SchemeErrors<Device>
  ) throws(BackendError) -> [Double] {
    try errors.forms(of: predictor, covariance: covariance)
  }

  public func hiddenShares(coordinateCount d: Int) -> [Double] { [Double](repeating: 1, count: d) }
}

/// All masks that show each coordinate with one probability, in closed form.
public struct BernoulliMasks: TrainingMasks, Equatable {
  /// p in (0, 1), p² a normal number.
  public var keep: Double

  public init(keep: Double) { self.keep = keep }

  public var keptMatrices: Int { 3 }

  public func solver<Device: Backend>(
    on device: Device, sampleCount n: Int, coordinateCount d: Int, gram: GramSource<Device>,
    samples: @escaping SampleSource<Device>
  ) throws -> SchemeSolver<Device> {
    let regression = try RandomMaskRegression(
      device: device, gram: gram())
    return { try regression.fit(MaskMoments(keep: keep), ridge: $0) }
  }

  public func errors<Device: Backend>(
    of predictor: Device.Matrix, covariance: any CovarianceOperator<Device>, by errors: SchemeErrors<Device>
  ) throws(BackendError) -> [Double] {
    try errors.overMasks(of: predictor, moments: MaskMoments(keep: keep), covariance: covariance)
  }

  public func hiddenShares(coordinateCount d: Int) -> [Double] {
    [Double](repeating: MaskMoments(keep: keep).hidden, count: d)
  }
}

/// All masks that show each coordinate with a probability of its own, in closed form; a row's errors count where it is hidden.
public struct CoordinateMasks: TrainingMasks, Equatable {
  /// p, one a coordinate, in [0, 1]: 1 is never hidden, 0 never visible; p² a normal number or 0.
  public var keeps: [Double]

  /// - Parameter keeps: p, one a coordinate.
  public init(keeps: [Double]) { self.keeps = keeps }

  public var keptMatrices: Int { keeps.contains(0) ? 4 : 3 }

  public func solver<Device: Backend>(
    on device: Device, sampleCount n: Int, coordinateCount d: Int, gram: GramSource<Device>,
    samples: @escaping SampleSource<Device>
  ) throws -> SchemeSolver<Device> {
    let regression = try CoordinateMaskRegression(device: device, gram: gram(), keeps: keeps)
    return { try regression.fit(ridge: $0) }
  }

  public func errors<Device: Backend>(
    of predictor: Device.Matrix, covariance: any CovarianceOperator<Device>, by errors: SchemeErrors<Device>
  ) throws(BackendError) -> [Double] {
    try errors.overMasks(of: predictor, keeps: keeps, covariance: covariance)
  }

  public func hiddenShares(coordinateCount d: Int) -> [Double] { keeps.map { $0 < 1 ? 1 : 0 } }

  public var isPredicted: [Bool]? { keeps.contains(1) ? keeps.map { $0 < 1 } : nil }
}

/// Masks drawn for each sample, and the loss over what they hide, or over all coordinates with none reading itself.
public struct DrawnMasks: TrainingMasks, Equatable {
  public var pattern: MaskPattern
  /// Of the pattern's masks under the loss.
  public var moments: MaskMoments
  public var hiddenOnly: Bool

  public init(_ pattern: MaskPattern, moments: MaskMoments, hiddenOnly: Bool) {
    self.pattern = pattern
    self.moments = moments
    self.hiddenOnly = hiddenOnly
  }

  public var keptMatrices: Int { hiddenOnly ? 3 : 2 }

  /// With the hidden loss every fit passes over the samples again.
  public func solver<Device: Backend>(
    on device: Device, sampleCount n: Int, coordinateCount d: Int, gram: GramSource<Device>,
    samples: @escaping SampleSource<Device>
  ) throws -> SchemeSolver<Device> {
    if hiddenOnly {
      let regression = try HiddenLossRegression(
        device: device, masks: pattern, moments: moments, sampleCount: n, coordinateCount: d, samples: samples)
      return { try regression.fit(ridge: $0) }
    }
    let regression = try DenoisingRegression(
      device: device, masks: pattern, sampleCount: n, coordinateCount: d, samples: samples)
    return { try regression.fit(ridge: $0) }
  }

  public func errors<Device: Backend>(
    of predictor: Device.Matrix, covariance: any CovarianceOperator<Device>, by errors: SchemeErrors<Device>
  ) throws(BackendError) -> [Double] {
    try errors.overMasks(of: predictor, moments: moments, covariance: covariance)
  }

  public func hiddenShares(coordinateCount d: Int) -> [Double] { [Double](repeating: moments.hidden, count: d) }
}

/// Masks written out, shared by all samples.
extension GivenMasks: TrainingMasks {
  public var keptMatrices: Int { 1 }

  public func solver<Device: Backend>(
    on device: Device, sampleCount n: Int, coordinateCount d: Int, gram: GramSource<Device>,
    samples: @escaping SampleSource<Device>
  ) throws -> SchemeSolver<Device> {
    let regression = try SharedMaskRegression(
      device: device, gram: gram())
    return { try regression.fit(self, ridge: $0) }
  }

  public func errors<Device: Backend>(
    of predictor: Device.Matrix, covariance: any CovarianceOperator<Device>, by errors: SchemeErrors<Device>
  ) throws(BackendError) -> [Double] {
    try errors.overMasks(of: predictor, given: self, covariance: covariance)
  }

  public func hiddenShares(coordinateCount d: Int) -> [Double] {
    let total = weights.reduce(0, +)
    return (0..<d).map { k in (0..<count).reduce(0) { self[$1, k] ? $0 : $0 + weights[$1] / total } }
  }
}
