import LacunaAlgebra

extension HostBackend {
  public func makeMatrix(rows: Int, columns: Int) throws(BackendError) -> HostMatrix<Element> {
    try require(
      rows >= 0 && columns >= 0, "makeMatrix", expected: "sides of 0 or more", actual: "\(rows) × \(columns)")
    let (elements, overflow1) = rows.multipliedReportingOverflow(by: columns)
    let (bytes, overflow2) = elements.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    let storage = try HostStorage(byteCount: overflow1 || overflow2 ? nil : bytes)
    return HostMatrix(storage: storage, rows: rows, columns: columns)
  }

  public func upload(_ values: [Element], to matrix: HostMatrix<Element>, firstRow: Int) throws(BackendError) {
    let columns = matrix.columns
    let whole = columns == 0 ? values.isEmpty : values.count % columns == 0
    let rows = columns == 0 ? 0 : values.count / columns
    try require(
      whole && firstRow >= 0 && firstRow <= matrix.rows - rows, "upload",
      expected: "whole rows of \(columns) values within \(matrix.rows) rows",
      actual: "\(values.count) values from row \(firstRow)")
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress, !source.isEmpty else { return }
      (matrix.pointer + firstRow * columns).update(from: base, count: source.count)
    }
  }

  public func download(_ matrix: HostMatrix<Element>) throws(BackendError) -> [Element] {
    Array(UnsafeBufferPointer(start: matrix.pointer, count: matrix.count))
  }

  public func clear(_ matrix: HostMatrix<Element>) throws(BackendError) {
    threads.loop(over: matrix.count) { range in
      (matrix.pointer + range.lowerBound).clear(count: range.count)
    }
  }

  public func copy(_ source: HostMatrix<Element>, to target: HostMatrix<Element>) throws(BackendError) {
    try require(target, is: source.rows, by: source.columns, "copy")
    threads.loop(over: source.count) { range in
      (target.pointer + range.lowerBound).update(from: source.pointer + range.lowerBound, count: range.count)
    }
  }

  public func copyColumns(
    of source: HostMatrix<Element>, from firstColumn: Int, to target: HostMatrix<Element>
  ) throws(BackendError) {
    try require(
      target.rows == source.rows && firstColumn >= 0 && firstColumn <= source.columns - target.columns, "copyColumns",
      expected: "\(source.rows) rows of columns within \(source.columns)",
      actual: "\(target.shape) from column \(firstColumn)")
    threads.loop(over: source.rows, cost: target.columns) { range in
      for i in range {
        (target.pointer + i * target.columns).update(
          from: source.pointer + i * source.columns + firstColumn, count: target.columns)
      }
    }
  }
}
