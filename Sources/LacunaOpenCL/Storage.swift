import LacunaAlgebra

extension OpenCLBackend {
  public func performMakeMatrix(rows: Int, columns: Int) throws(BackendError) -> Matrix {
    let matrix = try makeUninitialized(rows: rows, columns: columns)
    try clear(matrix)
    return matrix
  }

  public func performClear(_ matrix: Matrix) throws(BackendError) {
    if !matrix.isWhole {
      return try forEachSlab(of: matrix) { (part, _) throws(BackendError) in try performClear(part[0]) }
    }
    try context.launch(
      .elementwise, "fill_value", items: matrix.count, .buffer(matrix.buffer), .uint(matrix.count),
      .real(0))
  }

  /// A matrix whose values are whatever the memory held.
  func makeUninitialized(rows: Int, columns: Int) throws(BackendError) -> Matrix {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    let (bytes, tooMany) = count.multipliedReportingOverflow(by: Element.precision.byteCount)
    if overflow || tooMany { throw context.outOfMemory(.max) }
    if count > context.slabCapacity { return try makeSlabs(rows: rows, columns: columns, bytes: bytes) }
    let buffer = try context.allocate(byteCount: bytes)
    return Matrix(rows: rows, columns: columns, buffer: buffer)
  }

  public func performUpload(_ values: [Element], to matrix: Matrix, firstRow: Int)
    throws(BackendError)
  {
    if !matrix.isWhole { return try uploadSlabs(values, to: matrix, firstRow: firstRow) }
    try context.write(
      values, to: matrix.buffer, at: firstRow * matrix.columns * Element.precision.byteCount)
  }

  public func performDownload(_ matrix: Matrix, rows: Range<Int>) throws(BackendError) -> [Element] {
    if !matrix.isWhole { return try downloadSlabs(matrix, rows: rows) }
    return try context.read(
      matrix.buffer, count: rows.count * matrix.columns, as: Element.zero,
      at: rows.lowerBound * matrix.columns * Element.precision.byteCount)
  }

  public func performCopy(_ source: Matrix, to target: Matrix) throws(BackendError) {
    if !source.isWhole {
      return try forEachSlab(of: source, target) { (parts, _) throws(BackendError) in
        try performCopy(parts[0], to: parts[1])
      }
    }
    try context.copy(
      source.buffer, to: target.buffer, byteCount: source.count * Element.precision.byteCount)
  }

  public func performCopyColumns(of source: Matrix, from firstColumn: Int, to target: Matrix)
    throws(BackendError)
  {
    guard source.isWhole && target.isWhole else {
      return try copyColumnsOfSlabs(of: source, from: firstColumn, to: target)
    }
    try context.launch(
      .elementwise, "copy_columns", items: target.columns, height: target.rows,
      .buffer(source.buffer),
      .uint(source.columns), .uint(firstColumn), .buffer(target.buffer), .uint(target.columns))
  }

  public func performGather(
    of source: Matrix, rows: [Int], columns: [Int]?, into target: Matrix
  ) throws(BackendError) {
    guard target.count > 0 else { return }
    guard source.isWhole && target.isWhole else {
      return try gatherSlabs(of: source, rows: rows, columns: columns, into: target)
    }
    let list = try context.indices(rows)
    try context.launch(
      .elementwise, "gather", items: target.columns, height: target.rows,
      .buffer(source.buffer), .uint(source.columns), .buffer(list),
      .buffer(try columns.map { columns throws(BackendError) in try context.indices(columns) } ?? list),
      .uint(columns == nil ? 0 : 1), .buffer(target.buffer), .uint(target.columns))
  }

  public func performScatterRows(of source: Matrix, to target: Matrix, at rows: [Int]) throws(BackendError) {
    guard source.count > 0 else { return }
    guard source.isWhole && target.isWhole else { return try scatterSlabs(of: source, to: target, at: rows) }
    try context.launch(
      .elementwise, "scatter_rows", items: source.columns, height: source.rows,
      .buffer(source.buffer), .buffer(try context.indices(rows)), .buffer(target.buffer), .uint(target.columns))
  }
}

extension DeviceContext {
  /// Indices as the device reads them.
  fileprivate func indices(_ values: [Int]) throws(BackendError) -> DeviceBuffer {
    let buffer = try allocate(byteCount: values.count * MemoryLayout<UInt32>.stride)
    try write(values.map { UInt32($0) }, to: buffer, at: 0)
    return buffer
  }
}
