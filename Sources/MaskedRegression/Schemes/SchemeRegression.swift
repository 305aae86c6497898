import LacunaAlgebra

/// A way of masking other than leaving one coordinate out.
public enum MaskScheme: Sendable {
  /// Blocks of coordinates hidden together; the mean of the predictors of several passes.
  case partition([Partition])
  /// All masks that show each coordinate with probability `keep`, in closed form.
  case bernoulli(keep: Double)
  /// Masks drawn for each sample, and the loss over what they hide, or over all coordinates with none reading itself.
  case drawn(MaskPattern, moments: MaskMoments, hiddenOnly: Bool)
  /// Masks written out, shared by all samples.
  case given(GivenMasks)
}

/// The joint predictors of one mask scheme on one data set, at any ridge, and their errors over the scheme's masks.
public final class SchemeRegression<Device: Backend> {
  private let device: Device
  private let scheme: MaskScheme
  private let errors: SchemeErrors<Device>
  private let solve: (Double) throws -> SchemePredictor<Device>

  /// Passes over the samples once; drawn masks with the hidden loss pass over them again in every fit.
  /// - Parameter samples: n samples of d coordinates.
  public init(
    device: Device, scheme: MaskScheme, sampleCount n: Int, coordinateCount d: Int,
    samples: @escaping SampleSource<Device>
  ) throws {
    self.device = device
    self.scheme = scheme
    errors = try SchemeErrors(device: device, coordinateCount: d)
    if case .drawn(let masks, let moments, let hiddenOnly) = scheme {
      if hiddenOnly {
        let regression = try HiddenLossRegression(
          device: device, masks: masks, moments: moments, sampleCount: n, coordinateCount: d, samples: samples)
        solve = { try regression.fit(ridge: $0) }
      } else {
        let regression = try DenoisingRegression(
          device: device, masks: masks, sampleCount: n, coordinateCount: d, samples: samples)
        solve = { try regression.fit(ridge: $0) }
      }
      return
    }
    let gram = try device.makeMatrix(rows: d, columns: d)
    try samples { rows, _ in
      try device.accumulateGram(of: rows, scale: 1 / Device.Element(n), into: gram)
    }
    switch scheme {
    case .partition(let passes):
      let regression = try PartitionRegression(device: device, gram: gram, sampleCount: n)
      solve = { try regression.fit(passes, ridge: $0) }
    case .bernoulli(let keep):
      let regression = try RandomMaskRegression(device: device, gram: gram)
      solve = { try regression.fit(MaskMoments(keep: keep), ridge: $0) }
    case .given(let masks):
      let regression = SharedMaskRegression(device: device, gram: gram)
      solve = { try regression.fit(masks, ridge: $0) }
    case .drawn: preconditionFailure("drawn masks are settled above")
    }
  }

  /// - Returns: the predictor, valid until the next call.
  public func fit(ridge: Double) throws -> SchemePredictor<Device> { try solve(ridge) }

  /// The error of each coordinate under Σ, in closed form over the scheme's masks; of partitions, with every other
  /// coordinate that the predictor reads visible.
  public func errors(
    of predictor: Device.Matrix, covariance: any CovarianceOperator<Device>
  ) throws -> [Double] {
    switch scheme {
    case .partition: try errors.forms(of: predictor, covariance: covariance)
    case .bernoulli(let keep):
      try errors.overMasks(of: predictor, moments: MaskMoments(keep: keep), covariance: covariance)
    case .drawn(_, let moments, _): try errors.overMasks(of: predictor, moments: moments, covariance: covariance)
    case .given(let masks): try errors.overMasks(of: predictor, given: masks, covariance: covariance)
    }
  }

  /// The error of each coordinate under Σ with every other one visible, whatever masks the predictor was trained with.
  public func fullContextErrors(
    of predictor: Device.Matrix, covariance: any CovarianceOperator<Device>
  ) throws -> [Double] {
    try errors.forms(of: predictor, covariance: covariance)
  }
}
