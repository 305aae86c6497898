/// What the columns of some samples are about: means to twice a double's digits, sizes, and which columns are constant.
package struct ColumnScales: Sendable {
  /// The means are `high` + `low`; zeros where the fit has no intercept.
  let high, low: [Double]
  /// The largest magnitude of each column, its mean taken off; 0 exactly for constant columns.
  let largest: [Double]
  /// The power of two by which values are divided before a device sees them: the largest of `largest` becomes at least ½
  /// and below 1.
  let unit: Int

  /// With an intercept a column is constant, and 0 from here on, where no value is further from the mean than four units in
  /// the mean's last place: below the rounding of the mean nothing is left to predict.
  /// - Parameter rows: n × d, row-major, finite, each below 10¹⁵⁰ in magnitude.
  package init(rows: [Double], columns d: Int, centered: Bool) {
    var scan = ColumnScan(columns: d, checksum: false)
    rows.withUnsafeBufferPointer { if let start = $0.baseAddress { scan.add(start, rows: rows.count / max(d, 1)) } }
    self.init(scan, sampleCount: rows.count / max(d, 1), centered: centered)
  }

  /// The same of a pass over all rows.
  init(_ scan: ColumnScan, sampleCount n: Int, centered: Bool) {
    let d = scan.high.count
    var high = [Double](repeating: 0, count: d)
    var (low, largest) = (high, high)
    if centered {
      for k in 0..<d {
        let quotient = scan.high[k] / Double(n)
        let remainder = scan.high[k].addingProduct(-quotient, Double(n)) + scan.low[k]
        (high[k], low[k]) = twoSum(quotient, remainder / Double(n))
      }
    }
    // Rounding keeps the order: what is furthest from the mean is an extreme.
    for k in 0..<d where n > 0 {
      largest[k] = max(
        abs(Self.difference(scan.least[k], high[k], low[k])), abs(Self.difference(scan.greatest[k], high[k], low[k])))
      if centered && largest[k] <= 4 * high[k].ulp { largest[k] = 0 }
    }
    self.high = high
    self.low = low
    self.largest = largest
    let most = largest.max() ?? 0
    unit = most > 0 ? Int(most.exponent) + 1 : 0
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

  /// value − (high + low), rounded twice: where the first difference is rounded it is at least half of high, beside which low, below
  /// its last place, is nothing that cancels.
  @inline(__always) static func difference(_ value: Double, _ high: Double, _ low: Double) -> Double {
    (value - high) - low
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
