import COpenBLAS
import LacunaAlgebra
import RealModule

extension HostBackend {
  public func performFactorPositiveDefinite(_ a: HostMatrix<Element>) throws(BackendError) -> Double {
    try factor(a, "factorPositiveDefinite")
  }

  /// By `potrf` and `potri`, both in place.
  public func performInvertPositiveDefinite(_ a: HostMatrix<Element>) throws(BackendError) -> Double {
    let logDeterminant = try factor(a, "invertPositiveDefinite")
    var order = try blasSize(a.rows)
    guard order > 0 else { return logDeterminant }
    var info: blasint = 0
    blas { $0.potri("U", &order, a.pointer, &order, &info, 1) }
    precondition(info >= 0, "potri: argument \(-info)")
    // A pivot that underflowed to zero.
    guard info == 0 else { throw .notPositiveDefinite(leadingMinor: Int(info)) }
    return logDeterminant
  }

  /// Row-major, rows are solved for from the right: XLᵀ = B is Lx = b for each row.
  public func performSolveTriangular(
    _ l: HostMatrix<Element>, transposed: Bool, rows b: HostMatrix<Element>
  ) throws(BackendError) {
    let (order, count) = (try blasSize(l.rows), try blasSize(b.rows))
    guard order > 0, count > 0 else { return }
    blas {
      $0.trsm(
        CblasRowMajor, CblasRight, CblasLower, transposed ? CblasNoTrans : CblasTrans, CblasNonUnit,
        count, order, 1,
        l.pointer, order, b.pointer, order)
    }
  }

  /// - Returns: ln det A = 2 Σ ln L_ii.
  private func factor(_ a: HostMatrix<Element>, _ operation: String) throws(BackendError) -> Double {
    let count = a.rows
    var order = try blasSize(count)
    guard order > 0 else { return 0 }
    try requireFiniteLowerTriangle(a, operation)
    var info: blasint = 0
    blas { $0.potrf("U", &order, a.pointer, &order, &info, 1) }
    precondition(info >= 0, "potrf: argument \(-info)")
    guard info == 0 else { throw .notPositiveDefinite(leadingMinor: Int(info)) }
    var sum = 0.0
    for i in 0..<count { sum += Double.log(Double(a.pointer[i * count + i])) }
    return 2 * sum
  }
}
