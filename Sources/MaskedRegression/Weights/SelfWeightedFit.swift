import LacunaAlgebra
import RealModule

/// Any fit with the weights of the penalty learned: w_k is the error held out of coordinate k under the penalty λ diag(w) itself.
///
///     w_k = E_k(λ diag(w))
///
/// λ is a pure number, and columns times any factors have the same fit in their units. Leaving a cell out leaves the weights as
/// they are. Where cells are missing the weights are learned from other hidden cells than those that errors are measured on.
/// The iteration is `WeightIteration`, along a `WeightPath`.
public struct SelfWeightedFit<Device: Backend>: RidgeFit {
  let start: any RidgeFit<Device>
  private let make, learner: ([Double]) throws -> any RidgeFit<Device>
  private let known = Known()

  /// What was learned at the ridges so far, and the fit of the last.
  private final class Known {
    let path = WeightPath()
    var last: (ridge: Double, fit: any RidgeFit<Device>, errors: FitErrors)?
  }

  /// - Parameter start: the fit with weights of variances.
  /// - Parameter make: the fit with given weights.
  /// - Parameter learner: the same, where its errors held out are of other cells; nil where both are one.
  init(
    start: any RidgeFit<Device>, make: @escaping ([Double]) throws -> any RidgeFit<Device>,
    learner: (([Double]) throws -> any RidgeFit<Device>)? = nil
  ) {
    self.start = start
    self.make = make
    self.learner = learner ?? make
    hasOwnCells = learner != nil
  }

  private let hasOwnCells: Bool

  public var device: Device { start.device }
  public var sampleCount: Int { start.sampleCount }
  public var coordinateCount: Int { start.coordinateCount }
  public var means: [Double] { start.means }
  public var variances: [Double] { start.variances }
  public var penalty: [Double] { start.penalty }
  public var weights: RidgeWeights.Kind { .selfWeighted }
  public var validation: Validation { start.validation }
  public var hiddenShares: [Double] { start.hiddenShares }
  public var typicalSquare: Double? { start.typicalSquare }
  public var missingCount: Int { start.missingCount }
  public var liftedEigenvalue: Double? { start.liftedEigenvalue }
  public var isFactored: Bool { start.isFactored }

  private func weights(of logarithms: [Double]) -> [Double] {
    zip(variances, logarithms).map { $0 > 0 ? $0 * Double.exp($1) : 1 }
  }

  /// Learns the weights of a ridge, if they are not known.
  private func solve(ridge: Double) throws -> (weights: [Double], learning: WeightLearning) {
    let found = try known.path.solve(ridge: ridge) { try iterate(ridge: $0, from: $1) }
    return (weights(of: found.logarithms), found.learning)
  }

  private func iterate(
    ridge: Double, from start: [Double]?
  ) throws -> WeightPath.Solution {
    // The device's matrices of the last fit are not wanted beside those to come.
    known.last = nil
    var last: (fit: any RidgeFit<Device>, errors: FitErrors)?
    var iteration = WeightIteration(precision: Device.Element.precision)
    let found = try iteration.solve(from: start ?? [Double](repeating: 0, count: coordinateCount)) { logarithms in
      last = nil
      let fit = try learner(weights(of: logarithms))
      let errors = try fit.errors(ridge: ridge)
      last = (fit, errors)
      return WeightIteration.logarithms(errors.heldOut, variances: variances)
    }
    if let last, !hasOwnCells { known.last = (ridge, last.fit, last.errors) }
    return found
  }

  /// The fit with the weights of a ridge.
  private func fit(ridge: Double) throws -> (fit: any RidgeFit<Device>, errors: FitErrors) {
    let weights = try solve(ridge: ridge).weights
    if let last = known.last, last.ridge == ridge { return (last.fit, last.errors) }
    known.last = nil
    let fit = try make(weights)
    let errors = try fit.errors(ridge: ridge)
    known.last = (ridge, fit, errors)
    return (fit, errors)
  }

  public func penalty(ridge: Double) throws -> [Double] { try solve(ridge: ridge).weights }

  public func learning(ridge: Double) throws -> WeightLearning? { try solve(ridge: ridge).learning }

  public func errors(ridge: Double) throws -> FitErrors { try fit(ridge: ridge).errors }

  public func predictor(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws {
    try fit(ridge: ridge).fit.predictor(ridge: ridge, body)
  }

  public func factors(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> [Double]? {
    try fit(ridge: ridge).fit.factors(ridge: ridge, body)
  }

  public func residuals(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> Bool {
    try fit(ridge: ridge).fit.residuals(ridge: ridge, body)
  }

  public func residualTiles(ridge: Double, _ body: (ResidualTile) throws -> Void) throws -> Bool {
    try fit(ridge: ridge).fit.residualTiles(ridge: ridge, body)
  }

  public func filled(ridge: Double) throws -> [Double]? { try fit(ridge: ridge).fit.filled(ridge: ridge) }

  public func gapShares(ridge: Double) throws -> [Double]? { try fit(ridge: ridge).fit.gapShares(ridge: ridge) }
}
