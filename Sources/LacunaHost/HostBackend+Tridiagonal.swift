import COpenBLAS
import LacunaAlgebra

extension HostBackend {
  /// `sytrd`, and the orthogonal factor formed over the same memory: O(d) beside the matrix.
  public func performTridiagonalize(_ a: HostMatrix<Element>) throws(BackendError)
    -> SymmetricTridiagonal
  {
    let count = a.rows
    var order = try blasSize(count)
    try requireFiniteLowerTriangle(a, "tridiagonalize")
    var diagonal = [Element](repeating: 0, count: count)
    var offDiagonal = [Element](repeating: 0, count: count)
    var tau = [Element](repeating: 0, count: count)
    var size = Element.zero
    var ask: blasint = -1
    var info: blasint = 0
    blas {
      $0.sytrd("U", &order, a.pointer, &order, &diagonal, &offDiagonal, &tau, &size, &ask, &info, 1)
    }
    let work = try makeWorkspace(size)
    var workCount = try blasSize(work.columns)
    blas {
      $0.sytrd(
        "U", &order, a.pointer, &order, &diagonal, &offDiagonal, &tau, work.pointer, &workCount,
        &info, 1)
    }
    precondition(info == 0, "sytrd: argument \(-info)")
    try formOrthogonalFactor(a, tau: tau, width: 1)
    return SymmetricTridiagonal(
      diagonal: Element.doubles(diagonal),
      offDiagonal: Element.doubles(Array(offDiagonal[..<(count - 1)])))
  }
}
