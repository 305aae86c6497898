import COpenBLAS
import LacunaAlgebra

/// The symmetric tridiagonal eigenproblem on the host, by LAPACK, in float64 whatever the device's precision.
enum HostTridiagonal {
  /// Eigenvalues, ascending: `dsterf`.
  static func eigenvalues(_ matrix: Tridiagonal) throws(BackendError) -> [Double] {
    var d = matrix.diagonal
    var e = matrix.offDiagonal + [0]
    var n = blasint(d.count)
    var info: blasint = 0
    dsterf_(&n, &d, &e, &info)
    try check(info, "dsterf")
    return d
  }

  /// Eigenvalues, ascending, and unit eigenvectors, row j that of value j, row-major: `dstedc`.
  static func eigenpairs(_ matrix: Tridiagonal) throws(BackendError) -> (values: [Double], vectors: [Double]) {
    var d = matrix.diagonal
    var e = matrix.offDiagonal + [0]
    var n = blasint(d.count)
    var info: blasint = 0
    var vectors = [Double](repeating: 0, count: d.count * d.count)
    var work = [Double](repeating: 0, count: 1 + 4 * d.count + d.count * d.count)
    var integers = [blasint](repeating: 0, count: 3 + 5 * d.count)
    var workCount = blasint(work.count)
    var integerCount = blasint(integers.count)
    dstedc_("I", &n, &d, &e, &vectors, &n, &work, &workCount, &integers, &integerCount, &info, 1)
    try check(info, "dstedc")
    return (d, vectors)
  }

  private static func check(_ info: blasint, _ routine: String) throws(BackendError) {
    precondition(info >= 0, "\(routine): argument \(-info)")
    if info > 0 { throw .noConvergence(operation: routine, info: Int(info)) }
  }
}
