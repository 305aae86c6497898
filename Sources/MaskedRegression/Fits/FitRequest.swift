import LacunaAlgebra
import RealModule

/// A fit of the joint predictor to given data, asked for in full: one workflow for every mask.
public struct FitRequest: Sendable {
  public var mask: any FitMask
  /// The mask's name in results.
  public var maskName: String
  public var ridge: RidgeChoice
  public var weights: WeightChoice
  /// Whether an unpenalised intercept is fitted.
  public var centered: Bool
  /// Of the cells that are hidden to choose a ridge.
  public var seed: UInt64
  /// Samples that are left out together where a ridge is judged; nil leaves them out one by one.
  public var groups: SampleGroups?
  /// Whether a fit at one ridge holds as little as it can: what is asked of it beside errors, residuals and predictor then takes longer.
  public var sparesMemory = false
  /// Bytes that there are beside the samples: a fit that takes more at the least is refused before it begins. Nil refuses none.
  public var memory: FitMemory?

  public init(
    mask: any FitMask = LeaveOneOutFitMask(), maskName: String = "leave-one-out", ridge: RidgeChoice = .automatic,
    weights: WeightChoice = .uniform, centered: Bool = false, seed: UInt64 = 1, groups: SampleGroups? = nil
  ) {
    self.mask = mask
    self.maskName = maskName
    self.ridge = ridge
    self.weights = weights
    self.centered = centered
    self.seed = seed
    self.groups = groups
  }

  /// Fits, and chooses the ridge of least error held out, and the weights where they are to be found.
  ///
  /// - Parameter values: n × d, row-major; NaN is missing, and has a place where cells are missing alone. Hand them over
  ///   rather than keep them.
  /// - Parameter n: samples.
  /// - Parameter names: of the coordinates, for messages and results.
  /// - Parameter device: where the work is done.
  /// - Parameter report: called after each ridge with (done, total so far known); a `CancellationError` that it throws
  ///   ends the fit.
  /// - Throws: `FitError`: fewer than two coordinates or, with masks of a scheme, five samples; a ridge of 0 where none is
  ///   possible, or one for weights that are to be found; more than `memory`; no predictor at any ridge; a device that fails;
  ///   `cancelled`.
  public func fit<Device: Backend>(
    _ values: consuming [Double], sampleCount n: Int, names: [String]? = nil, on device: Device,
    report: @escaping (Int, Int) throws -> Void = { _, _ in }
  ) throws(FitError) -> FitResult<Device> {
    guard n > 0, values.count % n == 0, values.count / n >= 2 else { throw Self.tooNarrow }
    return try fit(try SampleRows(values, sampleCount: n), names: names, on: device, report: report)
  }

  /// The same for samples where they are: under leave-one-out masks, with n ≥ d and no groups, a device that computes in this
  /// process's memory holds no copy of them; see `DataFit`.
  ///
  /// - Parameter samples: n × d; NaN as above.
  /// - Parameter names: of the coordinates, for messages and results.
  /// - Parameter device: where the work is done.
  /// - Parameter report: called after each ridge with (done, total so far known); a `CancellationError` that it throws
  ///   ends the fit.
  /// - Throws: `FitError` as above; `data` where the samples are not the same whenever they are read.
  public func fit<Device: Backend>(
    _ samples: consuming SampleRows, names: [String]? = nil, on device: Device,
    report: @escaping (Int, Int) throws -> Void = { _, _ in }
  ) throws(FitError) -> FitResult<Device> {
    let rows = samples
    guard rows.coordinateCount >= 2 else { throw Self.tooNarrow }
    try requireMemory(sampleCount: rows.sampleCount, coordinateCount: rows.coordinateCount, on: device)
    if let groups {
      guard mask is LeaveOneOutFitMask else {
        throw .request(
          "groups are left out where each coordinate is predicted from all others: "
            + "with neither another mask nor targets nor covariates")
      }
      try groups.require(sampleCount: rows.sampleCount)
    }
    return try rows.atOnce { () throws(FitError) in
      let copies = try FitError.wrapping { groups == nil ? try RepeatedRows.found(in: rows) : nil }
      if case .fixed(let fixed) = weights {
        // Prepared once.
        let fit = try mask.prepare(rows, for: self, weights: fixed, on: device)
        return try choose(names: names, report: report) { _, _ throws(FitError) in fit }.with(copies)
      }
      return try choose(
        names: names, report: report,
        prepare: { request, weights throws(FitError) in
          try request.mask.prepare(rows, for: request, weights: weights, on: device)
        },
        part: { request, weights, some throws(FitError) in
          let d = rows.coordinateCount
          let all = try FitError.wrapping { try rows.cells() }
          let cells = some.flatMap { all[$0 * d..<($0 + 1) * d] }
          return try request.mask.prepare(
            consume cells, sampleCount: some.count, for: request, weights: weights, on: device)
        }
      ).with(copies)
    }
  }

  private static var tooNarrow: FitError {
    .data("a coordinate is predicted from others, so two columns are needed")
  }
}
