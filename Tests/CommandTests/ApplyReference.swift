import Foundation
import LacunaFiles

/// Regressions by their definition, in float64 and without any of the program's formulas.
struct ApplyReference {
  let d: Int
  let ridge: Double
  /// S of the rows less their means, n × d.
  private(set) var means: [Double]
  private(set) var gram: [Double]

  /// - Parameter rows: n × d.
  /// - Parameter divisor: of XᵀX; nil is n.
  init(_ rows: [[Double]], ridge: Double, centered: Bool = true, divisor: Double? = nil) {
    d = rows[0].count
    self.ridge = ridge
    means = [Double](repeating: 0, count: d)
    if centered { for row in rows { for k in row.indices { means[k] += row[k] / Double(rows.count) } } }
    gram = [Double](repeating: 0, count: d * d)
    for row in rows {
      for i in 0..<d {
        for j in 0..<d {
          gram[i * d + j] += (row[i] - means[i]) * (row[j] - means[j]) / (divisor ?? Double(rows.count))
        }
      }
    }
  }

  /// (S + λI)_ij.
  private func entry(_ i: Int, _ j: Int) -> Double { gram[i * d + j] + (i == j ? ridge : 0) }

  /// Ridge regression of coordinate k on some others.
  func coefficients(of k: Int, on others: [Int]) -> [Double] {
    solve(others.map { i in others.map { entry(i, $0) } }, others.map { gram[k * d + $0] })
  }

  /// x_k given some other cells of its row.
  func prediction(of k: Int, given others: [Int], row: [Double]) -> Double {
    means[k] + zip(coefficients(of: k, on: others), others).reduce(0) { $0 + $1.0 * (row[$1.1] - means[$1.1]) }
  }

  /// (S + λI)_kk less what some others explain of it.
  func remainder(of k: Int, given others: [Int]) -> Double {
    let b = solve(others.map { i in others.map { entry(i, $0) } }, others.map { entry(k, $0) })
    return entry(k, k) - zip(b, others).reduce(0) { $0 + $1.0 * entry(k, $1.1) }
  }

  /// The solution of a small system, by elimination with pivots.
  private func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var rows = zip(matrix, right).map { $0 + [$1] }
    let n = rows.count
    for p in 0..<n {
      let best = (p..<n).max { abs(rows[$0][p]) < abs(rows[$1][p]) }!
      rows.swapAt(p, best)
      for i in 0..<n where i != p {
        let factor = rows[i][p] / rows[p][p]
        for j in p...n { rows[i][j] -= factor * rows[p][j] }
      }
    }
    return (0..<n).map { rows[$0][n] / rows[$0][$0] }
  }
}

/// Rows that tests of applied fits share.
protocol ApplyData {}

extension ApplyData {
  /// Rows with two common parts and unlike scales and means.
  func rows(_ n: Int, d: Int, seed: UInt64) -> [[Double]] {
    var state = seed
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53 - 0.5
    }
    return (0..<n).map { _ in
      let (a, b) = (uniform(), uniform())
      return (0..<d).map { k -> Double in
        let common = k % 2 == 0 ? a + b : a - b
        let scale = 1 + 0.2 * Double(k)
        return Double(k) + scale * (common + 0.4 * uniform())
      }
    }
  }

  var names: [String] { ["a", "b", "c", "d", "e", "f"] }

  func write(_ rows: [[Double]], names: [String]? = nil, to url: URL) throws {
    try writeCSV(
      Table(rows: rows.count, columns: rows[0].count, values: rows.flatMap { $0 }, names: names), to: url.path)
  }

  func close(_ a: Double, _ b: Double, _ scale: Double = 1) -> Bool {
    abs(a - b) <= 1e-10 * (abs(b) + scale)
  }
}
