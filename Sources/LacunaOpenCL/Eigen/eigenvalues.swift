import LacunaAlgebra

extension OpenCLBackend {
  public func performEigenvalues(of a: Matrix) throws(BackendError) -> [Double] {
    if a.rows == 0 { return [] }
    try requireWhole(a, "eigenvalues")
    return try context.lock.held { () throws(BackendError) in
      let scale = try context.normalize(a.block, size: a.rows, argument: "eigenvalues: matrix")
      let reduced = try context.tridiagonalize(a.buffer, size: a.rows, keep: false)
      return try context.eigenvalues(of: reduced.tridiagonal).map { $0 * scale }
    }
  }
}

extension DeviceContext {
  /// Divides a matrix by a power of two where its squares would leave the exponent range.
  /// - Returns: that power, which eigenvalues are to be multiplied by.
  /// - Throws: `nonFinite`.
  func normalize(_ a: Block, size: Int, argument: String) throws(BackendError) -> Double {
    let largest = try survey(a, size: size, argument: argument)
    let (reach, limit) = precision == .float64 ? (200, 1000) : (20, 120)
    if largest == 0 || abs(Int(largest.exponent)) <= reach { return 1 }
    let exponent = max(-limit, min(limit, Int(largest.exponent)))
    try launch(
      .elementwise, "multiply_all", items: size * size, .buffer(a.buffer), .uint(size * size),
      .real(Double(sign: .plus, exponent: -exponent, significand: 1)))
    return Double(sign: .plus, exponent: exponent, significand: 1)
  }
}
