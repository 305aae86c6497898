import LacunaAlgebra

/// Factors, inverses and eigenproblems: checked by what they undo.
extension VerifiedBackend {
  /// L(Lᵀv) = Av, and ln det A from the diagonal of L.
  public func performFactorPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double {
    let operation = "factorPositiveDefinite"
    let marks = try symmetricMarks(of: a, for: operation)
    let logDeterminant = try withFinite(marks, operation) { () throws(BackendError) in
      try base.factorPositiveDefinite(a.base)
    }
    let n = Double(max(a.rows, 1))
    let turned = try base.probeColumns(a.base, part: .lower, vectors: [probe(a.rows)])[0]
    let observed = try measure(a.base, .triangle, [turned])
    let size = observed.marks.norm
    try require(
      observed.products[0], marks.rows,
      within: marks.tolerance + 32 * epsilon * (n.squareRoot() * marks.largest + size * size), operation, "L(Lᵀv): row")
    a.known = .marks(observed.marks)
    let diagonal = try diagonal(of: a, for: operation)
    let logs = diagonal.map { 2 * Double.log($0) }
    try require(
      [logDeterminant], [logs.reduce(0, +)], within: 64 * epsilon * n * (1 + logs.largest), operation,
      "the determinant")
    return logDeterminant
  }

  /// Q(Av) = v.
  public func performInvertPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double {
    let operation = "invertPositiveDefinite"
    let marks = try symmetricMarks(of: a, for: operation)
    let logDeterminant = try withFinite(marks, operation) { () throws(BackendError) in
      try base.invertPositiveDefinite(a.base)
    }
    let observed = try measure(a.base, .symmetric, [marks.rows])
    let root = Double(max(a.rows, 1)).squareRoot()
    let tolerance =
      32 * epsilon * (marks.rows.norm * observed.marks.norm / root + root)
      + marks.tolerance * observed.marks.norm * root
    try require(observed.products[0], probe(a.rows), within: tolerance, operation, "Q(Av): row")
    a.known = .marks(observed.marks)
    return logDeterminant
  }

  /// Lx = b: X(Lᵀv) = Bv; Lᵀx = b: X(Lv) = Bv.
  public func performSolveTriangular(_ l: Matrix, transposed: Bool, rows b: Matrix) throws(BackendError) {
    let operation = "solveTriangular"
    let old = try observe(b, for: operation).marks
    let n = l.rows
    // Above the diagonal there may be anything.
    let triangle = try base.probeRows(l.base, part: .lower, vectors: [probe(n)])
    let product =
      transposed ? triangle.products[0] : try base.probeColumns(l.base, part: .lower, vectors: [probe(n)])[0]
    try observe(l, for: operation)
    try base.solveTriangular(l.base, transposed: transposed, rows: b.base)
    let observed = try measure(b.base, .all, [product])
    let tolerance =
      32 * epsilon * Double(max(n, 1)).squareRoot() * observed.marks.norms.largest
      * (triangle.squares.reduce(0, +).squareRoot() + product.norm)
    try require(observed.products[0], old.rows, within: tolerance + old.tolerance, operation, "X(Lᵀv): row")
    b.known = .marks(observed.marks)
  }

  /// Σλ = tr A and Σλ² = ‖A‖_F².
  public func performEigenvalues(of a: Matrix) throws(BackendError) -> [Double] {
    let operation = "eigenvalues"
    let marks = try symmetricMarks(of: a, for: operation)
    let n = a.rows
    // The matrix is the caller's to lose, its upper triangle too.
    try base.symmetrize(a.base)
    let whole = try measure(a.base, .all).marks
    try require(
      whole.rows, marks.rows, within: marks.tolerance + Self.sumEpsilon * Double(n) * whole.norm, operation, "row")
    a.known = .marks(whole)
    let trace = try diagonal(of: a, for: operation).reduce(0, +)
    let values = try withFinite(marks, operation) { () throws(BackendError) in try base.eigenvalues(of: a.base) }
    a.known = .nothing
    guard values.count == n, zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      throw failure(operation, "the values are not in order")
    }
    let size = max(whole.norm, values.norm)
    let tolerance = 32 * epsilon * Double(n).squareRoot()
    try require([values.reduce(0, +)], [trace], within: tolerance * size, operation, "the trace")
    try require([values.norm], [whole.norm], within: tolerance * size, operation, "the norm")
    return values
  }

  /// Vᵀ(ΛVv) = Av and Vᵀ(Vv) = v.
  public func performEigendecompose(_ a: Matrix) throws(BackendError) -> [Double] {
    let operation = "eigendecompose"
    let marks = try symmetricMarks(of: a, for: operation)
    let values = try withFinite(marks, operation) { () throws(BackendError) in try base.eigendecompose(a.base) }
    guard values.count == a.rows else { throw failure(operation, "values are missing") }
    try requireReduction(a, marks, size: values.largest, operation) { turned in zip(values, turned).map { $0 * $1 } }
    return values
  }

  /// Wᵀ(TWv) = Av and Wᵀ(Wv) = v.
  public func performTridiagonalize(_ a: Matrix) throws(BackendError) -> SymmetricTridiagonal {
    let operation = "tridiagonalize"
    let marks = try symmetricMarks(of: a, for: operation)
    let t = try withFinite(marks, operation) { () throws(BackendError) in try base.tridiagonalize(a.base) }
    let (d, e) = (t.diagonal, t.offDiagonal)
    guard d.count == a.rows else { throw failure(operation, "entries are missing") }
    try requireReduction(a, marks, size: d.largest + 2 * e.largest, operation) { turned in
      d.indices.map { i in
        d[i] * turned[i] + (i > 0 ? e[i - 1] * turned[i - 1] : 0) + (i + 1 < d.count ? e[i] * turned[i + 1] : 0)
      }
    }
    return t
  }

  /// Wᵀ(BWv) = Av and Wᵀ(Wv) = v.
  public func performReduceToBand(_ a: Matrix) throws(BackendError) -> SymmetricBand {
    let operation = "reduceToBand"
    let marks = try symmetricMarks(of: a, for: operation)
    let b = try withFinite(marks, operation) { () throws(BackendError) in try base.reduceToBand(a.base) }
    guard b.order == a.rows else { throw failure(operation, "entries are missing") }
    try requireReduction(a, marks, size: b.norm, operation) { b.times($0) }
    return b
  }

  /// A = WᵀMW and WᵀW = I along the probe, W being what a holds now.
  private func requireReduction(
    _ a: Matrix, _ marks: Marks, size: Double, _ operation: String, _ middle: ([Double]) -> [Double]
  ) throws(BackendError) {
    let observed = try measure(a.base, .all).marks
    let back = try base.probeColumns(a.base, part: .all, vectors: [middle(observed.rows), observed.rows])
    let tolerance = 64 * epsilon * Double(max(a.rows, 1)).squareRoot()
    try require(back[1], probe(a.rows), within: tolerance, operation, "Wᵀ(Wv): row")
    try require(back[0], marks.rows, within: marks.tolerance + tolerance * size, operation, "Wᵀ(MWv): row")
    a.known = .marks(observed)
  }

  /// u_j·Av = µ_j u_j·v and ‖u_j‖ = 1.
  public func performLeadingEigenpairs(of a: Matrix, into vectors: Matrix) throws(BackendError) -> [Double] {
    let operation = "leadingEigenpairs"
    let marks = try symmetricMarks(of: a, for: operation)
    let values = try withFinite(marks, operation) { () throws(BackendError) in
      try base.leadingEigenpairs(of: a.base, into: vectors.base)
    }
    a.known = .nothing
    let observed = try measure(vectors.base, .all, [marks.rows])
    let bound = 30 * Double(a.rows) * epsilon
    guard values.count == vectors.rows else { throw failure(operation, "values are missing") }
    try require(
      observed.products[0], zip(values, observed.marks.rows).map { $0 * $1 },
      within: 2 * bound * max(values.largest, marks.largest / 2) + marks.tolerance * Double(a.rows).squareRoot(),
      operation,
      "the residual of pair")
    try require(
      observed.marks.norms, [Double](repeating: 1, count: vectors.rows), within: bound, operation, "the norm of vector")
    vectors.known = .marks(observed.marks)
    return values
  }

  public func performResolventForms(
    of w: Matrix, tridiagonal t: SymmetricTridiagonal, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError) {
    try twice(into: out, reading: [w], "resolventForms") { (out) throws(BackendError) in
      try base.resolventForms(of: w.base, tridiagonal: t, shifts: shifts, probes: probes, into: out)
    }
  }

  public func performResolventForms(
    of w: Matrix, band b: SymmetricBand, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError) {
    try twice(into: out, reading: [w], "resolventForms(band:)") { (out) throws(BackendError) in
      try base.resolventForms(of: w.base, band: b, shifts: shifts, probes: probes, into: out)
    }
  }
}
