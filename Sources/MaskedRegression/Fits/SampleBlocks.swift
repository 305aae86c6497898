import LacunaAlgebra

/// Samples on a device in its own precision, in blocks of rows: brought there once, read as often as wanted.
struct SampleBlocks<Device: Backend> {
  let sampleCount: Int
  let blocks: [Device.Matrix]

  /// Numbers of a block.
  private static var blockSize: Int { 1 << 20 }

  /// - Parameter values: rows of d numbers, row-major.
  /// - Parameter rows: which of them, in this order.
  init(
    device: Device, values: [Double], coordinateCount d: Int, rows: StrideTo<Int>, frame: ColumnFrame
  ) throws {
    let indices = Array(rows)
    let height = max(256, Self.blockSize / d)
    var blocks: [Device.Matrix] = []
    for first in stride(from: 0, to: indices.count, by: height) {
      try Interruption.check()
      let part = indices[first..<min(first + height, indices.count)]
      let block = try device.makeMatrix(rows: part.count, columns: d)
      try upload(values, rows: part, frame: frame, to: block, device: device)
      blocks.append(block)
    }
    sampleCount = indices.count
    self.blocks = blocks
  }

  /// The blocks, each with the number of its first row.
  func forEachBlock(_ body: (Device.Matrix, Int) throws -> Void) throws {
    var first = 0
    for block in blocks {
      try Interruption.check()
      try body(block, first)
      first += block.rows
    }
  }

  /// The rows of the tallest block.
  var height: Int { blocks.map(\.rows).max() ?? 0 }
}

/// Uploads rows in a frame, a few at a time in the device's precision.
/// - Parameter rows: as many as the matrix has.
func upload<Device: Backend>(
  _ values: [Double], rows: ArraySlice<Int>, frame: ColumnFrame, to matrix: Device.Matrix, device: Device
) throws(BackendError) {
  // What the second cache holds.
  let step = max(1, (1 << 15) / matrix.columns)
  let factors = frame.factors
  for first in stride(from: 0, to: matrix.rows, by: step) {
    let part = rows[(rows.startIndex + first)..<(rows.startIndex + min(first + step, matrix.rows))]
    try device.upload(
      framed(values, rows: part, means: frame.means, lows: frame.lows, factors: factors), to: matrix, firstRow: first)
  }
}

/// (x_ik − m_k) f_k in the precision asked for, the means with their low parts where they have any.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func framed<Element: Scalar>(
  _ values: [Double], rows: ArraySlice<Int>, means: [Double], lows: [Double]?, factors: [Double]?
) -> [Element] {
  let d = means.count
  return [Element](unsafeUninitializedCapacity: rows.count * d) { target, count in
    count = rows.count * d
    guard count > 0 else { return }
    values.withUnsafeBufferPointer { values in
      means.withUnsafeBufferPointer { means in
        var out = target.baseAddress!
        for row in rows {
          let cells = values.baseAddress! + row * d
          if let lows, let factors {
            lows.withUnsafeBufferPointer { lows in
              factors.withUnsafeBufferPointer { factors in
                for k in 0..<d {
                  (out + k).initialize(
                    to: Element(ColumnScales.difference(cells[k], means[k], lows[k]) * factors[k]))
                }
              }
            }
          } else if let factors {
            for k in 0..<d { (out + k).initialize(to: Element((cells[k] - means[k]) * factors[k])) }
          } else {
            for k in 0..<d { (out + k).initialize(to: Element(cells[k] - means[k])) }
          }
          out += d
        }
      }
    }
  }
}

/// Numbers of a device in float64.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
func doubles<Element: Scalar>(_ values: [Element]) -> [Double] {
  if let same = values as? [Double] { return same }
  var result = [Double](repeating: 0, count: values.count)
  for i in values.indices { result[i] = Double(values[i]) }
  return result
}

/// Float64 numbers in the precision of a device.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
func elements<Element: Scalar>(_ values: [Double]) -> [Element] {
  if let same = values as? [Element] { return same }
  var result = [Element](repeating: 0, count: values.count)
  for i in values.indices { result[i] = Element(values[i]) }
  return result
}

extension Backend {
  /// Hands the rows of a matrix to the host, some at a time, in order.
  func forEachRows(of matrix: Matrix, _ body: ([Element]) throws -> Void) throws {
    let height = max(1, (1 << 20) / max(matrix.columns, 1))
    for first in stride(from: 0, to: matrix.rows, by: height) {
      try body(try download(matrix, rows: first..<min(first + height, matrix.rows)))
    }
  }

  /// Σ_j a_ij b_ij of each row.
  func doubleRowDots(_ a: Matrix, _ b: Matrix) throws(BackendError) -> [Double] {
    let out = try makeVector(a.rows)
    try rowDots(a, b, weights: nil, into: out)
    return doubles(try download(out))
  }
}
