import MaskedRegression

/// Sums over rows that a model was applied to: errors, shares predicted, and how unusual each row is.
public struct ApplyTally: Sendable {
  /// What is kept of a row.
  public struct Row: Sendable {
    /// Observed cells that are predicted, Σ r² over them, and Σ (x − m)² over them.
    public var cells: Int
    public var square, total: Double
    /// Σ r²/σ² over those whose σ is known; nil where there are none.
    public var score: Double?
    public var missing: Int
    /// Coordinates by their part of the score, the greatest first, and the part.
    public var largest: [(coordinate: Int, share: Double)]
  }

  public let model: FittedModel
  public private(set) var rows: [Row] = []
  /// Of each coordinate: cells, Σ r², Σ r⁴, Σ (x − m)², Σ (x − m) and the greatest (x − m)².
  private var counts, squares, fourths, totals, sums, greatest: [Double]
  private var neighbours: ResidualRows?
  /// How many coordinates of a row's score are named.
  public static let namedCoordinates = 3

  /// - Parameter model: that the rows are applied to.
  /// - Parameter rowCount: rows to come.
  public init(_ model: FittedModel, rowCount: Int) {
    self.model = model
    let zeros = [Double](repeating: 0, count: model.coordinateCount)
    (counts, squares, fourths, totals, sums, greatest) = (zeros, zeros, zeros, zeros, zeros, zeros)
    if model.header.covariates.isEmpty {
      neighbours = ResidualRows(sampleCount: rowCount, errors: model.heldOutErrors, variances: model.meanSquares)
    }
    rows.reserveCapacity(rowCount)
  }

  /// Takes in rows, in their order.
  /// - Parameter values: the rows, NaN missing.
  /// - Parameter applied: what the model makes of them.
  public mutating func add(_ values: [Double], _ applied: AppliedRows) {
    let d = model.coordinateCount
    let first = rows.count
    for i in 0..<values.count / d {
      var row = Row(cells: 0, square: 0, total: 0, score: nil, missing: 0, largest: [])
      var parts: [(coordinate: Int, share: Double)] = []
      for k in 0..<d {
        let (value, residual) = (values[i * d + k], applied.residuals[i * d + k])
        if value.isNaN { row.missing += 1 }
        guard !residual.isNaN else { continue }
        let (square, difference) = (residual * residual, value - model.means[k])
        row.cells += 1
        row.square += square
        row.total += difference * difference
        counts[k] += 1
        squares[k] += square
        fourths[k] += square * square
        totals[k] += difference * difference
        sums[k] += difference
        greatest[k] = max(greatest[k], difference * difference)
        let deviation = applied.deviations[i * d + k]
        guard deviation > 0, deviation.isFinite else { continue }
        let part = square / (deviation * deviation)
        row.score = (row.score ?? 0) + part
        if parts.count < Self.namedCoordinates || part > parts[parts.count - 1].share {
          if parts.count == Self.namedCoordinates { parts.removeLast() }
          parts.insert((k, part), at: parts.firstIndex { part > $0.share } ?? parts.count)
        }
      }
      if let score = row.score, score > 0 { row.largest = parts.map { ($0.coordinate, $0.share / score) } }
      rows.append(row)
    }
    if applied.hasGaps.contains(true) {
      neighbours = nil
    } else {
      neighbours?.add(
        ResidualTile(samples: Array(first..<rows.count), coordinates: 0..<d, values: applied.residuals))
    }
  }

  /// The mean squared error a cell, and its standard error over rows.
  public var error: (value: Double, standardError: Double?)? { ratio(of: \.square, over: { Double($0.cells) }) }

  /// 1 − Σ r²/Σ (x − m)², m the means of the fit, and its standard error over rows.
  public var rSquared: (value: Double, standardError: Double?)? {
    guard let share = ratio(of: \.square, over: { $0.total }) else { return nil }
    return (1 - share.value, share.standardError)
  }

  /// A/B with √(n/(n−1) Σ_i (a_i − (A/B) b_i)²)/B: the standard error of a ratio of sums over rows.
  private func ratio(
    of part: (Row) -> Double, over whole: (Row) -> Double
  ) -> (value: Double, standardError: Double?)? {
    let (a, b) = (rows.reduce(0) { $0 + part($1) }, rows.reduce(0) { $0 + whole($1) })
    guard b > 0 else { return nil }
    let n = Double(rows.count { whole($0) > 0 })
    let scatter = rows.reduce(0.0) { sum, row in
      let deviation = part(row) - a / b * whole(row)
      return sum + deviation * deviation
    }
    return (a / b, n > 1 ? (scatter * n / (n - 1)).squareRoot() / b : nil)
  }

  /// One coordinate's mean squared error with its standard error, and its share predicted; nil where no cell is known.
  public func coordinate(_ k: Int) -> (error: Double, standardError: Double?, rSquared: Double?)? {
    let n = counts[k]
    guard n > 0 else { return nil }
    let error = squares[k] / n
    let scatter = max(0, fourths[k] / n - error * error)
    return (error, n > 1 ? (scatter / (n - 1)).squareRoot() : nil, totals[k] > 0 ? 1 - squares[k] / totals[k] : nil)
  }

  /// Coordinates whose mean or spread is another than in the fit by more than chance or drift would make it.
  func unlike() -> [(coordinate: Int, reason: String)] {
    (0..<model.coordinateCount).compactMap { k in
      let (n, spread) = (counts[k], model.meanSquares[k])
      guard n >= 5, spread > 0 else { return nil }
      // One far cell is no unit, and neither are items that nobody has seen.
      let (mean, ratio) = (sums[k] / n, (totals[k] - greatest[k]) / (n - 1) / spread)
      guard ratio > 0 else { return nil }
      if abs(mean) > 10 * spread.squareRoot(), ratio > 1 {
        return (k, "its mean is \(briefly(abs(mean) / spread.squareRoot())) of the fit's standard deviations away")
      }
      if ratio > 100 || ratio < 0.0001 {
        return (k, "its mean square is \(briefly(ratio)) of the fit's")
      }
      return nil
    }
  }

  /// The correlation of neighbouring rows' residuals, where it is more than chance.
  var neighbourCorrelation: Double? {
    guard let neighbours, neighbours.hasRelatedNeighbours else { return nil }
    return neighbours.neighbourCorrelation?.value
  }
}
