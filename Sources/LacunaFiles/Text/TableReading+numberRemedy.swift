extension TableReading {
  /// What to do about a cell that a person would read as a number; nil where it is none.
  ///
  /// A thousands separator is never taken for a decimal comma, nor the other way round: the one reading is a thousand times
  /// the other.
  func numberRemedy(_ text: String) -> String? {
    let own = NumberParser(decimal: decimalMark)
    let other = NumberParser(decimal: UInt8(ascii: decimalComma ? "." : ","))
    // U+0096 is what Windows' dash becomes where its code page is taken for Latin 1.
    if let first = text.unicodeScalars.first, ["\u{2212}", "\u{2013}", "\u{96}"].contains(first),
      own.value("-" + String(text.unicodeScalars.dropFirst())) != nil
    {
      return "its minus is the character U+\(Self.code(first)): write -"
    }
    if ["0x", "0X"].contains(where: text.hasPrefix), text.count > 2, text.dropFirst(2).allSatisfy(\.isHexDigit) {
      return "write hexadecimal numbers in decimal"
    }
    if isGrouped(text, mark: decimalComma ? "," : ".") {
      let separators = Self.groupSeparators(mark: decimalComma ? "," : ".")
      let isEither = other.value(text) != nil
      let doubt =
        decimalComma
        ? "; if the point stands before a fraction, leave out --decimal ,"
        : "; if the comma stands before a fraction, say --decimal ,"
      return "write a number of thousands without separators, as \(text.filter { !separators.contains($0) })"
        + (isEither ? remedy(doubt, otherwise: "") : "")
    }
    if isGrouped(text, mark: decimalComma ? "." : ",") {
      let separators = Self.groupSeparators(mark: decimalComma ? "." : ",")
      return "write a number of thousands without separators, as \(text.filter { !separators.contains($0) })"
        + remedy(decimalComma ? ", and leave out --decimal ," : ", and say --decimal ,", otherwise: "")
    }
    if let odd = text.unicodeScalars.first(where: Self.isUnseen),
      own.value(String(text.unicodeScalars.filter { !Self.isUnseen($0) })) != nil
    {
      return "the unseen character U+\(Self.code(odd)) stands in it: take it out"
    }
    if other.value(text) != nil {
      return decimalComma
        ? "the numbers were said to have decimal commas"
        : remedy("for decimal commas say --decimal ,", otherwise: "write numbers with a decimal point")
    }
    if ["true", "false", "yes", "no"].contains(text.lowercased()) {
      return "write 1 and 0" + remedy(", or leave the column out with --exclude", otherwise: "")
    }
    let digits = text.drop { "$€£¥".contains($0) || $0.isWhitespace }
    let end = digits.lastIndex { $0.isNumber || $0 == "." }.map { digits.index(after: $0) } ?? digits.startIndex
    // A unit that touches the number is a sign: 12A is a name.
    let isApart = digits[end...].first?.isWhitespace == true
    let unit = digits[end...].drop(while: \.isWhitespace)
    let number = String(digits[..<end])
    let isUnit =
      unit.count <= 6 && unit.allSatisfy { "%°$€£¥".contains($0) || (isApart && ($0.isLetter || "/µ²³".contains($0))) }
    if (own.value(number) != nil || isGrouped(number, mark: decimalComma ? "," : ".")) && isUnit {
      return "write the number alone; its unit belongs into the column's name"
    }
    return nil
  }

  private static func groupSeparators(mark: Character) -> Set<Character> {
    [mark == "," ? "." : ",", "'", " ", "\u{A0}", "\u{202F}", "\u{2019}"]
  }

  private static func code(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16).uppercased()
    return String(repeating: "0", count: max(4 - digits.count, 0)) + digits
  }

  /// Spaces that are no space, byte order marks and the like.
  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .spaceSeparator: scalar != " "
    case .format, .control: true
    default: false
    }
  }

  /// Whether groups of three digits stand between equal separators, before a fraction or none.
  private func isGrouped(_ text: String, mark: Character) -> Bool {
    let digits = text.drop { $0 == "-" || $0 == "+" }
    let separators = Self.groupSeparators(mark: mark)
    guard let separator = digits.first(where: separators.contains) else { return false }
    let whole = digits.prefix { $0 != mark }
    let fraction = digits[whole.endIndex...].dropFirst()
    let groups = whole.split(separator: separator, omittingEmptySubsequences: false)
    func isDigits(_ part: Substring) -> Bool { part.allSatisfy { $0.isASCII && $0.isNumber } }
    // 0,126 has no thousands.
    return groups.count > 1 && (1...3).contains(groups[0].count) && groups[0].first != "0"
      && groups.dropFirst().allSatisfy { $0.count == 3 }
      && groups.allSatisfy(isDigits) && isDigits(fraction)
  }
}
