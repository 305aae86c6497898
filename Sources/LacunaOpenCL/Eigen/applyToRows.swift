import LacunaAlgebra

extension DeviceContext {
  /// out ← rows · a for a few dense rows and a square matrix: the matrix is read once for some rows at a time.
  ///
  /// CLBlast would pad the rows to its tile, several times as many.
  func applyToRows(_ rows: Block, count: Int, matrix a: Block, order n: Int, into out: Block)
    throws(BackendError)
  {
    let most = KernelConstants.skinnyRows
    let runs = (n + KernelConstants.skinnySpan - 1) / KernelConstants.skinnySpan
    let partial = try scratch("skinny", count: runs * most * n)
    for first in stride(from: 0, to: count, by: most) {
      let height = min(most, count - first)
      try launch(
        .skinny, "skinny", items: n, height: runs, .buffer(rows.buffer),
        .uint(rows.at(first, 0).offset), .uint(height),
        .uint(n), .buffer(a.buffer), .uint(n), .buffer(partial))
      try launch(
        .skinny, "skinny_total", items: n, height: height, .buffer(partial), .uint(runs),
        .uint(height), .uint(n),
        .buffer(out.buffer), .uint(out.at(first, 0).offset))
    }
  }
}
