import LacunaAlgebra

/// Coordinates that are predicted and never predict, and those that predict and are never predicted; all others do both.
///
/// Masks that hide a target always, and show a covariate always.
public struct CoordinateRoles: Sendable, Equatable {
  /// From 0, ascending.
  public let targets, covariates: [Int]
  public let coordinateCount: Int

  /// - Parameter targets: coordinates from 0, each once.
  /// - Parameter covariates: likewise, none of the targets.
  /// - Parameter d: coordinates of the data.
  /// - Throws: `FitError.request` for a coordinate that is not there or is given twice, and where nothing is left to be predicted or
  ///   to predict from.
  public init(targets: [Int], covariates: [Int], coordinateCount d: Int) throws(FitError) {
    var seen = [Bool](repeating: false, count: d)
    for k in targets + covariates {
      guard seen.indices.contains(k) else { throw .request("coordinate \(k + 1) is not one of 1 to \(d)") }
      guard !seen[k] else {
        throw .request(
          "coordinate \(k + 1) is given two roles; name it once, or not at all for both")
      }
      seen[k] = true
    }
    guard targets.count < d else {
      throw .request("all coordinates are targets, and none is left to predict them from")
    }
    guard covariates.count < d else { throw .request("all coordinates are covariates, and none is left to predict") }
    if d - targets.count == 1, covariates.isEmpty, let alone = (0..<d).first(where: { !targets.contains($0) }) {
      throw .request(
        "coordinate \(alone + 1) is the only one that is no target, so that it is predicted from nothing; make it a covariate"
      )
    }
    self.targets = targets.sorted()
    self.covariates = covariates.sorted()
    coordinateCount = d
  }
}

/// One coordinate at a time is hidden, and with it all targets: `RoleFit`.
public struct RoleFitMask: FitMask {
  public let roles: CoordinateRoles

  public init(_ roles: CoordinateRoles) { self.roles = roles }

  /// A fit of the coordinates that predict, and one more of these and each target.
  /// - Throws: `FitError.request` where the data have other than the roles' coordinates.
  public func prepare<Device: Backend>(
    _ values: consuming [Double], sampleCount n: Int, for request: FitRequest, weights: RidgeWeights, on device: Device
  ) throws(FitError) -> any RidgeFit<Device> {
    let values = values
    let d = values.count / n
    guard roles.coordinateCount == d else {
      throw .request("roles of \(roles.coordinateCount) coordinates for data of \(d)")
    }
    try requireRange(of: values) { ($0 / d, $0 % d) }
    try weights.check(coordinateCount: d)
    func part(_ columns: [Int], rows: [Int]) throws(FitError) -> RoleFit<Device>.Part {
      var cells: [Double] = []
      cells.reserveCapacity(n * columns.count)
      for i in 0..<n { for k in columns { cells.append(values[i * d + k]) } }
      var own = weights
      if case .given(let all) = weights { own = .given(columns.map { all[$0] }) }
      return RoleFit.Part(
        columns: columns, rows: rows,
        fit: try LeaveOneOutFitMask().prepare(consume cells, sampleCount: n, for: request, weights: own, on: device))
    }
    let predictors = (0..<d).filter { !roles.targets.contains($0) }
    var parts: [RoleFit<Device>.Part] = []
    if predictors.count > roles.covariates.count {
      parts.append(try part(predictors, rows: predictors.filter { !roles.covariates.contains($0) }))
    }
    for target in roles.targets { parts.append(try part(predictors + [target], rows: [target])) }
    return RoleFit(parts: parts, coordinateCount: d)
  }
}
