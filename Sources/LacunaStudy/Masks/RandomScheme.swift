import DeterministicEquivalents
import LacunaAlgebra
import MaskedRegression

/// `random: {keep or visible, masks, loss}`: so many masks drawn for each sample.
struct RandomScheme: MaskScheme {
  var size: MaskSize
  var masks: Int
  var loss: MaskLoss

  static let word = "random"
  static let example: String? = "{keep: 0.5, masks: 16}"
  static let shorthands = [MaskShorthand(keys: ["keep", "masks"], implied: ["loss": MaskLoss.hidden.rawValue])]

  static func read(_ field: ConfigurationField, _ context: MaskContext) throws(ConfigurationError) -> any MaskScheme {
    let section = try ConfigurationSection(field, keys: ["keep", "visible", "masks", "loss"])
    var loss = MaskLoss.hidden
    if let field = section["loss"] {
      let words = MaskLoss.allCases.map(\.rawValue)
      loss = .init(rawValue: try ConfigurationChoice(field, words: words, forms: []).word) ?? loss
    }
    return RandomScheme(
      size: try MaskSize(section, context),
      masks: try section.required("masks", example: "masks: 16").maskCount(), loss: loss)
  }

  var entries: [(key: String, value: YAMLValue)] {
    [size.entry, ("masks", .integer(masks)), ("loss", .word(loss.rawValue))]
  }

  func drawing(coordinateCount d: Int, key: String) throws -> MaskConfiguration.Drawing? {
    let moments = size.moments(coordinateCount: d, hiddenOnly: loss == .hidden)
    return { [self] stream in
      DrawnMasks(size.pattern(count: masks, stream: stream), moments: moments, hiddenOnly: loss == .hidden)
    }
  }

  /// For just so many masks: `DrawnMaskEquivalent`. None where no ridge holds fewer masked copies than coordinates.
  func line(of model: CovarianceModel, on device: some Backend<Double>) throws -> MaskTheory.Line? {
    guard let population = try model.matrixRidge(upTo: MaskTheory.largestIterated, on: device) else {
      let d = model.coordinateCount
      return { _, _ in .tooLarge(d, upTo: MaskTheory.largestIterated) }
    }
    let own = size.moments(coordinateCount: model.coordinateCount, hiddenOnly: loss == .hidden)
    let moments = DrawnMaskEquivalent.Moments(counted: own.hidden, single: own.single, pair: own.pair)
    let least = population.variances.min() ?? 1
    return { [masks] n, ridge in
      guard ridge <= MaskTheory.greatestRidge * least else { return .ridgeTooGreat(ridge) }
      guard ridge > 0 || Double(n) * Double(masks) * own.hidden > Double(population.variances.count) else {
        return .absent(
          "none is known without a ridge of no more masked copies than coordinates; give a ridge, more samples or more masks"
        )
      }
      let equivalent = try DrawnMaskEquivalent(
        population: population, sampleCount: n, maskCount: masks, moments: moments, ridge: ridge)
      return MaskTheory(
        training: equivalent.trainingError, generalization: equivalent.generalizationError,
        fullContext: equivalent.fullContextError, variance: equivalent.predictorVariance,
        effectiveRidge: equivalent.effectiveRidge, degreesOfFreedom1: equivalent.degreesOfFreedom1,
        degreesOfFreedom2: equivalent.degreesOfFreedom2)
    }
  }

  func visibleShare(coordinateCount d: Int) -> Double? { size.visibleShare(coordinateCount: d) }

  var drawnMasks: Int? { masks }

  /// The hidden loss also has a block of ones and three tiles of masked rows.
  func storedNumbers(order d: Double, block: Double) -> Double {
    loss == .hidden ? 10 * d * d + block + 3 * max(256 * d, 524_288) : 4 * d * d
  }

  var iteratedMasks: Int { loss == .hidden ? masks : 0 }
}

/// Which errors training under drawn masks counts.
public enum MaskLoss: String, Sendable, CaseIterable {
  /// Those of the hidden coordinates.
  case hidden
  /// Those of all coordinates, none reading itself.
  case all
}

extension MaskConfiguration {
  /// So many masks drawn for each sample.
  public static func random(_ size: MaskSize, masks: Int, loss: MaskLoss = .hidden) -> MaskConfiguration {
    MaskConfiguration(RandomScheme(size: size, masks: masks, loss: loss))
  }
}
