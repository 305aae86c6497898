import LacunaAlgebra

/// A positive definite tridiagonal matrix with shifts.
struct TridiagonalCase {
  let name: String
  let matrix: SymmetricTridiagonal
  let shifts: [Double]

  static func all(_ n: Int) -> [TridiagonalCase] {
    let noise = Dense.random(1, n, seed: 9).values
    func make(
      _ name: String, _ diagonal: (Int) -> Double, _ off: (Int) -> Double, _ shifts: [Double]
    ) -> TridiagonalCase {
      let matrix = SymmetricTridiagonal(
        diagonal: (0..<n).map(diagonal), offDiagonal: (0..<max(n - 1, 0)).map(off))
      return TridiagonalCase(name: name, matrix: matrix, shifts: shifts)
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
}

extension SymmetricTridiagonal {
  var dense: Dense {
    Dense(rows: order, columns: order) { i, j in
      i == j ? diagonal[i] : abs(i - j) == 1 ? offDiagonal[min(i, j)] : 0
    }
  }
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
