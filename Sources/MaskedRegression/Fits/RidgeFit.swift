import LacunaAlgebra

/// A joint predictor of given data at any ridge: the errors by which a ridge is chosen, and what comes of the one chosen.
///
/// Row k of Â minimises the mean squared error of coordinate k plus a diagonal penalty, λ Σ_j w_j â_kj². All errors and
/// predictors are in the units of the data. Laws: Â is hollow; the errors held out are those of predictors in which the cells
/// they are measured on played no part, means and weights included where the weights are of the data.
public protocol RidgeFit<Device> {
  associatedtype Device: Backend

  var device: Device { get }
  var sampleCount: Int { get }
  var coordinateCount: Int { get }
  /// The column means that were taken off, which an unpenalised intercept amounts to; zeros without one.
  var means: [Double] { get }
  /// Mean square of each column after: what an empty predictor leaves.
  var variances: [Double] { get }
  /// w of every ridge; where w is learned at each, what that starts from.
  var penalty: [Double] { get }
  /// Where w comes from. With any but `uniform` ridges are compared by errors in units of the variances.
  var weights: RidgeWeights.Kind { get }
  /// What the errors held out are.
  var validation: Validation { get }
  /// What predicting nothing leaves as an error held out, over the mean square: under masks the share of them that hides the
  /// coordinate, else 1.
  var hiddenShares: [Double] { get }
  /// A mean square of a column over its weight that far samples have no part in; nil where it is not known, or 0.
  var typicalSquare: Double? { get }
  /// Missing cells of the data.
  var missingCount: Int { get }
  /// The lowest eigenvalue of a Gram that was lifted to 0; nil where none was.
  var liftedEigenvalue: Double? { get }

  /// w of the predictor at one ridge.
  func penalty(ridge: Double) throws -> [Double]

  /// How w was learned at one ridge; nil where it was not.
  func learning(ridge: Double) throws -> WeightLearning?

  /// All errors at one ridge.
  /// - Throws: `RegressionError` where the ridge is too small for the data; `BackendError`.
  func errors(ridge: Double) throws -> FitErrors

  /// Has the errors at some ridges found together, where a pass over the samples for all of them is less work than one for each.
  func prepare(ridges: [Double]) throws

  /// The errors at one ridge as they would be with another w, where nothing has to be prepared anew for it and the device keeps
  /// their digits; else nil.
  func errors(ridge: Double, weights: [Double]) throws -> FitErrors?

  /// The errors held out at w that was learned without the rows they are of; nil where w is not learned from them, or they are too
  /// few.
  func crossFittedErrors(ridge: Double) throws -> [Double]?

  /// All errors at one ridge, well enough to say between which ridges the least lies; nil where that is no less work.
  func roughErrors(ridge: Double) throws -> FitErrors?

  /// Â, d × d, in whole rows from the first to the last: row k predicts coordinate k from the others.
  /// - Parameter ridge: λ.
  /// - Parameter body: called with the rows that come next, row-major.
  func predictor(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws

  /// Â as n + 1 numbers a coordinate; nil where it has no such form. See `DataFit.factors`.
  func factors(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> [Double]?

  /// Whether `factors` gives any.
  var isFactored: Bool { get }

  /// Every cell less its prediction by the fit without its sample, n × d, in whole rows.
  /// - Returns: false, and calls nothing, where the mask has no such residuals.
  func residuals(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> Bool

  /// The same in tiles, so that n × d numbers are nowhere at once.
  /// - Parameter ridge: λ.
  /// - Parameter body: called with tiles that have every cell once.
  /// - Returns: false, and calls nothing, where there are no such tiles.
  func residualTiles(ridge: Double, _ body: (ResidualTile) throws -> Void) throws -> Bool

  /// What residuals of samples left out say sample by sample, at the ridge of some errors; nil where there are no such residuals.
  func residualRows(_ errors: FitErrors) throws -> ResidualRows?

  /// The data with their gaps filled by conditional means, n × d; nil where gaps have no place.
  func filled(ridge: Double) throws -> [Double]?

  /// By how much the variance of a cell held out is raised by the other gaps of its row, the mean over each coordinate's cells:
  /// (P_hh⁻¹)_kk P_kk, P = (S + Γ)⁻¹ and h the hidden cells of the row; nil where cells are held out with all others seen.
  func gapShares(ridge: Double) throws -> [Double]?
}

extension RidgeFit {
  public var typicalSquare: Double? { nil }
  public var hiddenShares: [Double] { [Double](repeating: 1, count: coordinateCount) }

  public func penalty(ridge: Double) throws -> [Double] { penalty }

  public func learning(ridge: Double) throws -> WeightLearning? { nil }

  public func prepare(ridges: [Double]) throws {}

  public func errors(ridge: Double, weights: [Double]) throws -> FitErrors? { nil }

  public func roughErrors(ridge: Double) throws -> FitErrors? { nil }

  public func crossFittedErrors(ridge: Double) throws -> [Double]? { nil }

  public var missingCount: Int { 0 }
  public var liftedEigenvalue: Double? { nil }
  public var isFactored: Bool { false }

  public func factors(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> [Double]? { nil }

  public func residuals(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> Bool {
    try gatheredResiduals(ridge: ridge, body)
  }

  /// Residuals gathered from tiles, where there are any.
  func gatheredResiduals(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> Bool {
    let d = coordinateCount
    var cells: [Device.Element] = []
    let hasTiles = try residualTiles(ridge: ridge) { tile in
      if cells.isEmpty { cells = [Device.Element](repeating: 0, count: sampleCount * d) }
      let (width, first) = (tile.coordinates.count, tile.coordinates.lowerBound)
      for (row, i) in tile.samples.enumerated() {
        for k in 0..<width { cells[i * d + first + k] = Device.Element(tile.values[row * width + k]) }
      }
    }
    if hasTiles { try body(cells) }
    return hasTiles
  }

  public func residualTiles(ridge: Double, _ body: (ResidualTile) throws -> Void) throws -> Bool { false }

  public func residualRows(_ errors: FitErrors) throws -> ResidualRows? { try scoredRows(errors) }

  /// The same from a pass over the residuals, with scores.
  public func scoredRows(_ errors: FitErrors) throws -> ResidualRows? {
    var rows = ResidualRows(sampleCount: sampleCount, errors: errors.heldOut, variances: variances)
    return try residualTiles(ridge: errors.ridge) { rows.add($0) } ? rows : nil
  }

  public func filled(ridge: Double) throws -> [Double]? { nil }

  public func gapShares(ridge: Double) throws -> [Double]? { nil }

  /// Â, d × d, row-major.
  public func predictor(ridge: Double) throws -> [Device.Element] {
    var rows: [Device.Element] = []
    rows.reserveCapacity(coordinateCount * coordinateCount)
    try predictor(ridge: ridge) { rows += $0 }
    return rows
  }
}

/// How errors are measured on cells that the predictor did not see.
public enum Validation: String, Sendable, CaseIterable {
  /// Every cell, by the fit without its sample: exact.
  case leaveOneSampleOut = "leave-one-sample-out"
  /// Every cell, by the fit without its group of samples: exact.
  case leaveOneGroupOut = "leave-one-group-out"
  /// Every sample, by the fit without its fold of five.
  case folds = "five-folds"
  /// Observed cells that were hidden for the purpose.
  case hiddenCells = "hidden-cells"

  /// Whether every cell is predicted without its sample, by a formula and no draw.
  public var isExact: Bool { self == .leaveOneSampleOut || self == .leaveOneGroupOut }
}
