/// One `key=value` of the command line, taken apart.
struct Override: Sendable {
  var key: String
  /// The values at each of which the key is to be set; more than one sweep it. Each with its text as written.
  var values: [(text: String, node: ConfigurationNode)]

  /// Keys whose value is a list by nature: a comma list sets it rather than sweeping.
  static let listKeys = Set(
    ["data.samples", "data.aspect_ratio", "model.ridge", "measure"]
      + DataConfiguration.Model.keys.flatMap(\.lists).map { "data.\($0)" })

  /// - Parameter text: `key=value[,value…]`; commas inside brackets, braces or quotes do not separate.
  /// - Throws: no `=`, an empty key or value, a value that is no YAML.
  init(_ text: String) throws(ConfigurationError) {
    let location = ConfigurationError.Location.override(shortened(text))
    func failure(_ reason: String, _ key: String = "") -> ConfigurationError {
      ConfigurationError(
        location: location, key: key, reason: reason, remedy: "write key=value, such as data.samples=500,1000")
    }
    guard let equals = text.firstIndex(of: "=") else { throw failure("no \"=\" in it") }
    key = String(text[..<equals])
    guard !key.split(separator: ".", omittingEmptySubsequences: false).contains(where: \.isEmpty) else {
      throw failure(key.isEmpty ? "no key before \"=\"" : "an empty part in the key \"\(shortened(key))\"")
    }
    values = []
    for part in splitAtCommas(text[text.index(after: equals)...]) {
      let trimmed = part.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
      guard !trimmed.isEmpty else { throw failure("an empty value", key) }
      let value = String(trimmed)
      do {
        values.append((value, try parseYAML(value) { _ in location }))
      } catch {
        throw ConfigurationError(location: location, key: key, reason: error.reason, remedy: error.remedy)
      }
    }
    if Self.listKeys.contains(key), values.count > 1 {
      let list = ConfigurationNode(content: .list(values.map(\.node)), location: location)
      values = [(values.map(\.text).joined(separator: ","), list)]
    }
  }
}

private func splitAtCommas(_ text: Substring) -> [Substring] {
  var parts: [Substring] = []
  var start = text.startIndex
  var depth = 0
  var quote: Character?
  for index in text.indices {
    let character = text[index]
    if quote != nil {
      if character == quote { quote = nil }
      continue
    }
    switch character {
    case "\"", "'": quote = character
    case "[", "{": depth += 1
    case "]", "}": depth -= 1
    case "," where depth == 0:
      parts.append(text[start..<index])
      start = text.index(after: index)
    default: break
    }
  }
  parts.append(text[start...])
  return parts
}
