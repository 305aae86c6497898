/// A configuration as a tree of text, each part with the place where it was written.
///
/// The common ground of file and overrides: overrides are set in the tree before anything is interpreted, so that an
/// error always names the place that caused it.
struct ConfigurationNode: Sendable {
  typealias Location = ConfigurationError.Location

  struct Entry: Sendable {
    var key: String
    var location: Location
    var value: ConfigurationNode
  }

  enum Content: Sendable {
    /// Plain text may be a number or a word; quoted text is a word only.
    case scalar(String, quoted: Bool)
    case list([ConfigurationNode])
    case section([Entry])
  }

  var content: Content
  var location: Location

  /// What the content is, for messages.
  var kind: String {
    switch content {
    case .scalar(let text, _) where isAbsent: text.isEmpty ? "nothing" : "nothing (\(text))"
    case .scalar(let text, let quoted): quoted ? "the text \"\(shortened(text))\"" : "\"\(shortened(text))\""
    case .list: "a list"
    case .section: "a section of keys"
    }
  }

  /// Whether this is YAML's way of writing no value at all.
  var isAbsent: Bool {
    guard case .scalar(let text, quoted: false) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }
}

/// A text fit for a message of one line: at most 60 characters, no line breaks or other control characters.
func shortened(_ text: String) -> String {
  // As most are.
  if text.utf8.count <= 60, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
  let visible = text.unicodeScalars.prefix(61).map { $0.properties.generalCategory == .control ? " " : String($0) }
  return visible.count > 60 ? visible.prefix(57).joined() + "..." : visible.joined()
}
