/// Text that shows what it holds: control characters (C0, DEL, C1), line and paragraph separators and the marks that turn
/// the direction of writing are written out as `\u{1b}`, bytes of a file name that are no UTF-8 as `\xff`.
///
/// For whatever comes from a file or a machine and goes to a terminal: a column name may hold the escape sequence that
/// clears the screen or sets its title.
package func escaped(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if let byte = PathText.byte(scalar) {
      result += "\\x" + String(byte, radix: 16)
    } else if isUnsafe(scalar) {
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Text that means itself between the tags and inside the quotes of an HTML or SVG page, control characters written out.
package func escapedMarkup(_ text: String) -> String {
  var result = ""
  for character in escaped(text).unicodeScalars {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default: result.unicodeScalars.append(character)
    }
  }
  return result
}

/// Text quoted for a message: written out as by `escaped`, at most 40 characters.
func quoted(_ text: String) -> String {
  let shown = escaped(String(String.UnicodeScalarView(text.unicodeScalars.prefix(40))))
  return "'" + shown + (text.unicodeScalars.count > 40 ? "…'" : "'")
}

/// A list of names for a message: the first few, quoted, and how many more.
func listed(_ names: [String], most: Int = 6) -> String {
  let more = names.count > most ? " and \(names.count - most) more" : ""
  return names.prefix(most).map { escaped(String($0.prefix(40))) }.joined(separator: ", ") + more
}

private func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x00..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFFFD: true
  case 0x10FF80...0x10FFFF: true
  default: false
  }
}
