import LacunaAlgebra

/// Uploads rows in a frame, a few at a time in the device's precision.
/// - Parameter step: every so many rows.
/// - Parameter firstRow: of the matrix.
/// - Parameter count: of rows; nil for as many as the matrix has.
/// - Parameter squares: takes in their squares before they are multiplied.
func upload<Device: Backend>(
  _ cells: UnsafePointer<Double>, by step: Int = 1, frame: ColumnFrame, to matrix: Device.Matrix, firstRow: Int = 0,
  count: Int? = nil, squares: ColumnSquares?, device: Device
) throws(BackendError) {
  let (d, count) = (matrix.columns, count ?? matrix.rows)
  let framing = Framing(frame)
  // So few that they are in the first cache still as they are copied.
  let height = max(1, (1 << 12) / d)
  for first in stride(from: 0, to: count, by: height) {
    let rows: [Device.Element] = framing.rows(
      cells + first * step * d, count: min(height, count - first), stride: step * d, squares: squares?.start)
    try device.upload(rows, to: matrix, firstRow: firstRow + first)
  }
}

extension ColumnSquares {
  /// Takes in all rows on the host.
  func add(_ samples: SampleRows, frame: ColumnFrame) throws {
    let d = samples.coordinateCount
    let framing = Framing(ColumnFrame(means: frame.means, lows: frame.lows))
    let height = max(1, (1 << 12) / d)
    try samples.forEachBlock { cells, rows in
      for first in stride(from: 0, to: rows.count, by: height) {
        let _: [Double] = framing.rows(
          cells + first * d, count: min(height, rows.count - first), stride: d, squares: start)
      }
    }
    isComplete = true
  }
}

/// A frame with numbers for all that it may leave out.
private struct Framing {
  let means, lows, factors: [Double]

  init(_ frame: ColumnFrame) {
    means = frame.means
    lows = frame.lows ?? [Double](repeating: 0, count: means.count)
    factors = frame.factors ?? [Double](repeating: 1, count: means.count)
  }

  /// (x_ik − m_k) f_k in the precision asked for.
  /// - Parameter squares: (x_ik − m_k)² is added to, where there are any.
  @_specialize(where Element == Float)
  @_specialize(where Element == Double)
  func rows<Element: Scalar>(
    _ cells: UnsafePointer<Double>, count rows: Int, stride: Int, squares: UnsafeMutablePointer<Double>?
  ) -> [Element] {
    let d = means.count
    return [Element](unsafeUninitializedCapacity: rows * d) { target, count in
      count = rows * d
      guard count > 0, let out = target.baseAddress else { return }
      means.withUnsafeBufferPointer { means in
        lows.withUnsafeBufferPointer { lows in
          factors.withUnsafeBufferPointer { factors in
            let (mean, low, factor) = (means.baseAddress!, lows.baseAddress!, factors.baseAddress!)
            if let squares {
              for i in 0..<rows {
                Self.frame(cells + i * stride, d, mean, low, factor, out + i * d)
                Self.addSquares(cells + i * stride, d, mean, low, squares)
              }
            } else {
              for i in 0..<rows { Self.frame(cells + i * stride, d, mean, low, factor, out + i * d) }
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private static func frame<Element: Scalar>(
    _ row: UnsafePointer<Double>, _ d: Int, _ mean: UnsafePointer<Double>, _ low: UnsafePointer<Double>,
    _ factor: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Element>
  ) {
    var k = 0
    while k + 8 <= d {
      let value = ((lanes(row + k) - lanes(mean + k)) - lanes(low + k)) * lanes(factor + k)
      UnsafeMutableRawPointer(out + k).storeBytes(of: SIMD8<Element>(value), as: SIMD8<Element>.self)
      k += 8
    }
    while k < d {
      (out + k).initialize(to: Element(ColumnScales.difference(row[k], mean[k], low[k]) * factor[k]))
      k += 1
    }
  }

  @inline(__always)
  private static func addSquares(
    _ row: UnsafePointer<Double>, _ d: Int, _ mean: UnsafePointer<Double>, _ low: UnsafePointer<Double>,
    _ sums: UnsafeMutablePointer<Double>
  ) {
    var k = 0
    while k + 8 <= d {
      let value = (lanes(row + k) - lanes(mean + k)) - lanes(low + k)
      UnsafeMutableRawPointer(sums + k).storeBytes(of: lanes(sums + k) + value * value, as: SIMD8<Double>.self)
      k += 8
    }
    while k < d {
      let value = ColumnScales.difference(row[k], mean[k], low[k])
      sums[k] += value * value
      k += 1
    }
  }

  @inline(__always) private static func lanes(_ x: UnsafePointer<Double>) -> SIMD8<Double> {
    UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Double>.self)
  }
}
