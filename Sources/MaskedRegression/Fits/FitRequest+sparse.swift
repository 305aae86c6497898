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
    return try finish(try mask.prepare(samples, for: self, on: device), names: names, report: report)
  }

  /// Chooses the ridge of a fit that is prepared.
  func finish<Device: Backend>(
    _ fit: any RidgeFit<Device>, names: [String]?, report: @escaping (Int, Int) throws -> Void
  ) throws(FitError) -> FitResult<Device> {
    if ridge == .path([0]) && fit.isFactored {
      throw .regression(.singularGram(sampleCount: fit.sampleCount, coordinateCount: fit.coordinateCount))
    }
    return try FitError.wrapping {
      do {
        return FitResult(request: self, names: names, fit: fit, search: try fit.search(ridge, report: report))
      } catch let error as RegressionError where names != nil {
        throw FitError.data(error.description(names: names))
      }
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
    _ samples: SparseSamples, for request: FitRequest, on device: Device
  ) throws(FitError) -> any RidgeFit<Device> {
    throw .request("sparse samples are fitted with leave-one-out masks alone")
  }
}

extension LeaveOneOutFitMask {
  /// `SparseFit`.
  public func prepare<Device: Backend>(
    _ samples: SparseSamples, for request: FitRequest, on device: Device
  ) throws(FitError) -> any RidgeFit<Device> {
    try FitError.wrapping {
      try SparseFit(
        device: device, samples: samples, centered: request.centered, weights: request.weights,
        keepsGram: request.ridge.triesSeveral)
    }
  }
}
