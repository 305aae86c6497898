/// Passes through the host's memory, a block of rows at a time: right on any device, at the price of the transfer.
extension Backend {
  /// Calls with one range of rows after the other that together are all rows of so wide a matrix.
  func forEachRowBlock(
    of rows: Int, columns: Int, _ body: (Range<Int>) throws(BackendError) -> Void
  ) throws(BackendError) {
    guard rows > 0, columns > 0 else { return }
    let height = max(1, rowBlock(columns: columns))
    var first = 0
    while first < rows {
      let end = min(first + height, rows)
      try body(first..<end)
      first = end
    }
  }

  /// The values of some rows in float64.
  package func doubles(_ matrix: Matrix, rows: Range<Int>) throws(BackendError) -> [Double] {
    Element.doubles(try download(matrix, rows: rows))
  }

  /// The values of a matrix in float64, converted where the precision is known rather than number by number.
  package func doubles(_ matrix: Matrix) throws(BackendError) -> [Double] { try doubles(matrix, rows: 0..<matrix.rows) }

  /// Changes a matrix a block of rows at a time.
  /// - Parameter body: gets the values and the rows that they are.
  func changeRows(
    of matrix: Matrix, _ body: (inout [Double], Range<Int>) throws(BackendError) -> Void
  ) throws(BackendError) {
    try forEachRowBlock(of: matrix.rows, columns: matrix.columns) { rows throws(BackendError) in
      var values = try doubles(matrix, rows: rows)
      try body(&values, rows)
      try upload(Element.nearest(values), to: matrix, firstRow: rows.lowerBound)
    }
  }
}

/// What a backend without its own operations for it has.
extension Backend {
  public var concurrency: Int { 1 }

  public var singleThreaded: Self { self }

  public var standingBytes: Int { 0 }

  public func temporaryBytes(order: Int) -> Int { 0 }

  public var verification: String? { nil }

  public var workspaceMatrices: (tridiagonalize: Int, eigendecompose: Int) { (1, 1) }

  public func rowBlock(columns: Int) -> Int { RowBlock.usual(columns: columns) }

  public func performClear(_ matrix: Matrix) throws(BackendError) {
    try forEachRowBlock(of: matrix.rows, columns: matrix.columns) { rows throws(BackendError) in
      try upload(
        [Element](repeating: 0, count: rows.count * matrix.columns), to: matrix, firstRow: rows.lowerBound)
    }
  }

  public func performCopy(_ source: Matrix, to target: Matrix) throws(BackendError) {
    try forEachRowBlock(of: source.rows, columns: source.columns) { rows throws(BackendError) in
      try upload(try download(source, rows: rows), to: target, firstRow: rows.lowerBound)
    }
  }

  public func performCopyColumns(
    of source: Matrix, from firstColumn: Int, to target: Matrix
  ) throws(BackendError) {
    guard target.columns > 0 else { return }
    try forEachRowBlock(of: source.rows, columns: source.columns) { rows throws(BackendError) in
      let values = try download(source, rows: rows)
      var kept: [Element] = []
      kept.reserveCapacity(rows.count * target.columns)
      for i in 0..<rows.count {
        let start = i * source.columns + firstColumn
        kept += values[start..<start + target.columns]
      }
      try upload(kept, to: target, firstRow: rows.lowerBound)
    }
  }

  public func performGather(
    of source: Matrix, rows: [Int], columns: [Int]?, into target: Matrix
  ) throws(BackendError) {
    for (i, row) in rows.enumerated() {
      let values = try download(source, rows: row..<row + 1)
      try upload(columns.map { $0.map { values[$0] } } ?? values, to: target, firstRow: i)
    }
  }

  public func performScatterRows(of source: Matrix, to target: Matrix, at rows: [Int]) throws(BackendError) {
    for (i, row) in rows.enumerated() { try upload(try download(source, rows: i..<i + 1), to: target, firstRow: row) }
  }

  public func performFill(
    _ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64
  ) throws(BackendError) {
    try forEachRowBlock(of: x.rows, columns: x.columns) { rows throws(BackendError) in
      let start = offset &+ UInt64(rows.lowerBound * x.columns)
      let values = (0..<UInt64(rows.count * x.columns)).map {
        law.value(at: start &+ $0, of: stream, precision: Element.precision)
      }
      try upload(Element.nearest(values), to: x, firstRow: rows.lowerBound)
    }
  }
}
