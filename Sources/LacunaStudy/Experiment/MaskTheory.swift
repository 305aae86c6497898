import DeterministicEquivalents
import LacunaAlgebra
import MaskedRegression

/// The deterministic equivalents of a mask scheme's mean errors; nil where there is no theory.
public struct MaskTheory: Sendable, Equatable {
  public var training: Double?
  public var generalization: Double?
  /// The error with every other coordinate visible.
  public var fullContext: Double?
  /// E‖Â − EÂ‖²_F/d.
  public var variance: Double?
  /// κ, where it is one number: under Bernoulli masks the mean over coordinates of γ_k/(pc), see `BernoulliEquivalent`.
  public var effectiveRidge: Double?
  public var degreesOfFreedom1: Double?
  public var degreesOfFreedom2: Double?
}

/// What theory says of a mask scheme on one Σ.
///
/// Bernoulli masks: their own equivalent, which is also the limit M → ∞ of M drawn masks with the hidden loss. One pass over
/// fixed blocks: the ridge formula of each context, where d is at most 4000, since it takes a dense eigensolve. Other
/// schemes have none here.
struct MaskTheorist {
  private enum Route {
    case bernoulli(any MatrixRidgePopulation, keep: Double)
    case partition(Partition, equivalent: ([[Int]], Int, Double) throws -> PartitionEquivalent)
    case none
  }

  private let route: Route
  static let largestDense = 4000

  /// - Returns: nil for leave-one-out masks, whose theory is `ErrorEquivalent`.
  init?(_ mask: MaskConfiguration, model: CovarianceModel, device: some Backend<Double>) throws {
    let d = model.coordinateCount
    switch mask {
    case .leaveOneOut: return nil
    case .bernoulli(let keep), .random(.keep(let keep), _, loss: .hidden):
      route = try Self.bernoulli(keep, model, device)
    case .random(.visible(let visible), _, loss: .hidden):
      route = try Self.bernoulli(Double(visible) / Double(d), model, device)
    case .partition(.contiguous, _), .partition(.list, _):
      guard case .partition(let blocks, _) = mask, d <= Self.largestDense else {
        route = .none
        return
      }
      let stream = RandomStream(seed: 0, purpose: .masks, index: 0)
      let partition = try blocks.partitions(coordinateCount: d, passes: 1, stream: stream)[0]
      let covariance = try PartitionedCovariance(
        covariance: model.covariance(on: device), coordinateCount: d, backend: device)
      route = .partition(partition) { try covariance.equivalent(blocks: $0, sampleCount: $1, ridge: $2) }
    case .partition(.random, _), .random, .shared, .explicit, .observed:
      route = .none
    }
  }

  private static func bernoulli(
    _ keep: Double, _ model: CovarianceModel, _ device: some Backend<Double>
  ) throws -> Route {
    if let population = model.population as? any MatrixRidgePopulation { return .bernoulli(population, keep: keep) }
    if let population = try? EqualVariancePopulation(model.population) { return .bernoulli(population, keep: keep) }
    guard model.coordinateCount <= largestDense else { return .none }
    return .bernoulli(
      try DenseCovariance(
        covariance: model.covariance(on: device), coordinateCount: model.coordinateCount, backend: device),
      keep: keep)
  }

  func errors(sampleCount: Int, ridge: Double) throws -> MaskTheory {
    switch route {
    case .bernoulli(let population, let keep):
      let equivalent = try BernoulliEquivalent(
        population: population, sampleCount: sampleCount, keep: keep, ridge: ridge)
      return MaskTheory(
        training: equivalent.trainingError, generalization: equivalent.generalizationError,
        fullContext: equivalent.fullContextError, variance: equivalent.predictorVariance,
        effectiveRidge: equivalent.equivalentRidge / equivalent.shrinkage,
        degreesOfFreedom1: equivalent.degreesOfFreedom1, degreesOfFreedom2: equivalent.degreesOfFreedom2)
    case .partition(let partition, let equivalent):
      let errors = try equivalent(partition.blocks, sampleCount, ridge)
      // What a block predicts it predicts with the rest visible: the errors are those of the whole context.
      return MaskTheory(
        training: errors.trainingError, generalization: errors.generalizationError,
        fullContext: errors.generalizationError, variance: errors.predictorVariance)
    case .none: return MaskTheory()
    }
  }
}

extension MaskConfiguration {
  /// The masks of the file that the configuration names, if it names one.
  func readFile(coordinateCount d: Int) throws -> GivenMasks? {
    guard case .explicit(let file, let weights) = self else { return nil }
    return try readMasks(file, weights: weights, coordinateCount: d, key: "model.mask.explicit.file")
  }
}
