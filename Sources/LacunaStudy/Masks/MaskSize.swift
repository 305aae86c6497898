import LacunaAlgebra
import MaskedRegression

/// How much a drawn mask shows: `keep` or `visible`.
public enum MaskSize: Sendable, Equatable {
  /// Each coordinate with this probability, in (0, 1).
  case keep(Double)
  /// Exactly so many coordinates, 1 … d − 1.
  case visible(Int)

  init(_ section: ConfigurationSection, _ context: MaskContext) throws(ConfigurationError) {
    let d = context.coordinates ?? 1_000_000_000
    let half = context.coordinates.map { max($0 / 2, 1) } ?? 4
    guard let visible = section["visible"] else {
      self = .keep(
        try section.required("keep", example: "keep: 0.5, or visible: \(half)").keepProbability())
      return
    }
    if let keep = section["keep"] {
      throw keep.failure("given beside visible", "keep one of keep (a probability) and visible (a count)")
    }
    let count = try visible.integer(in: 0...1_000_000_000, example: "\(half)")
    guard 1..<d ~= count else {
      throw visible.failure(
        "a mask that shows \(count) of \(d) coordinates hides \(count == 0 ? "everything" : "nothing")",
        "write a number from 1 to \(d - 1)")
    }
    self = .visible(count)
  }

  var entry: (key: String, value: YAMLValue) {
    switch self {
    case .keep(let keep): ("keep", .number(keep))
    case .visible(let count): ("visible", .integer(count))
    }
  }

  /// The share of d coordinates that a mask shows.
  func visibleShare(coordinateCount d: Int) -> Double {
    switch self {
    case .keep(let keep): keep
    case .visible(let count): Double(count) / Double(d)
    }
  }

  func pattern(count: Int, stream: RandomStream) -> MaskPattern {
    switch self {
    case .keep(let keep): .bernoulli(keep: keep, count: count, stream: stream)
    case .visible(let visible): .fixedSize(visible: visible, count: count, stream: stream)
    }
  }

  /// - Parameter hiddenOnly: whether the loss counts hidden coordinates alone.
  func moments(coordinateCount d: Int, hiddenOnly: Bool) -> MaskMoments {
    switch self {
    case .keep(let keep): hiddenOnly ? MaskMoments(keep: keep) : .everywhere(keep: keep)
    case .visible(let visible): hiddenOnly ? MaskMoments(visible: visible, of: d) : .everywhere(visible: visible, of: d)
    }
  }
}

extension ConfigurationField {
  /// The probability that a mask shows a coordinate: in (0, 1), by the 2⁻³² to which masks are drawn away from both ends.
  func keepProbability() throws(ConfigurationError) -> Double {
    let remedy = "write a number between 0 and 1, by at least 2.4e-10, such as 0.5"
    guard case .scalar(let text, quoted: false) = node.content, !node.isAbsent, let value = numericValue(text),
      !value.isNaN
    else { throw failure("\(node.kind) is no probability to keep a coordinate", remedy) }
    guard value >= 0x1p-32, value <= 1 - 0x1p-32 else {
      let fault = value < 0.5 ? "hides everything" : "hides nothing"
      throw failure("\(shortened(text)) is out of range: a mask that keeps with it \(fault)", remedy)
    }
    return value
  }

  /// How many masks.
  func maskCount() throws(ConfigurationError) -> Int {
    try integer(in: 1...1_000_000, of: "masks", example: "16")
  }
}
