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
  /// The rows' names, where a column of the file holds them.
  public var rowNames: [String]?
  /// The file's column, from 1, of the rows' names.
  public var indexColumn: Int?
  /// The text of each row in the column of labels that was asked for.
  public var labels: [String]?
  /// The file's column, from 1, of each column, where they are a choice.
  public var positions: [Int]?
  /// Whether a text's first row was read as names, and why; nil for formats that have no such row.
  public var header: HeaderDecision?
  /// What a person should know of how the file was read, a line each.
  public var notices: [String] = []

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

/// Whether the first row of a text holds the columns' names.
public struct HeaderDecision: Sendable, Equatable {
  public var isHeader: Bool
  /// One line: what speaks for it.
  public var reason: String
}
