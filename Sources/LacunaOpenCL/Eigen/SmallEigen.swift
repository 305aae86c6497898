import LacunaAlgebra
import LacunaHost

/// A small symmetric eigenproblem on one thread of the host, in float64.
enum SmallEigen {
  /// Eigenvalues, descending, and unit eigenvectors, row j that of value j.
  /// - Parameter matrix: order × order, row-major, lower triangle read.
  static func descending(
    _ matrix: [Double], order: Int
  ) throws(BackendError) -> (values: [Double], vectors: [[Double]]) {
    let host = HostBackend<Double>(threads: 1)
    let vectors = try host.makeMatrix(matrix, rows: order, columns: order)
    let values = try host.eigendecompose(vectors)
    let rows = try host.download(vectors)
    return (
      values.reversed(), (0..<order).reversed().map { Array(rows[$0 * order..<($0 + 1) * order]) }
    )
  }
}
