import LacunaAlgebra

extension OpenCLBackend {
  public func performRowDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix)
    throws(BackendError)
  {
    if !a.isWhole { return try rowDotsOfSlabs(a, b, weights: weights, into: out) }
    try context.launch(
      .dots, "row_dots", rows: a.rows, .buffer(a.buffer), .buffer(b.buffer), .uint(a.columns),
      .buffer((weights ?? a).buffer), .uint(weights == nil ? 0 : 1), .buffer(out.buffer))
  }

  public func performColumnDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix)
    throws(BackendError)
  {
    if a.columns == 0 { return }
    if !a.isWhole { return try columnDotsOfSlabs(a, b, weights: weights, into: out) }
    try context.lock.held { () throws(BackendError) in
      let runs = (a.rows + KernelConstants.dotRows - 1) / KernelConstants.dotRows
      // An accumulator takes eight bytes, as float64 or as a pair of floats.
      let partial = try context.scratch("dots", byteCount: max(runs, 1) * a.columns * 8)
      try context.launch(
        .dots, "column_dots", items: a.columns, height: runs, .buffer(a.buffer), .buffer(b.buffer),
        .uint(a.rows),
        .uint(a.columns), .buffer((weights ?? a).buffer), .uint(weights == nil ? 0 : 1),
        .buffer(partial))
      try context.launch(
        .dots, "column_total", items: a.columns, .buffer(partial), .uint(runs), .uint(a.columns),
        .buffer(out.buffer))
    }
  }
}
