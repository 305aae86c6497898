import LacunaAlgebra

extension OpenCLBackend {
  /// The reduction to tridiagonal form, and its reflectors applied to the identity: 2n² numbers beside the matrix.
  public func performTridiagonalize(_ a: Matrix) throws(BackendError) -> SymmetricTridiagonal {
    let n = a.rows
    try requireWhole(a, "the tridiagonal form")
    return try context.lock.held { () throws(BackendError) in
      let scale = try context.normalize(a.block, size: n, argument: "tridiagonalize: matrix")
      let reduced = try context.tridiagonalize(a.buffer, size: n, keep: true)
      try formOrthogonalFactor(a, tau: reduced.tau, width: 1)
      return SymmetricTridiagonal(
        diagonal: reduced.tridiagonal.diagonal.map { $0 * scale },
        offDiagonal: reduced.tridiagonal.offDiagonal.map { $0 * scale })
    }
  }

  /// Puts Qᵀ in the place of the reflectors that a reduction left above the diagonal, H₀H₁… = Q.
  /// - Parameter tau: their scale factors.
  /// - Parameter width: of the band that the matrix was reduced to.
  func formOrthogonalFactor(_ a: Matrix, tau: DeviceBuffer, width: Int) throws(BackendError) {
    let n = a.rows
    let w = try makeMatrix(rows: n, columns: n)
    try addDiagonal(1, to: w)
    try context.backTransform(
      w.buffer, rows: n, areIdentity: true, reflectorsIn: a.buffer, tau: tau, size: n, width: width)
    try copy(w, to: a)
  }
}
