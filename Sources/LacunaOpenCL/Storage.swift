import LacunaAlgebra

extension OpenCLBackend {
  public func makeMatrix(rows: Int, columns: Int) throws(BackendError) -> Matrix {
    try require(rows >= 0 && columns >= 0, "makeMatrix", "no negative sizes", "\(rows) × \(columns)")
    let matrix = try makeUninitialized(rows: rows, columns: columns)
    try clear(matrix)
    return matrix
  }

  public func clear(_ matrix: Matrix) throws(BackendError) {
    try context.launch(
      .elementwise, "fill_value", items: matrix.count, .buffer(matrix.buffer), .uint(matrix.count), .real(0))
  }

  /// A matrix whose values are whatever the memory held.
  func makeUninitialized(rows: Int, columns: Int) throws(BackendError) -> Matrix {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    let (bytes, tooMany) = count.multipliedReportingOverflow(by: Element.precision.byteCount)
    if overflow || tooMany { throw context.outOfMemory(.max) }
    if bytes <= device.globalMemory, count >= 1 << 31 {
      throw .unsupported("a matrix of \(rows) × \(columns): 2³¹ elements or more", device: device.name)
    }
    let buffer = try context.allocate(byteCount: bytes)
    return Matrix(rows: rows, columns: columns, buffer: buffer)
  }

  public func upload(_ values: [Element], to matrix: Matrix, firstRow: Int) throws(BackendError) {
    let fits =
      matrix.columns == 0
      ? values.isEmpty
      : values.count % matrix.columns == 0 && firstRow >= 0 && firstRow <= matrix.rows - values.count / matrix.columns
    try require(
      fits, "upload", "whole rows of \(matrix.columns) from row \(firstRow) within \(matrix.rows)",
      "\(values.count) values")
    try context.write(values, to: matrix.buffer, at: firstRow * matrix.columns * Element.precision.byteCount)
  }

  public func download(_ matrix: Matrix) throws(BackendError) -> [Element] {
    try context.read(matrix.buffer, count: matrix.count, as: Element.zero)
  }

  public func copy(_ source: Matrix, to target: Matrix) throws(BackendError) {
    try require("target", target, rows: source.rows, columns: source.columns, for: "copy")
    try context.copy(source.buffer, to: target.buffer, byteCount: source.count * Element.precision.byteCount)
  }

  public func copyColumns(of source: Matrix, from firstColumn: Int, to target: Matrix) throws(BackendError) {
    try require(
      target.rows == source.rows && firstColumn >= 0 && firstColumn <= source.columns - target.columns, "copyColumns",
      "\(source.rows) rows of columns within \(source.columns)",
      "\(target.rows) × \(target.columns) from column \(firstColumn)")
    try context.launch(
      .elementwise, "copy_columns", items: target.columns, height: target.rows, .buffer(source.buffer),
      .uint(source.columns), .uint(firstColumn), .buffer(target.buffer), .uint(target.columns))
  }
}
