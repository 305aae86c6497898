import LinearAlgebra

extension OpenCLBackend {
  public func eigendecompose(_ a: Matrix) throws(BackendError) -> [Double] {
    try requireSquare("matrix", a, for: "eigendecompose")
    if a.rows == 0 { return [] }
    return try context.lock.held { () throws(BackendError) in
      let (values, vectors) = try decompose(a, operation: "eigendecompose", leading: a.rows)
      try copy(vectors, to: a)
      return values
    }
  }

  /// The `leading` largest eigenvalues, ascending, and their eigenvectors as rows, by one reduction to tridiagonal form.
  func decompose(
    _ a: Matrix, operation: String, leading: Int
  ) throws(BackendError) -> (values: [Double], vectors: Matrix) {
    let n = a.rows
    let scale = try context.normalize(a.block, size: n, argument: "\(operation): matrix")
    let tridiagonal = try context.tridiagonalize(a.buffer, size: n, keep: true)
    let (values, rows) = try HostTridiagonal.eigenpairs(tridiagonal)
    let vectors = try makeUninitialized(rows: leading, columns: n)
    try context.write(Array(rows[((n - leading) * n)...]), to: vectors.buffer)
    try context.backTransform(vectors.buffer, rows: leading, reflectorsIn: a.buffer, tau: tridiagonal.tau, size: n)
    return (values.suffix(leading).map { $0 * scale }, vectors)
  }
}
