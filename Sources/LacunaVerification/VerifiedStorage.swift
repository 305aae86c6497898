import LacunaAlgebra

/// Storage and random numbers.
extension VerifiedBackend {
  public func performMakeMatrix(rows: Int, columns: Int) throws(BackendError) -> Matrix {
    let matrix = Matrix(try base.makeMatrix(rows: rows, columns: columns))
    matrix.known = .marks(.zero(rows: rows))
    return matrix
  }

  public func performUpload(_ values: [Element], to matrix: Matrix, firstRow: Int) throws(BackendError) {
    try base.upload(values, to: matrix.base, firstRow: firstRow)
    let columns = matrix.columns
    if values.isEmpty { return }
    if matrix.rows == 1 {
      matrix.known = .values(values, wasRead: false)
      return
    }
    let (v, numbers) = (probe(columns), Element.doubles(values))
    var known = Marks(
      part: .all, rows: [Double](repeating: .nan, count: matrix.rows), tolerance: 0, isExact: false, size: nil)
    if case .marks(let marks) = matrix.known, marks.part == .all {
      for (i, mark) in marks.rows.prefix(matrix.rows).enumerated() { known.rows[i] = mark }
      known.tolerance = marks.tolerance
    }
    for i in 0..<values.count / columns {
      var (sum, reach) = (0.0, 0.0)
      for j in 0..<columns {
        let term = v[j] * numbers[i * columns + j]
        sum += term
        reach += abs(term)
      }
      known.rows[firstRow + i] = sum
      if reach.isFinite { known.tolerance = max(known.tolerance, Self.sumEpsilon * reach) }
    }
    matrix.known = .marks(known)
  }

  public func performDownload(_ matrix: Matrix, rows: Range<Int>) throws(BackendError) -> [Element] {
    if case .values(let known, wasRead: true) = matrix.known, !rows.isEmpty { return known }
    let values = try base.download(matrix.base, rows: rows)
    if values.isEmpty { return values }
    if case .values(let known, _) = matrix.known {
      guard BitSum.of(values) == BitSum.of(known) else { throw failure("download", "not what was there before") }
      matrix.known = .values(known, wasRead: true)
      return known
    }
    try observe(matrix, for: "download")
    guard try base.bitSum(of: matrix.base, rows: rows) == BitSum.of(values) else {
      throw failure("download", "what arrived is not what the device holds")
    }
    if matrix.rows == 1 { matrix.known = .values(values, wasRead: true) }
    return values
  }

  public func performClear(_ matrix: Matrix) throws(BackendError) {
    try base.clear(matrix.base)
    matrix.known = .marks(.zero(rows: matrix.rows))
  }

  public func performCopy(_ source: Matrix, to target: Matrix) throws(BackendError) {
    if case .values(let values, _) = source.known {
      try base.copy(source.base, to: target.base)
      target.known = .values(values, wasRead: false)
      return
    }
    let marks = try marks(of: source, for: "copy")
    try base.copy(source.base, to: target.base)
    target.known = .marks(marks)
  }

  public func performCopyColumns(
    of source: Matrix, from firstColumn: Int, to target: Matrix
  ) throws(BackendError) {
    var vector = [Double](repeating: 0, count: source.columns)
    for (j, value) in probe(target.columns).enumerated() { vector[firstColumn + j] = value }
    let observed = try observe(source, times: [vector], for: "copyColumns")
    try base.copyColumns(of: source.base, from: firstColumn, to: target.base)
    target.known = .marks(
      observed.marks.predicted(
        observed.products[0], tolerance: Self.sumEpsilon * observed.marks.norm * vector.norm, part: .all))
  }

  public func performGather(
    of source: Matrix, rows: [Int], columns: [Int]?, into target: Matrix
  ) throws(BackendError) {
    let v = probe(target.columns)
    var vector = v
    if let columns {
      vector = [Double](repeating: 0, count: source.columns)
      for (j, column) in columns.enumerated() { vector[column] += v[j] }
    }
    let observed = try observe(source, times: [vector], for: "gather")
    try base.gather(of: source.base, rows: rows, columns: columns, into: target.base)
    target.known = .marks(
      observed.marks.predicted(
        rows.map { observed.products[0][$0] }, tolerance: Self.sumEpsilon * observed.marks.norm * vector.norm,
        part: .all))
  }

  public func performScatterRows(of source: Matrix, to target: Matrix, at rows: [Int]) throws(BackendError) {
    let added = try observe(source, for: "scatterRows").marks
    let old = try observe(target, for: "scatterRows").marks
    try base.scatterRows(of: source.base, to: target.base, at: rows)
    var marks = old.rows
    for (i, row) in rows.enumerated() { marks[row] = added.rows[i] }
    let size = (old.norm + added.norm) * Double(max(target.columns, 1)).squareRoot()
    target.known = .marks(old.predicted(marks, tolerance: Self.sumEpsilon * size, part: .all))
  }

  public func performFill(
    _ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64
  ) throws(BackendError) {
    let sum = try base.sealedFill(x.base, law: law, stream: stream, offset: offset)
    x.known = .filled(Filling(matrix: x.base, law: law, stream: stream, offset: offset, sum: sum))
  }

  public func performProbeRows(
    _ a: Matrix, part: MatrixPart, vectors: [[Double]]
  ) throws(BackendError) -> RowProbe { try base.probeRows(a.base, part: part, vectors: vectors) }

  public func performProbeSymmetric(_ a: Matrix, vectors: [[Double]]) throws(BackendError) -> RowProbe {
    try base.probeSymmetric(a.base, vectors: vectors)
  }

  public func performProbeColumns(
    _ a: Matrix, part: MatrixPart, vectors: [[Double]]
  ) throws(BackendError) -> [[Double]] { try base.probeColumns(a.base, part: part, vectors: vectors) }

  public func performBitSum(of a: Matrix, rows: Range<Int>) throws(BackendError) -> UInt32 {
    try base.bitSum(of: a.base, rows: rows)
  }
}
