/// A value as YAML on one line: what reads back as itself.
enum YAMLValue {
  case word(String)
  case text(String)
  case integer(Int)
  case number(Double)
  case list([YAMLValue])
  case mapping([Entry])

  /// A struct: with tuples of the enum in a case a build without optimisation finds a circular reference.
  struct Entry {
    var key: String
    var value: YAMLValue
  }

  static func section(_ entries: [(key: String, value: YAMLValue)]) -> YAMLValue {
    .mapping(entries.map { Entry(key: $0.key, value: $0.value) })
  }

  static func numbers(_ values: [Double]) -> YAMLValue { .list(values.map { .number($0) }) }

  /// The YAML.
  var yaml: String {
    switch self {
    case .word(let word): word
    case .text(let text): Self.quoted(text)
    case .integer(let value): "\(value)"
    case .number(let value): Self.decimal(value)
    case .list(let values): "[\(values.map(\.yaml).joined(separator: ", "))]"
    case .mapping(let entries): "{\(entries.map { "\($0.key): \($0.value.yaml)" }.joined(separator: ", "))}"
    }
  }

  /// The plain text of a value that is one word or number.
  var scalar: String? {
    switch self {
    case .text(let text): text
    case .list, .mapping: nil
    case .word, .integer, .number: yaml
    }
  }

  /// The shortest decimal that reads back as the same number, with the point that YAML 1.1 wants before an exponent.
  private static func decimal(_ value: Double) -> String {
    let text = "\(value)"
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return "\(text[..<exponent]).0\(text[exponent...])"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.properties.generalCategory == .control:
        let digits = String(scalar.value, radix: 16)
        result += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
