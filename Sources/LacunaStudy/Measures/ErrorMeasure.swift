import DeterministicEquivalents
import LacunaAlgebra
import MaskedRegression

extension QuantityName {
  public static let trainingError: QuantityName = "training_error"
  public static let generalizationError: QuantityName = "generalization_error"
  /// Under masks other than leave-one-out: with every other coordinate visible, whatever the masks hid in training.
  public static let fullContextError: QuantityName = "full_context_error"
  /// E_* = (1/d) Σ_k 1/(Σ⁻¹)_kk: what no predictor can beat with every other coordinate visible; null where masks always show some
  /// coordinates, or never do.
  public static let bayesError: QuantityName = "bayes_error"
  /// κ(λ) and the degrees of freedom at it: of leave-one-out masks; of Bernoulli masks, and of drawn ones by their number, those
  /// of `BernoulliEquivalent` and `DrawnMaskEquivalent`, κ a mean over coordinates; none under all other masks, where each
  /// context has its own.
  public static let effectiveRidge: QuantityName = "effective_ridge"
  public static let degreesOfFreedom1: QuantityName = "degrees_of_freedom_1"
  public static let degreesOfFreedom2: QuantityName = "degrees_of_freedom_2"
}

/// `errors`: training and generalisation error of the joint predictor, means over coordinates, next to their theory.
public struct ErrorMeasure: Measure {
  public static let word = "errors"

  /// Deterministic equivalents under leave-one-out masks, one a ridge: the limit, and corrected for finite size. Where there is no
  /// theory under the weights asked for, that of uniform ones, for its Bayes error.
  public let equivalents: [ErrorEquivalent]
  public let finiteSize: [FiniteSizeErrors?]
  /// Of the masks and weights asked for, one a ridge.
  let theories: [MaskTheory]
  /// Whether masks hide more than one coordinate at a time.
  private let isMasked: Bool
  /// Why there is no theory, one a ridge; nil where there is.
  private let refusals: [PopulationError?]

  public init(_ problem: Experiment.Problem) throws {
    equivalents = try zip(problem.ridges, problem.frames).map { ridge, theory in
      try theory.frame?.errors
        ?? ErrorEquivalent(population: problem.model.population, sampleCount: problem.sampleCount, ridge: ridge)
    }
    finiteSize = problem.frames.map { $0.frame?.finiteSize }
    isMasked = problem.maskTheory != nil
    // Terms of order 1/n of other masks are those of Gaussian data.
    let isGaussian = problem.configuration.data.law.excessKurtosis == 0
    theories =
      problem.maskTheory?.map { theory in
        var theory = theory
        if !isGaussian { theory.finiteSize = nil }
        return theory
      }
      ?? problem.frames.map { theory in
        guard let frame = theory.frame else { return MaskTheory() }
        let limit = frame.errors
        return MaskTheory(
          training: limit.trainingError, generalization: limit.generalizationError,
          finiteSize: MaskTheory.FiniteSize(
            training: frame.finiteSize?.trainingError, generalization: frame.finiteSize?.generalizationError),
          effectiveRidge: limit.effectiveRidge, degreesOfFreedom1: limit.degreesOfFreedom1,
          degreesOfFreedom2: limit.degreesOfFreedom2)
      }
    refusals = problem.maskTheory.map { $0.map(\.refusal) } ?? problem.frames.map(\.refusal)
  }

  public func warnings(ridge r: Int) -> [String] { refusals[r].map { ["without theory of the errors: \($0)"] } ?? [] }

  public struct Observation: Codable, Sendable {
    var training, generalization: Double
    var fullContext: Double?
  }

  public func observe<Device: Backend>(_ data: TrialData<Device>, ridge r: Int) throws -> Observation {
    let errors = try data.errors(ridge: r)
    return Observation(
      training: errors.meanTraining, generalization: errors.meanGeneralization ?? .nan,
      fullContext: errors.meanFullContext)
  }

  public func record(_ observation: Observation) -> [Quantity] {
    [
      Quantity(.trainingError, .number(observation.training)),
      Quantity(.generalizationError, .number(observation.generalization)),
    ] + (observation.fullContext.map { [Quantity(.fullContextError, .number($0))] } ?? [])
  }

  public func quantities(_ observations: [Observation], ridge r: Int) -> [Quantity] {
    let limit = equivalents[r]
    let theory = theories[r]
    func statistic(
      _ values: [Double], _ part: KeyPath<MaskTheory, Double?>, _ correction: KeyPath<MaskTheory.FiniteSize, Double?>
    ) -> Statistic {
      Statistic(of: values, theory: theory[keyPath: part], finiteSizeTheory: theory.finiteSize?[keyPath: correction])
    }
    var result = [
      Quantity(.trainingError, title: "E_train", statistic(observations.map(\.training), \.training, \.training)),
      Quantity(
        .generalizationError, title: "E_gen",
        statistic(observations.map(\.generalization), \.generalization, \.generalization)),
    ]
    if isMasked {
      result.append(
        Quantity(
          .fullContextError, title: "E_full",
          statistic(observations.compactMap(\.fullContext), \.fullContext, \.fullContext)))
    }
    return result + [
      Quantity(.bayesError, title: "Bayes", .number(theory.isWhole ? limit.bayesError : nil)),
      Quantity(.effectiveRidge, .number(theory.effectiveRidge)),
      Quantity(.degreesOfFreedom1, .number(theory.degreesOfFreedom1)),
      Quantity(.degreesOfFreedom2, .number(theory.degreesOfFreedom2)),
    ]
  }

  public static func note(_ points: [PointResult]) -> String? {
    let isSimulated = points.contains { $0.trials > 0 }
    let lines =
      isSimulated
      ? "mean ± standard error over trials; theory at this d, or where Δ says so its limit d → ∞; Δ = (theory − mean) in standard "
        + "errors; ridge on S = XᵀX/n"
      : "limit d → ∞ at this d/n; ridge on S = XᵀX/n"
    guard points.contains(where: { $0[.fullContextError] != nil }) else { return lines }
    return lines
      + "\nE_full: with every other coordinate visible, Bayes its floor; E_gen: over the masks, a cell where it is hidden (one "
      + "probability: by how often that is; a list of them: every coordinate that is ever hidden counts alike)"
  }
}
