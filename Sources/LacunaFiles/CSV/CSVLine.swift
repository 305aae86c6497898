/// The fields of a line of separated values.
struct CSVLine {
  /// The separator that a first line speaks for: a tab or semicolon where there is one outside quotes, else the comma.
  static func separator(of line: UnsafeBufferPointer<UInt8>) -> UInt8 {
    var quoted = false
    var found = UInt8(ascii: ",")
    for byte in line {
      if byte == UInt8(ascii: "\"") {
        quoted.toggle()
      } else if !quoted {
        if byte == UInt8(ascii: "\t") { return byte }
        if byte == UInt8(ascii: ";") { found = byte }
      }
    }
    return found
  }

  /// The fields as text: spaces around them cut, quotes taken off and doubled quotes inside halved.
  /// - Returns: nil if a quote is never closed or something follows a closed one.
  static func fields(_ line: UnsafeBufferPointer<UInt8>, separator: UInt8) -> [String]? {
    var fields: [String] = []
    var position = 0
    while let field = field(line, at: &position, separator: separator) {
      fields.append(field)
      guard position < line.count else { return fields }
      position += 1
    }
    return nil
  }

  /// One field as text, and `position` at the separator or end after it.
  static func field(_ line: UnsafeBufferPointer<UInt8>, at position: inout Int, separator: UInt8) -> String? {
    func isSpace(_ byte: UInt8) -> Bool { byte != separator && (byte == 0x20 || byte == 0x09) }
    while position < line.count && isSpace(line[position]) { position += 1 }
    guard position < line.count, line[position] == UInt8(ascii: "\"") else {
      let start = position
      while position < line.count && line[position] != separator { position += 1 }
      var end = position
      while end > start && isSpace(line[end - 1]) { end -= 1 }
      return String(decoding: line[start..<end], as: UTF8.self)
    }
    var content: [UInt8] = []
    position += 1
    while position < line.count {
      let byte = line[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard position < line.count, line[position] == UInt8(ascii: "\"") else {
          while position < line.count && isSpace(line[position]) { position += 1 }
          guard position == line.count || line[position] == separator else { return nil }
          return String(decoding: content, as: UTF8.self)
        }
        position += 1
      }
      content.append(byte)
    }
    return nil
  }
}

/// What the text of a cell is when it is no finite number.
enum CSVCellKind {
  case missing(String)
  case infinite
  case text

  init(_ text: String) {
    switch text.lowercased() {
    case "": self = .missing("empty")
    case "nan", "+nan", "-nan": self = .missing("NaN")
    case "na", "n/a", "null": self = .missing("missing ('\(text)')")
    case "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity": self = .infinite
    default: self = .text
    }
  }
}

/// Text quoted for a message: control characters written out, at most 40 characters.
func quoted(_ text: String) -> String {
  let shown = text.unicodeScalars.prefix(40).map { scalar in
    scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0xFFFD
      ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
  }
  return "'" + shown.joined() + (text.unicodeScalars.count > 40 ? "…'" : "'")
}
