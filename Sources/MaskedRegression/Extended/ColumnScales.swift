/// What the columns of some samples are about: means to twice a double's digits, sizes, and which columns are constant.
package struct ColumnScales: Sendable {
  /// The means are `high` + `low`; zeros where the fit has no intercept.
  let high, low: [Double]
  /// The largest magnitude of each column, its mean taken off; 0 exactly for constant columns.
  let largest: [Double]
  /// The sum of squares of each column, its mean taken off; 0 exactly for constant columns.
  let squares: [Double]
  /// The power of two by which values are divided before a device sees them: the largest of `largest` becomes at least ½
  /// and below 1.
  let unit: Int

  /// With an intercept a column is constant, and 0 from here on, where no value is further from the mean than four units in
  /// the mean's last place: below the rounding of the mean nothing is left to predict.
  /// - Parameter rows: n × d, row-major, finite, each below 10¹⁵⁰ in magnitude.
  package init(rows: [Double], columns d: Int, centered: Bool) {
    let n = rows.count / max(d, 1)
    var high = [Double](repeating: 0, count: d)
    var (low, largest, squares) = (high, high, high)
    rows.withUnsafeBufferPointer { x in
      high.withUnsafeMutableBufferPointer { high in
        low.withUnsafeMutableBufferPointer { low in
          if centered {
            for i in 0..<n { Self.add(x.baseAddress! + i * d, to: high.baseAddress!, and: low.baseAddress!, count: d) }
            for k in 0..<d {
              let quotient = high[k] / Double(n)
              let remainder = high[k].addingProduct(-quotient, Double(n)) + low[k]
              (high[k], low[k]) = twoSum(quotient, remainder / Double(n))
            }
          }
          largest.withUnsafeMutableBufferPointer { largest in
            squares.withUnsafeMutableBufferPointer { squares in
              for i in 0..<n {
                Self.measure(
                  x.baseAddress! + i * d, high: high.baseAddress!, low: low.baseAddress!, largest: largest.baseAddress!,
                  squares: squares.baseAddress!, count: d)
              }
            }
          }
        }
      }
    }
    if centered {
      for k in 0..<d where largest[k] <= 4 * high[k].ulp { (largest[k], squares[k]) = (0, 0) }
    }
    self.high = high
    self.low = low
    self.largest = largest
    self.squares = squares
    let most = largest.max() ?? 0
    unit = most > 0 ? Int(most.exponent) + 1 : 0
  }

  /// A row added to sums to twice a double's digits.
  private static func add(
    _ row: UnsafePointer<Double>, to high: UnsafeMutablePointer<Double>, and low: UnsafeMutablePointer<Double>,
    count: Int
  ) {
    for k in 0..<count {
      let (sum, error) = twoSum(high[k], row[k])
      high[k] = sum
      low[k] += error
    }
  }

  /// A row's largest magnitudes and squares, the means taken off.
  private static func measure(
    _ row: UnsafePointer<Double>, high: UnsafePointer<Double>, low: UnsafePointer<Double>,
    largest: UnsafeMutablePointer<Double>, squares: UnsafeMutablePointer<Double>, count: Int
  ) {
    for k in 0..<count {
      let value = difference(row[k], high[k], low[k])
      let size = abs(value)
      largest[k] = size > largest[k] ? size : largest[k]
      squares[k] += value * value
    }
  }

  /// The smallest magnitude above 0 of each column, with its mean or without; 0 for constant columns.
  /// - Parameter rows: as they were measured.
  func least(of rows: [Double]) -> [Double] {
    let d = largest.count
    var least = [Double](repeating: .infinity, count: d)
    for (index, value) in rows.enumerated() {
      let k = index % d
      let size = abs(Self.difference(value, high[k], low[k]))
      // One far value moves the mean away from all others: of these the value itself is the smaller.
      if size > 0 { least[k] = min(least[k], size) }
      if value != 0 { least[k] = min(least[k], abs(value)) }
    }
    return least.indices.map { largest[$0] > 0 ? least[$0] : 0 }
  }

  /// value − (high + low), rounded once or so.
  @inline(__always) static func difference(_ value: Double, _ high: Double, _ low: Double) -> Double {
    let (sum, error) = twoSum(value, -high)
    return sum + (error - low)
  }

  /// The value of a cell less its column's mean, right to a unit in its last place or so; 0 in a constant column.
  @inline(__always) func centered(_ value: Double, _ column: Int) -> Double {
    largest[column] == 0 ? 0 : Self.difference(value, high[column], low[column])
  }

  /// The mean over columns of (1.48 · the median distance from the median)²/w: a mean square in which far values have no part.
  ///
  /// From at most a thousand rows, evenly spaced. Without an intercept distances are from 0.
  /// - Returns: nil where more than half of the values of every column are the same.
  func typicalSquare(of rows: [Double], centered: Bool, weights: [Double]?) -> Double? {
    let d = largest.count
    let n = rows.count / max(d, 1)
    let step = max(1, n / 1000)
    var sum = 0.0
    for k in 0..<d where largest[k] > 0 {
      let column = stride(from: 0, to: n, by: step).map { rows[$0 * d + k] }
      let middle = centered ? median(of: column) : 0
      let spread = 1.48 * median(of: column.map { abs($0 - middle) })
      sum += spread * spread / (weights?[k] ?? 1)
    }
    return sum > 0 ? sum / Double(d) : nil
  }
}

/// a + b = sum + error exactly. Source: Knuth, *The Art of Computer Programming* 2, section 4.2.2.
@inline(__always) private func twoSum(_ a: Double, _ b: Double) -> (sum: Double, error: Double) {
  let sum = a + b
  let part = sum - a
  return (sum, (a - (sum - part)) + (b - part))
}
