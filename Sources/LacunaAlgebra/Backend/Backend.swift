/// A device that can run a trial: storage, random numbers, dense linear algebra, and the elementwise work between them.
///
/// **Layers.** A new backend writes `BackendCore`. All that this protocol requires beyond it has a default, composed of the core
/// or a pass through the host's memory a block of rows at a time: right on any device, and overridden where that pays and was
/// timed. Nothing needs a whole matrix on the host.
///
/// **How it is used.** By the operations without `perform`, which check shapes and then call the requirement of their name.
/// Work is queued in program order. Only `download`, `eigenvalues`, `eigendecompose`, `leadingEigenpairs`, `tridiagonalize`, `reduceToBand`,
/// `factorPositiveDefinite`, `invertPositiveDefinite` and operations left to their defaults wait for the device; all else may
/// return early. Every operation writes into storage the caller gives.
///
/// **Laws.** Each operation states the identity that its result obeys; `LacunaConformance` checks those identities for every
/// backend, with errors relative to norm · size · epsilon. Shapes that do not fit throw `dimensionMismatch`. Empty matrices (no
/// rows or no columns) are legal wherever their shapes fit. Unless said otherwise, arguments must not share storage with the
/// result.
///
/// **Laws for matrices that are spread over several memories.** The contents after `reshaped` to another width are undefined.
/// The height of row blocks is the backend's choice, `rowBlock(columns:)`. A backend is shared between threads only where
/// `concurrency` is above 1; its matrices never are. The calls and their order depend on the arguments alone: no order of a Set
/// or a Dictionary drives them, so that all parts of a spread-out backend make the same ones. What an operation throws it throws on
/// all parts, or on none: one that failed alone would leave the others waiting. `download` gives every part the values, so nobody
/// downloads a whole d × d matrix but by blocks of rows. The same number of parts gives the same bits.
public protocol Backend<Element>: BackendCore {
  // MARK: Side by side

  /// How many pieces of work may run at the same time, each on a `singleThreaded` copy; 1 where the device takes one.
  var concurrency: Int { get }

  /// This backend on a single thread of the host, where the host computes; else itself.
  ///
  /// Law: what it computes does not depend on how many others work beside it, bit for bit.
  var singleThreaded: Self { get }

  /// Diagonals on either side of the main one that `reduceToBand` leaves of a large matrix; 1 where the device has no way of its
  /// own to a band and reduces to tridiagonal form.
  var bandWidth: Int { get }

  /// Matrices of their argument's size that `tridiagonalize` and `eigendecompose` take beside it.
  var workspaceMatrices: (tridiagonalize: Int, eigendecompose: Int) { get }

  /// Bytes at most that operations on matrices of an order take for a while beside their arguments and results, and beside
  /// `workspaceMatrices`.
  func temporaryBytes(order: Int) -> Int

  /// Bytes that the process holds whatever it computes, where the host computes: the program and its libraries' buffers.
  var standingBytes: Int { get }

  /// Rows of a block of samples so wide: enough work for a rank update, small beside the Gram.
  func rowBlock(columns: Int) -> Int

  /// Whether results are verified on the way: "on", "off", or nil where the host computes and there is nothing to distrust.
  var verification: String? { get }

  // MARK: Storage

  func performClear(_ matrix: Matrix) throws(BackendError)
  func performCopy(_ source: Matrix, to target: Matrix) throws(BackendError)
  func performCopyColumns(of source: Matrix, from firstColumn: Int, to target: Matrix) throws(BackendError)

  /// - Parameter columns: nil for all of them in their order.
  func performGather(of source: Matrix, rows: [Int], columns: [Int]?, into target: Matrix) throws(BackendError)
  func performScatterRows(of source: Matrix, to target: Matrix, at rows: [Int]) throws(BackendError)

  // MARK: Random numbers

  func performFill(_ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64) throws(BackendError)

  // MARK: Verification

  func performProbeRows(_ a: Matrix, part: MatrixPart, vectors: [[Double]]) throws(BackendError) -> RowProbe
  func performProbeSymmetric(_ a: Matrix, vectors: [[Double]]) throws(BackendError) -> RowProbe
  func performProbeColumns(_ a: Matrix, part: MatrixPart, vectors: [[Double]]) throws(BackendError) -> [[Double]]
  func performBitSum(of a: Matrix, rows: Range<Int>) throws(BackendError) -> UInt32
  func performSealedFill(
    _ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64
  ) throws(BackendError) -> UInt32?

  // MARK: Masked samples

  func performMaskRows(
    of x: Matrix, masks: MaskPattern, firstSample: Int, firstPair: Int, keeping side: MaskSide, into rows: Matrix
  ) throws(BackendError)

  func performAccumulateMaskedGram(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into g: Matrix
  ) throws(BackendError)

  func performAccumulateMaskedCross(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into c: Matrix
  ) throws(BackendError)

  // MARK: Solvers

  func performInvertPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double
  func performEigenvalues(of a: Matrix) throws(BackendError) -> [Double]
  func performLeadingEigenpairs(of a: Matrix, into vectors: Matrix) throws(BackendError) -> [Double]
  func performTridiagonalize(_ a: Matrix) throws(BackendError) -> SymmetricTridiagonal
  func performReduceToBand(_ a: Matrix) throws(BackendError) -> SymmetricBand

  func performResolventForms(
    of w: Matrix, tridiagonal t: SymmetricTridiagonal, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError)

  /// - Precondition: the band is wider than a tridiagonal matrix.
  func performResolventForms(
    of w: Matrix, band b: SymmetricBand, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError)

  // MARK: Elementwise

  func performAddDiagonal(_ value: Element, to a: Matrix) throws(BackendError)
  func performDiagonal(of a: Matrix, into vector: Matrix) throws(BackendError)
  func performSetDiagonal(of a: Matrix, to vector: Matrix) throws(BackendError)
  func performSymmetrize(_ a: Matrix) throws(BackendError)
  func performClearUpperTriangle(of a: Matrix) throws(BackendError)
  func performScale(_ a: Matrix, rows: Matrix?, columns: Matrix?) throws(BackendError)
  func performAdd(_ source: Matrix, alpha: Element, beta: Element, to target: Matrix) throws(BackendError)
  func performHadamard(_ a: Matrix, _ b: Matrix, into target: Matrix) throws(BackendError)

  func performLeaveSamplesOut(
    _ r: Matrix, complements: Matrix, diagonal: Matrix, sampleCount: Int
  ) throws(BackendError)

  // MARK: Reductions

  func performRowDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError)
  func performColumnDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError)

  // MARK: Samples left out

  func performSampleResidualSums(
    of x: Matrix, resolvent q: Matrix, terms: ResidualTerms, rows: ResidualRowTerms?
  ) throws(BackendError) -> SampleResidualSums

  func performCoordinateResidualSums(
    of x: Matrix, resolvent m: Matrix, terms: ResidualTerms
  ) throws(BackendError) -> CoordinateResidualSums

  // MARK: Covariance roots

  func performAutoregress(_ x: Matrix, correlation: Element, adjoint: Bool) throws(BackendError)
  func performMixBlocks(_ x: Matrix, bounds: [Int], scale: Element, shift: [Element]) throws(BackendError)
  func performFilterCirculant(_ z: Matrix, eigenvalues: [Element], into out: Matrix) throws(BackendError)
  func performCirculantForms(of q: Matrix, eigenvalues: [Element], into out: Matrix) throws(BackendError)
}
