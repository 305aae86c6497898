import LacunaAlgebra

extension OpenCLBackend {
  /// The reduction to tridiagonal form, and its reflectors applied to the identity: 2n² numbers beside the matrix.
  public func performTridiagonalize(_ a: Matrix) throws(BackendError) -> SymmetricTridiagonal {
    let n = a.rows
    try requireWhole(a, "the tridiagonal form")
    return try context.lock.held { () throws(BackendError) in
      let scale = try context.normalize(a.block, size: n, argument: "tridiagonalize: matrix")
      let reduced = try context.tridiagonalize(a.buffer, size: n, keep: true)
      let w = try makeMatrix(rows: n, columns: n)
      try addDiagonal(1, to: w)
      try context.backTransform(w.buffer, rows: n, reflectorsIn: a.buffer, tau: reduced.tau, size: n)
      try copy(w, to: a)
      return SymmetricTridiagonal(
        diagonal: reduced.tridiagonal.diagonal.map { $0 * scale },
        offDiagonal: reduced.tridiagonal.offDiagonal.map { $0 * scale })
    }
  }
}
