/// The diagonal w of the penalty λ Σ_j w_j â_kj² that a ridge λ stands for: `model.weights`.
public enum WeightConfiguration: Sendable, Equatable {
  /// w = 1.
  case uniform
  /// The mean squares of each trial's columns; λ is a pure number.
  case variance
  /// Of each trial's data the leave-one-sample-out errors that the weights themselves lead to; λ is a pure number.
  case selfWeighted
  /// d numbers above 0.
  case list([Double])
  /// Evenly spaced from coordinate 1 to coordinate d.
  case linear(Double, Double)
  /// Evenly spaced in the logarithm from coordinate 1 to coordinate d.
  case geometric(Double, Double)
  /// Read from the file at this absolute path: d numbers.
  case file(String)

  /// Whether they are of each trial's data.
  var isOfTheData: Bool { self == .variance || self == .selfWeighted }

  private static let words: [(word: String, weights: WeightConfiguration)] = [
    ("uniform", .uniform), ("variance", .variance), ("self", .selfWeighted),
  ]

  /// - Parameter d: coordinates.
  /// - Parameter path: makes the absolute path of a file.
  init(
    _ field: ConfigurationField, coordinates d: Int,
    path: (ConfigurationField) throws(ConfigurationError) -> String
  ) throws(ConfigurationError) {
    if case .list = field.node.content {
      let values = try field.numbers(.positive)
      guard values.count == d else {
        throw field.failure(
          "\(values.count) weights for \(d) coordinates",
          "give one for each, or {linear: [a, b]}, or one of the words "
            + Self.words.map(\.word).joined(separator: ", "))
      }
      self = .list(values)
      return
    }
    let choice = try ConfigurationChoice(
      field, words: Self.words.map(\.word),
      forms: [("linear", "[0.5, 2]"), ("geometric", "[0.2, 3.0]"), ("file", "weights.csv")])
    switch choice.word {
    case "linear", "geometric":
      let (first, last) = try choice.value.pair(.positive)
      self = choice.word == "linear" ? .linear(first, last) : .geometric(first, last)
    case "file": self = .file(try path(choice.value))
    default: self = Self.words.first { $0.word == choice.word }?.weights ?? .uniform
    }
  }

  var value: YAMLValue {
    if let known = Self.words.first(where: { $0.weights == self }) { return .word(known.word) }
    switch self {
    case .list(let values): return .numbers(values)
    case .linear(let first, let last): return .section([("linear", .numbers([first, last]))])
    case .geometric(let first, let last): return .section([("geometric", .numbers([first, last]))])
    case .file(let path): return .section([("file", .text(path))])
    case .uniform, .variance, .selfWeighted: preconditionFailure("a word")
    }
  }

  /// The d weights that are the same in all trials, files read; nil where they are the data's.
  /// - Throws: `ModelError` where a file has other than d numbers above 0; `DataFileError`.
  func values(count d: Int) throws -> [Double]? {
    switch self {
    case .uniform, .variance, .selfWeighted: return nil
    case .list(let values): return values
    case .linear(let a, let b): return try DataConfiguration.Variances.linear(a, b).values(count: d)
    case .geometric(let a, let b): return try DataConfiguration.Variances.geometric(a, b).values(count: d)
    case .file(let path):
      func failure(_ reason: String) -> ModelError { .value(path: "model.weights: \(path)", reason: reason) }
      let values = try readVector(path)
      guard values.count == d else {
        throw failure("\(values.count) weights for \(d) coordinates; give one for each")
      }
      if let k = values.firstIndex(where: { !($0 > 0) }) {
        throw failure("weight \(k + 1) is \(values[k]); weights are above 0")
      }
      return values
    }
  }
}
