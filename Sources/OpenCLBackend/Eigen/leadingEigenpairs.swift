import LinearAlgebra

extension OpenCLBackend {
  public func leadingEigenpairs(of a: Matrix, into vectors: Matrix) throws(BackendError) -> [Double] {
    try requireSquare("matrix", a, for: "leadingEigenpairs")
    try require(
      vectors.columns == a.rows && vectors.rows <= a.rows, "leadingEigenpairs",
      "at most \(a.rows) vectors of length \(a.rows)", "\(vectors.rows) × \(vectors.columns)")
    if vectors.rows == 0 { return [] }
    return try context.lock.held { () throws(BackendError) in
      let (values, rows) = try decompose(a, operation: "leadingEigenpairs", leading: vectors.rows)
      try context.launch(
        .triangle, "reverse_rows", items: vectors.columns, height: vectors.rows, .buffer(rows.buffer),
        .uint(vectors.rows), .uint(vectors.columns), .buffer(vectors.buffer))
      return values.reversed()
    }
  }
}
