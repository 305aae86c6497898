import LacunaAlgebra

extension OpenCLBackend {
  public func performAddDiagonal(_ value: Element, to a: Matrix) throws(BackendError) {
    if !a.isWhole { return try addDiagonalOfSlabs(value, to: a) }
    try context.launch(
      .diagonal, "add_diagonal", items: a.rows, .buffer(a.buffer), .uint(a.rows),
      .real(Double(value)))
  }

  public func performDiagonal(of a: Matrix, into vector: Matrix) throws(BackendError) {
    if !a.isWhole { return try diagonalOfSlabs(a, into: vector) }
    try context.launch(
      .diagonal, "get_diagonal", items: a.rows, .buffer(a.buffer), .uint(a.rows),
      .buffer(vector.buffer))
  }

  public func performSetDiagonal(of a: Matrix, to vector: Matrix) throws(BackendError) {
    if !a.isWhole { return try setDiagonalOfSlabs(a, to: vector) }
    try context.launch(
      .diagonal, "set_diagonal", items: a.rows, .buffer(a.buffer), .uint(a.rows),
      .buffer(vector.buffer))
  }

  public func performSymmetrize(_ a: Matrix) throws(BackendError) {
    if !a.isWhole { return try symmetrizeSlabs(a) }
    let edge = KernelConstants.tileEdge
    let size = a.rows.rounded(upTo: edge)
    try context.launch(
      .triangle, "symmetrize", global: (size, size), group: (edge, edge),
      arguments: [.buffer(a.buffer), .uint(a.rows)])
  }

  public func performClearUpperTriangle(of a: Matrix) throws(BackendError) {
    if !a.isWhole { return try clearUpperTriangleOfSlabs(a) }
    try context.launch(
      .triangle, "clear_upper", items: a.rows, height: a.rows, .buffer(a.buffer), .uint(a.rows))
  }

  public func performScale(_ a: Matrix, rows: Matrix?, columns: Matrix?) throws(BackendError) {
    if !a.isWhole { return try scaleSlabs(a, rows: rows, columns: columns) }
    let flags = (rows == nil ? 0 : 1) + (columns == nil ? 0 : 2)
    try context.launch(
      .elementwise, "scale", items: a.columns, height: a.rows, .buffer(a.buffer), .uint(a.rows),
      .uint(a.columns),
      .buffer((rows ?? a).buffer), .buffer((columns ?? a).buffer), .uint(flags))
  }

  public func performAdd(_ source: Matrix, alpha: Element, beta: Element, to target: Matrix)
    throws(BackendError)
  {
    if !source.isWhole {
      return try forEachSlab(of: source, target) { (parts, _) throws(BackendError) in
        try performAdd(parts[0], alpha: alpha, beta: beta, to: parts[1])
      }
    }
    try context.launch(
      .elementwise, "combine", items: source.count, .buffer(source.buffer), .buffer(target.buffer),
      .uint(source.count),
      .real(Double(alpha)), .real(Double(beta)))
  }

  public func performHadamard(_ a: Matrix, _ b: Matrix, into target: Matrix) throws(BackendError) {
    if !a.isWhole {
      return try forEachSlab(of: a, b, target) { (parts, _) throws(BackendError) in
        try performHadamard(parts[0], parts[1], into: parts[2])
      }
    }
    try context.launch(
      .elementwise, "hadamard", items: a.count, .buffer(a.buffer), .buffer(b.buffer),
      .buffer(target.buffer),
      .uint(a.count))
  }
}
