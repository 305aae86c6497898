import LacunaAlgebra

extension HostBackend {
  public func performMakeMatrix(rows: Int, columns: Int) throws(BackendError) -> HostMatrix<Element> {
    let (elements, overflow1) = rows.multipliedReportingOverflow(by: columns)
    let (bytes, overflow2) = elements.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    try OpenBLASBuffers.reserve(threads: threads.count)
    let storage = try HostStorage(byteCount: overflow1 || overflow2 ? nil : bytes)
    return HostMatrix(storage: storage, rows: rows, columns: columns)
  }

  public func performUpload(_ values: [Element], to matrix: HostMatrix<Element>, firstRow: Int)
    throws(BackendError)
  {
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress, !source.isEmpty else { return }
      (matrix.pointer + firstRow * matrix.columns).update(from: base, count: source.count)
    }
  }

  public func performDownload(
    _ matrix: HostMatrix<Element>, rows: Range<Int>
  ) throws(BackendError) -> [Element] {
    let start = matrix.pointer + rows.lowerBound * matrix.columns
    return Array(UnsafeBufferPointer(start: start, count: rows.count * matrix.columns))
  }

  public func performClear(_ matrix: HostMatrix<Element>) throws(BackendError) {
    threads.loop(over: matrix.count) { range in
      (matrix.pointer + range.lowerBound).clear(count: range.count)
    }
  }

  public func performCopy(_ source: HostMatrix<Element>, to target: HostMatrix<Element>)
    throws(BackendError)
  {
    threads.loop(over: source.count) { range in
      (target.pointer + range.lowerBound).update(
        from: source.pointer + range.lowerBound, count: range.count)
    }
  }

  public func performCopyColumns(
    of source: HostMatrix<Element>, from firstColumn: Int, to target: HostMatrix<Element>
  ) throws(BackendError) {
    threads.loop(over: source.rows, cost: target.columns) { range in
      for i in range {
        (target.pointer + i * target.columns).update(
          from: source.pointer + i * source.columns + firstColumn, count: target.columns)
      }
    }
  }

  public func performGather(
    of source: HostMatrix<Element>, rows: [Int], columns: [Int]?, into target: HostMatrix<Element>
  ) throws(BackendError) {
    threads.loop(over: rows.count, cost: target.columns) { range in
      for i in range {
        let (from, to) = (source.pointer + rows[i] * source.columns, target.pointer + i * target.columns)
        if let columns {
          for j in columns.indices { to[j] = from[columns[j]] }
        } else {
          to.update(from: from, count: target.columns)
        }
      }
    }
  }

  public func performScatterRows(
    of source: HostMatrix<Element>, to target: HostMatrix<Element>, at rows: [Int]
  ) throws(BackendError) {
    threads.loop(over: rows.count, cost: target.columns) { range in
      for i in range {
        (target.pointer + rows[i] * target.columns).update(
          from: source.pointer + i * source.columns, count: source.columns)
      }
    }
  }
}
