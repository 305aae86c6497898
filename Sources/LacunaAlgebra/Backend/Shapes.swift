/// The checks of arguments, once for all backends.
enum Shapes {
  static func require(
    _ fits: Bool, _ operation: String, expected: @autoclosure () -> String, actual: @autoclosure () -> String
  ) throws(BackendError) {
    guard fits else { throw .dimensionMismatch(operation: operation, expected: expected(), actual: actual()) }
  }

  static func require(
    _ name: String, _ matrix: some DeviceMatrix, rows: Int, columns: Int, for operation: String
  ) throws(BackendError) {
    try require(
      matrix.rows == rows && matrix.columns == columns, operation, expected: "a \(name) of \(rows) × \(columns)",
      actual: matrix.shape)
  }

  /// A vector: `count` elements in one row.
  static func requireVector(
    _ name: String, _ vector: some DeviceMatrix, count: Int, for operation: String
  ) throws(BackendError) {
    try require(name, vector, rows: 1, columns: count, for: operation)
  }

  static func requireSquare(_ matrix: some DeviceMatrix, for operation: String) throws(BackendError) {
    try require(
      matrix.rows == matrix.columns, operation, expected: "a square matrix", actual: matrix.shape)
  }

  static func requireIndices(_ indices: [Int], below count: Int, for operation: String) throws(BackendError) {
    for index in indices where index < 0 || index >= count {
      throw .dimensionMismatch(operation: operation, expected: "indices below \(count)", actual: "\(index)")
    }
  }

  /// The checks that every use of masks makes.
  static func requireMasks(
    _ masks: MaskPattern, width d: Int, firstSample: Int, for operation: String
  ) throws(BackendError) {
    precondition(firstSample >= 0, "samples count from 0")
    switch masks {
    case .bernoulli(let keep, let count, _):
      precondition(keep >= 0 && keep <= 1 && count >= 1, "a probability, and at least one mask")
    case .fixedSize(let visible, let count, _):
      precondition(count >= 1, "at least one mask")
      try require(
        0...d ~= visible, operation, expected: "0 to \(d) visible coordinates", actual: "\(visible) of them")
    case .given(let given):
      try require(
        given.coordinateCount == d, operation, expected: "masks of \(d) coordinates",
        actual: "masks of \(given.coordinateCount)")
    }
  }
}
