import LacunaAlgebra

extension OpenCLBackend {
  /// Throws `dimensionMismatch` unless a matrix has the shape an operation needs.
  func require(_ name: String, _ matrix: Matrix, rows: Int, columns: Int, for operation: String) throws(BackendError) {
    try require(
      matrix.rows == rows && matrix.columns == columns, operation, "\(name) of \(rows) × \(columns)",
      "\(matrix.rows) × \(matrix.columns)")
  }

  func requireSquare(_ name: String, _ matrix: Matrix, for operation: String) throws(BackendError) {
    try require(
      matrix.rows == matrix.columns, operation, "a square \(name)", "\(matrix.rows) × \(matrix.columns)")
  }

  /// A vector: `count` elements in one row.
  func requireVector(_ name: String, _ vector: Matrix, count: Int, for operation: String) throws(BackendError) {
    try require(
      vector.rows == 1 && vector.columns == count, operation, "\(name) of 1 × \(count)",
      "\(vector.rows) × \(vector.columns)")
  }

  func require(
    _ condition: Bool, _ operation: String, _ expected: @autoclosure () -> String,
    _ actual: @autoclosure () -> String
  ) throws(BackendError) {
    if !condition { throw .dimensionMismatch(operation: operation, expected: expected(), actual: actual()) }
  }
}
