import LinearAlgebra

extension OpenCLBackend {
  public func autoregress(_ x: Matrix, correlation: Element, adjoint: Bool) throws(BackendError) {
    let rho = Double(correlation)
    if x.columns == 0 { return }
    try context.launch(
      .autoregress, "autoregress", groups: x.rows, .buffer(x.buffer), .uint(x.columns), .real(rho),
      .real(((1 - rho) * (1 + rho)).squareRoot()), .uint(adjoint ? 1 : 0))
  }
}
