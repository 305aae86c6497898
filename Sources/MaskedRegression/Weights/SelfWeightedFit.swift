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
  let make: ([Double]) throws -> any RidgeFit<Device>
  private let learner: ([Double]) throws -> any RidgeFit<Device>
  /// The same of some of the samples.
  let others: (([Int]) throws -> SelfWeightedFit)?
  let groups: SampleGroups?
  private let known = Known()

  /// What was learned at the ridges so far, and the fit of the last.
  private final class Known {
    let path = WeightPath(precision: Device.Element.precision)
    /// nil stands for the fit of the start with other weights.
    var last: (ridge: Double, fit: (any RidgeFit<Device>)?, errors: FitErrors)?
  }

  /// - Parameter start: the fit with weights of variances.
  /// - Parameter make: the fit with given weights.
  /// - Parameter learner: the same, where its errors held out are of other cells; nil where both are one.
  /// - Parameter others: the fit of some of the samples alone; nil where they cannot be taken apart.
  /// - Parameter groups: of samples that belong together.
  init(
    start: any RidgeFit<Device>, make: @escaping ([Double]) throws -> any RidgeFit<Device>,
    learner: (([Double]) throws -> any RidgeFit<Device>)? = nil, others: (([Int]) throws -> SelfWeightedFit)? = nil,
    groups: SampleGroups? = nil
  ) {
    self.start = start
    self.make = make
    self.others = others
    self.groups = groups
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
  /// - Parameter guess: logarithms to begin from where no ridge is known.
  func solve(
    ridge: Double, goal: Double = WeightIteration.goal, guess: [Double]? = nil
  ) throws -> (weights: [Double], learning: WeightLearning) {
    var last: (ridge: Double, fit: (any RidgeFit<Device>)?, errors: FitErrors)?
    let found = try known.path.solve(
      ridge: ridge, goal: goal, coordinateCount: coordinateCount, start: guess
    ) { ridge, logarithms in
      // The device's matrices of the last fit are not wanted beside those to come.
      (last, known.last) = (nil, nil)
      let (fit, errors) = try evaluate(weights(of: logarithms), ridge: ridge)
      last = (ridge, fit, errors)
      return WeightIteration.logarithms(errors.heldOut, variances: variances)
    }
    if let last, !hasOwnCells { known.last = last }
    return (weights(of: found.logarithms), found.learning)
  }

  /// The errors that weights are learned from, by a fit of its own only where the first one does not have them.
  private func evaluate(
    _ weights: [Double], ridge: Double
  ) throws -> (fit: (any RidgeFit<Device>)?, errors: FitErrors) {
    if !hasOwnCells, let errors = try start.errors(ridge: ridge, weights: weights) { return (nil, errors) }
    let fit = try learner(weights)
    return (fit, try fit.errors(ridge: ridge))
  }

  /// The fit with the weights of a ridge.
  private func fit(ridge: Double) throws -> any RidgeFit<Device> {
    let weights = try solve(ridge: ridge).weights
    if let last = known.last, last.ridge == ridge, let fit = last.fit { return fit }
    known.last = nil
    let fit = try make(weights)
    known.last = (ridge, fit, try fit.errors(ridge: ridge))
    return fit
  }

  /// The errors at the weights of a ridge.
  private func errors(ridge: Double, goal: Double) throws -> FitErrors {
    let weights = try solve(ridge: ridge, goal: goal).weights
    if let last = known.last, last.ridge == ridge { return last.errors }
    known.last = nil
    if let errors = try start.errors(ridge: ridge, weights: weights) {
      known.last = (ridge, nil, errors)
      return errors
    }
    let fit = try make(weights)
    let errors = try fit.errors(ridge: ridge)
    known.last = (ridge, fit, errors)
    return errors
  }

  public func penalty(ridge: Double) throws -> [Double] { try solve(ridge: ridge).weights }

  public func learning(ridge: Double) throws -> WeightLearning? { try solve(ridge: ridge).learning }

  public func errors(ridge: Double) throws -> FitErrors { try errors(ridge: ridge, goal: WeightIteration.goal) }

  /// At weights whose logarithms are those of the errors that they lead to, to 10⁻³.
  public func roughErrors(ridge: Double) throws -> FitErrors? {
    try errors(ridge: ridge, goal: WeightIteration.roughGoal)
  }

  public func predictor(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws {
    try fit(ridge: ridge).predictor(ridge: ridge, body)
  }

  public func factors(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> [Double]? {
    try fit(ridge: ridge).factors(ridge: ridge, body)
  }

  public func residuals(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> Bool {
    try fit(ridge: ridge).residuals(ridge: ridge, body)
  }

  public func residualTiles(ridge: Double, _ body: (ResidualTile) throws -> Void) throws -> Bool {
    try fit(ridge: ridge).residualTiles(ridge: ridge, body)
  }

  public func filled(ridge: Double) throws -> [Double]? { try fit(ridge: ridge).filled(ridge: ridge) }

  public func gapShares(ridge: Double) throws -> [Double]? { try fit(ridge: ridge).gapShares(ridge: ridge) }
}
