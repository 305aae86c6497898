import LacunaAlgebra

extension OpenCLBackend {
  public func rowDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError) {
    try require("second factor", b, rows: a.rows, columns: a.columns, for: "rowDots")
    if let weights { try requireVector("weights", weights, count: a.columns, for: "rowDots") }
    try requireVector("result", out, count: a.rows, for: "rowDots")
    try context.launch(
      .dots, "row_dots", groups: a.rows, .buffer(a.buffer), .buffer(b.buffer), .uint(a.columns),
      .buffer((weights ?? a).buffer), .uint(weights == nil ? 0 : 1), .buffer(out.buffer))
  }

  public func columnDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError) {
    try require("second factor", b, rows: a.rows, columns: a.columns, for: "columnDots")
    if let weights { try requireVector("weights", weights, count: a.rows, for: "columnDots") }
    try requireVector("result", out, count: a.columns, for: "columnDots")
    if a.columns == 0 { return }
    try context.lock.held { () throws(BackendError) in
      let runs = (a.rows + 127) / 128
      // An accumulator takes eight bytes, as float64 or as a pair of floats.
      let partial = try context.scratch("dots", byteCount: max(runs, 1) * a.columns * 8)
      try context.launch(
        .dots, "column_dots", items: a.columns, height: runs, .buffer(a.buffer), .buffer(b.buffer), .uint(a.rows),
        .uint(a.columns), .buffer((weights ?? a).buffer), .uint(weights == nil ? 0 : 1), .buffer(partial))
      try context.launch(
        .dots, "column_total", items: a.columns, .buffer(partial), .uint(runs), .uint(a.columns), .buffer(out.buffer))
    }
  }
}
