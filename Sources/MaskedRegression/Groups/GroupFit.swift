import LacunaAlgebra

/// The fit of `DataFit`, judged on groups of samples left out whole.
///
/// Its errors held out are exact: every cell by the fit without the cell's group, whose objective is the sum of squares over the
/// other samples + nλ Σ_j w_j a_j², with an intercept refitted. Means are refitted, weights are those of all samples.
public struct GroupFit<Device: Backend>: RidgeFit {
  let base: DataFit<Device>
  public let groups: SampleGroups
  private let batches: GroupBatches

  public var device: Device { base.device }
  public var sampleCount: Int { base.sampleCount }
  public var coordinateCount: Int { base.coordinateCount }
  public var means: [Double] { base.means }
  public var variances: [Double] { base.variances }
  public var penalty: [Double] { base.penalty }
  public var weights: RidgeWeights.Kind { base.weights }
  public var typicalSquare: Double? { base.typicalSquare }
  public var validation: Validation { .leaveOneGroupOut }
  public var isFactored: Bool { base.isFactored }

  /// - Parameter base: the fit of all samples.
  /// - Parameter groups: of the same samples.
  /// - Throws: `FitError.data` where they are one group, or of another number of samples.
  public init(_ base: DataFit<Device>, groups: SampleGroups) throws(FitError) {
    try groups.require(sampleCount: base.sampleCount)
    self.base = base
    self.groups = groups
    switch base.route {
    case .primal: batches = GroupBatches(groups, limit: base.coordinateCount)
    case .dual: batches = GroupBatches(groups, limit: base.sampleCount)
    }
  }

  public func errors(ridge: Double) throws -> FitErrors {
    let whole = try base.errors(ridge: ridge)
    let sums = try leaveGroupsOut(ridge: ridge) { _ in }
    let worst = sums.worst(besides: variances)
    guard worst.value <= EstimatedErrors.doubtful else {
      throw RegressionError.lostDigits(
        sample: worst.sample, coordinate: worst.coordinate, ridge: ridge, precision: Device.Element.precision)
    }
    var errors = whole
    errors.heldOut = zip(sums.squares, base.divisors).map { $0 * $1 * $1 / Double(sampleCount) }
    if worst.value > Device.Element.precision.tolerance {
      errors.doubts.append(
        .lostDigits(relativeError: worst.value, sample: worst.sample, coordinate: worst.coordinate))
    }
    return errors
  }

  private func leaveGroupsOut(
    ridge: Double, _ receive: (ResidualTile) throws -> Void
  ) throws -> GroupSums {
    guard let deviceRidge = base.deviceRidge(ridge) else {
      throw RegressionError.lostDigits(
        sample: nil, coordinate: nil, ridge: ridge, precision: Device.Element.precision)
    }
    return switch base.route {
    case .primal(let primal): try primal.leaveGroupsOut(batches, ridge: deviceRidge, receive)
    case .dual(let dual): try dual.leaveGroupsOut(batches, ridge: deviceRidge, receive)
    }
  }

  public func residualTiles(ridge: Double, _ body: (ResidualTile) throws -> Void) throws -> Bool {
    _ = try leaveGroupsOut(ridge: ridge) { try body($0.restored(base.divisors)) }
    return true
  }

  public func predictor(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws {
    try base.predictor(ridge: ridge, body)
  }

  public func factors(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> [Double]? {
    try base.factors(ridge: ridge, body)
  }
}
