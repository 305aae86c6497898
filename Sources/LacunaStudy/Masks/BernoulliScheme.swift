import DeterministicEquivalents
import LacunaAlgebra
import MaskedRegression

/// `bernoulli: {keep}`: all masks that show each coordinate with a probability, in closed form.
///
/// With one probability the loss is the mean over all masks; with one a coordinate the mean over those that hide it.
struct BernoulliScheme: MaskScheme {
  var keep: KeepProbability

  static let word = "bernoulli"
  static let example: String? = "{keep: 0.5}"
  static let shorthands = [MaskShorthand(keys: ["keep"])]

  static func read(_ field: ConfigurationField, _ context: MaskContext) throws(ConfigurationError) -> any MaskScheme {
    let section = try ConfigurationSection(field, keys: ["keep"])
    return BernoulliScheme(keep: try KeepProbability(section.required("keep", example: "keep: 0.5"), context))
  }

  var entries: [(key: String, value: YAMLValue)] { [("keep", keep.value)] }

  func drawing(coordinateCount d: Int, key: String) throws -> MaskConfiguration.Drawing? {
    if case .constant(let keep) = keep { return { _ in BernoulliMasks(keep: keep) } }
    let masks = CoordinateMasks(keeps: try keep.values(count: d, key: "\(key).keep"))
    return { _ in masks }
  }

  /// - Throws: `ModelError` for a coordinate that is always visible: its errors are none.
  func fitMask(coordinateCount d: Int, seed: UInt64, key: String) throws -> any FitMask {
    if case .constant(let keep) = keep { return SchemeFitMask(BernoulliMasks(keep: keep)) }
    let keeps = try keep.values(count: d, key: "\(key).keep")
    if let k = keeps.firstIndex(of: 1) {
      throw ModelError.value(
        path: "\(key).keep",
        reason: "coordinate \(k + 1) is always visible and never predicted; name such columns with --covariates, which "
          + "takes leave-one-out masks")
    }
    return SchemeFitMask(CoordinateMasks(keeps: keeps))
  }

  /// Their own equivalent: of a Σ that answers for diagonal ridges, or whose variances and probabilities are equal, else of a dense
  /// one, which takes an eigensolve.
  func line(of model: CovarianceModel, on device: some Backend<Double>) throws -> MaskTheory.Line? {
    let keeps = try keep.values(count: model.coordinateCount, key: "model.mask.bernoulli.keep")
    let isWhole = !keeps.contains { $0 == 0 || $0 == 1 }
    guard
      let population = try model.matrixRidge(isUniform: keep.isConstant, upTo: MaskTheory.largestDense, on: device)
    else {
      let d = model.coordinateCount
      return { _, _ in .tooLarge(d, upTo: MaskTheory.largestDense, isWhole: isWhole) }
    }
    let least = population.variances.min() ?? 1
    return { [keep] n, ridge in
      guard ridge <= MaskTheory.greatestRidge * least else { return .ridgeTooGreat(ridge, isWhole: isWhole) }
      guard ridge > 0 || !keeps.contains(1) else {
        return .absent("none is known without a ridge where a coordinate is always visible; give one", isWhole: isWhole)
      }
      let equivalent =
        if case .constant(let p) = keep {
          try BernoulliEquivalent(population: population, sampleCount: n, keep: p, ridge: ridge)
        } else {
          try BernoulliEquivalent(population: population, sampleCount: n, keeps: keeps, ridge: ridge)
        }
      return MaskTheory(
        training: equivalent.trainingError, generalization: equivalent.generalizationError,
        fullContext: equivalent.fullContextError.isNaN ? nil : equivalent.fullContextError,
        variance: equivalent.predictorVariance, effectiveRidge: equivalent.equivalentRidge / equivalent.shrinkage,
        degreesOfFreedom1: equivalent.degreesOfFreedom1, degreesOfFreedom2: equivalent.degreesOfFreedom2,
        isWhole: isWhole)
    }
  }

  /// With probabilities that differ the rows share a resolvent, but Â is no multiple of what it gives.
  var resolventForm: ResolventForm? {
    guard case .constant(let keep) = keep else { return nil }
    return ResolventForm(gain: 1 / keep, moments: MaskMoments(keep: keep))
  }

  func predictorBulk(of population: any Population, sampleCount: Int, ridge: Double) throws -> BulkMeasure? {
    guard case .constant(let keep) = keep else { return nil }
    return try population.predictorBulk(sampleCount: sampleCount, keep: keep, ridge: ridge)
  }

  func visibleShare(coordinateCount d: Int) -> Double? {
    guard case .constant(let keep) = keep else { return nil }
    return keep
  }

  /// A list may take one matrix more, for the rows of coordinates that are never visible.
  func storedNumbers(order d: Double, block: Double) -> Double { (keep.isConstant ? 4 : 5) * d * d }
}

extension MaskConfiguration {
  /// All masks that show each coordinate with probability `keep`, in closed form.
  /// - Parameter keep: in (0, 1).
  public static func bernoulli(keep: Double) -> MaskConfiguration { bernoulli(.constant(keep)) }

  /// All masks that show each coordinate with a probability, in closed form.
  /// - Parameter keep: the probabilities.
  public static func bernoulli(_ keep: KeepProbability) -> MaskConfiguration {
    MaskConfiguration(BernoulliScheme(keep: keep))
  }
}
