/// What residuals of samples left out say sample by sample: how far their mean square scatters, and whether neighbours are alike.
public struct ResidualRows: Sendable {
  /// Σ_k r_ik² of each sample.
  public private(set) var squares: [Double]
  /// Σ_k r_ik²/v_k over the coordinates that vary, v their mean squares.
  private var shares: [Double]
  private let inverseVariances: [Double]
  public let coordinateCount: Int
  /// Σ_k r_ik²/E_k and Σ_k r_ik r_(i+1)k/E_k.
  private var standardized, products: [Double]
  /// Σ_k r_ik²/E_k of each sample, coordinates without an error left out.
  public var scores: [Double] { standardized }
  /// Σ_i r_ik/√E_k.
  private var sums: [Double]
  private let units: [Double]
  /// The last row of the tile before, its sample and coordinates.
  private var last: (sample: Int, coordinates: Range<Int>, values: [Double])?

  /// - Parameter n: samples.
  /// - Parameter errors: E, mean squares of each coordinate's residuals.
  /// - Parameter variances: v, mean squares of the coordinates.
  public init(sampleCount n: Int, errors: [Double], variances: [Double]) {
    squares = [Double](repeating: 0, count: n)
    (shares, standardized, products) = (squares, squares, squares)
    inverseVariances = variances.map { $0 > 0 ? 1 / $0 : 0 }
    sums = [Double](repeating: 0, count: errors.count)
    units = errors.map { $0 > 0 && $0.isFinite ? 1 / $0.squareRoot() : 0 }
    coordinateCount = errors.count
  }

  /// Takes in a tile. Neighbours are compared where samples ascend one by one within tiles, and from a tile to the next.
  public mutating func add(_ tile: ResidualTile) {
    let width = tile.coordinates.count
    let first = tile.coordinates.lowerBound
    guard width > 0, let end = tile.samples.last else { return }
    let before = last.flatMap { $0.coordinates == tile.coordinates ? $0 : nil }
    let units = Array(units[tile.coordinates])
    let inverseVariances = Array(inverseVariances[tile.coordinates])
    tile.values.withUnsafeBufferPointer { values in
      for (row, i) in tile.samples.enumerated() {
        let start = row * width
        var (square, share, own) = (0.0, 0.0, 0.0)
        for k in 0..<width {
          let value = values[start + k]
          let scaled = value * units[k]
          square += value * value
          share += value * (value * inverseVariances[k])
          own += scaled * scaled
          sums[first + k] += scaled
        }
        squares[i] += square
        shares[i] += share
        standardized[i] += own
        guard i > 0 else { continue }
        if row > 0, tile.samples[row - 1] == i - 1 {
          products[i - 1] += product(values[start..<start + width], values[start - width..<start], units)
        } else if row == 0, let before, before.sample == i - 1 {
          products[i - 1] += before.values.withUnsafeBufferPointer { product(values[..<width], $0[...], units) }
        }
      }
    }
    last = (end, tile.coordinates, Array(tile.values.suffix(width)))
  }

  /// Σ_k a_k b_k/E_k of two rows of a tile.
  private func product(
    _ a: Slice<UnsafeBufferPointer<Double>>, _ b: Slice<UnsafeBufferPointer<Double>>, _ units: [Double]
  ) -> Double {
    var sum = 0.0
    for k in units.indices { sum += a[a.startIndex + k] * units[k] * b[b.startIndex + k] * units[k] }
    return sum
  }

  /// The standard error of the mean squared error a cell: √(G/(G−1) Σ_g (Σ_{i∈g} (e_i − ē))²)/n with e_i = (1/d) Σ_k r_ik².
  ///
  /// That the fits share samples is left out.
  /// - Parameter groups: of samples, independent of each other; nil stands for every sample alone.
  /// - Parameter standardizes: whether it is of the mean of r_ik²/v_k over the coordinates that vary.
  /// - Returns: nil for one group, and beyond the range of numbers.
  public func standardError(groups: [[Int]]? = nil, standardizes: Bool = false) -> Double? {
    let values = standardizes ? shares : squares
    let coordinates = standardizes ? inverseVariances.count { $0 > 0 } : coordinateCount
    let groups = groups ?? squares.indices.map { [$0] }
    guard groups.count > 1, coordinates > 0 else { return nil }
    let (n, count) = (Double(values.count), Double(groups.count))
    let mean = values.reduce(0, +) / n
    let sum = groups.reduce(0.0) { sum, group in
      let deviation = group.reduce(0.0) { $0 + values[$1] - mean }
      return sum + deviation * deviation
    }
    let error = (sum * count / (count - 1)).squareRoot() / (n * Double(coordinates))
    return error.isFinite ? error : nil
  }

  /// The correlation of neighbouring samples' residuals, in units of each coordinate's error, and it over its standard error.
  ///
  /// With P_i = Σ_k r_ik r_(i+1)k/E_k and P̄ the mean over all pairs of samples, Σ(P_i − P̄) has mean 0 in whatever order
  /// exchangeable samples come, and Σ(P_i − P̄)² estimates its variance.
  public var neighbourCorrelation: (value: Double, deviations: Double)? {
    let n = squares.count
    let total = standardized.reduce(0, +)
    guard n > 2, total > 0 else { return nil }
    let pairs = (sums.reduce(0) { $0 + $1 * $1 } - total) / (Double(n) * Double(n - 1))
    let deviations = products[..<(n - 1)].map { $0 - pairs }
    let sum = deviations.reduce(0, +)
    let square = deviations.reduce(0) { $0 + $1 * $1 }
    guard square > 0 else { return nil }
    return (sum / Double(n - 1) / (total / Double(n)), sum / square.squareRoot())
  }

  /// Whether neighbours have to do with each other. Where samples are few what they share is fitted away, and residuals of those
  /// that are alike are opposed: either sign tells.
  public var hasRelatedNeighbours: Bool {
    guard let (value, deviations) = neighbourCorrelation else { return false }
    return abs(deviations) > 4 && abs(value) > 0.01
  }
}
