import Yams

/// The tree of a YAML text.
///
/// - Parameter text: one YAML document of at most 4 MiB without aliases.
/// - Parameter place: the location of a line of the text, counted from 1.
/// - Throws: a syntax error, a key given twice, an alias, a tree deeper than 32 or a text too large, with the line.
func parseYAML(
  _ text: String, place: (_ line: Int) -> ConfigurationError.Location
) throws(ConfigurationError) -> ConfigurationNode {
  func failure(_ line: Int, _ reason: String, _ remedy: String, key: String = "") -> ConfigurationError {
    ConfigurationError(location: place(line), key: key, reason: reason, remedy: remedy)
  }
  guard text.utf8.count <= 4 << 20 else {
    throw failure(1, "the configuration is larger than 4 MiB", "keep long lists of numbers in a file and name it")
  }
  if let line = lineOfAlias(in: text) {
    throw failure(line, "YAML aliases are not read", "write the value out")
  }
  let root: Node?
  do {
    root = try Yams.compose(yaml: text, .basic)
  } catch let error as YamlError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
      throw failure(
        min(mark.line, lineCount(text)), "not valid YAML: \(problem)", "check indentation, colons and brackets")
    case .composer(_, let problem, let mark, _):
      throw failure(mark.line, "not one YAML document: \(problem)", "keep one document in a file")
    case .reader(let problem, let offset, _, _):
      throw failure(line(at: offset ?? 0, in: text), "not readable as YAML: \(problem)", "save the file as UTF-8 text")
    case .duplicatedKeysInMapping(let keys, let context):
      throw failure(
        context.mark.line, "key given more than once in its section", "keep one of them",
        key: keys.first.map(shortened) ?? "")
    default:
      throw failure(1, "not readable as YAML: \(error)", "check the file")
    }
  } catch {
    throw failure(1, "not readable as YAML: \(error)", "check the file")
  }
  guard let root else { return ConfigurationNode(content: .scalar("", quoted: false), location: place(1)) }
  return try convert(root, depth: 0, key: "", place: place)
}

private func convert(
  _ node: Node, depth: Int, key: String, place: (Int) -> ConfigurationError.Location
) throws(ConfigurationError) -> ConfigurationNode {
  let location = place(node.mark?.line ?? 1)
  guard depth <= 32 else {
    throw ConfigurationError(
      location: location, key: "", reason: "nested more than 32 levels deep", remedy: "check the brackets")
  }
  switch node {
  case .scalar(let scalar):
    let plain = scalar.style == .plain || scalar.style == .any
    return ConfigurationNode(content: .scalar(scalar.string, quoted: !plain), location: location)
  case .sequence(let sequence):
    var items: [ConfigurationNode] = []
    for (index, item) in sequence.enumerated() {
      items.append(try convert(item, depth: depth + 1, key: joined(key, "\(index)"), place: place))
    }
    return ConfigurationNode(content: .list(items), location: location)
  case .mapping(let mapping):
    var entries: [ConfigurationNode.Entry] = []
    var seen: Set<String> = []
    for (name, value) in mapping {
      let keyLocation = place(name.mark?.line ?? 1)
      guard case .scalar(let scalar) = name else {
        throw ConfigurationError(
          location: keyLocation, key: key, reason: "a key must be one word", remedy: "write key: value")
      }
      let path = joined(key, shortened(scalar.string))
      guard seen.insert(scalar.string).inserted else {
        throw ConfigurationError(
          location: keyLocation, key: path, reason: "key given more than once in its section",
          remedy: "keep one of them")
      }
      let child = try convert(value, depth: depth + 1, key: path, place: place)
      entries.append(ConfigurationNode.Entry(key: scalar.string, location: keyLocation, value: child))
    }
    return ConfigurationNode(content: .section(entries), location: location)
  case .alias:
    throw ConfigurationError(
      location: location, key: key, reason: "YAML aliases are not read", remedy: "write the value out")
  }
}

/// `parent.key`, or `key` at the top.
func joined(_ parent: String, _ key: String) -> String { parent.isEmpty ? key : "\(parent).\(key)" }

private func lineCount(_ text: String) -> Int {
  max(1, text.split(separator: "\n", omittingEmptySubsequences: false).count - (text.hasSuffix("\n") ? 1 : 0))
}

private func line(at offset: Int, in text: String) -> Int {
  1 + text.prefix(offset).reduce(0) { $0 + ($1.isNewline ? 1 : 0) }
}
