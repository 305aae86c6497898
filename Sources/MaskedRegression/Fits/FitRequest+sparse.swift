import LacunaAlgebra

extension FitRequest {
  /// The same for sparse samples, which stay sparse: leave-one-out masks alone.
  ///
  /// - Parameter samples: n × d.
  /// - Parameter names: of the coordinates, for messages and results.
  /// - Parameter device: where the work is done.
  /// - Parameter report: called after each ridge with (done, total so far known); a `CancellationError` that it throws
  ///   ends the fit.
  /// - Throws: `FitError` as for dense samples; `request` for masks other than leave-one-out.
  public func fit<Device: Backend>(
    _ samples: SparseSamples, names: [String]? = nil, on device: Device,
    report: @escaping (Int, Int) throws -> Void = { _, _ in }
  ) throws(FitError) -> FitResult<Device> {
    guard samples.sampleCount > 0, samples.coordinateCount >= 2 else {
      throw .data("a coordinate is predicted from others, so two columns are needed")
    }
    guard groups == nil else { throw .request("groups are left out of dense samples alone") }
    try requireMemory(
      sampleCount: samples.sampleCount, coordinateCount: samples.coordinateCount, isSparse: true, on: device)
    return try choose(names: names, report: report) { request, weights throws(FitError) in
      try request.mask.prepare(samples, for: request, weights: weights, on: device)
    }
  }
}

extension RidgeChoice {
  /// Whether more than one ridge is tried.
  var triesSeveral: Bool {
    switch self {
    case .automatic: true
    case .ridgeless: false
    case .path(let ridges): ridges.count > 1
    }
  }
}

extension FitMask {
  public func prepare<Device: Backend>(
    _ samples: SparseSamples, for request: FitRequest, weights: RidgeWeights, on device: Device
  ) throws(FitError) -> any RidgeFit<Device> {
    throw .request("sparse samples are fitted with leave-one-out masks alone")
  }
}

extension LeaveOneOutFitMask {
  /// `SparseFit`.
  public func prepare<Device: Backend>(
    _ samples: SparseSamples, for request: FitRequest, weights: RidgeWeights, on device: Device
  ) throws(FitError) -> any RidgeFit<Device> {
    try FitError.wrapping {
      try SparseFit(
        device: device, samples: samples, centered: request.centered, weights: weights,
        keepsGram: request.ridge.triesSeveral)
    }
  }
}
