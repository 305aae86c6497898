import LacunaAlgebra

/// The coordinates that say most of each coordinate, by their standardised coefficients β_kj = Â_kj √(v_j/v_k): of how many standard
/// deviations of k one of j is worth, all others as they are.
public struct FitPartners: Sendable {
  /// So many a coordinate.
  static let count = 4

  /// The strongest partners of each coordinate so far, strongest first.
  public private(set) var strongest: [[(coordinate: Int, coefficient: Double)]] = []
  private let scales: [Double]

  /// - Parameter meanSquares: v.
  init(meanSquares: [Double]) { scales = meanSquares.map { $0.squareRoot() } }

  /// Takes in the rows of Â that come next, whole.
  mutating func add<Element: Scalar>(_ rows: [Element]) {
    let d = scales.count
    for start in stride(from: 0, to: rows.count, by: d) {
      let own = scales[strongest.count]
      strongest.append(own > 0 ? largest(rows, start: start, scales: scales).map { ($0.0, $0.1 / own) } : [])
    }
  }
}

/// The largest |a_j s_j| of a row, with the coordinate.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func largest<Element: Scalar>(_ rows: [Element], start: Int, scales: [Double]) -> [(Int, Double)] {
  var found: [(Int, Double)] = []
  var least = 0.0
  for j in scales.indices {
    let value = Double(rows[start + j]) * scales[j]
    guard abs(value) > least else { continue }
    if found.count == FitPartners.count { found.removeLast() }
    found.insert((j, value), at: found.firstIndex { abs(value) > abs($0.1) } ?? found.count)
    if found.count == FitPartners.count { least = abs(found[FitPartners.count - 1].1) }
  }
  return found
}
