/// A matrix that lives where its backend computes: row-major, densely packed.
///
/// A vector of length d is a matrix of one row. Matrices are references: an operation writes into the storage it is given.
/// They stay on the thread that made them.
public protocol DeviceMatrix<Element> {
  associatedtype Element: Scalar
  var rows: Int { get }
  var columns: Int { get }

  /// The first `count` rows as a matrix over the same storage, no copy.
  func firstRows(_ count: Int) -> Self

  /// The same storage under another shape of no more elements, no copy: one buffer can serve blocks of any shape.
  func reshaped(rows: Int, columns: Int) -> Self
}

extension DeviceMatrix {
  public var count: Int { rows * columns }
}

/// A device that can run a trial: storage, random numbers, dense linear algebra, and the elementwise work between them.
///
/// **How it is used.** Work is queued in program order. Only `download`, `eigenvalues`, `eigendecompose`,
/// `leadingEigenpairs`, `tridiagonalize`, `factorPositiveDefinite` and `invertPositiveDefinite` wait for the device; all
/// else may return early.
/// Every operation writes into storage the caller gives and copies nothing to the host. A backend value may be shared
/// between threads; its matrices may not.
///
/// **Laws.** Each requirement states the identity that its result obeys; `LacunaConformanceTests` checks those
/// identities for every backend, with errors relative to norm · size · epsilon. Shapes that do not fit throw
/// `dimensionMismatch`. Empty matrices (no rows or no columns) are legal wherever their shapes fit. Unless said
/// otherwise, arguments must not share storage with the result.
public protocol Backend<Element>: Sendable {
  associatedtype Element: Scalar
  associatedtype Matrix: DeviceMatrix<Element>

  /// One line for people and result files: device, library, threads.
  var description: String { get }

  // MARK: Side by side

  /// How many pieces of work may run at the same time, each on a `singleThreaded` copy; 1 where the device takes one.
  var concurrency: Int { get }

  /// This backend on a single thread of the host, where the host computes; else itself.
  ///
  /// Law: what it computes does not depend on how many others work beside it, bit for bit.
  var singleThreaded: Self { get }

  /// Matrices of their argument's size that `tridiagonalize` and `eigendecompose` take beside it.
  var workspaceMatrices: (tridiagonalize: Int, eigendecompose: Int) { get }

  /// Bytes that the process holds whatever it computes, where the host computes: the program and its libraries' buffers.
  var standingBytes: Int { get }

  // MARK: Storage

  /// A matrix of zeros.
  /// - Throws: `outOfMemory` with the numbers.
  func makeMatrix(rows: Int, columns: Int) throws(BackendError) -> Matrix

  /// Writes host values, row-major, over rows `firstRow…` of a matrix; the count must be a whole number of rows.
  func upload(_ values: [Element], to matrix: Matrix, firstRow: Int) throws(BackendError)

  /// The values, row-major, after all work queued before. Law: download(upload(v)) = v, bit for bit.
  func download(_ matrix: Matrix) throws(BackendError) -> [Element]

  /// Sets every entry to zero.
  func clear(_ matrix: Matrix) throws(BackendError)

  /// target ← source, of the same shape.
  func copy(_ source: Matrix, to target: Matrix) throws(BackendError)

  /// target ← columns `firstColumn ..< firstColumn + target.columns` of the source, all its rows.
  func copyColumns(of source: Matrix, from firstColumn: Int, to target: Matrix) throws(BackendError)

  // MARK: Random numbers

  /// x[e] ← value `offset + e` of the stream under the law, e counting row-major.
  ///
  /// Law: equal to `EntryLaw.value(at:of:)`, in float32 from the uniforms of float32, within 4 units in the last place of
  /// max(|value|, 1), for Student's t within 4 + (2/ν)·ln(1/u), as the power of u multiplies the rounding of its exponent.
  /// Filling in pieces equals filling at once, bit for bit.
  func fill(_ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64) throws(BackendError)

  // MARK: Products

  /// c ← alpha · op(a) · op(b) + beta · c, op the transpose where asked; with beta = 0 the old c is never read.
  func multiply(
    _ a: Matrix, transposeA: Bool, _ b: Matrix, transposeB: Bool, alpha: Element, beta: Element, into c: Matrix
  ) throws(BackendError)

  /// Lower triangle of S ← S + scale · XᵀX (X: block × d, S: d × d). The strict upper triangle is neither read nor written.
  ///
  /// Law: accumulating over row blocks equals the Gram of the stacked rows.
  func accumulateGram(of x: Matrix, scale: Element, into s: Matrix) throws(BackendError)

  /// Lower triangle of K ← K + scale · XXᵀ (X: n × columns, K: n × n), the Gram of the samples.
  func accumulateSampleGram(of x: Matrix, scale: Element, into k: Matrix) throws(BackendError)

  // MARK: Masked samples (see `MaskPattern`; nothing of n·M rows is ever stored)

  /// rows_t ← m ∘ x_i, or with `hidden` (1 − m) ∘ x_i: samples seen through their masks, a row a pair.
  ///
  /// With M = masks.count, row t is number r = firstPair + t of the x.rows·M pairs of x: it shows row ⌊r/M⌋ of x, which is
  /// sample firstSample + ⌊r/M⌋ of the pattern, through its mask r mod M. Weights of given masks play no part here.
  ///
  /// Law: an entry is that of x, bit for bit, or 0, as `MaskPattern.visibility` says.
  /// - Throws: `dimensionMismatch` where the pairs lie outside x, widths differ, or given masks have another width.
  func maskRows(
    of x: Matrix, masks: MaskPattern, firstSample: Int, firstPair: Int, keeping side: MaskSide, into rows: Matrix
  ) throws(BackendError)

  /// Lower triangle of G ← G + scale · Σ_i Σ_m w_m (m_im ∘ x_i)(m_im ∘ x_i)ᵀ, the mask-aggregated Gram (G: d × d).
  ///
  /// Row i of x is sample firstSample + i of the pattern; w_m is the weight of a given mask, 1 for drawn ones. The strict
  /// upper triangle is neither read nor written. Memory does not grow with x.rows or M.
  ///
  /// Law: the sum written out; accumulating over row blocks, each with its first sample, equals the whole at once.
  func accumulateMaskedGram(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into g: Matrix
  ) throws(BackendError)

  /// C ← C + scale · Σ_i Σ_m w_m x_i (m_im ∘ x_i)ᵀ, all of it (C: d × d): what the visible say of every coordinate.
  func accumulateMaskedCross(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into c: Matrix
  ) throws(BackendError)

  // MARK: Positive definite matrices (only the lower triangle is read)

  /// A = LLᵀ: the lower triangle becomes L; the strict upper triangle is left undefined.
  /// - Returns: ln det A.
  /// - Throws: `notPositiveDefinite` with the order of the first failing minor; `nonFinite`.
  func factorPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double

  /// The lower triangle becomes that of A⁻¹, in place; the strict upper triangle is left undefined.
  /// - Returns: ln det A.
  func invertPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double

  // MARK: Symmetric eigenproblems (only the lower triangle is read)

  /// All eigenvalues, ascending. Destroys a.
  func eigenvalues(of a: Matrix) throws(BackendError) -> [Double]

  /// All eigenvalues, ascending; a becomes Vᵀ: row j holds the unit eigenvector of value j.
  func eigendecompose(_ a: Matrix) throws(BackendError) -> [Double]

  /// The `vectors.rows` largest eigenvalues, descending, and their unit eigenvectors as the rows of `vectors`.
  /// Destroys a. Law: ‖Av − µv‖ ≤ 30 · ‖A‖ · d · ε for each pair.
  func leadingEigenpairs(of a: Matrix, into vectors: Matrix) throws(BackendError) -> [Double]

  // MARK: Resolvents of one symmetric matrix at many shifts

  /// A = WᵀTW, W orthogonal and T tridiagonal (only A's lower triangle is read); a becomes W.
  ///
  /// Law: ‖A − WᵀTW‖ ≤ 30 · ‖A‖ · d · ε and ‖WWᵀ − I‖ ≤ 30 · d · ε. Column k of W is what row k of Aˢ, any power, takes:
  /// (A + λI)⁻¹_kl = w_kᵀ(T + λI)⁻¹w_l.
  func tridiagonalize(_ a: Matrix) throws(BackendError) -> SymmetricTridiagonal

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
  func resolventForms(
    of w: Matrix, tridiagonal t: SymmetricTridiagonal, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError)

  // MARK: Elementwise

  /// A ← A + value · I.
  func addDiagonal(_ value: Element, to a: Matrix) throws(BackendError)

  /// vector ← diag(A).
  func diagonal(of a: Matrix, into vector: Matrix) throws(BackendError)

  /// diag(A) ← vector.
  func setDiagonal(of a: Matrix, to vector: Matrix) throws(BackendError)

  /// Copies the strict lower triangle onto the strict upper one: A becomes symmetric.
  func symmetrize(_ a: Matrix) throws(BackendError)

  /// Zeroes the strict upper triangle.
  func clearUpperTriangle(of a: Matrix) throws(BackendError)

  /// A_ij ← r_i · A_ij · c_j; nil stands for ones.
  func scale(_ a: Matrix, rows: Matrix?, columns: Matrix?) throws(BackendError)

  /// target ← alpha · source + beta · target, elementwise; with beta = 0 the old target is never read.
  func add(_ source: Matrix, alpha: Element, beta: Element, to target: Matrix) throws(BackendError)

  /// target_ij ← a_ij · b_ij; target may be a or b.
  func hadamard(_ a: Matrix, _ b: Matrix, into target: Matrix) throws(BackendError)

  // MARK: Reductions (fixed order: the same input gives the same bits)

  /// out_i ← Σ_j w_j · a_ij · b_ij; nil weights are ones; a and b may be the same matrix.
  func rowDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError)

  /// out_j ← Σ_i w_i · a_ij · b_ij; nil weights are ones; a and b may be the same matrix.
  func columnDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError)

  // MARK: The estimator's own step

  /// r_ik ← (r_ik / q_k) / (c_i + r_ik² / (n q_k)): residuals of all cells, each under the fit without its sample.
  ///
  /// r = XQ (block × d), q = diag Q (d), c_i = 1 − x_iᵀQx_i/n − (1/n where an intercept was fitted) (block).
  func leaveSamplesOut(
    _ r: Matrix, complements: Matrix, diagonal: Matrix, sampleCount: Int
  ) throws(BackendError)

  // MARK: Covariance roots, applied to every row in place

  /// First-order autoregression along each row, z ← Lz with LLᵀ = (ρ^|i−j|):
  /// x_1 = z_1, x_j = ρ·x_(j−1) + √(1−ρ²)·z_j. With `adjoint`, z ← Lᵀz.
  func autoregress(_ x: Matrix, correlation: Element, adjoint: Bool) throws(BackendError)

  /// In each row and each block [bounds_b, bounds_(b+1)): x_j ← scale·x_j + shift_b·(block mean of x).
  func mixBlocks(_ x: Matrix, bounds: [Int], scale: Element, shift: [Element]) throws(BackendError)

  /// Each row z, padded with zeros to m, becomes the first `out.columns` entries of C z, C the symmetric m × m circulant
  /// with the given eigenvalues in the order of the discrete Fourier transform (eigenvalue k equals eigenvalue m − k).
  ///
  /// z.columns ≤ m and out.columns ≤ m. z may be destroyed; `out` may be z.
  func filterCirculant(_ z: Matrix, eigenvalues: [Element], into out: Matrix) throws(BackendError)

  /// out_i ← q_i C q_iᵀ, q_i the rows of q padded with zeros to m, C as in `filterCirculant`.
  func circulantForms(of q: Matrix, eigenvalues: [Element], into out: Matrix) throws(BackendError)
}
