extension Backend {
  public var concurrency: Int { 1 }

  public var singleThreaded: Self { self }

  public var standingBytes: Int { 0 }

  /// A vector of zeros: one row.
  public func makeVector(_ count: Int) throws(BackendError) -> Matrix {
    try makeMatrix(rows: 1, columns: count)
  }

  /// A matrix holding the given row-major values.
  public func makeMatrix(_ values: [Element], rows: Int, columns: Int) throws(BackendError) -> Matrix {
    let matrix = try makeMatrix(rows: rows, columns: columns)
    try upload(values, to: matrix, firstRow: 0)
    return matrix
  }

  /// A vector holding the given values.
  public func makeVector(_ values: [Element]) throws(BackendError) -> Matrix {
    try makeMatrix(values, rows: 1, columns: values.count)
  }
}
