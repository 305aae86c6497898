/// A scheme and its numbers in one word, separated by colons: `partition:4:2` for
/// `{partition: {blocks: 4, order: random, passes: 2}}`.
struct MaskShorthand {
  /// The keys whose values are written, in order.
  var keys: [String]
  /// Keys that the form stands for beside them, each with its word.
  var implied: [String: String] = [:]
  /// Said of it in the help.
  var note = ""

  /// `partition:BLOCKS:PASSES (random blocks)`.
  func syntax(_ word: String) -> String {
    ([word] + keys.map { $0.uppercased() }).joined(separator: ":") + (note.isEmpty ? "" : " (\(note))")
  }

  /// The section that values stand for.
  func section(_ values: [String], location: ConfigurationError.Location) -> ConfigurationNode {
    let given = zip(keys, values).map { key, value in (key, value, quoted: numericValue(value) == nil) }
    return ConfigurationNode(
      content: .section(
        (given + implied.map { ($0.key, $0.value, quoted: false) }).map { key, value, quoted in
          ConfigurationNode.Entry(
            key: key, location: location,
            value: ConfigurationNode(content: .scalar(value, quoted: quoted), location: location))
        }), location: location)
  }

  /// The values of a section that this form can stand for; nil where it has other keys, or other values of the implied ones.
  func values(of entries: [(key: String, value: YAMLValue)]) -> [String]? {
    guard entries.count == keys.count + implied.count else { return nil }
    let texts = Dictionary(entries.map { ($0.key, $0.value.scalar) }) { first, _ in first }
    guard implied.allSatisfy({ texts[$0.key] == $0.value }) else { return nil }
    let values = keys.compactMap { texts[$0] ?? nil }
    return values.count == keys.count ? values : nil
  }
}
