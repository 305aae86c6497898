import DeterministicEquivalents
import LacunaAlgebra

extension QuantityName {
  /// The rank of least mean error among those tried, chosen in hindsight: principal components at their best. Where each
  /// trial chose its own by the bulk's edge, the one chosen most often.
  public static let principalRank: QuantityName = "pca.rank"
  /// At that rank. Theory is the deterministic equivalent where coordinates are alike; elsewhere there is none.
  public static let principalError: QuantityName = "pca.generalization_error"
  /// Error of principal components less that of the joint predictor, trial by trial: above 0 the latter is better. No theory of
  /// its own: the difference of two limits has neither's accuracy at finite d.
  public static let principalAdvantage: QuantityName = "pca.advantage"
  /// Which is better, where the difference is more than two standard errors.
  public static let principalVerdict: QuantityName = "pca.verdict"
  /// Every rank tried with its error.
  public static let principalRanks: QuantityName = "pca.ranks"
}

/// `pca`: probabilistic principal components on the same hidden cells, as the rival, at a rank that is given, chosen by the
/// bulk's edge, or the best in hindsight.
public struct PrincipalMeasure: Measure {
  public static let word = "pca"

  public static func isMeasured(under mask: MaskConfiguration) -> Bool { mask.isLeaveOneOut }

  /// Vectors and weighted vectors up to the highest rank, and one eigendecomposition.
  public static func needs(_ shape: TrialShape) -> TrialNeeds {
    let (n, d) = (Double(shape.sampleCount), Double(shape.coordinateCount))
    return TrialNeeds(
      parts: [.gram, .workspace], numbers: 1.5 * min(n, d) * d, findsEigenvectors: true,
      work: [shape.work(.eigendecompose, cubes: 4)])
  }

  /// The ranks that are tried; nil where each trial chooses its own by the bulk's edge.
  let ranks: [Int]?
  /// The top edge of the bulk of S, where a rank is chosen by it.
  private let edge: Double?
  /// The error by rank; nil where coordinates differ.
  let equivalent: PrincipalEquivalent?

  public init(_ problem: Experiment.Problem) throws {
    let (population, n) = (problem.model.population, problem.sampleCount)
    equivalent =
      population.hasEqualCoordinates ? try PrincipalEquivalent(population: population, sampleCount: n) : nil
    switch problem.configuration.principalRank {
    case .best: ranks = LacunaStudy.principalRanks(sampleCount: n, coordinateCount: problem.coordinateCount)
    case .list(let given): ranks = given
    case .bulkEdge: ranks = nil
    }
    guard ranks == nil else {
      edge = nil
      return
    }
    let spectrum = try equivalent?.spectrum ?? SpectrumEquivalent(bulk: population.gramBulk(sampleCount: n))
    edge = spectrum.intervals.last?.upper
  }

  public struct Observation: Codable, Sendable {
    /// E_gen of principal components, one a rank; the same at every ridge.
    var errors: [PrincipalRankError]
    /// E_gen of the joint predictor on the same data.
    var predictorError: Double
  }

  public func prepare<Device: Backend>(_ data: TrialData<Device>) throws { _ = try errors(data) }

  private func errors<Device: Backend>(_ data: TrialData<Device>) throws -> [PrincipalRankError] {
    try data.once(Self.word) {
      let ranks = try ranks ?? [data.gramEigenvalues().count { $0 > edge ?? .infinity }]
      let components = try PrincipalComponents(device: data.device, coordinateCount: data.problem.coordinateCount)
      let work = data.workspace
      try data.device.copy(data.gram(), to: work)
      return try components.errors(ranks: ranks, gram: work, scratch: data.scratch(), covariance: data.covariance)
    }
  }

  public func observe<Device: Backend>(_ data: TrialData<Device>, ridge r: Int) throws -> Observation {
    Observation(
      errors: try errors(data), predictorError: try data.errors(ridge: r).meanGeneralization ?? .nan)
  }

  public func record(_ observation: Observation) -> [Quantity] {
    [
      Quantity("pca_ranks", .list(observation.errors.map { .integer($0.rank) })),
      Quantity("pca_generalization_errors", .numbers(observation.errors.map(\.error))),
    ]
  }

  public func quantities(_ trials: [Observation], ridge r: Int) -> [Quantity] {
    // A rank chosen trial by trial stands under the one that most trials chose, or theory's own.
    let chosen = trials.compactMap(\.errors.first?.rank)
    let tried = ranks ?? [mostFrequent(chosen) ?? equivalent?.edgeRank].compactMap { $0 }
    let errors = tried.enumerated().map { index, rank in
      Statistic(of: trials.map { $0.errors[index].error }, theory: equivalent?.error(rank: rank))
    }
    func expected(_ index: Int) -> Double? { errors[index].mean ?? errors[index].theory }
    guard let best = errors.indices.min(by: { expected($0) ?? .infinity < expected($1) ?? .infinity }),
      expected(best) != nil
    else { return [] }
    let advantage = Statistic(of: trials.map { $0.errors[best].error - $0.predictorError })
    return [
      Quantity(.principalError, title: "E_gen PCA", column: "pca_generalization_error", errors[best]),
      Quantity(.principalRank, title: "rank", column: "pca_rank", .integer(tried[best])),
      Quantity(.principalAdvantage, title: "PCA − masked", column: "pca_advantage", advantage),
      Quantity(.principalVerdict, title: "verdict", column: "pca_verdict", .text(verdict(advantage))),
      Quantity(
        .principalRanks,
        .list(
          zip(tried, errors).map { rank, error in
            .object([Quantity("rank", .integer(rank)), Quantity("generalization_error", error)])
          })),
    ]
  }

  private func verdict(_ advantage: Statistic) -> String {
    guard let mean = advantage.mean, let error = advantage.standardError else { return "–" }
    if abs(mean) <= 2 * error { return "undecided" }
    return mean > 0 ? "masked" : "PCA"
  }

  public static func note(_ points: [PointResult]) -> String? {
    "PCA: probabilistic principal components; of several ranks the one of least error, chosen in hindsight"
  }
}

/// The least of the values that occur most often.
private func mostFrequent(_ values: [Int]) -> Int? {
  let counts = Dictionary(values.map { ($0, 1) }, uniquingKeysWith: +)
  return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
}
