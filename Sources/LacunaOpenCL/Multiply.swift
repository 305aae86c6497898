import LacunaAlgebra

extension OpenCLMatrix {
  var block: Block { Block(buffer: buffer, stride: columns) }
}

extension OpenCLBackend {
  public func performMultiply(
    _ a: Matrix, transposeA: Bool, _ b: Matrix, transposeB: Bool, alpha: Element, beta: Element,
    into c: Matrix
  ) throws(BackendError) {
    guard a.isWhole && b.isWhole && c.isWhole else {
      return try multiplySlabs(
        a, transposeA: transposeA, b, transposeB: transposeB, alpha: alpha, beta: beta, into: c)
    }
    let (rows, inner) = transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
    if inner == 0 {
      let name = beta == 0 ? "fill_value" : "multiply_all"
      try context.launch(
        .elementwise, name, items: c.count, .buffer(c.buffer), .uint(c.count), .real(Double(beta)))
      return
    }
    try context.gemm(
      a.block, transposeA: transposeA, b.block, transposeB: transposeB, rows: rows,
      columns: c.columns, inner: inner,
      alpha: Double(alpha), beta: Double(beta), into: c.block)
  }
}
