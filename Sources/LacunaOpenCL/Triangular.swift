import LacunaAlgebra

extension OpenCLBackend {
  /// Block after block of columns: the diagonal block by substitution, a row an item, and a product for what is left.
  public func performSolveTriangular(_ l: Matrix, transposed: Bool, rows b: Matrix)
    throws(BackendError)
  {
    let (n, count, step) = (l.rows, b.rows, context.smallBlock)
    if n == 0 || count == 0 { return }
    try context.lock.held { () throws(BackendError) in
      let starts = stride(from: 0, to: n, by: step)
      for first in transposed ? starts.reversed() : Array(starts) {
        let size = min(step, n - first)
        let next = first + size
        let solved = b.block.at(0, first)
        try context.solveRows(
          solved, count: count, by: l.block.at(first, first), size: size, transposed: transposed)
        if transposed, first > 0 {
          try context.gemm(
            solved, l.block.at(first, 0), rows: count, columns: first, inner: size, alpha: -1,
            beta: 1, into: b.block)
        } else if !transposed, next < n {
          try context.gemm(
            solved, l.block.at(next, first), transposeB: true, rows: count, columns: n - next,
            inner: size, alpha: -1,
            beta: 1, into: b.block.at(0, next))
        }
      }
    }
  }
}

extension DeviceContext {
  /// Rows b of a block ← the solutions of Lx = b, or Lᵀx = b, for one diagonal block L of at most `smallBlock`.
  func solveRows(_ rows: Block, count: Int, by l: Block, size: Int, transposed: Bool)
    throws(BackendError)
  {
    try launch(
      .triangular, "solve_rows", global: (count.rounded(upTo: smallBlock), 1),
      group: (smallBlock, 1),
      arguments: [
        .buffer(l.buffer), .uint(l.offset), .uint(l.stride), .buffer(rows.buffer),
        .uint(rows.offset),
        .uint(rows.stride), .uint(size), .uint(count), .uint(transposed ? 1 : 0),
      ])
  }
}
