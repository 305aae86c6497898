/// What is done to sparse columns before a fit, so that few cells stay few: x_k ← (x_k − m_k)/c_k.
///
/// Where an intercept is fitted, the mean of a column with entries in at most half of its cells is taken off as a matrix of
/// rank one, ones times `shift`: the mean square about the mean is then at least half of that about 0, and nothing cancels. Of
/// fuller columns the mean is taken off cell by cell, which at most doubles them.
struct SparseFrame {
  /// Of the columns as they are; zeros where the fit has no intercept.
  let means: [Double]
  /// Mean squares of the columns, their means taken off.
  let variances: [Double]
  /// c: with weights their roots, else one power of two.
  let divisors: [Double]
  /// The power of two, 0 with weights.
  let unit: Int
  /// w; nil stands for ones.
  let penalty: [Double]?
  /// The rows in the frame, but for the shift.
  let rows: SparseSamples
  /// Their transpose.
  let columns: SparseSamples
  /// What is still to be taken off each row; nil without an intercept.
  let shift: [Double]?
  /// See `RidgeFit.typicalSquare`.
  let typicalSquare: Double?

  /// - Throws: `FitError.data` naming a cell whose square float64 does not hold; `FitError.request` for weights that are none.
  init(_ samples: SparseSamples, centered: Bool, weights: RidgeWeights) throws(FitError) {
    let (n, d) = (samples.sampleCount, samples.coordinateCount)
    try weights.check(coordinateCount: d)
    let turned = samples.transposed()
    try requireRange(of: samples.values) { entry in
      let row = (samples.rowStarts.firstIndex { $0 > entry } ?? n) - 1
      return (row, Int(samples.columnIndices[entry]))
    }
    var (means, variances) = ([Double](repeating: 0, count: d), [Double](repeating: 0, count: d))
    // Of full columns, with the mean's low part where one is taken off; false of columns that are constant.
    var (isFull, varies) = ([Bool](repeating: false, count: d), [Bool](repeating: true, count: d))
    var lows = means
    var largest = 0.0
    for k in 0..<d {
      let values = turned.values[turned.rowStarts[k]..<turned.rowStarts[k + 1]]
      let zeros = Double(n - values.count)
      var mean = (high: 0.0, low: 0.0)
      if centered { mean = compensatedMean(values, count: n) }
      var (square, most) = (zeros * mean.high * mean.high, zeros > 0 ? abs(mean.high) : 0)
      for value in values {
        let rest = ColumnScales.difference(value, mean.high, mean.low)
        square += rest * rest
        most = max(most, abs(rest))
      }
      // As `ColumnScales` has it: below the rounding of the mean nothing is left to predict.
      if centered && most <= 4 * mean.high.ulp { (square, most, varies[k]) = (0, 0, false) }
      means[k] = mean.high
      lows[k] = mean.low
      variances[k] = square / Double(n)
      isFull[k] = centered && 2 * values.count > n
      largest = max(largest, most)
    }
    self.means = means
    self.variances = variances
    penalty = weights.penalty(variances: variances)
    unit = penalty == nil && largest > 0 ? Int(largest.exponent) + 1 : 0
    let divisor = Double(sign: .plus, exponent: unit, significand: 1)
    let divisors = penalty?.map { $0.squareRoot() } ?? [Double](repeating: divisor, count: d)
    self.divisors = divisors

    var starts = [0]
    var indices: [Int32] = []
    var values: [Double] = []
    let extra = (0..<d).reduce(0) { $0 + (isFull[$1] ? n - (turned.rowStarts[$1 + 1] - turned.rowStarts[$1]) : 0) }
    indices.reserveCapacity(samples.values.count + extra)
    values.reserveCapacity(samples.values.count + extra)
    for k in 0..<d {
      let entries = turned.rowStarts[k]..<turned.rowStarts[k + 1]
      if !varies[k] {
        // Nothing is left of it.
      } else if isFull[k] {
        var cells = [Double](repeating: 0, count: n)
        for entry in entries { cells[Int(turned.columnIndices[entry])] = turned.values[entry] }
        for i in 0..<n {
          indices.append(Int32(i))
          values.append(ColumnScales.difference(cells[i], means[k], lows[k]) / divisors[k])
        }
      } else {
        indices += turned.columnIndices[entries]
        values += turned.values[entries].map { $0 / divisors[k] }
      }
      starts.append(values.count)
    }
    columns = SparseSamples(checked: n, rowStarts: starts, columnIndices: indices, values: values)
    rows = columns.transposed()
    shift =
      centered ? (0..<d).map { isFull[$0] || !varies[$0] ? 0 : means[$0] / divisors[$0] } : nil
    typicalSquare = Self.typicalSquare(turned, varies: varies, centered: centered, weights: penalty)
  }

  /// As `ColumnScales.typicalSquare`: a column more than half of whose cells are 0 has none.
  private static func typicalSquare(
    _ columns: SparseSamples, varies: [Bool], centered: Bool, weights: [Double]?
  ) -> Double? {
    let (n, d) = (columns.coordinateCount, columns.sampleCount)
    let step = max(1, n / 1000)
    var sum = 0.0
    for k in 0..<d where varies[k] && 3 * (columns.rowStarts[k + 1] - columns.rowStarts[k]) > n {
      var cells = [Double](repeating: 0, count: (n - 1) / step + 1)
      for entry in columns.rowStarts[k]..<columns.rowStarts[k + 1] {
        let sample = Int(columns.columnIndices[entry])
        if sample % step == 0 { cells[sample / step] = columns.values[entry] }
      }
      let middle = centered ? median(of: cells) : 0
      let spread = 1.48 * median(of: cells.map { abs($0 - middle) })
      sum += spread * spread / (weights?[k] ?? 1)
    }
    return sum > 0 ? sum / Double(d) : nil
  }
}

/// The mean of some values and zeros, to twice a double's digits.
///
/// Source: A. Neumaier, *Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen*, ZAMM 54, 1974.
private func compensatedMean(_ values: ArraySlice<Double>, count n: Int) -> (high: Double, low: Double) {
  var (sum, rest) = (0.0, 0.0)
  for value in values {
    let next = sum + value
    rest += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
    sum = next
  }
  let quotient = sum / Double(n)
  let remainder = (sum.addingProduct(-quotient, Double(n)) + rest) / Double(n)
  let high = quotient + remainder
  return (high, remainder - (high - quotient))
}
