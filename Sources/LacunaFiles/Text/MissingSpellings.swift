/// Spellings of a missing cell that a person named, as they stand in a cell, or as numbers.
///
/// A spelling that is a number stands for its value: −999 is −999.0 and −9.99e2 too.
struct MissingSpellings: Sendable {
  let texts: Set<String>
  let values: [Double]

  var isEmpty: Bool { texts.isEmpty }

  /// - Parameter decimal: the mark before the fraction in the text's cells; a spelling may have a point all the same.
  init(_ texts: Set<String>, decimal: UInt8 = UInt8(ascii: ".")) {
    self.texts = texts
    let parsers = [NumberParser(decimal: decimal), NumberParser()]
    values = texts.compactMap { text in parsers.lazy.compactMap { $0.value(text) }.first }
      .filter(\.isFinite)
  }

  @inline(__always)
  func contains(_ value: Double) -> Bool { !values.isEmpty && values.contains(value) }
}

extension TableReading {
  var spellings: MissingSpellings { MissingSpellings(missing, decimal: decimalMark) }

  /// The mark before the fraction of a number in a text.
  var decimalMark: UInt8 { UInt8(ascii: decimalComma ? "," : ".") }
}

extension Table {
  /// Makes NaN of the numbers that stand for a missing cell.
  mutating func mark(_ missing: MissingSpellings, in choice: ColumnChoice) {
    guard !missing.values.isEmpty else { return }
    for row in 0..<rows {
      for column in choice.columns where missing.contains(values[row * columns + column]) {
        values[row * columns + column] = .nan
      }
    }
  }
}
