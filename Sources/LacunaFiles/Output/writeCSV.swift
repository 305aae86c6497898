/// A cell of a table of separated values.
public enum CSVCell: Sendable, Equatable {
  case number(Double)
  case integer(Int)
  case text(String)
  /// Written as an empty field.
  case missing

  /// The cell as it stands in the file: numbers by the shortest digits that read back as the same float64, NaN empty,
  /// text in quotes where it holds a separator, quote, line break or space at its ends.
  public var field: String {
    switch self {
    case .number(let value):
      if value.isNaN { return "" }
      let digits = value.description
      return digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
    case .integer(let value): return value.description
    case .missing: return ""
    case .text(let text):
      let special: Set<UInt8> = [0x22, 0x2C, 0x3B, 0x09, 0x0A, 0x0D]
      guard text.utf8.contains(where: special.contains) || text.first == " " || text.last == " " else { return text }
      return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
  }
}

extension CSVCell: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(stringLiteral value: String) { self = .text(value) }
}

/// Writes rows of cells under a header, separated by commas, whole or not at all.
///
/// - Parameter rows: each with as many cells as there are names; taken one at a time.
/// - Throws: `cannotCreate` if the file cannot be made there, `io` if the disk is full or fails.
package func writeCSV(
  names: [String], rows: some Sequence<[CSVCell]>, to path: String
) throws(DataFileError) {
  let file = try AtomicFile(path)
  try appendCSV(names: names, rows: rows, to: file)
  try file.commit()
}

/// The same into a file that the caller commits.
package func appendCSV(
  names: [String], rows: some Sequence<[CSVCell]>, to file: AtomicFile
) throws(DataFileError) {
  try file.append(names.map { CSVCell.text($0).field }.joined(separator: ",") + "\n")
  for row in rows {
    precondition(row.count == names.count, "a row of \(row.count) cells under \(names.count) names")
    try file.append(row.map(\.field).joined(separator: ",") + "\n")
  }
}

/// Writes a table, with its names as a header where it has them, whole or not at all. NaN becomes an empty field.
///
/// - Throws: `cannotCreate` if the file cannot be made there, `io` if the disk is full or fails.
package func writeCSV(_ table: Table, to path: String) throws(DataFileError) {
  let file = try AtomicFile(path)
  if let names = table.names {
    try file.append(names.map { CSVCell.text($0).field }.joined(separator: ",") + "\n")
  }
  for row in 0..<table.rows {
    let cells = table.values[row * table.columns..<(row + 1) * table.columns]
    try file.append(cells.map { CSVCell.number($0).field }.joined(separator: ",") + "\n")
  }
  try file.commit()
}
