/// A rectangle of numbers read from a file: samples in rows, coordinates in columns.
public struct Table: Sendable, Equatable {
  /// How many rows; at least 1 in a table that was read.
  public var rows: Int
  /// How many columns; at least 1 in a table that was read.
  public var columns: Int
  /// rows × columns, row-major. NaN only where the reader was told that cells may be missing.
  public var values: [Double]
  /// The columns' names, where the file gives them.
  public var names: [String]?
  /// The shape as the file states it: `[n]` for a vector, which is read as a column of n rows, else `[rows, columns]`.
  public var shape: [Int]

  /// - Precondition: `values.count == rows * columns`, and as many names as columns.
  public init(rows: Int, columns: Int, values: [Double], names: [String]? = nil) {
    precondition(values.count == rows * columns, "a table of \(rows) × \(columns) holds \(rows * columns) values")
    precondition(names == nil || names?.count == columns, "a table of \(columns) columns has \(columns) names")
    self.rows = rows
    self.columns = columns
    self.values = values
    self.names = names
    self.shape = [rows, columns]
  }
}
