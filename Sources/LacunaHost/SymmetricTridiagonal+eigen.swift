import COpenBLAS
import LacunaAlgebra

/// The symmetric tridiagonal eigenproblem by LAPACK, in float64 on all the host's threads.
extension SymmetricTridiagonal {
  /// Eigenvalues, ascending: `dsterf`.
  package func eigenvalues() throws(BackendError) -> [Double] {
    var d = diagonal
    var e = offDiagonal + [0]
    var n = blasint(order)
    var info: blasint = 0
    try OpenBLASBuffers.reserve(threads: HostThreads().count)
    BLASThreadCount.shared.during(HostThreads().count) { dsterf_(&n, &d, &e, &info) }
    try check(info, "dsterf")
    return d
  }

  /// Eigenvalues, ascending, and unit eigenvectors, row j that of value j, row-major: `dstedc`.
  package func eigenpairs() throws(BackendError) -> (values: [Double], vectors: [Double]) {
    var d = diagonal
    var e = offDiagonal + [0]
    var n = blasint(order)
    var info: blasint = 0
    try OpenBLASBuffers.reserve(threads: HostThreads().count)
    var vectors = [Double](repeating: 0, count: order * order)
    var work = [Double](repeating: 0, count: 1 + 4 * order + order * order)
    var integers = [blasint](repeating: 0, count: 3 + 5 * order)
    var workCount = blasint(work.count)
    var integerCount = blasint(integers.count)
    BLASThreadCount.shared.during(HostThreads().count) {
      dstedc_("I", &n, &d, &e, &vectors, &n, &work, &workCount, &integers, &integerCount, &info, 1)
    }
    try check(info, "dstedc")
    return (d, vectors)
  }

  private func check(_ info: blasint, _ routine: String) throws(BackendError) {
    precondition(info >= 0, "\(routine): argument \(-info)")
    if info > 0 { throw .noConvergence(operation: routine, info: Int(info)) }
  }
}
