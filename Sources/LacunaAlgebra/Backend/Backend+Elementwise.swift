extension Backend {
  /// A ← A + value · I.
  public func addDiagonal(_ value: Element, to a: Matrix) throws(BackendError) {
    try Shapes.requireSquare(a, for: "addDiagonal")
    try performAddDiagonal(value, to: a)
  }

  /// vector ← diag(A).
  public func diagonal(of a: Matrix, into vector: Matrix) throws(BackendError) {
    try Shapes.requireSquare(a, for: "diagonal")
    try Shapes.requireVector("vector", vector, count: a.rows, for: "diagonal")
    try performDiagonal(of: a, into: vector)
  }

  /// diag(A) ← vector.
  public func setDiagonal(of a: Matrix, to vector: Matrix) throws(BackendError) {
    try Shapes.requireSquare(a, for: "setDiagonal")
    try Shapes.requireVector("vector", vector, count: a.rows, for: "setDiagonal")
    try performSetDiagonal(of: a, to: vector)
  }

  /// Copies the strict lower triangle onto the strict upper one: A becomes symmetric.
  public func symmetrize(_ a: Matrix) throws(BackendError) {
    try Shapes.requireSquare(a, for: "symmetrize")
    try performSymmetrize(a)
  }

  /// Zeroes the strict upper triangle.
  public func clearUpperTriangle(of a: Matrix) throws(BackendError) {
    try Shapes.requireSquare(a, for: "clearUpperTriangle")
    try performClearUpperTriangle(of: a)
  }

  /// A_ij ← r_i · A_ij · c_j; nil stands for ones.
  public func scale(_ a: Matrix, rows: Matrix?, columns: Matrix?) throws(BackendError) {
    if let rows { try Shapes.requireVector("rows", rows, count: a.rows, for: "scale") }
    if let columns { try Shapes.requireVector("columns", columns, count: a.columns, for: "scale") }
    if rows != nil || columns != nil { try performScale(a, rows: rows, columns: columns) }
  }

  /// target ← alpha · source + beta · target, elementwise; with beta = 0 the old target is never read.
  public func add(_ source: Matrix, alpha: Element, beta: Element, to target: Matrix) throws(BackendError) {
    try Shapes.require("target", target, rows: source.rows, columns: source.columns, for: "add")
    try performAdd(source, alpha: alpha, beta: beta, to: target)
  }

  /// target_ij ← a_ij · b_ij; target may be a or b.
  public func hadamard(_ a: Matrix, _ b: Matrix, into target: Matrix) throws(BackendError) {
    try Shapes.require("second factor", b, rows: a.rows, columns: a.columns, for: "hadamard")
    try Shapes.require("target", target, rows: a.rows, columns: a.columns, for: "hadamard")
    try performHadamard(a, b, into: target)
  }

  /// r_ik ← (r_ik / q_k) / (c_i + r_ik² / (n q_k)): residuals of all cells, each under the fit without its sample.
  ///
  /// r = XQ (block × d), q = diag Q (d), c_i = 1 − x_iᵀQx_i/n − (1/n where an intercept was fitted) (block).
  public func leaveSamplesOut(
    _ r: Matrix, complements: Matrix, diagonal: Matrix, sampleCount: Int
  ) throws(BackendError) {
    try Shapes.requireVector("complements", complements, count: r.rows, for: "leaveSamplesOut")
    try Shapes.requireVector("diagonal", diagonal, count: r.columns, for: "leaveSamplesOut")
    try performLeaveSamplesOut(r, complements: complements, diagonal: diagonal, sampleCount: sampleCount)
  }
}

/// Reductions in a fixed order: the same input gives the same bits.
extension Backend {
  /// out_i ← Σ_j w_j · a_ij · b_ij; nil weights are ones; a and b may be the same matrix.
  public func rowDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError) {
    try Shapes.require("second factor", b, rows: a.rows, columns: a.columns, for: "rowDots")
    if let weights { try Shapes.requireVector("weights", weights, count: a.columns, for: "rowDots") }
    try Shapes.requireVector("result", out, count: a.rows, for: "rowDots")
    try performRowDots(a, b, weights: weights, into: out)
  }

  /// out_j ← Σ_i w_i · a_ij · b_ij; nil weights are ones; a and b may be the same matrix.
  public func columnDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError) {
    try Shapes.require("second factor", b, rows: a.rows, columns: a.columns, for: "columnDots")
    if let weights { try Shapes.requireVector("weights", weights, count: a.rows, for: "columnDots") }
    try Shapes.requireVector("result", out, count: a.columns, for: "columnDots")
    try performColumnDots(a, b, weights: weights, into: out)
  }
}

/// Covariance roots, applied to every row in place.
extension Backend {
  /// First-order autoregression along each row, z ← Lz with LLᵀ = (ρ^|i−j|):
  /// x_1 = z_1, x_j = ρ·x_(j−1) + √(1−ρ²)·z_j. With `adjoint`, z ← Lᵀz.
  /// - Parameter correlation: ρ from −1 to 1.
  public func autoregress(_ x: Matrix, correlation: Element, adjoint: Bool) throws(BackendError) {
    precondition(abs(correlation) <= 1, "a correlation between −1 and 1")
    try performAutoregress(x, correlation: correlation, adjoint: adjoint)
  }

  /// In each row and each block [bounds_b, bounds_(b+1)): x_j ← scale·x_j + shift_b·(block mean of x).
  public func mixBlocks(_ x: Matrix, bounds: [Int], scale: Element, shift: [Element]) throws(BackendError) {
    let isAscending = zip(bounds, bounds.dropFirst()).allSatisfy { $0 <= $1 }
    try Shapes.require(
      bounds.first == 0 && bounds.last == x.columns && isAscending, "mixBlocks",
      expected: "ascending bounds from 0 to \(x.columns)", actual: "bounds \(bounds.prefix(8))")
    try Shapes.require(
      shift.count == bounds.count - 1, "mixBlocks", expected: "\(bounds.count - 1) shifts",
      actual: "\(shift.count) of them")
    try performMixBlocks(x, bounds: bounds, scale: scale, shift: shift)
  }

  /// Each row z, padded with zeros to m, becomes the first `out.columns` entries of C z, C the symmetric m × m circulant
  /// with the given eigenvalues in the order of the discrete Fourier transform (eigenvalue k equals eigenvalue m − k).
  ///
  /// z.columns ≤ m and out.columns ≤ m. z may be destroyed; `out` may be z.
  public func filterCirculant(_ z: Matrix, eigenvalues: [Element], into out: Matrix) throws(BackendError) {
    let m = eigenvalues.count
    try Shapes.require(z.columns <= m, "filterCirculant", expected: "rows of at most \(m)", actual: z.shape)
    try Shapes.require(
      out.rows == z.rows && out.columns <= m, "filterCirculant", expected: "a result of \(z.rows) × at most \(m)",
      actual: out.shape)
    assert(Self.isSymmetric(eigenvalues), "the eigenvalues of a symmetric circulant: k and m − k are equal")
    try performFilterCirculant(z, eigenvalues: eigenvalues, into: out)
  }

  /// out_i ← q_i C q_iᵀ, q_i the rows of q padded with zeros to m, C as in `filterCirculant`.
  public func circulantForms(of q: Matrix, eigenvalues: [Element], into out: Matrix) throws(BackendError) {
    let m = eigenvalues.count
    try Shapes.require(q.columns <= m, "circulantForms", expected: "rows of at most \(m)", actual: q.shape)
    try Shapes.requireVector("result", out, count: q.rows, for: "circulantForms")
    assert(Self.isSymmetric(eigenvalues), "the eigenvalues of a symmetric circulant: k and m − k are equal")
    try performCirculantForms(of: q, eigenvalues: eigenvalues, into: out)
  }

  private static func isSymmetric(_ eigenvalues: [Element]) -> Bool {
    (1..<max(eigenvalues.count, 1)).allSatisfy { eigenvalues[$0] == eigenvalues[eigenvalues.count - $0] }
  }
}
