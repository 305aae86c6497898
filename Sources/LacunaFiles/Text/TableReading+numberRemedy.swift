extension TableReading {
  /// What to do about a cell that a person would read as a number; nil where it is none.
  ///
  /// A thousands separator is never taken for a decimal comma, nor the other way round: the one reading is a thousand times
  /// the other.
  func numberRemedy(_ text: String) -> String? {
    let own = NumberParser(decimal: UInt8(ascii: decimalComma ? "," : "."))
    let other = NumberParser(decimal: UInt8(ascii: decimalComma ? "." : ","))
    if let first = text.unicodeScalars.first, ["\u{2212}", "\u{2013}"].contains(first),
      own.value("-" + text.dropFirst()) != nil
    {
      return "its minus is the character U+\(String(first.value, radix: 16).uppercased()): write -"
    }
    if isGrouped(text) {
      let plain = text.filter { !Self.groupSeparators.contains($0) }
      let isEither = !decimalComma && other.value(text) != nil
      return "write a number of thousands without separators, as \(plain)"
        + (isEither ? remedy("; if the comma stands before a fraction, say --decimal ,", otherwise: "") : "")
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
    if (own.value(number) != nil || isGrouped(number)) && isUnit {
      return "write the number alone; its unit belongs into the column's name"
    }
    return nil
  }

  private static var groupSeparators: Set<Character> { [",", "'", " ", "\u{A0}", "\u{202F}", "\u{2019}"] }

  /// Whether groups of three digits stand between equal separators.
  private func isGrouped(_ text: String) -> Bool {
    let digits = text.drop { $0 == "-" || $0 == "+" }
    guard let separator = digits.first(where: { Self.groupSeparators.contains($0) }) else { return false }
    let whole = digits.prefix { $0 != "." }
    let fraction = digits[whole.endIndex...].dropFirst()
    let groups = whole.split(separator: separator, omittingEmptySubsequences: false)
    func isDigits(_ part: Substring) -> Bool { part.allSatisfy { $0.isASCII && $0.isNumber } }
    return groups.count > 1 && (1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 }
      && groups.allSatisfy(isDigits) && isDigits(fraction)
  }
}
