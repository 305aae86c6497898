import LacunaAlgebra

extension OpenCLBackend {
  /// By a block Krylov space where few pairs of a large matrix are wanted, and where that does not converge, or elsewhere,
  /// by one reduction to tridiagonal form.
  public func performLeadingEigenpairs(of a: Matrix, into vectors: Matrix) throws(BackendError)
    -> [Double]
  {
    try requireWhole(a, "leading eigenvectors")
    try requireWhole(vectors, "leading eigenvectors")
    return try context.lock.held { () throws(BackendError) in
      let scale = try context.normalize(
        a.block, size: a.rows, argument: "leadingEigenpairs: matrix")
      if context.routes.areFew(vectors.rows, order: a.rows) {
        try symmetrize(a)
        if let values = try context.leadingByKrylov(
          a.block, order: a.rows, wanted: vectors.rows, into: vectors.block)
        {
          return values.map { $0 * scale }
        }
      }
      let (values, rows) = try decompose(a, leading: vectors.rows)
      try context.launch(
        .blocks, "reverse_rows", items: vectors.columns, height: vectors.rows, .buffer(rows.buffer),
        .uint(vectors.rows), .uint(vectors.columns), .buffer(vectors.buffer))
      return values.reversed().map { $0 * scale }
    }
  }
}
