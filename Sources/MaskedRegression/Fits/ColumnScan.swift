/// One pass over columns of numbers: sums to twice a double's digits, extremes, and a checksum.
struct ColumnScan {
  /// Sums are `high` + `low`; NaN where a value is, or infinite.
  private(set) var high, low: [Double]
  private(set) var least, greatest: [Double]
  /// Of each column, Fletcher's two sums over the bits of its values: any one change changes them. Source: J. G. Fletcher, *An
  /// arithmetic checksum for serial transmissions*, IEEE Transactions on Communications 30, 1982.
  private var sums, sumsOfSums: [UInt64]
  private let columnCount: Int
  private let takesSums, takesChecksum: Bool

  /// - Parameter columns: d.
  /// - Parameter takesSums: whether sums and extremes are wanted.
  /// - Parameter takesChecksum: whether the checksum is.
  init(columns d: Int, sums takesSums: Bool = true, checksum takesChecksum: Bool) {
    columnCount = d
    self.takesSums = takesSums
    self.takesChecksum = takesChecksum
    let zeros = [Double](repeating: 0, count: takesSums ? d : 0)
    (high, low) = (zeros, zeros)
    least = [Double](repeating: .infinity, count: zeros.count)
    greatest = [Double](repeating: -.infinity, count: zeros.count)
    sums = [UInt64](repeating: 0, count: takesChecksum ? d : 0)
    sumsOfSums = sums
  }

  /// Of the rows since it was last begun.
  var checksum: UInt64 {
    var result: UInt64 = 0
    for k in sums.indices {
      for word in [sums[k], sumsOfSums[k]] { result = (result ^ word) &* 0x9e37_79b9_7f4a_7c15 ^ result >> 29 }
    }
    return result
  }

  mutating func startChecksum() {
    for k in sums.indices { (sums[k], sumsOfSums[k]) = (0, 0) }
  }

  /// Takes in rows, row-major, some at a time and four columns at once down all of them.
  mutating func add(_ cells: UnsafePointer<Double>, rows: Int) {
    let d = columnCount
    // What the second cache holds, for whole lines are read a part at a time.
    let height = max(8, (1 << 14) / d)
    for first in Swift.stride(from: 0, to: rows, by: height) {
      let (start, count) = (cells + first * d, min(height, rows - first))
      if takesSums {
        high.withUnsafeMutableBufferPointer { high in
          low.withUnsafeMutableBufferPointer { low in
            least.withUnsafeMutableBufferPointer { least in
              greatest.withUnsafeMutableBufferPointer { greatest in
                Self.addSums(
                  start, rows: count, columns: d, high.baseAddress!, low.baseAddress!, least.baseAddress!,
                  greatest.baseAddress!)
              }
            }
          }
        }
      }
      guard takesChecksum else { continue }
      sums.withUnsafeMutableBufferPointer { sums in
        sumsOfSums.withUnsafeMutableBufferPointer { sumsOfSums in
          Self.addChecksums(start, rows: count, columns: d, sums.baseAddress!, sumsOfSums.baseAddress!)
        }
      }
    }
  }

  private static func addSums(
    _ cells: UnsafePointer<Double>, rows: Int, columns d: Int, _ high: UnsafeMutablePointer<Double>,
    _ low: UnsafeMutablePointer<Double>, _ least: UnsafeMutablePointer<Double>, _ greatest: UnsafeMutablePointer<Double>
  ) {
    var k = 0
    while k + 4 <= d {
      var (sum, rest) = (lanes(high + k), lanes(low + k))
      var (small, large) = (lanes(least + k), lanes(greatest + k))
      for i in 0..<rows {
        let value = lanes(cells + i * d + k)
        let total = sum + value
        let part = total - sum
        rest += (sum - (total - part)) + (value - part)
        sum = total
        small.replace(with: value, where: value .< small)
        large.replace(with: value, where: value .> large)
      }
      store(sum, high + k)
      store(rest, low + k)
      store(small, least + k)
      store(large, greatest + k)
      k += 4
    }
    while k < d {
      for i in 0..<rows {
        let value = cells[i * d + k]
        let total = high[k] + value
        let part = total - high[k]
        low[k] += (high[k] - (total - part)) + (value - part)
        high[k] = total
        least[k] = value < least[k] ? value : least[k]
        greatest[k] = value > greatest[k] ? value : greatest[k]
      }
      k += 1
    }
  }

  private static func addChecksums(
    _ cells: UnsafePointer<Double>, rows: Int, columns d: Int, _ sums: UnsafeMutablePointer<UInt64>,
    _ sumsOfSums: UnsafeMutablePointer<UInt64>
  ) {
    let bits = UnsafeRawPointer(cells)
    var k = 0
    while k + 4 <= d {
      var (a, b) = (lanes(sums + k), lanes(sumsOfSums + k))
      for i in 0..<rows {
        a &+= bits.loadUnaligned(fromByteOffset: 8 * (i * d + k), as: SIMD4<UInt64>.self)
        b &+= a
      }
      store(a, sums + k)
      store(b, sumsOfSums + k)
      k += 4
    }
    while k < d {
      for i in 0..<rows {
        sums[k] &+= cells[i * d + k].bitPattern
        sumsOfSums[k] &+= sums[k]
      }
      k += 1
    }
  }

  @inline(__always) private static func lanes<Scalar>(_ x: UnsafePointer<Scalar>) -> SIMD4<Scalar> {
    UnsafeRawPointer(x).loadUnaligned(as: SIMD4<Scalar>.self)
  }

  @inline(__always) private static func store<Scalar>(_ value: SIMD4<Scalar>, _ x: UnsafeMutablePointer<Scalar>) {
    UnsafeMutableRawPointer(x).storeBytes(of: value, as: SIMD4<Scalar>.self)
  }
}
