/// Makes compressed rows out of entries in any order, or of another program's compressed rows or columns.
struct SparseBuilder {
  let path: String
  let rows, columns: Int
  private var rowIndices: [Int32] = []
  private var columnIndices: [Int32] = []
  private var values: [Double] = []

  /// - Throws: `malformed` for sizes that are no positive whole numbers below 2³¹.
  init(path: String, rows: Double, columns: Double) throws(DataFileError) {
    self.path = path
    guard let rows = Int(exactly: rows), let columns = Int(exactly: columns), (1..<Int(Int32.max)).contains(rows),
      (1..<Int(Int32.max)).contains(columns)
    else {
      throw .malformed(
        path: path, position: .file, reason: "a shape of \(rows) × \(columns) is no matrix's",
        remedy: "rows and columns are from 1 to 2147483646")
    }
    self.rows = rows
    self.columns = columns
  }

  mutating func reserve(_ count: Int) {
    rowIndices.reserveCapacity(count)
    columnIndices.reserveCapacity(count)
    values.reserveCapacity(count)
  }

  var count: Int { values.count }

  /// - Parameter row: from 0, inside the matrix, as the column.
  mutating func append(row: Int, column: Int, _ value: Double) {
    rowIndices.append(Int32(row))
    columnIndices.append(Int32(column))
    values.append(value)
  }

  /// Entries at one place are summed.
  /// - Throws: `malformed` for more empty rows than a matrix of so few entries has.
  func finished() throws(DataFileError) -> SparseTable {
    // A size in a header costs a dozen bytes, a row here eight: what the file's length allows bounds the memory.
    guard rows <= 64 * values.count + 1 << 20 else {
      throw malformed("\(rows) rows with \(values.count) entries: nearly all rows are empty", "leave out empty rows")
    }
    guard columns <= 64 * values.count + 1 << 20 else {
      throw malformed(
        "\(columns) columns with \(values.count) entries: nearly all columns are empty", "leave out empty columns")
    }
    try Memory.allowArray((rows + columns) * 8 + values.count * 24, for: path)
    var starts = [Int](repeating: 0, count: rows + 1)
    for row in rowIndices { starts[Int(row) + 1] += 1 }
    for row in 0..<rows { starts[row + 1] += starts[row] }
    var next = starts
    var placedColumns = [Int32](repeating: 0, count: values.count)
    var placed = [Double](repeating: 0, count: values.count)
    for entry in values.indices {
      let row = Int(rowIndices[entry])
      placedColumns[next[row]] = columnIndices[entry]
      placed[next[row]] = values[entry]
      next[row] += 1
    }
    return canonical(starts: starts, columns: placedColumns, values: placed)
  }

  /// Another program's compressed rows or columns.
  /// - Throws: `malformed` unless starts rise from 0 to the number of entries and indices lie inside the matrix.
  func compressed(
    starts: [Double], indices: [Double], values: [Double], byColumn: Bool
  ) throws(DataFileError) -> SparseTable {
    let (outer, inner) = byColumn ? (columns, rows) : (rows, columns)
    guard starts.count == outer + 1, indices.count == values.count, starts[0] == 0,
      starts[outer] == Double(values.count),
      zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 && $0 == $0.rounded() })
    else { throw malformed("indptr, indices and data do not fit one another and the shape", "save the matrix again") }
    guard indices.allSatisfy({ $0 >= 0 && $0 < Double(inner) && $0 == $0.rounded() }) else {
      throw malformed("an index lies outside the matrix of \(rows) × \(columns)", "save the matrix again")
    }
    guard values.allSatisfy(\.isFinite) else { throw malformed("an entry is not finite", "drop or replace its row") }
    var other = self
    guard byColumn else {
      return canonical(starts: starts.map { Int($0) }, columns: indices.map { Int32($0) }, values: values)
    }
    other.reserve(values.count)
    for column in 0..<columns {
      for entry in Int(starts[column])..<Int(starts[column + 1]) {
        other.append(row: Int(indices[entry]), column: column, values[entry])
      }
    }
    return try other.finished()
  }

  /// Another program's entries, each with its row and column from 0; those at one place are summed.
  /// - Throws: `malformed` unless there are as many of each and all lie inside the matrix.
  func coordinates(
    rows rowPlaces: [Double], columns columnPlaces: [Double], values: [Double]
  ) throws(DataFileError) -> SparseTable {
    guard rowPlaces.count == values.count, columnPlaces.count == values.count else {
      throw malformed("row, col and data do not fit one another", "save the matrix again")
    }
    func areInside(_ places: [Double], _ count: Int) -> Bool {
      places.allSatisfy { $0 >= 0 && $0 < Double(count) && $0 == $0.rounded() }
    }
    guard areInside(rowPlaces, rows), areInside(columnPlaces, columns) else {
      throw malformed("an index lies outside the matrix of \(rows) × \(columns)", "save the matrix again")
    }
    guard values.allSatisfy(\.isFinite) else { throw malformed("an entry is not finite", "drop or replace its row") }
    var other = self
    other.reserve(values.count)
    for (entry, value) in values.enumerated() {
      other.append(row: Int(rowPlaces[entry]), column: Int(columnPlaces[entry]), value)
    }
    return try other.finished()
  }

  /// Sorts each row by column and sums what stands twice.
  private func canonical(starts: [Int], columns placed: [Int32], values: [Double]) -> SparseTable {
    let isCanonical = (0..<rows).allSatisfy { row in
      (starts[row]..<starts[row + 1]).dropFirst().allSatisfy { placed[$0 - 1] < placed[$0] }
    }
    if isCanonical {
      return SparseTable(rows: rows, columns: columns, rowStarts: starts, columnIndices: placed, values: values)
    }
    var newStarts = [0]
    newStarts.reserveCapacity(rows + 1)
    var newColumns: [Int32] = []
    var newValues: [Double] = []
    for row in 0..<rows {
      for entry in (starts[row]..<starts[row + 1]).sorted(by: { (placed[$0], $0) < (placed[$1], $1) }) {
        if newColumns.count > newStarts[row], newColumns[newColumns.count - 1] == placed[entry] {
          newValues[newValues.count - 1] += values[entry]
        } else {
          newColumns.append(placed[entry])
          newValues.append(values[entry])
        }
      }
      newStarts.append(newColumns.count)
    }
    return SparseTable(rows: rows, columns: columns, rowStarts: newStarts, columnIndices: newColumns, values: newValues)
  }

  private func malformed(_ reason: String, _ remedy: String) -> DataFileError {
    .malformed(path: path, position: .file, reason: reason, remedy: remedy)
  }
}
