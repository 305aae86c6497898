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
    let columns = Columns(
      units: Array(units[tile.coordinates]), inverseVariances: Array(inverseVariances[tile.coordinates]))
    tile.values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        for (row, i) in tile.samples.enumerated() {
          let start = values.baseAddress! + row * width
          let found: RowSums
          if row > 0, tile.samples[row - 1] == i - 1 {
            found = columns.sums(of: start, after: start - width, to: sums.baseAddress! + first)
          } else if row == 0, let before, before.sample == i - 1 {
            found = before.values.withUnsafeBufferPointer {
              columns.sums(of: start, after: $0.baseAddress!, to: sums.baseAddress! + first)
            }
          } else {
            found = columns.sums(of: start, after: nil, to: sums.baseAddress! + first)
          }
          squares[i] += found.square
          shares[i] += found.share
          standardized[i] += found.own
          if i > 0 { products[i - 1] += found.product }
        }
      }
    }
    last = (end, tile.coordinates, Array(tile.values.suffix(width)))
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
    let (n, count) = (Double(values.count), Double(groups?.count ?? values.count))
    guard count > 1, coordinates > 0 else { return nil }
    let mean = values.reduce(0, +) / n
    let sum =
      groups?.reduce(0.0) { sum, group in
        let deviation = group.reduce(0.0) { $0 + values[$1] - mean }
        return sum + deviation * deviation
      } ?? values.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
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

/// What one row of a tile adds.
private struct RowSums {
  var square, share, own, product: Double
}

/// Factors of the coordinates of a tile: 1/√E and 1/v.
private struct Columns {
  let units, inverseVariances: [Double]

  /// Σ_k r_k², r_k²/v_k, r_k²/E_k and r_k s_k/E_k of a row r that follows the row s, and r_k/√E_k added to each coordinate's sum;
  /// eight partial sums each, in a fixed order.
  func sums(
    of row: UnsafePointer<Double>, after before: UnsafePointer<Double>?, to sums: UnsafeMutablePointer<Double>
  ) -> RowSums {
    var (square, share, own, product) = (SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero)
    return units.withUnsafeBufferPointer { units in
      inverseVariances.withUnsafeBufferPointer { inverseVariances in
        var k = 0
        while k + 8 <= units.count {
          let (value, unit) = (lanes(row + k), lanes(units.baseAddress! + k))
          let scaled = value * unit
          square += value * value
          share += value * (value * lanes(inverseVariances.baseAddress! + k))
          own += scaled * scaled
          if let before { product += lanes(before + k) * unit * scaled }
          UnsafeMutableRawPointer(sums + k).storeBytes(of: lanes(sums + k) + scaled, as: SIMD8<Double>.self)
          k += 8
        }
        var found = RowSums(square: square.sum(), share: share.sum(), own: own.sum(), product: product.sum())
        while k < units.count {
          let (value, unit) = (row[k], units[k])
          let scaled = value * unit
          found.square += value * value
          found.share += value * (value * inverseVariances[k])
          found.own += scaled * scaled
          if let before { found.product += before[k] * unit * scaled }
          sums[k] += scaled
          k += 1
        }
        return found
      }
    }
  }

  @inline(__always) private func lanes(_ x: UnsafePointer<Double>) -> SIMD8<Double> {
    UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Double>.self)
  }
}
