import DeterministicEquivalents
import LacunaAlgebra
import RealModule

extension QuantityName {
  /// exp(−Σ_i p_i ln p_i), p_i = s_i/tr S: the exponential of the entropy of the eigenvalues.
  public static let effectiveRank: QuantityName = "gram.effective_rank"
  /// tr(S)²/tr(S²).
  public static let participationRatio: QuantityName = "gram.participation_ratio"
  /// ln det(S + λI)/d; none at λ = 0 with n < d.
  public static let logDeterminant: QuantityName = "gram.log_determinant"
  /// 0 with n < d.
  public static let leastEigenvalue: QuantityName = "gram.least_eigenvalue"
  /// The least of those that are not 0.
  public static let leastPositiveEigenvalue: QuantityName = "gram.least_positive_eigenvalue"
  public static let greatestEigenvalue: QuantityName = "gram.greatest_eigenvalue"
}

/// `gram`: the spectrum of S itself, by the numbers that show whether representations have collapsed: how many directions hold
/// the variance, and how near S is to singular.
///
/// Source: O. Roy, M. Vetterli, *The effective rank: a measure of effective dimensionality*, 2007.
public struct GramMeasure: Measure {
  public static let word = "gram"

  /// One set of eigenvalues a trial.
  public static func needs(_ shape: TrialShape) -> TrialNeeds {
    TrialNeeds(parts: [.gram, .workspace], work: [shape.work(.eigendecompose, cubes: 4)])
  }

  private let sampleCount: Int
  private let ridges: [Double]
  private let equivalent: GramEquivalent
  /// ln det(S + λI)/d, one a ridge.
  private let determinants: [Prediction?]
  /// Nil where theory does not find the spectrum.
  private let extremes: GramEquivalent.Extremes?
  /// Why it does not; nil where it does.
  private let refusal: PopulationError?

  public init(_ problem: Experiment.Problem) throws {
    sampleCount = problem.sampleCount
    ridges = problem.ridges
    let equivalent = try GramEquivalent(
      population: problem.model.population, sampleCount: problem.sampleCount,
      excessKurtosis: problem.configuration.data.law.excessKurtosis)
    self.equivalent = equivalent
    let isRegular = problem.sampleCount > problem.coordinateCount
    determinants = try ridges.map { $0 > 0 || isRegular ? try equivalent.logDeterminant(ridge: $0) : nil }
    do throws(PopulationError) {
      extremes = try equivalent.extremes()
      refusal = nil
    } catch {
      switch error {
      case .unsupported, .noConvergence:
        extremes = nil
        refusal = error
      default: throw error
      }
    }
  }

  public func warnings(ridge r: Int) -> [String] {
    refusal.map { ["without theory of the extreme eigenvalues of S: \($0)"] } ?? []
  }

  public struct Observation: Codable, Sendable {
    var effectiveRank, participationRatio, least, leastPositive, greatest: Double
    var logDeterminant: Double?
  }

  public func prepare<Device: Backend>(_ data: TrialData<Device>) throws { _ = try data.gramEigenvalues() }

  public func observe<Device: Backend>(_ data: TrialData<Device>, ridge r: Int) throws -> Observation {
    let d = data.problem.coordinateCount
    // With n < d all but n are 0, and rounding what is found of them.
    let nullity = max(0, d - sampleCount)
    let values = try data.gramEigenvalues().dropFirst(nullity)
    let trace = values.reduce(0, +)
    let entropy = values.reduce(0) { sum, value in
      let share = value / trace
      return share > 0 ? sum - share * Double.log(share) : sum
    }
    let squares = values.reduce(0) { $0 + $1 * $1 }
    let ridge = ridges[r]
    let isSingular = nullity > 0 && ridge == 0
    let sum = values.reduce(Double(nullity) * Double.log(nullity > 0 ? ridge : 1)) { $0 + Double.log($1 + ridge) }
    return Observation(
      effectiveRank: Double.exp(entropy), participationRatio: trace * trace / squares,
      least: nullity > 0 ? 0 : values.first ?? .nan, leastPositive: values.first ?? .nan,
      greatest: values.last ?? .nan, logDeterminant: isSingular ? nil : sum / Double(d))
  }

  public func record(_ observation: Observation) -> [Quantity] {
    [
      Quantity("effective_rank", .number(observation.effectiveRank)),
      Quantity("participation_ratio", .number(observation.participationRatio)),
      Quantity("log_determinant", .number(observation.logDeterminant)),
      Quantity("least_eigenvalue", .number(observation.least)),
      Quantity("least_positive_eigenvalue", .number(observation.leastPositive)),
      Quantity("greatest_eigenvalue", .number(observation.greatest)),
    ]
  }

  public func quantities(_ trials: [Observation], ridge r: Int) -> [Quantity] {
    func statistic(_ values: [Double], _ theory: Prediction?) -> Statistic {
      Statistic(of: values, theory: theory?.limit, finiteSizeTheory: theory?.finiteSize)
    }
    // An edge is not where the extreme eigenvalue of a finite matrix lies; an outlier is.
    func extreme(_ values: [Double], _ theory: Prediction?, edge: Double?) -> Statistic {
      var result = statistic(values, theory)
      result.comparesWithTheory = theory.map { $0.finiteSize != nil || $0.limit != edge } ?? false
      return result
    }
    let bulk = extremes?.spectrum.intervals
    return [
      Quantity(
        .effectiveRank, title: "effective rank", statistic(trials.map(\.effectiveRank), equivalent.effectiveRank)),
      Quantity(
        .participationRatio, title: "participation",
        statistic(trials.map(\.participationRatio), equivalent.participationRatio)),
      Quantity(
        .logDeterminant, title: "ln det(S + λ)/d", unit: "nats",
        statistic(trials.compactMap(\.logDeterminant), determinants[r])),
      Quantity(
        .leastEigenvalue, title: "least of S",
        extreme(trials.map(\.least), extremes?.least, edge: bulk?.first?.lower)),
      Quantity(
        .leastPositiveEigenvalue,
        extreme(trials.map(\.leastPositive), extremes?.leastPositive, edge: bulk?.first?.lower)),
      Quantity(
        .greatestEigenvalue, title: "greatest",
        extreme(trials.map(\.greatest), extremes?.largest, edge: bulk?.last?.upper)),
    ]
  }

  public static func note(_ points: [PointResult]) -> String? {
    "effective rank: e to the entropy of the eigenvalues of S; participation: tr(S)²/tr(S²); of all d coordinates"
  }
}
