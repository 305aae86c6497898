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

  /// With the hidden loss the limit M → ∞, that of all Bernoulli masks.
  func theory(of model: CovarianceModel, on device: some Backend<Double>) throws -> MaskTheory.Evaluation? {
    guard loss == .hidden else { return { _, _ in MaskTheory() } }
    return try BernoulliScheme(keep: size.visibleShare(coordinateCount: model.coordinateCount))
      .theory(of: model, on: device)
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
