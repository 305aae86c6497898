import LacunaAlgebra

/// What residuals of samples left out say sample by sample: how far their mean square scatters, and whether neighbours are alike.
public struct ResidualRows: Sendable {
  /// Σ_k r_ik², Σ_k r_ik²/v_k over the coordinates that vary (v their mean squares), Σ_k r_ik²/E_k and Σ_k r_ik r_(i−1)k/E_k.
  private var rows: [ResidualRow]
  /// Σ_k r_ik² of each sample, gathered when asked for.
  public var squares: [Double] { rows.map(\.square) }
  public let coordinateCount: Int
  /// Coordinates that vary.
  private let varyingCount: Int
  /// Σ_k r_ik²/E_k of each sample, coordinates without an error left out; nil where the sums were made before E was known, in units
  /// of an estimate of it.
  public var scores: [Double]? { terms == nil ? nil : rows.map(\.own) }
  /// Σ_i r_ik/√E_k.
  private var sums: [Double]
  /// Weights of r, where E is what it is.
  private let terms: ResidualRowTerms?
  /// The last row of the tile before, its sample and coordinates.
  private var last: (sample: Int, coordinates: Range<Int>, values: [Double])?

  /// - Parameter n: samples.
  /// - Parameter errors: E, mean squares of each coordinate's residuals.
  /// - Parameter variances: v, mean squares of the coordinates.
  public init(sampleCount n: Int, errors: [Double], variances: [Double]) {
    rows = [ResidualRow](repeating: ResidualRow(), count: n)
    sums = [Double](repeating: 0, count: errors.count)
    terms = ResidualRowTerms(
      squares: [Double](repeating: 1, count: errors.count), shares: variances.map { $0 > 0 ? 1 / $0 : 0 },
      units: errors.map { $0 > 0 && $0.isFinite ? 1 / $0.squareRoot() : 0 })
    varyingCount = variances.count { $0 > 0 }
    coordinateCount = errors.count
  }

  /// - Parameter found: sums of all samples, in units that are estimates of √E_k.
  /// - Parameter variances: v.
  init(_ found: ResidualRowSums, variances: [Double]) {
    rows = found.rows
    sums = found.sums
    terms = nil
    varyingCount = variances.count { $0 > 0 }
    coordinateCount = found.sums.count
  }

  /// Takes in a tile. Neighbours are compared where samples ascend one by one within tiles, and from a tile to the next.
  public mutating func add(_ tile: ResidualTile) {
    let width = tile.coordinates.count
    let first = tile.coordinates.lowerBound
    guard width > 0, let end = tile.samples.last else { return }
    guard let all = terms else { preconditionFailure("sums that were made before take in no tiles") }
    let before = last.flatMap { $0.coordinates == tile.coordinates ? $0 : nil }
    let columns = width == coordinateCount ? all : all[tile.coordinates]
    tile.values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        for (row, i) in tile.samples.enumerated() {
          let start = values.baseAddress! + row * width
          let found: ResidualRow
          if row > 0, tile.samples[row - 1] == i - 1 {
            found = columns.sums(of: start, after: start - width, to: sums.baseAddress! + first)
          } else if row == 0, let before, before.sample == i - 1 {
            found = before.values.withUnsafeBufferPointer {
              columns.sums(of: start, after: $0.baseAddress!, to: sums.baseAddress! + first)
            }
          } else {
            found = columns.sums(of: start, after: nil, to: sums.baseAddress! + first)
          }
          rows[i] += found
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
    let values = standardizes ? rows.map(\.share) : squares
    let coordinates = standardizes ? varyingCount : coordinateCount
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
  /// With P_i = Σ_k r_ik r_(i−1)k/E_k and P̄ the mean over all pairs of samples, Σ(P_i − P̄) has mean 0 in whatever order
  /// exchangeable samples come, and Σ(P_i − P̄)² estimates its variance.
  public var neighbourCorrelation: (value: Double, deviations: Double)? {
    let n = rows.count
    let total = rows.reduce(0) { $0 + $1.own }
    guard n > 2, total > 0 else { return nil }
    let pairs = (sums.reduce(0) { $0 + $1 * $1 } - total) / (Double(n) * Double(n - 1))
    var (sum, square) = (0.0, 0.0)
    for row in rows.dropFirst() {
      let deviation = row.product - pairs
      sum += deviation
      square += deviation * deviation
    }
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
