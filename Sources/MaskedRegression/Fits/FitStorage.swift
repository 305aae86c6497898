import LacunaAlgebra

/// What a fit holds at the least at one time, beside the samples as they are given.
public struct FitStorage: Sendable, Equatable {
  /// Float64 numbers in this process's memory.
  public var doubles: Double
  /// Numbers in the device's precision and memory.
  public var elements: Double

  public init(doubles: Double = 0, elements: Double = 0) {
    self.doubles = doubles
    self.elements = elements
  }
}

/// Bytes that there are for a fit beside its samples.
public struct FitMemory: Sendable, Equatable {
  /// In this process.
  public var host: Int
  /// On the device, where its matrices do not lie in this process's memory.
  public var device: Int

  public init(host: Int, device: Int) {
    self.host = host
    self.device = device
  }
}

/// What the storage of a fit depends on beside the request.
public struct FitShape: Sendable, Equatable {
  public var sampleCount: Int
  public var coordinateCount: Int
  /// Whether samples are given by their entries.
  public var isSparse: Bool
  /// Whether the device's matrices lie in this process's memory.
  public var isOnHost: Bool

  public init(sampleCount n: Int, coordinateCount d: Int, isSparse: Bool = false, isOnHost: Bool = true) {
    sampleCount = n
    coordinateCount = d
    self.isSparse = isSparse
    self.isOnHost = isOnHost
  }
}

extension FitRequest {
  /// Holds what the fit takes at the least against the memory there is, before any of it is taken.
  /// - Throws: `BackendError.outOfMemory`, with the greatest d that would fit with as many samples.
  func requireMemory<Device: Backend>(
    sampleCount n: Int, coordinateCount d: Int, isSparse: Bool = false, on device: Device
  ) throws(FitError) {
    guard let memory else { return }
    let isOnHost = device.computesOnHost
    let width = Double(Device.Element.precision.byteCount)
    /// Bytes that the fit takes, and those that there are where they are fewer; nil where they do.
    func lack(_ d: Int, _ mask: any FitMask) -> (requested: Double, available: Int, isOnHost: Bool)? {
      let storage = mask.storage(
        FitShape(sampleCount: n, coordinateCount: d, isSparse: isSparse, isOnHost: isOnHost), for: self)
      let (own, given) = (storage.elements * width, storage.doubles * 8)
      if !isOnHost, own > Double(memory.device) { return (own, memory.device, false) }
      let bytes = given + (isOnHost ? own : 0)
      return bytes > Double(memory.host) ? (bytes, memory.host, true) : nil
    }
    guard let found = lack(d, mask) else { return }
    var (fits, fails) = (1, d)
    while fails - fits > 1 {
      let middle = (fits + fails) / 2
      if lack(middle, mask) == nil { fits = middle } else { fails = middle }
    }
    let others =
      !(mask is LeaveOneOutFitMask) && lack(d, LeaveOneOutFitMask()) == nil ? "; leave-one-out masks would fit" : ""
    throw .backend(
      .outOfMemory(
        requested: Int(min(found.requested, 0x1p62)), available: found.available,
        device: (found.isOnHost && !isOnHost ? "host" : device.description)
          + ", for a fit of d = \(d), n = \(n), mask \(maskName) (of so many samples it holds d up to \(fits) in "
          + "\(Device.Element.precision.rawValue)\(others)),"))
  }
}

extension FitMask {
  public func storage(_ shape: FitShape, for request: FitRequest) -> FitStorage { FitStorage() }
}

extension LeaveOneOutFitMask {
  /// With n ≥ d the Gram and its inverse, and samples on the device or a piece of them; else samples, their Gram and its inverse, and
  /// two blocks of columns.
  public func storage(_ shape: FitShape, for request: FitRequest) -> FitStorage {
    let (n, d) = (Double(shape.sampleCount), Double(shape.coordinateCount))
    guard n > d || (n == d && !request.centered) else {
      let width = dualBlockColumns(sampleCount: shape.sampleCount, coordinateCount: shape.coordinateCount)
      return FitStorage(elements: 2 * n * n + (shape.isSparse ? 0 : n * d) + 2 * n * Double(width))
    }
    let isGrouped = request.groups != nil
    guard !shape.isSparse else { return FitStorage(elements: (request.ridge.triesSeveral ? 2 : 1) * d * d) }
    let isRead =
      shape.isOnHost && !isGrouped && shape.sampleCount > SampleRows.blockHeight(columns: shape.coordinateCount)
    let matrices = request.sparesMemory && request.ridge.isSingle && !isGrouped ? 1.0 : 2
    return FitStorage(
      elements: matrices * d * d + (isRead ? Double(SampleRows.pieceHeight(columns: shape.coordinateCount)) : n) * d)
  }
}

extension ObservedFitMask {
  /// Samples in units of their own, with cells hidden, both less their means, and filled; of each the Gram, and one inverse.
  public func storage(_ shape: FitShape, for request: FitRequest) -> FitStorage {
    let (n, d) = (Double(shape.sampleCount), Double(shape.coordinateCount))
    return FitStorage(doubles: 5 * n * d, elements: 3 * d * d)
  }
}

extension SchemeFitMask {
  /// Samples on the device by folds; what the regressions of all samples and without each fold keep, and of each fold its Gram and
  /// the scratch of its errors.
  public func storage(_ shape: FitShape, for request: FitRequest) -> FitStorage {
    let (n, d) = (Double(shape.sampleCount), Double(shape.coordinateCount))
    return FitStorage(elements: n * d + Double(6 * scheme.keptMatrices + 10) * d * d)
  }
}

extension RoleFitMask {
  /// The fit of the coordinates that predict, and one more of these and each target.
  public func storage(_ shape: FitShape, for request: FitRequest) -> FitStorage {
    let predictors = shape.coordinateCount - roles.targets.count
    func elements(_ d: Int) -> Double {
      var own = shape
      own.coordinateCount = d
      return LeaveOneOutFitMask().storage(own, for: request).elements
    }
    guard predictors > 0 else { return FitStorage() }
    return FitStorage(
      elements: (predictors > roles.covariates.count ? elements(predictors) : 0)
        + Double(roles.targets.count) * elements(predictors + 1))
  }
}
