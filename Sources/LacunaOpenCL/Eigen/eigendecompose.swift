import LacunaAlgebra
import LacunaHost

extension OpenCLBackend {
  public func performEigendecompose(_ a: Matrix) throws(BackendError) -> [Double] {
    if a.rows == 0 { return [] }
    try requireWhole(a, "eigenvectors")
    return try context.lock.held { () throws(BackendError) in
      let scale = try context.normalize(a.block, size: a.rows, argument: "eigendecompose: matrix")
      let (values, vectors) = try decompose(a, leading: a.rows)
      try copy(vectors, to: a)
      return values.map { $0 * scale }
    }
  }

  /// The `leading` largest eigenvalues, ascending, and their eigenvectors as rows, by one reduction to tridiagonal form.
  /// Destroys a, which is finite and of moderate scale.
  func decompose(_ a: Matrix, leading: Int) throws(BackendError) -> (values: [Double], vectors: Matrix) {
    let n = a.rows
    let reduced = try context.tridiagonalize(a.buffer, size: n, keep: true)
    let (values, rows) = try reduced.tridiagonal.eigenpairs()
    let vectors = try makeUninitialized(rows: leading, columns: n)
    try context.write(Array(rows[((n - leading) * n)...]), to: vectors.buffer)
    try context.backTransform(vectors.buffer, rows: leading, reflectorsIn: a.buffer, tau: reduced.tau, size: n)
    return (values.suffix(leading), vectors)
  }
}
