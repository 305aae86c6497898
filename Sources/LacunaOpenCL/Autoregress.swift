import LacunaAlgebra

extension OpenCLBackend {
  public func performAutoregress(_ x: Matrix, correlation: Element, adjoint: Bool)
    throws(BackendError)
  {
    let rho = Double(correlation)
    if x.columns == 0 { return }
    if !x.isWhole {
      return try forEachSlab(of: x) { (part, _) throws(BackendError) in
        try performAutoregress(part[0], correlation: correlation, adjoint: adjoint)
      }
    }
    try context.launch(
      .autoregress, context.routes.actsAsGPU ? "autoregress_scan" : "autoregress_rows", rows: x.rows,
      .buffer(x.buffer), .uint(x.columns), .real(rho), .real(((1 - rho) * (1 + rho)).squareRoot()),
      .uint(adjoint ? 1 : 0))
  }
}
