import LacunaAlgebra
import RealModule

/// A symmetric matrix that tries a solver, with its spectrum where that is known.
package struct SymmetricCase: Sendable {
  package let name: String
  /// Entries for an order and the ε and scale of a precision.
  package let make: @Sendable (_ order: Int, _ epsilon: Double) -> (Dense, spectrum: [Double]?)
}

extension SymmetricCase {
  /// H diag(λ) Hᵀ with H a product of three random reflections.
  package static func withSpectrum(_ spectrum: [Double], seed: UInt64) -> Dense {
    let n = spectrum.count
    var a = Dense(diagonal: spectrum)
    for reflection in 0..<3 {
      let direction = Dense.random(1, n, seed: seed + UInt64(reflection)).values
      let square = direction.dot(direction)
      // (I − 2uuᵀ) A (I − 2uuᵀ) = A − 2u pᵀ − 2p uᵀ with p = Au − (uᵀAu) u.
      let u = direction.map { $0 / Double.sqrt(square) }
      let au = (0..<n).map { a.row($0).dot(u) }
      let form = u.dot(au)
      let p = zip(au, u).map { $0 - form * $1 }
      a = Dense(rows: n, columns: n) { a[$0, $1] - 2 * (u[$0] * p[$1] + p[$0] * u[$1]) }
    }
    return a.symmetrized
  }

  private static func spectral(
    _ name: String, _ spectrum: @escaping @Sendable (_ order: Int, _ epsilon: Double) -> [Double]
  ) -> SymmetricCase {
    SymmetricCase(name: name) { n, epsilon in
      let values = spectrum(n, epsilon)
      return (withSpectrum(values, seed: 11), values.sorted())
    }
  }

  /// Largest and smallest powers of ten whose squares fit the exponent range.
  private static func hugeScale(_ epsilon: Double) -> Double { epsilon < 1e-10 ? 1e150 : 1e15 }

  private static func scaled(_ name: String, by power: Double) -> SymmetricCase {
    SymmetricCase(name: name) { n, epsilon in
      let values = (0..<n).map { 1 + Double($0) / Double(n) }
      let scale = Double.pow(hugeScale(epsilon), power)
      return (scale * withSpectrum(values, seed: 5), values.map { scale * $0 })
    }
  }

  private static func fraction(_ i: Int, _ n: Int) -> Double { n > 1 ? Double(i) / Double(n - 1) : 0 }

  /// Legal arguments of a Cholesky factorisation.
  package static let positiveDefinite: [SymmetricCase] = [
    SymmetricCase(name: "Gram of 2d normal rows") { n, _ in
      let x = Dense.random(2 * n, n, seed: 3)
      return ((1 / Double(2 * n)) * (x.transposed * x), nil)
    },
    SymmetricCase(name: "identity") { n, _ in
      (Dense(diagonal: .init(repeating: 1, count: n)), .init(repeating: 1, count: n))
    },
    SymmetricCase(name: "diagonal") { n, _ in
      let values = (0..<n).map { 1 + Double($0 * 7 % n) }
      return (Dense(diagonal: values), values.sorted())
    },
    SymmetricCase(name: "rows graded over 16 orders of magnitude") { n, _ in
      let core = withSpectrum((0..<n).map { 1 + fraction($0, n) }, seed: 8)
      let scale = (0..<n).map { Double.pow(10, -8 * fraction($0, n)) }
      return (Dense(rows: n, columns: n) { core[$0, $1] * scale[$0] * scale[$1] }, nil)
    },
    spectral("clustered eigenvalues") { n, epsilon in
      (0..<n).map { ($0 % 2 == 0 ? 1 : 2) + 4 * epsilon * Double($0) }
    },
    spectral("nearly singular") { n, epsilon in
      (0..<n).map { $0 == 0 ? 100 * Double(n) * epsilon : 1 + fraction($0, n) }
    },
    scaled("huge", by: 1),
    scaled("tiny", by: -1),
  ]

  /// Legal arguments of an eigensolver beyond those.
  package static let indefinite: [SymmetricCase] = [
    spectral("eigenvalues graded over 16 orders of magnitude") { n, _ in
      (0..<n).map { Double.pow(10, -16 * fraction($0, n)) * ($0 % 3 == 0 ? -1 : 1) }
    },
    spectral("repeated eigenvalues") { n, _ in (0..<n).map { Double($0 % 3) - 1 } },
    spectral("rank one") { n, _ in (0..<n).map { $0 == 0 ? 3 : 0 } },
    SymmetricCase(name: "zero") { n, _ in
      (Dense(rows: n, columns: n) { _, _ in 0 }, .init(repeating: 0, count: n))
    },
    SymmetricCase(name: "all ones") { n, _ in
      (Dense(rows: n, columns: n) { _, _ in 1 }, .init(repeating: 0, count: max(n - 1, 0)) + (n > 0 ? [Double(n)] : []))
    },
    SymmetricCase(name: "Wilkinson's, with pairs that nearly coincide") { n, _ in
      (
        Dense(rows: n, columns: n) { i, j in
          i == j ? abs(Double(n - 1) / 2 - Double(i)) : abs(i - j) == 1 ? 1 : 0
        }, nil
      )
    },
  ]
}
