/// The tree of a YAML text; JSON is YAML.
///
/// - Parameter text: one YAML document of at most 4 MiB without aliases.
/// - Parameter place: the location of a line of the text, counted from 1.
/// - Throws: a syntax error, a key given twice, an alias, a tree deeper than 32 or a text too large, with the line.
func parseYAML(
  _ text: String, place: (_ line: Int) -> ConfigurationError.Location
) throws(ConfigurationError) -> ConfigurationNode {
  guard text.utf8.count <= 4 << 20 else {
    throw ConfigurationError(
      location: place(1), key: "", reason: "the configuration is larger than 4 MiB",
      remedy: "keep long lists of numbers in a file and name it")
  }
  return try withoutActuallyEscaping(place) { place throws(ConfigurationError) in
    try YAMLTree(events: YAMLEvents(text), place: place, lineCount: lineCount(text)).document()
  }
}

/// Makes the tree from the events: aliases are refused as they come, so that a few lines never stand for a huge tree.
private struct YAMLTree {
  let events: YAMLEvents
  let place: (Int) -> ConfigurationError.Location
  let lineCount: Int

  func document() throws(ConfigurationError) -> ConfigurationNode {
    var root: ConfigurationNode?
    while true {
      let (event, line) = try next()
      switch event {
      case .streamEnd: return root ?? ConfigurationNode(content: .scalar("", quoted: false), location: place(1))
      case .documentStart where root == nil: root = try node(try next(), depth: 0, key: "")
      case .documentStart:
        throw failure(line, "not one YAML document: another begins here", "keep one document in a file")
      default: break
      }
    }
  }

  private func failure(_ line: Int, _ reason: String, _ remedy: String, key: String = "") -> ConfigurationError {
    ConfigurationError(location: place(min(line, lineCount)), key: key, reason: reason, remedy: remedy)
  }

  private func next() throws(ConfigurationError) -> (event: YAMLEvents.Event, line: Int) {
    do {
      return try events.next()
    } catch {
      throw error.isEncoding
        ? failure(error.line, "not readable as YAML: \(error.problem)", "save the file as UTF-8 text")
        : failure(error.line, "not valid YAML: \(error.problem)", "check indentation, colons and brackets")
    }
  }

  /// The node that an event begins.
  private func node(
    _ first: (event: YAMLEvents.Event, line: Int), depth: Int, key: String
  ) throws(ConfigurationError) -> ConfigurationNode {
    let location = place(first.line)
    guard depth <= 32 else { throw failure(first.line, "nested more than 32 levels deep", "check the brackets") }
    switch first.event {
    case .scalar(let text, let isPlain):
      return ConfigurationNode(content: .scalar(text, quoted: !isPlain), location: location)
    case .sequenceStart:
      var items: [ConfigurationNode] = []
      while true {
        let item = try next()
        if case .sequenceEnd = item.event { break }
        items.append(try node(item, depth: depth + 1, key: joined(key, "\(items.count)")))
      }
      return ConfigurationNode(content: .list(items), location: location)
    case .mappingStart:
      return ConfigurationNode(content: .section(try entries(depth: depth, key: key)), location: location)
    case .alias: throw failure(first.line, "YAML aliases are not read", "write the value out", key: key)
    default: throw failure(first.line, "not valid YAML: a value is missing", "write one")
    }
  }

  /// The keys of a mapping with their values, up to its end.
  private func entries(depth: Int, key: String) throws(ConfigurationError) -> [ConfigurationNode.Entry] {
    var entries: [ConfigurationNode.Entry] = []
    var seen: Set<String> = []
    while true {
      let (event, line) = try next()
      switch event {
      case .mappingEnd: return entries
      case .scalar(let name, _):
        let path = joined(key, shortened(name))
        guard seen.insert(name).inserted else {
          throw failure(line, "key given more than once in its section", "keep one of them", key: path)
        }
        let child = try node(try next(), depth: depth + 1, key: path)
        entries.append(ConfigurationNode.Entry(key: name, location: place(line), value: child))
      case .alias: throw failure(line, "YAML aliases are not read", "write the value out", key: key)
      default: throw failure(line, "a key must be one word", "write key: value", key: key)
      }
    }
  }
}

/// `parent.key`, or `key` at the top.
func joined(_ parent: String, _ key: String) -> String { parent.isEmpty ? key : "\(parent).\(key)" }

private func lineCount(_ text: String) -> Int {
  max(1, text.split(separator: "\n", omittingEmptySubsequences: false).count - (text.hasSuffix("\n") ? 1 : 0))
}
