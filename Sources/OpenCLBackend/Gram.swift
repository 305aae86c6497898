import LinearAlgebra

extension OpenCLBackend {
  public func accumulateGram(of x: Matrix, scale: Element, into s: Matrix) throws(BackendError) {
    try require("sum", s, rows: x.columns, columns: x.columns, for: "accumulateGram")
    try context.accumulateLower(
      x.block, x.block, transposed: true, size: x.columns, inner: x.rows, scale: Double(scale), into: s.block)
  }

  public func accumulateSampleGram(of x: Matrix, scale: Element, into k: Matrix) throws(BackendError) {
    try require("sum", k, rows: x.rows, columns: x.rows, for: "accumulateSampleGram")
    try context.accumulateLower(
      x.block, x.block, transposed: false, size: x.rows, inner: x.columns, scale: Double(scale), into: k.block)
  }
}

extension DeviceContext {
  /// Lower triangle of s ← s + scale · op(x) op(y)ᵀ, op(x) and op(y) being size × inner: XᵀY where `transposed`, else XYᵀ.
  ///
  /// Strip after strip of rows: the strip's product with all columns up to its last, then one kernel that adds what lies
  /// on or below the diagonal. CLBlast's own rank updates would copy all of s on each call.
  func accumulateLower(
    _ x: Block, _ y: Block, transposed: Bool, size: Int, inner: Int, scale: Double, into s: Block
  ) throws(BackendError) {
    if size == 0 || inner == 0 { return }
    try lock.held { () throws(BackendError) in
      let height = stripHeight(size)
      let strip = try scratch("strip", count: height * size)
      for first in stride(from: 0, to: size, by: height) {
        let rows = min(height, size - first)
        let width = first + rows
        try gemm(
          transposed ? x.at(0, first) : x.at(first, 0), transposeA: transposed, y, transposeB: !transposed, rows: rows,
          columns: width, inner: inner, into: Block(buffer: strip, stride: width))
        try launch(
          .triangle, "add_lower", items: width, height: rows, .buffer(s.buffer), .uint(s.offset), .uint(s.stride),
          .uint(first), .buffer(strip), .uint(width), .real(scale))
      }
    }
  }

  /// Rows of a strip: tall enough for products to run at speed, low enough to waste little above the diagonal.
  private func stripHeight(_ size: Int) -> Int {
    min(size, max(128, (size / 8).rounded(upTo: 128)))
  }
}
