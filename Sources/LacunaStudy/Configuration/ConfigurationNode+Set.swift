extension ConfigurationNode {
  /// Sets the value of a dotted key, making the sections on its way where they are missing.
  ///
  /// A number in the key counts items of a list from 0. A value of one form replaces another form of the same value
  /// (`data.noise.variances.linear` a given `geometric`), and each of `data.samples` and `data.aspect_ratio` replaces
  /// the other where that came from the file. Whether a key is valid is decided when the tree is read.
  /// - Throws: an index beyond the list, a word where an index is wanted.
  mutating func set(
    _ key: String, to value: ConfigurationNode
  ) throws(ConfigurationError) {
    let parts = key.split(separator: ".").map(String.init)
    try set(parts[...], done: "", to: value)
    let alternatives = ["data.samples": "aspect_ratio", "data.aspect_ratio": "samples"]
    if let alternative = alternatives[key] { removeFromData(alternative) }
  }

  /// Values that have several forms, one key each.
  private static func hasForms(_ key: String) -> Bool {
    let parts = key.split(separator: ".")
    return forms.contains { form in
      form.count == parts.count && zip(form, parts).allSatisfy { $0 == "*" || $0 == $1 }
    }
  }

  private static let forms =
    (["data.noise.law", "model.mask"] + DataConfiguration.Model.keys.flatMap(\.forms).map { "data.\($0)" })
    .map { $0.split(separator: ".") }

  private mutating func set(
    _ parts: ArraySlice<String>, done: String, to value: ConfigurationNode
  ) throws(ConfigurationError) {
    guard let part = parts.first else {
      self = value
      return
    }
    let path = joined(done, part)
    if case .list(var items) = content {
      guard let index = Int(part) else {
        if Self.hasForms(done) {
          self = ConfigurationNode(content: .section([]), location: value.location)
          return try set(parts, done: done, to: value)
        }
        throw ConfigurationError(
          location: value.location, key: path, reason: "\(done) is a list",
          remedy: "name an item by its index, such as \(done).0")
      }
      guard items.indices.contains(index) else {
        throw ConfigurationError(
          location: value.location, key: path,
          reason: "\(done) has \(items.count) item\(items.count == 1 ? "" : "s")",
          remedy: items.isEmpty
            ? "set the whole list" : "use an index from 0 to \(items.count - 1), or set the whole list")
      }
      try items[index].set(parts.dropFirst(), done: path, to: value)
      content = .list(items)
      return
    }
    var entries: [Entry] = []
    if case .section(let present) = content { entries = present } else { location = value.location }
    if Self.hasForms(done) { entries.removeAll { $0.key != part } }
    if let index = entries.firstIndex(where: { $0.key == part }) {
      try entries[index].value.set(parts.dropFirst(), done: path, to: value)
    } else {
      var child = ConfigurationNode(content: .section([]), location: value.location)
      try child.set(parts.dropFirst(), done: path, to: value)
      entries.append(Entry(key: part, location: value.location, value: child))
    }
    content = .section(entries)
  }

  private mutating func removeFromData(_ key: String) {
    guard case .section(var top) = content, let index = top.firstIndex(where: { $0.key == "data" }),
      case .section(var data) = top[index].value.content
    else { return }
    data.removeAll { $0.key == key && !$0.location.isOverride }
    top[index].value.content = .section(data)
    content = .section(top)
  }
}
