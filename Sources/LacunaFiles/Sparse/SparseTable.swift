/// A matrix of numbers of which few are not 0: samples in rows, coordinates in columns, in compressed rows.
public struct SparseTable: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  /// Row r has the entries `rowStarts[r] ..< rowStarts[r + 1]`; rows + 1 numbers.
  public let rowStarts: [Int]
  /// The entries' columns, from 0, ascending in each row and each once.
  public let columnIndices: [Int32]
  public let values: [Double]

  init(rows: Int, columns: Int, rowStarts: [Int], columnIndices: [Int32], values: [Double]) {
    self.rows = rows
    self.columns = columns
    self.rowStarts = rowStarts
    self.columnIndices = columnIndices
    self.values = values
  }

  /// All cells, zeros too.
  /// - Throws: `io` if they are more than the machine's memory.
  public func dense(path: String) throws(DataFileError) -> Table {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, count < Int.max / 16 else {
      throw .io(path: path, reason: "its \(rows) × \(columns) cells, zeros too, are more than any memory")
    }
    try Memory.allowArray(count * 8, for: path)
    var cells = [Double](repeating: 0, count: count)
    for row in 0..<rows {
      for entry in rowStarts[row]..<rowStarts[row + 1] {
        cells[row * columns + Int(columnIndices[entry])] = values[entry]
      }
    }
    return Table(rows: rows, columns: columns, values: cells)
  }

  /// The matrix with rows and columns exchanged.
  public func transposed() -> SparseTable {
    var starts = [Int](repeating: 0, count: columns + 1)
    for column in columnIndices { starts[Int(column) + 1] += 1 }
    for column in 0..<columns { starts[column + 1] += starts[column] }
    var next = starts
    var indices = [Int32](repeating: 0, count: values.count)
    var turned = [Double](repeating: 0, count: values.count)
    for row in 0..<rows {
      for entry in rowStarts[row]..<rowStarts[row + 1] {
        let column = Int(columnIndices[entry])
        indices[next[column]] = Int32(row)
        turned[next[column]] = values[entry]
        next[column] += 1
      }
    }
    return SparseTable(rows: columns, columns: rows, rowStarts: starts, columnIndices: indices, values: turned)
  }

  /// The chosen columns alone.
  func choosing(_ reading: TableReading) throws(DataFileError) -> SparseTable {
    if reading.index == nil && reading.columns.isEmpty && reading.exclude.isEmpty { return self }
    let choice = try reading.choose(names: nil, count: columns, path: "the matrix")
    let turned = transposed()
    var starts = [0]
    var indices: [Int32] = []
    var kept: [Double] = []
    for column in choice.columns {
      let entries = turned.rowStarts[column]..<turned.rowStarts[column + 1]
      indices += turned.columnIndices[entries]
      kept += turned.values[entries]
      starts.append(kept.count)
    }
    return SparseTable(
      rows: choice.columns.count, columns: rows, rowStarts: starts, columnIndices: indices, values: kept
    ).transposed()
  }

  /// The mean of each column, zeros counted.
  public var columnMeans: [Double] {
    var sums = [Double](repeating: 0, count: columns)
    for (column, value) in zip(columnIndices, values) { sums[Int(column)] += value }
    return sums.map { $0 / Double(rows) }
  }
}
