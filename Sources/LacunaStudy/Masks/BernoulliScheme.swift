import DeterministicEquivalents
import LacunaAlgebra
import MaskedRegression

/// `bernoulli: {keep}`: all masks that show each coordinate with this probability, in closed form.
struct BernoulliScheme: MaskScheme {
  var keep: Double

  static let word = "bernoulli"
  static let example: String? = "{keep: 0.5}"
  static let shorthands = [MaskShorthand(keys: ["keep"])]

  static func read(_ field: ConfigurationField, _ context: MaskContext) throws(ConfigurationError) -> any MaskScheme {
    let section = try ConfigurationSection(field, keys: ["keep"])
    return BernoulliScheme(keep: try section.required("keep", example: "keep: 0.5").keepProbability())
  }

  var entries: [(key: String, value: YAMLValue)] { [("keep", .number(keep))] }

  func drawing(coordinateCount d: Int, key: String) throws -> MaskConfiguration.Drawing? {
    { [keep] _ in BernoulliMasks(keep: keep) }
  }

  /// Their own equivalent: of a Σ that answers for diagonal ridges, or whose variances are equal, else of a dense one, which
  /// takes an eigensolve.
  func line(of model: CovarianceModel, on device: some Backend<Double>) throws -> MaskTheory.Line? {
    guard let population = try model.matrixRidge(upTo: MaskTheory.largestDense, on: device) else {
      return { _, _ in MaskTheory() }
    }
    let least = population.variances.min() ?? 1
    return { [keep] n, ridge in
      guard ridge <= MaskTheory.greatestRidge * least else { return MaskTheory() }
      let equivalent = try BernoulliEquivalent(population: population, sampleCount: n, keep: keep, ridge: ridge)
      return MaskTheory(
        training: equivalent.trainingError, generalization: equivalent.generalizationError,
        fullContext: equivalent.fullContextError, variance: equivalent.predictorVariance,
        effectiveRidge: equivalent.equivalentRidge / equivalent.shrinkage,
        degreesOfFreedom1: equivalent.degreesOfFreedom1, degreesOfFreedom2: equivalent.degreesOfFreedom2)
    }
  }

  var resolventForm: ResolventForm? { ResolventForm(gain: 1 / keep, moments: MaskMoments(keep: keep)) }

  func predictorBulk(of population: any Population, sampleCount: Int, ridge: Double) throws -> BulkMeasure? {
    try population.predictorBulk(sampleCount: sampleCount, keep: keep, ridge: ridge)
  }

  func visibleShare(coordinateCount d: Int) -> Double? { keep }

  func storedNumbers(order d: Double, block: Double) -> Double { 4 * d * d }
}

extension MaskConfiguration {
  /// All masks that show each coordinate with probability `keep`, in closed form.
  /// - Parameter keep: in (0, 1).
  public static func bernoulli(keep: Double) -> MaskConfiguration { MaskConfiguration(BernoulliScheme(keep: keep)) }
}
