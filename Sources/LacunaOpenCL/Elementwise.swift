import LacunaAlgebra

extension OpenCLBackend {
  public func addDiagonal(_ value: Element, to a: Matrix) throws(BackendError) {
    try requireSquare("matrix", a, for: "addDiagonal")
    try context.launch(
      .diagonal, "add_diagonal", items: a.rows, .buffer(a.buffer), .uint(a.rows), .real(Double(value)))
  }

  public func diagonal(of a: Matrix, into vector: Matrix) throws(BackendError) {
    try requireSquare("matrix", a, for: "diagonal")
    try requireVector("vector", vector, count: a.rows, for: "diagonal")
    try context.launch(
      .diagonal, "get_diagonal", items: a.rows, .buffer(a.buffer), .uint(a.rows), .buffer(vector.buffer))
  }

  public func setDiagonal(of a: Matrix, to vector: Matrix) throws(BackendError) {
    try requireSquare("matrix", a, for: "setDiagonal")
    try requireVector("vector", vector, count: a.rows, for: "setDiagonal")
    try context.launch(
      .diagonal, "set_diagonal", items: a.rows, .buffer(a.buffer), .uint(a.rows), .buffer(vector.buffer))
  }

  public func symmetrize(_ a: Matrix) throws(BackendError) {
    try requireSquare("matrix", a, for: "symmetrize")
    let edge = context.tileEdge
    let size = a.rows.rounded(upTo: edge)
    try context.launch(
      .triangle, "symmetrize", global: (size, size), group: (edge, edge), arguments: [.buffer(a.buffer), .uint(a.rows)])
  }

  public func clearUpperTriangle(of a: Matrix) throws(BackendError) {
    try requireSquare("matrix", a, for: "clearUpperTriangle")
    try context.launch(.triangle, "clear_upper", items: a.rows, height: a.rows, .buffer(a.buffer), .uint(a.rows))
  }

  public func scale(_ a: Matrix, rows: Matrix?, columns: Matrix?) throws(BackendError) {
    if let rows { try requireVector("rows", rows, count: a.rows, for: "scale") }
    if let columns { try requireVector("columns", columns, count: a.columns, for: "scale") }
    if rows == nil && columns == nil { return }
    let flags = (rows == nil ? 0 : 1) + (columns == nil ? 0 : 2)
    try context.launch(
      .elementwise, "scale", items: a.columns, height: a.rows, .buffer(a.buffer), .uint(a.rows), .uint(a.columns),
      .buffer((rows ?? a).buffer), .buffer((columns ?? a).buffer), .uint(flags))
  }

  public func add(_ source: Matrix, alpha: Element, beta: Element, to target: Matrix) throws(BackendError) {
    try require("target", target, rows: source.rows, columns: source.columns, for: "add")
    try context.launch(
      .elementwise, "combine", items: source.count, .buffer(source.buffer), .buffer(target.buffer), .uint(source.count),
      .real(Double(alpha)), .real(Double(beta)))
  }

  public func hadamard(_ a: Matrix, _ b: Matrix, into target: Matrix) throws(BackendError) {
    try require("second factor", b, rows: a.rows, columns: a.columns, for: "hadamard")
    try require("target", target, rows: a.rows, columns: a.columns, for: "hadamard")
    try context.launch(
      .elementwise, "hadamard", items: a.count, .buffer(a.buffer), .buffer(b.buffer), .buffer(target.buffer),
      .uint(a.count))
  }

  public func leaveSamplesOut(
    _ r: Matrix, complements: Matrix, diagonal: Matrix, sampleCount: Int
  ) throws(BackendError) {
    try requireVector("complements", complements, count: r.rows, for: "leaveSamplesOut")
    try requireVector("diagonal", diagonal, count: r.columns, for: "leaveSamplesOut")
    try context.launch(
      .elementwise, "leave_out", items: r.columns, height: r.rows, .buffer(r.buffer), .uint(r.columns),
      .buffer(complements.buffer), .buffer(diagonal.buffer), .real(Double(sampleCount)))
  }
}
