import LacunaAlgebra
import RealModule

/// A positive definite band with shifts.
struct BandCase {
  let name: String
  let matrix: SymmetricBand
  let shifts: [Double]

  /// With one diagonal on either side.
  static func tridiagonal(_ n: Int) -> [BandCase] {
    let noise = Dense.random(1, n, seed: 9).values
    func make(
      _ name: String, _ diagonal: (Int) -> Double, _ off: (Int) -> Double, _ shifts: [Double]
    ) -> BandCase {
      BandCase(
        name: name, matrix: SymmetricBand(order: n, width: 1) { i, j in i == j ? diagonal(i) : off(j) }, shifts: shifts)
    }
    return [
      make("of condition 10", { 3 + abs(noise[$0]) }, { _ in 1 }, [0, 0.5, 100]),
      make("second differences", { _ in 2 }, { _ in -1 }, [0.1, 1]),
      make("coupled now and then", { 1 + Double($0 % 3) }, { $0 % 4 == 0 ? 0 : 0.5 }, [0.2]),
      make("diagonal", { 1 + Double($0 % 7) }, { _ in 0 }, [0, 3]),
      // L grows down the diagonal: pivots fall towards the ridge.
      make("nearly singular", { $0 == 0 ? 1 : 2 }, { _ in 1 }, [1e-3]),
    ]
  }

  /// With `width` of them.
  static func all(_ n: Int, width b: Int) -> [BandCase] {
    let noise = Dense.random(n, b + 1, seed: 9)
    func make(_ name: String, _ shifts: [Double], _ entry: (Int, Int) -> Double) -> BandCase {
      BandCase(
        name: "\(name), \(b) diagonals", matrix: SymmetricBand(order: n, width: b, entry), shifts: shifts)
    }
    /// LLᵀ, L with b diagonals below.
    func product(_ factor: @escaping (Int, Int) -> Double) -> (Int, Int) -> Double {
      { i, j in (max(0, i - b)...j).reduce(0) { $0 + factor(i, $1) * factor(j, $1) } }
    }
    return [
      // More than a chunk of shifts.
      make("dominated by its diagonal", [0, 0.5, 100, 1, 2, 3, 4, 5, 6, 7]) { i, j in
        i == j ? 3 + 2 * Double(b) : noise[i, i - j]
      },
      make("of a factor", [0.1, 1], product { i, j in noise[i, i - j] }),
      // Every other row of the factor is nothing.
      make("of half rank", [0.01, 1], product { i, j in j % 2 == 0 ? noise[i, i - j] : 0 }),
      make("graded", [1e-3, 1]) { i, j in
        (i == j ? 2 : 1 / Double(2 * b)) * Double.exp(-Double(i + j) / Double(n) * 4)
      },
      make("clustered", [0, 1e-2]) { i, j in i == j ? 1 : 1e-9 * noise[i, i - j] },
      make("diagonal", [0, 3]) { i, j in i == j ? 1 + Double(i % 7) : 0 },
    ]
  }
}

extension SymmetricBand {
  var dense: Dense { Dense(rows: order, columns: order) { self[$0, $1] } }
}

extension Dense {
  /// Gauss–Jordan elimination with partial pivoting.
  var inverse: Dense {
    var a = self
    var result = Dense(diagonal: .init(repeating: 1, count: rows))
    for j in 0..<rows {
      let pivot = (j..<rows).max { abs(a[$0, j]) < abs(a[$1, j]) } ?? j
      if pivot != j {
        for k in 0..<columns {
          (a[j, k], a[pivot, k]) = (a[pivot, k], a[j, k])
          (result[j, k], result[pivot, k]) = (result[pivot, k], result[j, k])
        }
      }
      let factor = 1 / a[j, j]
      for k in 0..<columns {
        a[j, k] *= factor
        result[j, k] *= factor
      }
      for i in 0..<rows where i != j && a[i, j] != 0 {
        let weight = a[i, j]
        for k in 0..<columns {
          a[i, k] -= weight * a[j, k]
          result[i, k] -= weight * result[j, k]
        }
      }
    }
    return result
  }
}
