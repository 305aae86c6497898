import LacunaAlgebra

/// Which coordinates are hidden in training, and with that the kind of fit that data are given.
///
/// One type a way of hiding; a `FitRequest` asks for no more.
public protocol FitMask: Sendable {
  /// What such a fit holds at the least at one time, beside the samples as they are given: counted, not measured, and nothing where
  /// nobody has counted. Workspaces are left out, so that no fit is refused that would run.
  /// - Parameter shape: of the samples, and where the work is done.
  /// - Parameter request: ridges, intercept and groups.
  func storage(_ shape: FitShape, for request: FitRequest) -> FitStorage

  /// Makes the fit ready, before any ridge is tried.
  ///
  /// - Parameter values: n × d, row-major; NaN is missing. Hand them over rather than keep them.
  /// - Parameter n: samples.
  /// - Parameter request: ridge, intercept and seed.
  /// - Parameter weights: of the penalty, whatever the request's choice.
  /// - Parameter device: where the work is done.
  /// - Throws: `FitError` where the data do not allow such a fit.
  func prepare<Device: Backend>(
    _ values: consuming [Double], sampleCount n: Int, for request: FitRequest, weights: RidgeWeights, on device: Device
  ) throws(FitError) -> any RidgeFit<Device>

  /// The same for samples that are read where they are; by default they are brought together first.
  func prepare<Device: Backend>(
    _ samples: consuming SampleRows, for request: FitRequest, weights: RidgeWeights, on device: Device
  ) throws(FitError) -> any RidgeFit<Device>

  /// The same for samples that stay sparse; refused by default.
  func prepare<Device: Backend>(
    _ samples: SparseSamples, for request: FitRequest, weights: RidgeWeights, on device: Device
  ) throws(FitError) -> any RidgeFit<Device>
}

extension FitMask {
  public func prepare<Device: Backend>(
    _ samples: consuming SampleRows, for request: FitRequest, weights: RidgeWeights, on device: Device
  ) throws(FitError) -> any RidgeFit<Device> {
    let n = samples.sampleCount
    let rows = samples
    let values = try FitError.wrapping { try rows.cells() }
    return try prepare(values, sampleCount: n, for: request, weights: weights, on: device)
  }
}

/// One coordinate at a time is hidden: `DataFit`.
public struct LeaveOneOutFitMask: FitMask {
  public init() {}

  public func prepare<Device: Backend>(
    _ values: consuming [Double], sampleCount n: Int, for request: FitRequest, weights: RidgeWeights, on device: Device
  ) throws(FitError) -> any RidgeFit<Device> {
    try prepare(try SampleRows(values, sampleCount: n), for: request, weights: weights, on: device)
  }

  public func prepare<Device: Backend>(
    _ samples: consuming SampleRows, for request: FitRequest, weights: RidgeWeights, on device: Device
  ) throws(FitError) -> any RidgeFit<Device> {
    let rows = samples
    return try FitError.wrapping {
      // Groups take their samples from anywhere, again and again.
      let fit = try DataFit(
        device: device, samples: rows, centered: request.centered, weights: weights,
        ridge: request.ridge, holdsSamples: request.groups != nil,
        sparesMemory: request.sparesMemory && request.ridge.isSingle && request.groups == nil)
      guard let groups = request.groups else { return fit }
      return try GroupFit(fit, groups: groups)
    }
  }
}

/// The cells that are missing are hidden: `ObservedFit`.
public struct ObservedFitMask: FitMask {
  public init() {}

  public func prepare<Device: Backend>(
    _ values: consuming [Double], sampleCount n: Int, for request: FitRequest, weights: RidgeWeights, on device: Device
  ) throws(FitError) -> any RidgeFit<Device> {
    guard request.ridge.isAboveZero else { throw .request("missing cells need a ridge above 0") }
    let values = values
    let d = values.count / n
    try requireRange(of: values, allowsMissing: true) { ($0 / d, $0 % d) }
    return try FitError.wrapping {
      try UnitFit(values, sampleCount: n, centered: request.centered) { values, unit in
        try ObservedFit(
          device: device, values: values, sampleCount: n, centered: request.centered,
          weights: weights.divided(byTwoTo: unit),
          stream: RandomStream(seed: request.seed, purpose: .masks, index: 0))
      }
    }
  }
}

/// Drawn or given masks hide: `SchemeFit`.
public struct SchemeFitMask: FitMask {
  let scheme: any TrainingMasks

  public init(_ scheme: any TrainingMasks) { self.scheme = scheme }

  public func prepare<Device: Backend>(
    _ values: consuming [Double], sampleCount n: Int, for request: FitRequest, weights: RidgeWeights, on device: Device
  ) throws(FitError) -> any RidgeFit<Device> {
    guard n >= SchemeFit<Device>.foldCount else { throw .data("\(n) samples; masks are fitted in five folds") }
    let values = values
    let d = values.count / n
    try requireRange(of: values) { ($0 / d, $0 % d) }
    return try FitError.wrapping {
      try UnitFit(values, sampleCount: n, centered: request.centered) { values, unit in
        try SchemeFit(
          device: device, values: values, sampleCount: n, centered: request.centered, scheme: scheme,
          weights: weights.divided(byTwoTo: unit))
      }
    }
  }
}
