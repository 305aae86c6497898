/// A matrix of numbers of which few are not 0: samples in rows, coordinates in columns, in compressed rows.
public struct SparseTable: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  /// Row r has the entries `rowStarts[r] ..< rowStarts[r + 1]`; rows + 1 numbers.
  public let rowStarts: [Int]
  /// The entries' columns, from 0, ascending in each row and each once.
  public let columnIndices: [Int32]
  public let values: [Double]

  /// All cells, zeros too.
  /// - Throws: `io` if they are more than the machine's memory.
  public func dense(path: String) throws(DataFileError) -> Table {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, count < Int.max / 16 else {
      throw .io(path: path, reason: "its \(rows) × \(columns) cells, zeros too, are more than any memory")
    }
    try Memory.allowArray(count * 8, for: path)
    return Table(rows: rows, columns: columns, values: cells(of: 0..<rows))
  }

  /// All cells of some rows, row-major.
  public func cells(of range: Range<Int>) -> [Double] {
    var cells = [Double](repeating: 0, count: range.count * columns)
    for row in range {
      for entry in rowStarts[row]..<rowStarts[row + 1] {
        cells[(row - range.lowerBound) * columns + Int(columnIndices[entry])] = values[entry]
      }
    }
    return cells
  }

  /// The chosen columns alone.
  /// - Throws: `malformed` for columns that are not there, and where a number is to stand for missing cells.
  func choosing(_ reading: TableReading, path: String) throws(DataFileError) -> SparseTable {
    guard reading.spellings.values.isEmpty else {
      throw .malformed(
        path: path, position: .file, reason: "numbers of a sparse matrix are not read as missing cells",
        remedy: "save it dense, with NaN in the missing cells")
    }
    if reading.index == nil && reading.labels == nil && reading.columns.isEmpty && reading.exclude.isEmpty {
      return self
    }
    let choice = try reading.choose(names: nil, count: columns, path: path)
    if choice.labels != nil {
      throw .malformed(
        path: path, position: .file, reason: "a column of a sparse matrix is asked for as labels",
        remedy: "write the labels to a file, one a row")
    }
    var places = [Int32](repeating: -1, count: columns)
    for (place, column) in choice.columns.enumerated() { places[column] = Int32(place) }
    let rises = zip(choice.columns, choice.columns.dropFirst()).allSatisfy { $0 < $1 }
    var starts = [0]
    starts.reserveCapacity(rows + 1)
    var indices: [Int32] = []
    var kept: [Double] = []
    for row in 0..<rows {
      var entries = (rowStarts[row]..<rowStarts[row + 1]).filter { places[Int(columnIndices[$0])] >= 0 }
      if !rises { entries.sort { places[Int(columnIndices[$0])] < places[Int(columnIndices[$1])] } }
      for entry in entries {
        indices.append(places[Int(columnIndices[entry])])
        kept.append(values[entry])
      }
      starts.append(kept.count)
    }
    return SparseTable(
      rows: rows, columns: choice.columns.count, rowStarts: starts, columnIndices: indices, values: kept)
  }
}
