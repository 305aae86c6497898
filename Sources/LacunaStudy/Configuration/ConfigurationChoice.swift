/// One of several forms: a bare word (`gaussian`), or a word with a value (`{student_t: 5}`).
struct ConfigurationChoice {
  var word: String
  /// The value, for a form that takes one.
  var value: ConfigurationField

  /// - Parameter words: forms without a value.
  /// - Parameter forms: forms with a value, each with an example of the value.
  /// - Throws: an unknown word, a missing or superfluous value, several forms at once.
  init(
    _ field: ConfigurationField, words: [String], forms: [(word: String, example: String)]
  ) throws(ConfigurationError) {
    let all = words + forms.map { "{\($0.word): \($0.example)}" }
    let every = "write \(all.joined(separator: " or "))"
    switch field.node.content {
    case .scalar(let text, _) where !field.node.isAbsent:
      guard words.contains(text) else {
        if let form = forms.first(where: { $0.word == text }) {
          throw field.failure("\(text) needs a value", "write {\(form.word): \(form.example)}")
        }
        let nearest = nearestWord(to: text, among: words + forms.map(\.word))
        throw field.failure(
          "unknown value \"\(shortened(text))\"", nearest.map { "did you mean \"\($0)\"?" } ?? every)
      }
      self.init(word: text, value: field)
    case .section(let entries) where entries.count == 1:
      let entry = entries[0]
      let value = ConfigurationField(
        key: joined(field.key, shortened(entry.key)), node: entry.value, keyLocation: entry.location)
      guard forms.contains(where: { $0.word == entry.key }) else {
        if words.contains(entry.key) {
          throw field.failure("\(entry.key) takes no value", "write the word alone")
        }
        let nearest = nearestWord(to: entry.key, among: words + forms.map(\.word))
        throw ConfigurationError(
          location: entry.location, key: value.key, reason: "unknown key",
          remedy: nearest.map { "did you mean \"\($0)\"?" } ?? every)
      }
      self.init(word: entry.key, value: value)
    case .section(let entries) where entries.count > 1:
      throw field.failure("several forms at once", every)
    default:
      throw field.failure("one form wanted, found \(field.node.kind)", every)
    }
  }

  private init(word: String, value: ConfigurationField) {
    self.word = word
    self.value = value
  }
}
