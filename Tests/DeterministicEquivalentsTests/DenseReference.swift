import DeterministicEquivalents
import RealModule

/// The plain computation that structured populations are tested against: Σ as rows, inverses by Gauss–Jordan elimination.
struct DenseReference {
  var rows: [[Double]]

  var count: Int { rows.count }

  init(_ rows: [[Double]]) { self.rows = rows }

  init(count: Int, entry: (Int, Int) -> Double) {
    rows = (0..<count).map { i in (0..<count).map { j in entry(i, j) } }
  }

  init(variances: [Double], strengths: [Double], directions: [[Double]]) {
    self.init(count: variances.count) { i, j in
      (i == j ? variances[i] : 0)
        + strengths.indices.reduce(0) { $0 + strengths[$1] * directions[$1][i] * directions[$1][j] }
    }
  }

  static func * (a: DenseReference, b: DenseReference) -> DenseReference {
    DenseReference(count: a.count) { i, j in (0..<a.count).reduce(0) { $0 + a.rows[i][$1] * b.rows[$1][j] } }
  }

  var trace: Double { rows.indices.reduce(0) { $0 + rows[$1][$1] } }

  var diagonal: [Double] { rows.indices.map { rows[$0][$0] } }

  func shifted(by value: Double) -> DenseReference {
    DenseReference(count: count) { i, j in rows[i][j] + (i == j ? value : 0) }
  }

  var inverse: DenseReference {
    var a = rows
    var b = (0..<count).map { i in (0..<count).map { j in i == j ? 1.0 : 0 } }
    for column in 0..<count {
      let pivot = (column..<count).max { abs(a[$0][column]) < abs(a[$1][column]) }!
      a.swapAt(pivot, column)
      b.swapAt(pivot, column)
      let value = a[column][column]
      for j in 0..<count {
        a[column][j] /= value
        b[column][j] /= value
      }
      for i in 0..<count where i != column {
        let factor = a[i][column]
        for j in 0..<count {
          a[i][j] -= factor * a[column][j]
          b[i][j] -= factor * b[column][j]
        }
      }
    }
    return DenseReference(b)
  }

  /// ln det of a positive definite matrix, by elimination.
  var logDeterminant: Double {
    var a = rows
    var sum = 0.0
    for k in 0..<count {
      sum += Double.log(a[k][k])
      for i in (k + 1)..<max(count, k + 1) {
        let factor = a[i][k] / a[k][k]
        for j in k..<count { a[i][j] -= factor * a[k][j] }
      }
    }
    return sum
  }

  /// The traces and diagonals at κ, each from its definition.
  func answers(effectiveRidge: Double) -> (traces: ResolventTraces, diagonals: ResolventDiagonals) {
    let resolvent = shifted(by: effectiveRidge).inverse
    let share = self * resolvent
    let mixed = resolvent * share
    return (
      ResolventTraces(
        first: share.trace, second: (share * share).trace, resolvent: resolvent.trace,
        resolventCovarianceResolvent: mixed.trace),
      ResolventDiagonals(resolvent: resolvent.diagonal, resolventCovarianceResolvent: mixed.diagonal)
    )
  }
}

/// |a − b| ≤ tolerance · max(|a|, |b|).
func agree(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
  abs(a - b) <= tolerance * max(abs(a), abs(b))
}

/// Every entry within tolerance of the larger of the two entries.
func agree(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { agree($0, $1, tolerance) }
}

/// Numbers in (0, 1) from a fixed linear congruential sequence: test data, nothing more.
struct TestNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (Double(state >> 12) + 0.5) * 0x1p-52
  }

  mutating func unitVector(_ count: Int) -> [Double] {
    let raw = (0..<count).map { _ in 2 * next() - 1 }
    let norm = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return raw.map { $0 / norm }
  }
}
