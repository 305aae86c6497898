extension Backend {
  /// From the factor: the identity solved for.
  public func performInvertPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double {
    let logDeterminant = try factorPositiveDefinite(a)
    let inverse = try makeMatrix(rows: a.rows, columns: a.rows)
    try addDiagonal(1, to: inverse)
    try solvePositiveDefinite(factor: a, rows: inverse)
    try copy(inverse, to: a)
    return logDeterminant
  }

  public func performEigenvalues(of a: Matrix) throws(BackendError) -> [Double] { try eigendecompose(a) }

  /// The last rows of all eigenvectors, turned round.
  public func performLeadingEigenpairs(of a: Matrix, into vectors: Matrix) throws(BackendError) -> [Double] {
    let values = try eigendecompose(a)
    for j in 0..<vectors.rows {
      let row = a.rows - 1 - j
      try upload(try download(a, rows: row..<row + 1), to: vectors, firstRow: j)
    }
    return values.suffix(vectors.rows).reversed()
  }

  /// A diagonal matrix is tridiagonal: W holds the eigenvectors.
  public func performTridiagonalize(_ a: Matrix) throws(BackendError) -> SymmetricTridiagonal {
    let values = try eigendecompose(a)
    return SymmetricTridiagonal(
      diagonal: values, offDiagonal: [Double](repeating: 0, count: max(values.count - 1, 0)))
  }

  public var bandWidth: Int { 1 }

  public func performReduceToBand(_ a: Matrix) throws(BackendError) -> SymmetricBand {
    SymmetricBand(try tridiagonalize(a))
  }

  /// Down the rows of w, with the state of the recurrences of every column and shift.
  public func performResolventForms(
    of w: Matrix, tridiagonal t: SymmetricTridiagonal, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError) {
    var passes: [ResolventPass] = []
    for shift in shifts {
      passes.append(ResolventPass(try t.factor(shift: shift), probes: probes, columns: w.columns))
    }
    try forEachRowBlock(of: w.rows, columns: w.columns) { rows throws(BackendError) in
      let values = try doubles(w, rows: rows)
      for r in passes.indices { passes[r].add(values, rows: rows) }
    }
    try upload(Element.nearest(passes.flatMap(\.forms)), to: out, firstRow: 0)
  }
}

/// The forms of one shift in all columns, row after row: see `SymmetricTridiagonal.ShiftedFactors`.
private struct ResolventPass {
  private let factors: SymmetricTridiagonal.ShiftedFactors
  private let weights: [[Double]]
  private let columns: Int
  /// y and x of the row before.
  private var y: [Double]
  private var x: [Double]
  /// wᵀRw, ‖Rw‖² and wᵀRg of every column so far, a row each.
  private(set) var forms: [Double]

  init(_ factors: SymmetricTridiagonal.ShiftedFactors, probes: [[Double]], columns: Int) {
    self.factors = factors
    self.columns = columns
    weights = probes.map(factors.weights)
    y = [Double](repeating: 0, count: columns)
    x = y
    forms = [Double](repeating: 0, count: (2 + probes.count) * columns)
  }

  mutating func add(_ values: [Double], rows: Range<Int>) {
    for (i, j) in rows.enumerated() {
      let row = factors.rows[j]
      for k in 0..<columns {
        y[k] = values[i * columns + k] - y[k] * row.x
        let v = y[k] * row.y
        forms[k] += y[k] * v
        x[k] = v - x[k] * row.z
        forms[columns + k] += x[k] * x[k] * row.w
      }
      for (p, h) in weights.enumerated() {
        for k in 0..<columns { forms[(2 + p) * columns + k] += y[k] * h[j] }
      }
    }
  }
}
