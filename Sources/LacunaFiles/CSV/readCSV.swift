/// Reads a table of numbers separated by commas, semicolons or tabs, a row a line.
///
/// The first line says which separator: a tab or semicolon outside quotes, else the comma. Lines end in LF or CR LF; a
/// UTF-8 byte order mark and blank lines at the end are passed over. Fields may be quoted and have spaces around them,
/// but stay on their line. Numbers are decimal with a point, `-1.5e-3`, and rounded correctly in every locale.
///
/// - Parameter header: whether the first line holds names; nil finds out: it does if none of its fields is a number.
/// - Parameter allowMissing: reads an empty cell, `NA`, `N/A`, `null` and `NaN` as NaN instead of refusing them.
///   Infinities are always refused.
/// - Throws: `noInput` if there is no such file; `malformed`, with line and column, for an empty file, a row with more or
///   fewer fields than the first, a blank line between rows, a cell that is no finite number, a column without a name;
///   `io` if the disk fails.
public func readCSV(
  _ path: String, header: Bool? = nil, allowMissing: Bool = false
) throws(DataFileError) -> Table {
  var reader = CSVReader(lines: try LineReader(path), allowMissing: allowMissing)
  return try reader.read(header: header)
}

private struct CSVReader {
  let lines: LineReader
  let allowMissing: Bool
  var separator = UInt8(ascii: ",")
  var names: [String]?
  var columns = 0
  var values: [Double] = []

  init(lines: LineReader, allowMissing: Bool) {
    self.lines = lines
    self.allowMissing = allowMissing
  }

  mutating func read(header: Bool?) throws(DataFileError) -> Table {
    var rows = 0
    var blankLine: Int?
    while var line = try lines.next() {
      if lines.line == 1 { line = try withoutMark(line) }
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) && !(separator == 0x09 && !line.isEmpty) {
        blankLine = blankLine ?? lines.line
        continue
      }
      if let blankLine { throw malformed(.line(blankLine), "the line is blank", "remove it") }
      if columns == 0 {
        if try begin(line, header: header) { continue }
      }
      try readRow(line)
      rows += 1
      if rows == 256, let size = lines.file.size {
        values.reserveCapacity(Int(Double(values.count) * Double(size) / Double(lines.bytesTaken) * 1.02))
      }
    }
    guard columns > 0 else { throw malformed(.file, "the file is empty", "it needs a row a sample") }
    guard rows > 0 else { throw malformed(.line(lines.line), "no row follows the header", "it needs a row a sample") }
    return Table(rows: rows, columns: columns, values: values, names: names)
  }

  /// The first line without a byte order mark.
  private func withoutMark(
    _ line: UnsafeBufferPointer<UInt8>
  ) throws(DataFileError) -> UnsafeBufferPointer<UInt8> {
    if line.starts(with: [0xEF, 0xBB, 0xBF]) { return UnsafeBufferPointer(rebasing: line[3...]) }
    if line.starts(with: [0xFF, 0xFE]) || line.starts(with: [0xFE, 0xFF]) {
      throw malformed(.byte(0), "the text is in UTF-16", "save it in UTF-8")
    }
    return line
  }

  /// Takes separator, number of columns and names from the first line.
  /// - Returns: whether it was a header.
  private mutating func begin(
    _ line: UnsafeBufferPointer<UInt8>, header: Bool?
  ) throws(DataFileError) -> Bool {
    separator = CSVLine.separator(of: line)
    guard let fields = CSVLine.fields(line, separator: separator) else {
      throw malformed(.line(lines.line), "a quote is not closed, or text follows a closed one", "balance the quotes")
    }
    columns = fields.count
    let hasHeader: Bool
    if let header { hasHeader = header } else { hasHeader = try isHeader(fields) }
    if hasHeader {
      if let blank = fields.firstIndex(of: "") {
        throw malformed(
          .field(line: lines.line, column: blank + 1, name: nil), "the column has no name",
          "name it, or drop it if it only numbers the rows")
      }
      names = fields
      return true
    }
    return false
  }

  /// Names if no field is a number, none if no field is text; a mixture is for the caller to settle.
  private func isHeader(_ fields: [String]) throws(DataFileError) -> Bool {
    var firstText: Int?
    var hasNumber = false
    for (column, field) in fields.enumerated() {
      if number(field) != nil {
        hasNumber = true
      } else if case .text = CSVCellKind(field) {
        firstText = firstText ?? column
      }
    }
    if hasNumber, let firstText {
      throw malformed(
        .field(line: lines.line, column: firstText + 1, name: nil),
        "\(quoted(fields[firstText])) is not a number, yet the line holds numbers",
        "correct the cell, or say that the first line is a header")
    }
    return firstText != nil
  }

  private func number(_ field: String) -> Double? {
    Array(field.utf8).withUnsafeBufferPointer { bytes in
      guard let (value, length) = parseNumber(bytes), length == bytes.count else { return nil }
      return value
    }
  }

  private mutating func readRow(_ line: UnsafeBufferPointer<UInt8>) throws(DataFileError) {
    var position = 0
    var column = 0
    while true {
      // The common case: a bare number up to the separator or the end.
      let rest = UnsafeBufferPointer(start: line.baseAddress! + position, count: line.count - position)
      if let (value, length) = parseNumber(rest), value.isFinite,
        length == rest.count || rest[length] == separator
      {
        values.append(value)
        position += length
      } else {
        values.append(try cell(line, at: &position, column: column))
      }
      column += 1
      if position == line.count { break }
      position += 1
      guard column < columns else {
        let count = CSVLine.fields(line, separator: separator)?.count ?? column + 1
        throw ragged(count)
      }
    }
    guard column == columns else { throw ragged(column) }
  }

  /// A field that is not simply a number: spaces, quotes, a missing value or a mistake.
  private func cell(
    _ line: UnsafeBufferPointer<UInt8>, at position: inout Int, column: Int
  ) throws(DataFileError) -> Double {
    let place = DataFileError.Position.field(line: lines.line, column: column + 1, name: names?[column])
    guard let field = CSVLine.field(line, at: &position, separator: separator) else {
      throw malformed(place, "a quote is not closed, or text follows a closed one", "balance the quotes")
    }
    if let value = number(field) {
      guard value.isFinite else { throw malformed(place, "\(quoted(field)) is beyond float64", "rescale the column") }
      return value
    }
    switch CSVCellKind(field) {
    case .missing where allowMissing: return .nan
    case .missing(let what):
      throw malformed(place, "the cell is \(what)", "drop or fill its row, or treat missing cells as masked")
    case .infinite: throw malformed(place, "the cell is infinite", "drop or replace its row")
    case .text:
      let remedy =
        if field.contains(",") {
          "write numbers with a decimal point"
        } else if field.contains(" ") {
          "separate fields by commas, semicolons or tabs"
        } else {
          "write numbers like 1.5 or 1.5e-3"
        }
      throw malformed(place, "\(quoted(field)) is not a number", remedy)
    }
  }

  private func ragged(_ count: Int) -> DataFileError {
    malformed(
      .line(lines.line), "the row has \(count) fields, the first line has \(columns)",
      "give every row the same number of fields")
  }

  private func malformed(
    _ position: DataFileError.Position, _ reason: String, _ remedy: String
  ) -> DataFileError {
    .malformed(path: lines.file.path, position: position, reason: reason, remedy: remedy)
  }
}
