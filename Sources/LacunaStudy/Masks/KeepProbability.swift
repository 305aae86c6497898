import LacunaFiles

/// How often a mask shows each coordinate: `keep` of `bernoulli`.
///
/// In a list 1 is a coordinate that is never hidden, and so never predicted, and 0 one that is never visible, and so predicts no
/// other.
public enum KeepProbability: Sendable, Equatable {
  /// One for all, in (0, 1).
  case constant(Double)
  /// d numbers in [0, 1].
  case list([Double])
  /// Evenly spaced from coordinate 1 to coordinate d.
  case linear(Double, Double)
  /// Read from the file at this absolute path: d numbers.
  case file(String)

  /// Whether one probability stands for all.
  var isConstant: Bool {
    if case .constant = self { true } else { false }
  }
}

extension KeepProbability {
  init(_ field: ConfigurationField, _ context: MaskContext) throws(ConfigurationError) {
    switch field.node.content {
    case .list:
      var values: [Double] = []
      for item in try field.items("a list of probabilities") { values.append(try item.roleProbability()) }
      if let d = context.coordinates, values.count != d {
        throw field.failure(
          "\(values.count) probabilities for \(d) coordinates",
          "give one for each, one number for all, or {linear: [a, b]}")
      }
      if let fault = Self.fault(values) { throw field.failure(fault.reason, fault.remedy) }
      self = .list(values)
    case .section:
      let choice = try ConfigurationChoice(field, words: [], forms: [("linear", "[0.2, 0.9]"), ("file", "keep.csv")])
      guard choice.word == "linear" else {
        self = .file(try context.path(choice.value))
        return
      }
      guard case .list(let nodes) = choice.value.node.content, nodes.count == 2 else {
        throw choice.value.failure("two numbers wanted", "write [first, last], the values at coordinates 1 and d")
      }
      var ends: [Double] = []
      for item in try choice.value.items("two numbers") { ends.append(try item.roleProbability()) }
      if let fault = Self.fault(ends) { throw choice.value.failure(fault.reason, fault.remedy) }
      self = .linear(ends[0], ends[1])
    default: self = .constant(try field.keepProbability())
    }
  }

  var value: YAMLValue {
    switch self {
    case .constant(let keep): .number(keep)
    case .list(let values): .numbers(values)
    case .linear(let first, let last): .section([("linear", .numbers([first, last]))])
    case .file(let path): .section([("file", .text(path))])
    }
  }

  /// What is wrong with probabilities as a whole.
  private static func fault(_ values: [Double]) -> (reason: String, remedy: String)? {
    if values.allSatisfy({ $0 == 0 }) {
      return ("no coordinate is ever visible", "give at least one a probability above 0")
    }
    if values.allSatisfy({ $0 == 1 }) {
      return ("no coordinate is ever hidden", "give at least one a probability below 1")
    }
    return nil
  }

  /// The d probabilities, files read.
  /// - Parameter key: for messages.
  /// - Throws: `ModelError` where they are not d probabilities of which some hide and some show; `DataFileError`.
  func values(count d: Int, key: String) throws -> [Double] {
    switch self {
    case .constant(let keep): return [Double](repeating: keep, count: d)
    case .linear(let a, let b):
      return (0..<d).map { $0 == 0 ? a : $0 == d - 1 ? b : a + (b - a) * (Double($0) / Double(d - 1)) }
    case .list(let values):
      guard values.count == d else {
        throw ModelError.value(
          path: key, reason: "\(values.count) probabilities for \(d) coordinates; give one for each")
      }
      return values
    case .file(let path):
      func failure(_ reason: String) -> ModelError { .value(path: "\(key): \(path)", reason: reason) }
      let values = try readVector(path)
      guard values.count == d else {
        throw failure("\(values.count) probabilities for \(d) coordinates; give one for each")
      }
      if let k = values.firstIndex(where: { !isRoleProbability($0) }) {
        throw failure("number \(k + 1) is \(values[k]); probabilities are 0, 1, or between these by at least 2.4e-10")
      }
      if let fault = Self.fault(values) { throw failure("\(fault.reason); \(fault.remedy)") }
      return values
    }
  }
}

/// 0, 1, or a probability that a mask can be drawn by.
private func isRoleProbability(_ value: Double) -> Bool {
  value == 0 || value == 1 || (value >= 0x1p-32 && value <= 1 - 0x1p-32)
}

extension ConfigurationField {
  fileprivate func roleProbability() throws(ConfigurationError) -> Double {
    let remedy = "write a number from 0, never visible, to 1, never hidden; away from both by at least 2.4e-10"
    guard case .scalar(let text, quoted: false) = node.content, !node.isAbsent, let value = numericValue(text),
      !value.isNaN
    else { throw failure("\(node.kind) is no probability to keep a coordinate", remedy) }
    guard isRoleProbability(value) else { throw failure("\(shortened(text)) is out of range", remedy) }
    return value
  }
}
