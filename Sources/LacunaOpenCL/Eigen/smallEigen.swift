import COpenBLAS
import LacunaAlgebra

/// A small symmetric eigenproblem on the host, in float64.
enum SmallEigen {
  /// Eigenvalues, descending, and unit eigenvectors, row j that of value j: `dsyevd`.
  /// - Parameter matrix: order × order, row-major, lower triangle read.
  static func descending(
    _ matrix: [Double], order: Int
  ) throws(BackendError) -> (values: [Double], vectors: [[Double]]) {
    if order == 0 { return ([], []) }
    var a = matrix
    var n = blasint(order)
    var values = [Double](repeating: 0, count: order)
    var work = [Double](repeating: 0, count: 1 + 6 * order + 2 * order * order)
    var integers = [blasint](repeating: 0, count: 3 + 5 * order)
    var workCount = blasint(work.count)
    var integerCount = blasint(integers.count)
    var info: blasint = 0
    // Row-major's lower triangle is column-major's upper one.
    dsyevd_("V", "U", &n, &a, &n, &values, &work, &workCount, &integers, &integerCount, &info, 1, 1)
    precondition(info >= 0, "dsyevd: argument \(-info)")
    if info > 0 { throw .noConvergence(operation: "dsyevd", info: Int(info)) }
    let rows = (0..<order).reversed().map { Array(a[$0 * order..<($0 + 1) * order]) }
    return (values.reversed(), rows)
  }
}
