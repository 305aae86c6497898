import LacunaAlgebra
import MaskedRegression

extension QuantityName {
  /// E‖Â − EÂ‖²_F/d, from half the squared distance of the predictors of trials 2t and 2t + 1.
  public static let predictorVariance: QuantityName = "predictor_variance"
}

/// `variance`: how far predictors of independent trials lie apart, ‖Â − Â′‖²_F/(2d), on average E‖Â − EÂ‖²_F/d.
///
/// Every second trial draws the one before it anew as its partner: a trial depends on its number alone.
public struct VarianceMeasure: Measure {
  public static let word = "variance"

  /// The leave-one-out predictor is never formed for its errors: its variance is that of d blocks.
  public static func isMeasured(under mask: MaskConfiguration) -> Bool { !mask.isLeaveOneOut }

  /// The partner's predictors at every ridge; in every second trial its regression as well as the own one.
  public static func needs(_ shape: TrialShape) -> TrialNeeds {
    let d = Double(shape.coordinateCount)
    return TrialNeeds(numbers: Double(shape.ridgeCount) * d * d)
  }

  public static let trialsTogether = 2

  private let theory: [MaskTheory]

  public init(_ problem: Experiment.Problem) throws {
    theory = problem.maskTheory ?? problem.ridges.map { _ in MaskTheory() }
  }

  public func warnings(ridge r: Int) -> [String] {
    theory[r].refusal.map { ["without theory of the predictor's variance: \($0)"] } ?? []
  }

  public func prepare<Device: Backend>(_ data: TrialData<Device>) throws {
    guard data.trial % 2 == 1 else { return }
    _ = try data.once("partner") { try data.predictors(ofTrial: data.trial - 1) }
  }

  /// In every second trial the distance from the one before.
  public func observe<Device: Backend>(_ data: TrialData<Device>, ridge r: Int) throws -> Double? {
    guard data.trial % 2 == 1 else { return nil }
    let device = data.device
    let partner = try data.once("partner") { try data.predictors(ofTrial: data.trial - 1) }[r]
    try device.add(data.predictor(ridge: r).matrix, alpha: 1, beta: -1, to: partner)
    let squares = try device.makeVector(partner.rows)
    try device.rowDots(partner, partner, weights: nil, into: squares)
    return mean(try device.doubles(squares).map { $0 / 2 })
  }

  public func record(_ observation: Double?) -> [Quantity] {
    observation.map { [Quantity(.predictorVariance, .number($0))] } ?? []
  }

  public func quantities(_ observations: [Double?], ridge r: Int) -> [Quantity] {
    let statistic = Statistic(of: observations.compactMap { $0 }, theory: theory[r].variance)
    return [Quantity(.predictorVariance, title: "Var", statistic)]
  }

  public static func note(_ points: [PointResult]) -> String? { "Var: E‖Â − EÂ‖²/d" }
}
