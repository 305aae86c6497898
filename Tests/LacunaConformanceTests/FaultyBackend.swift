import LacunaAlgebra
import LacunaConformance
import Synchronization

/// The reference with one operation that errs by a millionth in one entry of its result.
struct FaultyBackend: Backend {
  typealias Element = Double
  typealias Matrix = ReferenceMatrix<Double>

  /// The operation; of those that `operations` lists, or none.
  let fault: String
  private let right = ReferenceBackend<Double>()
  /// Whether only the first result is wrong.
  private let once: Bool
  private let errors = ErrorCount()

  init(fault: String, once: Bool = false) {
    self.fault = fault
    self.once = once
  }

  var description: String { "plain loops, wrong in \(fault)" }

  /// Every operation, and the laws that must find it wrong.
  static let operations: [(name: String, law: Law)] = [
    ("makeMatrix", .storage), ("upload", .storage), ("download", .storage), ("clear", .storage), ("copy", .storage),
    ("copyColumns", .storage), ("gather", .storage), ("scatterRows", .storage), ("fill", .fills),
    ("multiply", .products), ("accumulateGram", .grams),
    ("accumulateSampleGram", .grams), ("maskRows", .masks), ("accumulateMaskedGram", .masks),
    ("accumulateMaskedCross", .masks), ("factorPositiveDefinite", .positiveDefinite),
    ("invertPositiveDefinite", .positiveDefinite), ("solveTriangular", .solves), ("eigenvalues", .eigen),
    ("eigendecompose", .eigen), ("leadingEigenpairs", .eigen), ("tridiagonalize", .resolvents),
    ("reduceToBand", .resolvents), ("resolventForms", .resolvents), ("resolventForms(band:)", .resolvents),
    ("addDiagonal", .elementwise), ("diagonal", .elementwise),
    ("setDiagonal", .elementwise), ("symmetrize", .elementwise), ("clearUpperTriangle", .elementwise),
    ("scale", .elementwise), ("add", .elementwise), ("hadamard", .elementwise), ("leaveSamplesOut", .elementwise),
    ("sampleResidualSums", .reductions), ("coordinateResidualSums", .reductions),
    ("rowDots", .reductions), ("columnDots", .reductions), ("autoregress", .covarianceRoots),
    ("mixBlocks", .covarianceRoots), ("filterCirculant", .covarianceRoots), ("circulantForms", .covarianceRoots),
  ]

  /// Moves the first entry of the last row, which lies in the lower triangle.
  private func spoil(_ operation: String, _ matrix: Matrix) throws(BackendError) {
    guard operation == fault, matrix.count > 0, errors.add() == 1 || !once else { return }
    var row = try right.download(matrix, rows: matrix.rows - 1..<matrix.rows)
    row[0] += 1e-6 * row.reduce(row[0] == 0 ? 1 : 0) { max($0, abs($1)) }
    try right.upload(row, to: matrix, firstRow: matrix.rows - 1)
  }

  private func spoiled(_ operation: String, _ values: [Double]) -> [Double] {
    guard operation == fault, let last = values.last, errors.add() == 1 || !once else { return values }
    return values.dropLast() + [last + 1e-6 * (last == 0 ? 1 : abs(last))]
  }
}

extension FaultyBackend {
  func performMakeMatrix(rows: Int, columns: Int) throws(BackendError) -> Matrix {
    let matrix = try right.makeMatrix(rows: rows, columns: columns)
    try spoil("makeMatrix", matrix)
    return matrix
  }

  func performUpload(_ values: [Double], to matrix: Matrix, firstRow: Int) throws(BackendError) {
    try right.upload(spoiled("upload", values), to: matrix, firstRow: firstRow)
  }

  func performDownload(_ matrix: Matrix, rows: Range<Int>) throws(BackendError) -> [Double] {
    spoiled("download", try right.download(matrix, rows: rows))
  }

  func performClear(_ matrix: Matrix) throws(BackendError) {
    try right.clear(matrix)
    try spoil("clear", matrix)
  }

  func performCopy(_ source: Matrix, to target: Matrix) throws(BackendError) {
    try right.copy(source, to: target)
    try spoil("copy", target)
  }

  func performCopyColumns(of source: Matrix, from firstColumn: Int, to target: Matrix) throws(BackendError) {
    try right.copyColumns(of: source, from: firstColumn, to: target)
    try spoil("copyColumns", target)
  }

  func performGather(of source: Matrix, rows: [Int], columns: [Int]?, into target: Matrix) throws(BackendError) {
    try right.gather(of: source, rows: rows, columns: columns, into: target)
    try spoil("gather", target)
  }

  func performScatterRows(of source: Matrix, to target: Matrix, at rows: [Int]) throws(BackendError) {
    try right.scatterRows(of: source, to: target, at: rows)
    try spoil("scatterRows", target)
  }

  func performFill(_ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64) throws(BackendError) {
    try right.fill(x, law: law, stream: stream, offset: offset)
    try spoil("fill", x)
  }

  func performMultiply(
    _ a: Matrix, transposeA: Bool, _ b: Matrix, transposeB: Bool, alpha: Double, beta: Double, into c: Matrix
  ) throws(BackendError) {
    try right.multiply(a, transposeA: transposeA, b, transposeB: transposeB, alpha: alpha, beta: beta, into: c)
    try spoil("multiply", c)
  }

  func performAccumulateGram(of x: Matrix, scale: Double, into s: Matrix) throws(BackendError) {
    try right.accumulateGram(of: x, scale: scale, into: s)
    try spoil("accumulateGram", s)
  }

  func performAccumulateSampleGram(of x: Matrix, scale: Double, into k: Matrix) throws(BackendError) {
    try right.accumulateSampleGram(of: x, scale: scale, into: k)
    try spoil("accumulateSampleGram", k)
  }

  func performMaskRows(
    of x: Matrix, masks: MaskPattern, firstSample: Int, firstPair: Int, keeping side: MaskSide, into rows: Matrix
  ) throws(BackendError) {
    try right.maskRows(
      of: x, masks: masks, firstSample: firstSample, firstPair: firstPair, keeping: side, into: rows)
    try spoil("maskRows", rows)
  }

  func performAccumulateMaskedGram(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Double, into g: Matrix
  ) throws(BackendError) {
    try right.accumulateMaskedGram(of: x, masks: masks, firstSample: firstSample, scale: scale, into: g)
    try spoil("accumulateMaskedGram", g)
  }

  func performAccumulateMaskedCross(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Double, into c: Matrix
  ) throws(BackendError) {
    try right.accumulateMaskedCross(of: x, masks: masks, firstSample: firstSample, scale: scale, into: c)
    try spoil("accumulateMaskedCross", c)
  }

  func performFactorPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double {
    let result = try right.factorPositiveDefinite(a)
    try spoil("factorPositiveDefinite", a)
    return result
  }

  func performInvertPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double {
    let result = try right.invertPositiveDefinite(a)
    try spoil("invertPositiveDefinite", a)
    return result
  }

  func performSolveTriangular(_ l: Matrix, transposed: Bool, rows b: Matrix) throws(BackendError) {
    try right.solveTriangular(l, transposed: transposed, rows: b)
    try spoil("solveTriangular", b)
  }

  func performEigenvalues(of a: Matrix) throws(BackendError) -> [Double] {
    spoiled("eigenvalues", try right.eigenvalues(of: a))
  }

  func performEigendecompose(_ a: Matrix) throws(BackendError) -> [Double] {
    let values = try right.eigendecompose(a)
    try spoil("eigendecompose", a)
    return values
  }

  func performLeadingEigenpairs(of a: Matrix, into vectors: Matrix) throws(BackendError) -> [Double] {
    let values = try right.leadingEigenpairs(of: a, into: vectors)
    try spoil("leadingEigenpairs", vectors)
    return values
  }

  func performTridiagonalize(_ a: Matrix) throws(BackendError) -> SymmetricTridiagonal {
    let result = try right.tridiagonalize(a)
    try spoil("tridiagonalize", a)
    return result
  }

  func performReduceToBand(_ a: Matrix) throws(BackendError) -> SymmetricBand {
    let result = try right.reduceToBand(a)
    try spoil("reduceToBand", a)
    return result
  }

  func performResolventForms(
    of w: Matrix, band b: SymmetricBand, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError) {
    try right.resolventForms(of: w, band: b, shifts: shifts, probes: probes, into: out)
    try spoil("resolventForms(band:)", out)
  }

  func performResolventForms(
    of w: Matrix, tridiagonal t: SymmetricTridiagonal, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError) {
    try right.resolventForms(of: w, tridiagonal: t, shifts: shifts, probes: probes, into: out)
    try spoil("resolventForms", out)
  }

  func performAddDiagonal(_ value: Double, to a: Matrix) throws(BackendError) {
    try right.addDiagonal(value, to: a)
    try spoil("addDiagonal", a)
  }

  func performDiagonal(of a: Matrix, into vector: Matrix) throws(BackendError) {
    try right.diagonal(of: a, into: vector)
    try spoil("diagonal", vector)
  }

  func performSetDiagonal(of a: Matrix, to vector: Matrix) throws(BackendError) {
    try right.setDiagonal(of: a, to: vector)
    try spoil("setDiagonal", a)
  }

  func performSymmetrize(_ a: Matrix) throws(BackendError) {
    try right.symmetrize(a)
    try spoil("symmetrize", a)
  }

  func performClearUpperTriangle(of a: Matrix) throws(BackendError) {
    try right.clearUpperTriangle(of: a)
    try spoil("clearUpperTriangle", a)
  }

  func performScale(_ a: Matrix, rows: Matrix?, columns: Matrix?) throws(BackendError) {
    try right.scale(a, rows: rows, columns: columns)
    try spoil("scale", a)
  }

  func performAdd(_ source: Matrix, alpha: Double, beta: Double, to target: Matrix) throws(BackendError) {
    try right.add(source, alpha: alpha, beta: beta, to: target)
    try spoil("add", target)
  }

  func performHadamard(_ a: Matrix, _ b: Matrix, into target: Matrix) throws(BackendError) {
    try right.hadamard(a, b, into: target)
    try spoil("hadamard", target)
  }

  func performLeaveSamplesOut(
    _ r: Matrix, complements: Matrix, diagonal: Matrix, sampleCount: Int
  ) throws(BackendError) {
    try right.leaveSamplesOut(r, complements: complements, diagonal: diagonal, sampleCount: sampleCount)
    try spoil("leaveSamplesOut", r)
  }

  func performSampleResidualSums(
    of x: Matrix, resolvent q: Matrix, terms: ResidualTerms, rows: ResidualRowTerms?
  ) throws(BackendError) -> SampleResidualSums {
    var sums = try right.sampleResidualSums(of: x, resolvent: q, terms: terms, rows: rows)
    sums.leftOut = spoiled("sampleResidualSums", sums.leftOut)
    return sums
  }

  func performCoordinateResidualSums(
    of x: Matrix, resolvent m: Matrix, terms: ResidualTerms
  ) throws(BackendError) -> CoordinateResidualSums {
    var sums = try right.coordinateResidualSums(of: x, resolvent: m, terms: terms)
    sums.leftOut = spoiled("coordinateResidualSums", sums.leftOut)
    return sums
  }

  func performRowDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError) {
    try right.rowDots(a, b, weights: weights, into: out)
    try spoil("rowDots", out)
  }

  func performColumnDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError) {
    try right.columnDots(a, b, weights: weights, into: out)
    try spoil("columnDots", out)
  }

  func performAutoregress(_ x: Matrix, correlation: Double, adjoint: Bool) throws(BackendError) {
    try right.autoregress(x, correlation: correlation, adjoint: adjoint)
    try spoil("autoregress", x)
  }

  func performMixBlocks(_ x: Matrix, bounds: [Int], scale: Double, shift: [Double]) throws(BackendError) {
    try right.mixBlocks(x, bounds: bounds, scale: scale, shift: shift)
    try spoil("mixBlocks", x)
  }

  func performFilterCirculant(_ z: Matrix, eigenvalues: [Double], into out: Matrix) throws(BackendError) {
    try right.filterCirculant(z, eigenvalues: eigenvalues, into: out)
    try spoil("filterCirculant", out)
  }

  func performCirculantForms(of q: Matrix, eigenvalues: [Double], into out: Matrix) throws(BackendError) {
    try right.circulantForms(of: q, eigenvalues: eigenvalues, into: out)
    try spoil("circulantForms", out)
  }
}

/// How often a backend erred.
private final class ErrorCount: Sendable {
  private let count = Atomic(0)

  func add() -> Int { count.wrappingAdd(1, ordering: .relaxed).newValue }
}
