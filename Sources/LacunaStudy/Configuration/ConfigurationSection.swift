/// A section of keys, all of them known to be valid ones.
struct ConfigurationSection {
  var key: String
  private(set) var location: ConfigurationError.Location
  private var fields: [String: ConfigurationField]

  /// Reads a node as a section.
  ///
  /// - Parameter keys: the keys that are valid here.
  /// - Parameter elsewhere: for keys that are valid in other sections, the dotted key to offer instead.
  /// - Throws: the node is no section, or holds an unknown key.
  init(
    _ field: ConfigurationField, keys: [String], elsewhere: [String: String] = [:]
  ) throws(ConfigurationError) {
    guard case .section(let entries) = field.node.content else {
      throw field.failure("a section of keys wanted, found \(field.node.kind)", "keys: \(keys.joined(separator: ", "))")
    }
    key = field.key
    location = field.keyLocation
    fields = [:]
    for entry in entries {
      let path = joined(field.key, shortened(entry.key))
      guard keys.contains(entry.key) else {
        let hint =
          elsewhere[entry.key].map { "it belongs under \($0)" } ?? remedy(forWord: shortened(entry.key), among: keys)
        throw ConfigurationError(location: entry.location, key: path, reason: "unknown key", remedy: hint)
      }
      fields[entry.key] = ConfigurationField(key: path, node: entry.value, keyLocation: entry.location)
    }
  }

  /// The value of a key, or `nil` where it is not given.
  subscript(_ name: String) -> ConfigurationField? { fields[name] }

  /// The value of a key that must be given.
  /// - Parameter example: what to write, without the key's section.
  func required(_ name: String, example: String) throws(ConfigurationError) -> ConfigurationField {
    guard let field = fields[name] else {
      throw ConfigurationError(
        location: location, key: joined(key, name), reason: "missing", remedy: "add \(example)")
    }
    return field
  }
}
