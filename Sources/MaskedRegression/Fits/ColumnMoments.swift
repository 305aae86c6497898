/// Means and mean squares of columns of numbers on the host, in float64.
struct ColumnMoments: Sendable {
  var means: [Double]
  /// Mean squares after the means were taken off.
  var variances: [Double]

  /// Two passes: means from differences to the first row, so that a column of equal numbers has that mean and no variance
  /// exactly; then what is left of the mean, and the squares, about it.
  /// - Parameter values: n × d, row-major, n > 0.
  init(_ values: [Double], sampleCount n: Int, centered: Bool) {
    let d = values.count / n
    var sums = [Double](repeating: 0, count: d)
    var means = sums
    var squares = sums
    values.withUnsafeBufferPointer { x in
      if centered {
        for i in 0..<n { for k in 0..<d { sums[k] += x[i * d + k] - x[k] } }
        for k in 0..<d { means[k] = x[k] + sums[k] / Double(n) }
        sums = [Double](repeating: 0, count: d)
      }
      for i in 0..<n {
        for k in 0..<d {
          let value = x[i * d + k] - means[k]
          sums[k] += value
          squares[k] += value * value
        }
      }
    }
    for k in 0..<d {
      let rest = centered ? sums[k] / Double(n) : 0
      means[k] += rest
      squares[k] = max(0, squares[k] / Double(n) - rest * rest)
    }
    self.means = means
    variances = squares
  }
}
