/// Positive definite matrices (only the lower triangle is read).
extension Backend {
  /// A = LLᵀ: the lower triangle becomes L; the strict upper triangle is left undefined.
  /// - Returns: ln det A.
  /// - Throws: `notPositiveDefinite` with the order of the first failing minor; `nonFinite`.
  public func factorPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double {
    try Shapes.requireSquare(a, for: "factorPositiveDefinite")
    return try performFactorPositiveDefinite(a)
  }

  /// The lower triangle becomes that of A⁻¹, in place; the strict upper triangle is left undefined.
  /// - Returns: ln det A.
  public func invertPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double {
    try Shapes.requireSquare(a, for: "invertPositiveDefinite")
    return try performInvertPositiveDefinite(a)
  }

  /// Each row b becomes the solution x of Lx = b, or with `transposed` of Lᵀx = b, L lower triangular (only the lower triangle
  /// is read; L: d × d, b: k × d).
  ///
  /// Law: |Lx − b| ≤ d · ε · |L||x| in each entry, backward stable by substitution.
  /// - Precondition: no entry of L's diagonal is 0.
  public func solveTriangular(_ l: Matrix, transposed: Bool, rows b: Matrix) throws(BackendError) {
    try Shapes.requireSquare(l, for: "solveTriangular")
    try Shapes.require(
      b.columns == l.rows, "solveTriangular", expected: "rows of \(l.rows)", actual: b.shape)
    try performSolveTriangular(l, transposed: transposed, rows: b)
  }

  /// Each row b becomes the solution x of Ax = b, A = LLᵀ as `factorPositiveDefinite` left it (L: d × d, b: k × d).
  public func solvePositiveDefinite(factor l: Matrix, rows b: Matrix) throws(BackendError) {
    try solveTriangular(l, transposed: false, rows: b)
    try solveTriangular(l, transposed: true, rows: b)
  }
}

/// Symmetric eigenproblems (only the lower triangle is read).
extension Backend {
  /// All eigenvalues, ascending. Destroys a.
  public func eigenvalues(of a: Matrix) throws(BackendError) -> [Double] {
    try Shapes.requireSquare(a, for: "eigenvalues")
    return try performEigenvalues(of: a)
  }

  /// All eigenvalues, ascending; a becomes Vᵀ: row j holds the unit eigenvector of value j.
  public func eigendecompose(_ a: Matrix) throws(BackendError) -> [Double] {
    try Shapes.requireSquare(a, for: "eigendecompose")
    return try performEigendecompose(a)
  }

  /// The `vectors.rows` largest eigenvalues, descending, and their unit eigenvectors as the rows of `vectors`.
  /// Destroys a. Law: ‖Av − µv‖ ≤ 30 · ‖A‖ · d · ε for each pair.
  public func leadingEigenpairs(of a: Matrix, into vectors: Matrix) throws(BackendError) -> [Double] {
    try Shapes.requireSquare(a, for: "leadingEigenpairs")
    try Shapes.require(
      vectors.columns == a.rows && vectors.rows <= a.rows, "leadingEigenpairs",
      expected: "at most \(a.rows) vectors of length \(a.rows)", actual: vectors.shape)
    return vectors.rows == 0 ? [] : try performLeadingEigenpairs(of: a, into: vectors)
  }
}

/// Resolvents of one symmetric matrix at many shifts.
extension Backend {
  /// A = WᵀTW, W orthogonal and T tridiagonal (only A's lower triangle is read); a becomes W.
  ///
  /// Law: ‖A − WᵀTW‖ ≤ 30 · ‖A‖ · d · ε and ‖WWᵀ − I‖ ≤ 30 · d · ε. Column k of W is what row k of Aˢ, any power, takes:
  /// (A + λI)⁻¹_kl = w_kᵀ(T + λI)⁻¹w_l.
  public func tridiagonalize(_ a: Matrix) throws(BackendError) -> SymmetricTridiagonal {
    try Shapes.requireSquare(a, for: "tridiagonalize")
    return a.rows == 0
      ? SymmetricTridiagonal(diagonal: [], offDiagonal: []) : try performTridiagonalize(a)
  }

  /// A = WᵀBW, W orthogonal and B a band of `bandWidth` diagonals on either side (only A's lower triangle is read); a becomes W.
  ///
  /// Law: as of `tridiagonalize`. A band is reached by products of matrices, a tridiagonal form by half with products of a matrix
  /// and a vector, which wait for the memory; forms then take O(bandWidth) times as much.
  public func reduceToBand(_ a: Matrix) throws(BackendError) -> SymmetricBand {
    try Shapes.requireSquare(a, for: "reduceToBand")
    return a.rows == 0 ? SymmetricBand(order: 0, width: 1) { _, _ in 0 } : try performReduceToBand(a)
  }

  /// Forms of the resolvents R_r = (T + λ_r I)⁻¹ in the columns w_k of w (order × columns), O(order) each.
  ///
  /// With P probes g_p and row = (2 + P)·r:
  ///
  ///     out[row, k] ← w_kᵀR_r w_k,    out[row + 1, k] ← ‖R_r w_k‖²,    out[row + 2 + p, k] ← w_kᵀR_r g_p
  ///
  /// `SymmetricTridiagonal.ShiftedFactors` says how. T, the shifts and the probes are O(order) numbers of the host.
  ///
  /// Law: the forms of the solutions, with the error of a backward stable solve.
  /// - Parameter probes: each of T's order.
  /// - Parameter out: (2 + P) · shifts.count × w.columns.
  /// - Throws: `notPositiveDefinite` where T + λ_r I is not.
  public func resolventForms(
    of w: Matrix, tridiagonal t: SymmetricTridiagonal, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError) {
    try requireForms(of: w, order: t.order, shifts: shifts, probes: probes, into: out)
    try performResolventForms(of: w, tridiagonal: t, shifts: shifts, probes: probes, into: out)
  }

  /// The same forms of R_r = (B + λ_r I)⁻¹, B a band; `SymmetricBand.ShiftedFactors` says how.
  ///
  /// Law: as of the forms of a tridiagonal matrix.
  public func resolventForms(
    of w: Matrix, band b: SymmetricBand, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError) {
    try requireForms(of: w, order: b.order, shifts: shifts, probes: probes, into: out)
    if let t = b.tridiagonal {
      try performResolventForms(of: w, tridiagonal: t, shifts: shifts, probes: probes, into: out)
    } else {
      try performResolventForms(of: w, band: b, shifts: shifts, probes: probes, into: out)
    }
  }

  private func requireForms(
    of w: Matrix, order: Int, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError) {
    let operation = "resolventForms"
    try Shapes.require(w.rows == order, operation, expected: "\(order) rows", actual: w.shape)
    try Shapes.require(
      probes.allSatisfy { $0.count == order }, operation, expected: "probes of length \(order)",
      actual: "lengths \(probes.map(\.count))")
    let rows = (2 + probes.count) * shifts.count
    try Shapes.require("result", out, rows: rows, columns: w.columns, for: operation)
  }
}
