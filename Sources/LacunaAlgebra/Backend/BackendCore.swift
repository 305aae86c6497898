/// What a new device must bring: storage, products, and the factorisations that nothing else here is made of.
///
/// Nobody calls these: `Backend` has an operation of the same name without `perform` for each, which checks shapes once for
/// all backends and states the law that the result obeys. So here shapes fit, counts are not negative, and ranges lie within
/// their matrices; sides may be 0.
public protocol BackendCore<Element>: Sendable {
  associatedtype Element: Scalar
  associatedtype Matrix: DeviceMatrix<Element>

  /// One line for people and result files: device, library, threads.
  var description: String { get }

  func performMakeMatrix(rows: Int, columns: Int) throws(BackendError) -> Matrix

  /// - Parameter values: whole rows.
  func performUpload(_ values: [Element], to matrix: Matrix, firstRow: Int) throws(BackendError)

  func performDownload(_ matrix: Matrix, rows: Range<Int>) throws(BackendError) -> [Element]

  func performMultiply(
    _ a: Matrix, transposeA: Bool, _ b: Matrix, transposeB: Bool, alpha: Element, beta: Element, into c: Matrix
  ) throws(BackendError)

  func performAccumulateGram(of x: Matrix, scale: Element, into s: Matrix) throws(BackendError)

  func performAccumulateSampleGram(of x: Matrix, scale: Element, into k: Matrix) throws(BackendError)

  func performFactorPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double

  func performSolveTriangular(_ l: Matrix, transposed: Bool, rows b: Matrix) throws(BackendError)

  func performEigendecompose(_ a: Matrix) throws(BackendError) -> [Double]
}
