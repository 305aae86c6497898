/// A node with its dotted key: reads itself as a value of a type, or says why it cannot.
struct ConfigurationField {
  var key: String
  var node: ConfigurationNode
  /// Where the key was written, which for a missing value says more than the value's own place.
  var keyLocation: ConfigurationError.Location

  init(key: String, node: ConfigurationNode, keyLocation: ConfigurationError.Location? = nil) {
    self.key = key
    self.node = node
    self.keyLocation = keyLocation ?? node.location
  }

  func failure(_ reason: String, _ remedy: String) -> ConfigurationError {
    ConfigurationError(
      location: node.isAbsent && !node.location.isOverride ? keyLocation : node.location, key: key, reason: reason,
      remedy: remedy)
  }

  private func wrongType(_ wanted: String, _ remedy: String) -> ConfigurationError {
    failure("\(wanted) wanted, found \(node.kind)", remedy)
  }

  /// Any single piece of text, quoted or not.
  func text(_ wanted: String = "one word", remedy: String) throws(ConfigurationError) -> String {
    guard case .scalar(let text, _) = node.content, !node.isAbsent else { throw wrongType(wanted, remedy) }
    return text
  }

  /// A whole number in a range; `1000`, `1000.0` and `1e3` are the same.
  /// - Parameter counted: what it counts, for the message.
  func integer(
    in range: ClosedRange<Int>, of counted: String? = nil, example: String
  ) throws(ConfigurationError) -> Int {
    let remedy = "write one from \(range.lowerBound) to \(range.upperBound), such as \(example)"
    guard case .scalar(let text, quoted: false) = node.content, !node.isAbsent else {
      throw wrongType("a whole number", remedy)
    }
    guard let value = Int(text) ?? Double(text).flatMap(Int.init(exactly:)) else {
      if Double(text).map({ abs($0) > 0x1p53 && $0.isFinite }) ?? false {
        throw failure("\(shortened(text)) is out of range", remedy)
      }
      throw wrongType("a whole number", remedy)
    }
    guard range.contains(value) else {
      let reason = counted.map { ": \($0) are counted from \(range.lowerBound) to \(range.upperBound)" } ?? ""
      throw failure("\(value) is out of range\(reason)", remedy)
    }
    return value
  }

  /// A finite number that meets a bound.
  func number(_ bound: NumberBound) throws(ConfigurationError) -> Double {
    guard case .scalar(let text, quoted: false) = node.content, !node.isAbsent,
      let value = numericValue(text)
    else { throw wrongType("a number", "write \(bound.words), such as \(bound.example)") }
    guard value.isFinite, bound.holds(value) else {
      throw failure("\(shortened(text)) is out of range", "write \(bound.words), such as \(bound.example)")
    }
    return value
  }

  /// The items of a list with at least one; a value that is no list counts as a list of one.
  func items(_ wanted: String, atMost most: Int = .max) throws(ConfigurationError) -> [ConfigurationField] {
    guard case .list(let nodes) = node.content else {
      if node.isAbsent { throw wrongType(wanted, "write at least one") }
      return [self]
    }
    guard !nodes.isEmpty else { throw failure("the list is empty", "write at least one item") }
    guard nodes.count <= most else { throw failure("\(nodes.count) values", "give at most \(most)") }
    return nodes.enumerated().map { ConfigurationField(key: joined(key, "\($0.offset)"), node: $0.element) }
  }

  /// A list of numbers, or one alone.
  func numbers(_ bound: NumberBound) throws(ConfigurationError) -> [Double] {
    var values: [Double] = []
    for item in try items("a list of numbers") { values.append(try item.number(bound)) }
    return values
  }

  /// The name of a file.
  /// - Parameter folder: where relative paths written in a file start; nil keeps them as they are.
  /// - Parameter current: where those of overrides start.
  func path(folder: String?, current: String?) throws(ConfigurationError) -> String {
    let text = try text("a file name", remedy: "write the path of a file")
    guard !text.isEmpty, !text.utf8.contains(0) else { throw failure("not a file name", "write the path of a file") }
    let start = node.location.isOverride ? current : folder
    return start.map { absolutePath(text, from: $0) } ?? text
  }

  /// Exactly two numbers, `[first, last]`.
  func pair(_ bound: NumberBound) throws(ConfigurationError) -> (Double, Double) {
    guard case .list(let nodes) = node.content, nodes.count == 2 else {
      throw failure("two numbers wanted", "write [first, last], the values at coordinates 1 and d")
    }
    return (
      try ConfigurationField(key: joined(key, "0"), node: nodes[0]).number(bound),
      try ConfigurationField(key: joined(key, "1"), node: nodes[1]).number(bound)
    )
  }
}

/// The number that a plain text stands for; YAML's infinities and NaN are numbers, to be refused for their range.
func numericValue(_ text: String) -> Double? {
  switch text.lowercased() {
  case ".inf", "+.inf": .infinity
  case "-.inf": -.infinity
  case ".nan": .nan
  default: Double(text)
  }
}

/// What a number must satisfy besides being finite, in code, in words, and with a valid example.
struct NumberBound: Sendable {
  var words: String
  var example: String
  var holds: @Sendable (Double) -> Bool

  static let finite = NumberBound(words: "a finite number", example: "3.0") { _ in true }
  static let positive = NumberBound(words: "a finite number above 0", example: "0.5") { $0 > 0 }
  static let nonNegative = NumberBound(words: "a finite number of at least 0", example: "0.1") { $0 >= 0 }
  static let correlation = NumberBound(words: "a number between -1 and 1, both excluded", example: "0.7") {
    $0 > -1 && $0 < 1
  }
  static let density = NumberBound(words: "a number above 0 and at most 1", example: "0.1") { $0 > 0 && $0 <= 1 }
  static let degreesOfFreedom = NumberBound(words: "a finite number above 2", example: "5") { $0 > 2 }
}
