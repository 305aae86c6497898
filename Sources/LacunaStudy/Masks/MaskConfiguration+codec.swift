extension MaskConfiguration {
  /// Reads a mask from the command line: `bernoulli:0.5`, `leave-one-out`, or YAML in braces.
  /// - Parameter argument: what stands on the command line.
  /// - Parameter coordinateCount: d of the data where it is known; nil leaves what depends on it unchecked.
  /// - Throws: `ConfigurationError` placed at the option.
  public init(argument: String, coordinateCount: Int? = nil) throws(ConfigurationError) {
    let location = ConfigurationError.Location.option("--mask \(shortened(argument))")
    let node: ConfigurationNode
    if let short = Self.expand(argument, location: location) {
      node = short
    } else if argument.hasPrefix("{") {
      do {
        node = try parseYAML(argument) { _ in location }
      } catch {
        throw ConfigurationError(location: location, key: error.key, reason: error.reason, remedy: error.remedy)
      }
    } else {
      throw Self.refusal(of: argument, location: location)
    }
    self = try Self.read(
      ConfigurationField(key: "", node: node), MaskContext(coordinates: coordinateCount, hasOwnData: true))
  }

  /// Why one word is no mask, and what it may have been meant for.
  private static func refusal(of argument: String, location: ConfigurationError.Location) -> ConfigurationError {
    let name = argument.prefix { $0 != ":" }
    if let scheme = schemes.first(where: { $0.word == name || dashed($0.word) == name }) {
      let forms = scheme.shorthands.map { $0.syntax(dashed(scheme.word)) }
      return ConfigurationError(
        location: location, key: "", reason: "\(name) is not written so",
        remedy: "write \((forms.isEmpty ? [dashed(scheme.word)] : forms).joined(separator: " or "))")
    }
    let nearest = nearestWord(to: String(name), among: schemes.map { dashed($0.word) })
    return ConfigurationError(
      location: location, key: "", reason: "no such mask",
      remedy: (nearest.map { "did you mean \($0)\(argument[name.endIndex...])? " } ?? "") + "known are \(syntax)")
  }

  /// The forms of the command line, for its help.
  public static var syntax: String {
    let forms = schemes.flatMap { scheme in
      (scheme.shorthands.isEmpty ? [MaskShorthand(keys: [])] : scheme.shorthands).map { $0.syntax(dashed(scheme.word)) }
    }
    return forms.joined(separator: ", ")
  }

  /// What a mask on the command line begins with.
  package static var words: [String] {
    schemes.map { dashed($0.word) + ($0.shorthands.contains { !$0.keys.isEmpty } ? ":" : "") }
  }

  /// Reads `model.mask`, or what stands for it.
  static func read(_ field: ConfigurationField, _ context: MaskContext) throws(ConfigurationError) -> MaskConfiguration
  {
    var field = field
    if case .scalar(let text, _) = field.node.content, let node = expand(text, location: field.node.location) {
      field.node = node
    }
    let choice = try ConfigurationChoice(
      field, words: schemes.filter { $0.example == nil }.map { $0.word },
      forms: schemes.compactMap { scheme in scheme.example.map { (scheme.word, $0) } })
    guard let scheme = schemes.first(where: { $0.word == choice.word }) else {
      preconditionFailure("a choice is one of its words")
    }
    return MaskConfiguration(try scheme.read(choice.value, context))
  }

  /// The tree that one word stands for; nil where it is none of the short forms.
  private static func expand(_ text: String, location: ConfigurationError.Location) -> ConfigurationNode? {
    let name = text.prefix { $0 != ":" }
    guard let scheme = schemes.first(where: { $0.word == name || dashed($0.word) == name }) else { return nil }
    guard name.endIndex < text.endIndex else {
      let word = ConfigurationNode(content: .scalar(scheme.word, quoted: false), location: location)
      return scheme.example == nil ? word : nil
    }
    let most = scheme.shorthands.map(\.keys.count).max() ?? 0
    let values = text[name.endIndex...].dropFirst()
      .split(separator: ":", maxSplits: max(0, most - 1), omittingEmptySubsequences: false).map(String.init)
    guard let form = scheme.shorthands.first(where: { $0.keys.count == values.count }), !values.contains("") else {
      return nil
    }
    return ConfigurationNode(
      content: .section([
        ConfigurationNode.Entry(
          key: scheme.word, location: location, value: form.section(values, location: location))
      ]), location: location)
  }

  private static func dashed(_ word: String) -> String { String(word.map { $0 == "_" ? "-" : $0 }) }

  /// It as YAML, defaults written out: reading it back gives an equal value.
  public var yaml: String {
    let entries = scheme.entries
    return entries.isEmpty ? word : YAMLValue.section([(word, .section(entries))]).yaml
  }

  /// It as one argument of the command line, as short as it can be written: `init(argument:)` gives an equal value.
  public var argument: String {
    let entries = scheme.entries
    if entries.isEmpty { return Self.dashed(word) }
    for form in type(of: scheme).shorthands {
      if let values = form.values(of: entries) { return ([word] + values).joined(separator: ":") }
    }
    return yaml
  }
}
