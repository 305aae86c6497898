import LacunaAlgebra

extension HostBackend {
  public func performAddDiagonal(_ value: Element, to a: HostMatrix<Element>) throws(BackendError) {
    let order = a.rows
    for i in 0..<order { a.pointer[i * (order + 1)] += value }
  }

  public func performDiagonal(of a: HostMatrix<Element>, into vector: HostMatrix<Element>)
    throws(BackendError)
  {
    let order = a.rows
    for i in 0..<order { vector.pointer[i] = a.pointer[i * (order + 1)] }
  }

  public func performSetDiagonal(of a: HostMatrix<Element>, to vector: HostMatrix<Element>)
    throws(BackendError)
  {
    let order = a.rows
    for i in 0..<order { a.pointer[i * (order + 1)] = vector.pointer[i] }
  }

  public func performSymmetrize(_ a: HostMatrix<Element>) throws(BackendError) {
    mirrorLowerTriangle(a.pointer, order: a.rows, threads: threads)
  }

  public func performClearUpperTriangle(of a: HostMatrix<Element>) throws(BackendError) {
    let order = a.rows
    threads.loop(over: order, cost: order / 2) { rows in
      for i in rows { (a.pointer + i * order + i + 1).clear(count: order - i - 1) }
    }
  }

  public func performScale(
    _ a: HostMatrix<Element>, rows: HostMatrix<Element>?, columns: HostMatrix<Element>?
  ) throws(BackendError) {
    scaleRowsAndColumns(
      a.pointer, rows: a.rows, columns: a.columns, rows?.pointer, columns?.pointer, threads: threads
    )
  }

  public func performAdd(
    _ source: HostMatrix<Element>, alpha: Element, beta: Element, to target: HostMatrix<Element>
  ) throws(BackendError) {
    combine(source.pointer, alpha, beta, target.pointer, count: source.count, threads: threads)
  }

  public func performHadamard(
    _ a: HostMatrix<Element>, _ b: HostMatrix<Element>, into target: HostMatrix<Element>
  ) throws(BackendError) {
    multiplyElements(a.pointer, b.pointer, target.pointer, count: a.count, threads: threads)
  }
}

/// x ← factor · x.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
func scaleElements<Element: HostScalar>(
  _ x: UnsafeMutablePointer<Element>, count: Int, by factor: Element, threads: HostThreads
) {
  threads.loop(over: count) { range in
    for e in range { x[e] *= factor }
  }
}

/// A_ij ← r_i · A_ij · c_j.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func scaleRowsAndColumns<Element: HostScalar>(
  _ a: UnsafeMutablePointer<Element>, rows: Int, columns: Int,
  _ rowFactors: UnsafeMutablePointer<Element>?,
  _ columnFactors: UnsafeMutablePointer<Element>?, threads: HostThreads
) {
  threads.loop(over: rows, cost: columns) { range in
    for i in range {
      let row = a + i * columns
      if let rowFactors {
        let factor = rowFactors[i]
        if let columnFactors {
          for j in 0..<columns { row[j] = factor * row[j] * columnFactors[j] }
        } else {
          for j in 0..<columns { row[j] *= factor }
        }
      } else if let columnFactors {
        for j in 0..<columns { row[j] *= columnFactors[j] }
      }
    }
  }
}

/// y ← alpha · x + beta · y; with beta = 0 the old y is never read.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func combine<Element: HostScalar>(
  _ x: UnsafeMutablePointer<Element>, _ alpha: Element, _ beta: Element,
  _ y: UnsafeMutablePointer<Element>,
  count: Int, threads: HostThreads
) {
  threads.loop(over: count) { range in
    if beta == 0 {
      for e in range { y[e] = alpha * x[e] }
    } else {
      for e in range { y[e] = alpha * x[e] + beta * y[e] }
    }
  }
}

/// z ← a ∘ b.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func multiplyElements<Element: HostScalar>(
  _ a: UnsafeMutablePointer<Element>, _ b: UnsafeMutablePointer<Element>,
  _ z: UnsafeMutablePointer<Element>,
  count: Int, threads: HostThreads
) {
  threads.loop(over: count) { range in
    for e in range { z[e] = a[e] * b[e] }
  }
}

/// Copies the strict lower triangle onto the strict upper one, tile by tile so that both sides stay in cache.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func mirrorLowerTriangle<Element: HostScalar>(
  _ a: UnsafeMutablePointer<Element>, order: Int, threads: HostThreads
) {
  let side = 32
  let tiles = (order + side - 1) / side
  threads.loop(over: tiles, cost: side * order / 2) { range in
    for tile in range {
      // Rows of the upper triangle are written, so that no two threads write to one cache line.
      let rows = tile * side..<min((tile + 1) * side, order)
      for other in tile..<tiles {
        let columns = other * side..<min((other + 1) * side, order)
        for i in rows {
          let target = a + i * order
          var j = max(columns.lowerBound, i + 1)
          while j < columns.upperBound {
            target[j] = a[j * order + i]
            j += 1
          }
        }
      }
    }
  }
}
