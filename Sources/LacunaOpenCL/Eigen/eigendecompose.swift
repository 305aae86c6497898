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
    let (values, vectors) = try eigenpairs(of: reduced.tridiagonal, leading: leading)
    try context.backTransform(vectors.buffer, rows: leading, reflectorsIn: a.buffer, tau: reduced.tau, size: n)
    return (values, vectors)
  }

  /// The `leading` largest eigenvalues of a tridiagonal matrix, ascending, and their unit eigenvectors as rows: on a GPU by
  /// divide and conquer there, else by LAPACK on the host, whose memory a processor's is.
  ///
  /// So few of so large a matrix that a Krylov space had to fail first are the host's too: who asks for them keeps no two
  /// matrices of memory for it.
  package func eigenpairs(
    of matrix: SymmetricTridiagonal, leading: Int
  ) throws(BackendError) -> (values: [Double], vectors: Matrix) {
    let n = matrix.order
    return try context.lock.held { () throws(BackendError) in
      guard context.routes.actsAsGPU, !context.routes.areFew(leading, order: n) else {
        let (values, rows) = try matrix.eigenpairs()
        let vectors = try makeUninitialized(rows: leading, columns: n)
        try context.write(Array(rows[((n - leading) * n)...]), to: vectors.buffer)
        return (values.suffix(leading), vectors)
      }
      let vectors = try makeUninitialized(rows: n, columns: n)
      let packed = try makeUninitialized(rows: n, columns: n)
      var division = try DivideAndConquer(
        context, order: n, vectors: vectors.buffer, packed: packed.buffer, leading: leading)
      let values = try division.solve(matrix)
      let wanted = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }.suffix(leading)
      let target = packed.firstRows(leading)
      try gather(of: vectors, rows: Array(wanted), columns: nil, into: target)
      return (wanted.map { values[$0] }, target)
    }
  }
}
