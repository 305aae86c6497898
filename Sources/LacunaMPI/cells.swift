#if MPI
  import LacunaHost

  // Loops over cells, compiled for each precision.

  /// y ← y + x.
  @_specialize(where Element == Float)
  @_specialize(where Element == Double)
  func addCells<Element: HostScalar>(
    _ x: UnsafePointer<Element>, to y: UnsafeMutablePointer<Element>, count: Int
  ) {
    for e in 0..<count { y[e] += x[e] }
  }

  /// target (columns × rows, rows `stride` apart) ← the transpose of source (rows × columns, rows `lead` apart).
  @_specialize(where Element == Float)
  @_specialize(where Element == Double)
  func transposeCells<Element: HostScalar>(
    _ source: UnsafePointer<Element>, rows: Int, columns: Int, lead: Int, to target: UnsafeMutablePointer<Element>,
    stride: Int
  ) {
    let side = 32
    for firstRow in Swift.stride(from: 0, to: rows, by: side) {
      for first in Swift.stride(from: 0, to: columns, by: side) {
        for j in first..<min(first + side, columns) {
          for i in firstRow..<min(firstRow + side, rows) { target[j * stride + i] = source[i * lead + j] }
        }
      }
    }
  }

  /// The place of the first NaN or infinity; nil where there is none.
  @_specialize(where Element == Float)
  @_specialize(where Element == Double)
  func firstNonFiniteCell<Element: HostScalar>(_ x: UnsafePointer<Element>, count: Int) -> Int? {
    var sum = Element.zero
    for e in 0..<count { sum += x[e] * 0 }
    return sum == 0 ? nil : (0..<count).first { !x[$0].isFinite }
  }

  /// max |x|.
  @_specialize(where Element == Float)
  @_specialize(where Element == Double)
  func largestCell<Element: HostScalar>(_ x: UnsafePointer<Element>, count: Int) -> Double {
    var largest = Element.zero
    for e in 0..<count { largest = max(largest, abs(x[e])) }
    return Double(largest)
  }
#endif
