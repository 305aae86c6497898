/// What parts the fields of a line.
enum Separator: Equatable {
  case byte(UInt8)
  /// Any run of spaces and tabs.
  case spaces

  var words: String {
    switch self {
    case .spaces: "spaces"
    case .byte(UInt8(ascii: ",")): "commas"
    case .byte(UInt8(ascii: ";")): "semicolons"
    case .byte(UInt8(ascii: "|")): "bars"
    case .byte(0x09): "tabs"
    case .byte(let byte): "'\(Character(Unicode.Scalar(byte)))'"
    }
  }
}

/// A field of a line of text.
struct CSVField: Equatable {
  var text: String
  /// It stood in quotes.
  var isQuoted: Bool

  /// The text as a column's name, on one line.
  var name: String {
    guard text.contains(where: \.isNewline) else { return text }
    return text.split(whereSeparator: \.isNewline).map { $0.trimming(while: \.isWhitespace) }.joined(separator: " ")
  }
}

extension Substring {
  fileprivate func trimming(while isOff: (Character) -> Bool) -> Substring {
    let start = drop(while: isOff)
    guard let end = start.lastIndex(where: { !isOff($0) }) else { return start.prefix(0) }
    return start[...end]
  }
}

/// The fields of a line of separated values.
struct CSVLine {
  let bytes: UnsafeBufferPointer<UInt8>
  let separator: Separator
  private(set) var position = 0
  private(set) var isDone = false

  /// - Parameter bytes: without the line's end.
  init(_ bytes: UnsafeBufferPointer<UInt8>, _ separator: Separator) {
    self.bytes = bytes
    self.separator = separator
    if separator == .spaces {
      skipSpaces()
      isDone = position == bytes.count
    }
  }

  /// The fields as text: spaces around them cut, quotes taken off and doubled quotes inside halved.
  /// - Returns: nil if a quote is never closed or something follows a closed one.
  static func fields(_ bytes: UnsafeBufferPointer<UInt8>, _ separator: Separator) -> [CSVField]? {
    var line = Self(bytes, separator)
    var fields: [CSVField] = []
    while true {
      switch line.next() {
      case .field(let field): fields.append(field)
      case .end: return fields
      case .unbalanced: return nil
      }
    }
  }

  enum Step {
    case field(CSVField)
    case end
    case unbalanced
  }

  mutating func next() -> Step {
    guard !isDone else { return .end }
    skipSpaces()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      let start = position
      while position < bytes.count && !separates(bytes[position]) { position += 1 }
      var end = position
      while end > start && isSpace(bytes[end - 1]) { end -= 1 }
      let text = decodeText(UnsafeBufferPointer(rebasing: bytes[start..<end]))
      finishField()
      return .field(CSVField(text: text, isQuoted: false))
    }
    var content: [UInt8] = []
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
          if separator != .spaces { skipSpaces() }
          guard position == bytes.count || separates(bytes[position]) else { return .unbalanced }
          finishField()
          return .field(CSVField(text: content.withUnsafeBufferPointer(decodeText), isQuoted: true))
        }
        position += 1
      }
      content.append(byte)
    }
    return .unbalanced
  }

  /// Steps over the separator, or sees that there is none.
  private mutating func finishField() {
    if separator == .spaces {
      skipSpaces()
      isDone = position == bytes.count
    } else {
      isDone = position == bytes.count
      position += 1
    }
  }

  private mutating func skipSpaces() {
    while position < bytes.count && isSpace(bytes[position]) { position += 1 }
  }

  private func isSpace(_ byte: UInt8) -> Bool { (byte == 0x20 || byte == 0x09) && separator != .byte(byte) }

  private func separates(_ byte: UInt8) -> Bool {
    switch separator {
    case .byte(let separator): byte == separator
    case .spaces: byte == 0x20 || byte == 0x09
    }
  }
}

/// The text of bytes in UTF-8, or, where they are not, in Latin 1, as older programs write names.
func decodeText(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
  String(validating: bytes, as: UTF8.self)
    ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}

/// What the text of a cell is.
enum CSVCellKind: Equatable {
  case number(Double, isInteger: Bool)
  case missing(String)
  case infinite
  case text(String)

  init(_ text: String, _ parser: NumberParser, missing: MissingSpellings) {
    if missing.texts.contains(text) {
      self = .missing("missing (\(quoted(text)))")
    } else if let value = parser.value(text) {
      guard !missing.contains(value) else {
        self = .missing("missing (\(quoted(text)))")
        return
      }
      self = .number(value, isInteger: text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D || $0 == 0x2B })
    } else {
      switch text.lowercased() {
      case "": self = .missing("empty")
      case "nan", "+nan", "-nan": self = .missing("NaN")
      case "na", "n/a", "null": self = .missing("missing (\(quoted(text)))")
      case "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity": self = .infinite
      default: self = .text(text)
      }
    }
  }

  /// Spellings of a missing cell that are read as one without being asked for.
  static let missingSpellings = "an empty cell, NA, N/A, NaN, null"

  /// Spellings that some programs write for a missing cell, and that are read as one when they are named.
  static let suspects: Set<String> = [
    "?", "None", "none", "<NA>", "#N/A", "#N/A N/A", ".", "-", "--", "NaT", "nil", "NULL", "missing", "*", "..", "#NV",
    "#VALUE!", "#DIV/0!",
    "1.#QNAN", "-1.#IND", "1.#IND", "---", "n.a.", "N.A.", "#NUM!", "#REF!", "#NAME?", "#NULL!",
  ]
}
