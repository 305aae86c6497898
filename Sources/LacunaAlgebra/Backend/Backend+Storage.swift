extension Backend {
  /// A matrix of zeros.
  /// - Throws: `outOfMemory` with the numbers.
  public func makeMatrix(rows: Int, columns: Int) throws(BackendError) -> Matrix {
    try Shapes.require(
      rows >= 0 && columns >= 0, "makeMatrix", expected: "sides of 0 or more", actual: "\(rows) × \(columns)")
    return try performMakeMatrix(rows: rows, columns: columns)
  }

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

  /// Writes host values, row-major, over rows `firstRow…` of a matrix; the count must be a whole number of rows.
  public func upload(_ values: [Element], to matrix: Matrix, firstRow: Int) throws(BackendError) {
    let columns = matrix.columns
    let isWhole = columns == 0 ? values.isEmpty : values.count % columns == 0
    let rows = columns == 0 ? 0 : values.count / columns
    try Shapes.require(
      isWhole && firstRow >= 0 && firstRow <= matrix.rows - rows, "upload",
      expected: "whole rows of \(columns) values within \(matrix.rows) rows",
      actual: "\(values.count) values from row \(firstRow)")
    try performUpload(values, to: matrix, firstRow: firstRow)
  }

  /// The values, row-major, after all work queued before. Law: download(upload(v)) = v, bit for bit.
  public func download(_ matrix: Matrix) throws(BackendError) -> [Element] {
    try performDownload(matrix, rows: 0..<matrix.rows)
  }

  /// The values of some rows.
  public func download(_ matrix: Matrix, rows: Range<Int>) throws(BackendError) -> [Element] {
    try Shapes.require(
      rows.lowerBound >= 0 && rows.upperBound <= matrix.rows, "download", expected: "rows within \(matrix.rows)",
      actual: "rows \(rows)")
    return try performDownload(matrix, rows: rows)
  }

  /// Sets every entry to zero.
  public func clear(_ matrix: Matrix) throws(BackendError) { try performClear(matrix) }

  /// target ← source, of the same shape.
  public func copy(_ source: Matrix, to target: Matrix) throws(BackendError) {
    try Shapes.require("target", target, rows: source.rows, columns: source.columns, for: "copy")
    try performCopy(source, to: target)
  }

  /// target ← columns `firstColumn ..< firstColumn + target.columns` of the source, all its rows.
  public func copyColumns(
    of source: Matrix, from firstColumn: Int, to target: Matrix
  ) throws(BackendError) {
    try Shapes.require(
      target.rows == source.rows && firstColumn >= 0 && firstColumn <= source.columns - target.columns, "copyColumns",
      expected: "\(source.rows) rows of columns within \(source.columns)",
      actual: "\(target.shape) from column \(firstColumn)")
    try performCopyColumns(of: source, from: firstColumn, to: target)
  }

  /// target[i, j] ← source[rows[i], columns[j]].
  ///
  /// - Parameter rows: of the source, any of them, as often as wanted.
  /// - Parameter columns: of the source, likewise; nil for all of them in their order.
  public func gather(
    of source: Matrix, rows: [Int], columns: [Int]? = nil, into target: Matrix
  ) throws(BackendError) {
    try Shapes.require(
      "target", target, rows: rows.count, columns: columns?.count ?? source.columns, for: "gather")
    try Shapes.requireIndices(rows, below: source.rows, for: "gather")
    if let columns { try Shapes.requireIndices(columns, below: source.columns, for: "gather") }
    try performGather(of: source, rows: rows, columns: columns, into: target)
  }

  /// target[rows[i], :] ← source[i, :]; the other rows stay. Law: it is `gather` backwards.
  ///
  /// - Parameter rows: of the target, each once.
  public func scatterRows(of source: Matrix, to target: Matrix, at rows: [Int]) throws(BackendError) {
    try Shapes.require("source", source, rows: rows.count, columns: target.columns, for: "scatterRows")
    try Shapes.requireIndices(rows, below: target.rows, for: "scatterRows")
    try performScatterRows(of: source, to: target, at: rows)
  }

  /// x[e] ← value `offset + e` of the stream under the law, e counting row-major.
  ///
  /// Law: equal to `EntryLaw.value(at:of:precision:)` within 4 units in the last place of max(|value|, 1), for Student's t
  /// within 4 + (2/ν)·ln(1/u), as the power of u multiplies the rounding of its exponent. Filling in pieces equals filling at
  /// once, bit for bit.
  public func fill(_ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64) throws(BackendError) {
    try performFill(x, law: law, stream: stream, offset: offset)
  }
}
