import LacunaAlgebra

extension OpenCLBackend {
  public func performSolveTriangular(_ l: Matrix, transposed: Bool, rows b: Matrix)
    throws(BackendError)
  {
    guard l.isWhole && b.isWhole else { return try solveTriangularInSlabs(l, transposed: transposed, rows: b) }
    try context.solveTriangular(l.block, size: l.rows, transposed: transposed, rows: b.block, count: b.rows)
  }
}

extension DeviceContext {
  /// Rows b of a block ← the solutions of Lx = b, or Lᵀx = b: block after block of columns, the diagonal block by substitution,
  /// a row an item, and a product for what is left.
  func solveTriangular(_ l: Block, size n: Int, transposed: Bool, rows b: Block, count: Int) throws(BackendError) {
    let step = smallBlock
    if n == 0 || count == 0 { return }
    try lock.held { () throws(BackendError) in
      let starts = stride(from: 0, to: n, by: step)
      for first in transposed ? starts.reversed() : Array(starts) {
        let size = min(step, n - first)
        let next = first + size
        let solved = b.at(0, first)
        try solveRows(solved, count: count, by: l.at(first, first), size: size, transposed: transposed)
        if transposed, first > 0 {
          try gemm(
            solved, l.at(first, 0), rows: count, columns: first, inner: size, alpha: -1,
            beta: 1, into: b)
        } else if !transposed, next < n {
          try gemm(
            solved, l.at(next, first), transposeB: true, rows: count, columns: n - next,
            inner: size, alpha: -1,
            beta: 1, into: b.at(0, next))
        }
      }
    }
  }

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
