/// Elementwise operations and reductions a block of rows at a time, in float64 on the host.
extension Backend {
  public func performAddDiagonal(_ value: Element, to a: Matrix) throws(BackendError) {
    let vector = try makeVector(a.rows)
    try diagonal(of: a, into: vector)
    let sums = try doubles(vector).map { $0 + Double(value) }
    try upload(Element.nearest(sums), to: vector, firstRow: 0)
    try setDiagonal(of: a, to: vector)
  }

  public func performDiagonal(of a: Matrix, into vector: Matrix) throws(BackendError) {
    var values: [Element] = []
    try forEachRowBlock(of: a.rows, columns: a.columns) { rows throws(BackendError) in
      let block = try download(a, rows: rows)
      for (i, row) in rows.enumerated() { values.append(block[i * a.columns + row]) }
    }
    try upload(values, to: vector, firstRow: 0)
  }

  public func performSetDiagonal(of a: Matrix, to vector: Matrix) throws(BackendError) {
    let values = try doubles(vector)
    try changeRows(of: a) { (block, rows) throws(BackendError) in
      for (i, row) in rows.enumerated() { block[i * a.columns + row] = values[row] }
    }
  }

  /// For each block of rows, what lies to its right stands below it, in the blocks that follow.
  public func performSymmetrize(_ a: Matrix) throws(BackendError) {
    let n = a.rows
    try changeRows(of: a) { (block, rows) throws(BackendError) in
      for (i, row) in rows.enumerated() {
        for j in row + 1..<rows.upperBound {
          block[i * n + j] = block[(j - rows.lowerBound) * n + row]
        }
      }
      var first = rows.upperBound
      while first < n {
        let below = first..<min(first + rows.count, n)
        let values = try doubles(a, rows: below)
        for (j, column) in below.enumerated() {
          for (i, row) in rows.enumerated() { block[i * n + column] = values[j * n + row] }
        }
        first = below.upperBound
      }
    }
  }

  public func performClearUpperTriangle(of a: Matrix) throws(BackendError) {
    try changeRows(of: a) { (block, rows) throws(BackendError) in
      for (i, row) in rows.enumerated() {
        for j in row + 1..<a.columns { block[i * a.columns + j] = 0 }
      }
    }
  }

  public func performScale(_ a: Matrix, rows: Matrix?, columns: Matrix?) throws(BackendError) {
    let perRow = try rows.map { (vector) throws(BackendError) in try doubles(vector) }
    let perColumn = try columns.map { (vector) throws(BackendError) in try doubles(vector) }
    try changeRows(of: a) { (block, range) throws(BackendError) in
      for (i, row) in range.enumerated() {
        for j in 0..<a.columns {
          block[i * a.columns + j] *= (perRow?[row] ?? 1) * (perColumn?[j] ?? 1)
        }
      }
    }
  }

  public func performAdd(_ source: Matrix, alpha: Element, beta: Element, to target: Matrix)
    throws(BackendError)
  {
    let (alpha, beta) = (Double(alpha), Double(beta))
    try forEachRowBlock(of: source.rows, columns: source.columns) { rows throws(BackendError) in
      var values = try doubles(source, rows: rows)
      let old = beta == 0 ? [] : try doubles(target, rows: rows)
      for e in values.indices {
        values[e] = beta == 0 ? alpha * values[e] : alpha * values[e] + beta * old[e]
      }
      try upload(Element.nearest(values), to: target, firstRow: rows.lowerBound)
    }
  }

  public func performHadamard(_ a: Matrix, _ b: Matrix, into target: Matrix) throws(BackendError) {
    try forEachRowBlock(of: a.rows, columns: a.columns) { rows throws(BackendError) in
      let products = zip(try doubles(a, rows: rows), try doubles(b, rows: rows)).map { $0 * $1 }
      try upload(Element.nearest(products), to: target, firstRow: rows.lowerBound)
    }
  }

  public func performLeaveSamplesOut(
    _ r: Matrix, complements: Matrix, diagonal: Matrix, sampleCount: Int
  ) throws(BackendError) {
    let (c, q) = (try doubles(complements), try doubles(diagonal))
    let n = Double(sampleCount)
    try changeRows(of: r) { (block, rows) throws(BackendError) in
      for (i, row) in rows.enumerated() {
        for k in 0..<r.columns {
          let value = block[i * r.columns + k]
          let residual = value / q[k]
          block[i * r.columns + k] = residual / (c[row] + value * residual / n)
        }
      }
    }
  }

  public func performRowDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix)
    throws(BackendError)
  {
    let factors = try weights.map { (vector) throws(BackendError) in try doubles(vector) }
    var sums = [Double](repeating: 0, count: a.rows)
    try forEachRowBlock(of: a.rows, columns: a.columns) { rows throws(BackendError) in
      let (x, y) = (try doubles(a, rows: rows), try doubles(b, rows: rows))
      for (i, row) in rows.enumerated() {
        for j in 0..<a.columns {
          sums[row] += x[i * a.columns + j] * y[i * a.columns + j] * (factors?[j] ?? 1)
        }
      }
    }
    try upload(Element.nearest(sums), to: out, firstRow: 0)
  }

  public func performColumnDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix)
    throws(BackendError)
  {
    let factors = try weights.map { (vector) throws(BackendError) in try doubles(vector) }
    var sums = [Double](repeating: 0, count: a.columns)
    try forEachRowBlock(of: a.rows, columns: a.columns) { rows throws(BackendError) in
      let (x, y) = (try doubles(a, rows: rows), try doubles(b, rows: rows))
      for (i, row) in rows.enumerated() {
        for j in 0..<a.columns {
          sums[j] += x[i * a.columns + j] * y[i * a.columns + j] * (factors?[row] ?? 1)
        }
      }
    }
    try upload(Element.nearest(sums), to: out, firstRow: 0)
  }
}
