import LacunaAlgebra

/// Triangular and positive definite solves, a right-hand side a row.
extension LawChecker {
  func solves() {
    for example in SymmetricCase.positiveDefinite {
      for n in sizes.orders([1, 2, 3, 17, 64, 257, 517])
      where n < 500 || example.name == "clustered eigenvalues" {
        for count in [1, 5, 70] where n < 500 || count == 5 { solve(example, n, count) }
      }
    }
    attempt("solveTriangular", "nothing") {
      let empty = try backend.makeMatrix(rows: 0, columns: 0)
      try backend.solveTriangular(
        empty, transposed: false, rows: try backend.makeMatrix(rows: 3, columns: 0))
      let one = try backend.matrix(Dense(diagonal: [2]))
      try backend.solveTriangular(
        one, transposed: true, rows: try backend.makeMatrix(rows: 0, columns: 1))
      record("solveTriangular", "nothing", holds: true)
    }
  }

  private func solve(_ example: SymmetricCase, _ n: Int, _ count: Int) {
    let name = "\(count) rows, \(example.name), order \(n)"
    attempt("solveTriangular", name) {
      let a = backend.rounded(example.make(n, epsilon).0).symmetrized
      let b = backend.rounded(.random(count, n, seed: 17))
      let factor = try backend.matrix(a.withUpperTriangle(.nan))
      _ = try backend.factorPositiveDefinite(factor)
      let l = try backend.dense(factor).withUpperTriangle(0)
      // The upper triangle must not be read.
      let triangle = try backend.matrix(l.withUpperTriangle(.nan))
      for transposed in [false, true] {
        let rows = try backend.matrix(b)
        try backend.solveTriangular(triangle, transposed: transposed, rows: rows)
        let x = try backend.dense(rows)
        // Lx = b for rows is X Lᵀ = B; |XLᵀ − B| against |X||Lᵀ| entry by entry.
        let right = transposed ? l : l.transposed
        let (product, size) = (x * right, x.map(abs) * right.map(abs))
        var worst = WorstResidual()
        for e in product.values.indices {
          worst.add(
            abs(product.values[e] - b.values[e]), unit: Double(n) * epsilon * size.values[e])
        }
        record(
          "solveTriangular", "\(name)\(transposed ? ", transposed" : "")", residual: worst.value,
          bound: 3)
      }
      let rows = try backend.matrix(b)
      try backend.solvePositiveDefinite(factor: factor, rows: rows)
      let x = try backend.dense(rows)
      record(
        "solvePositiveDefinite", name,
        residual: .ratio((x * a - b).rowNorm, Double(n) * epsilon * a.oneNorm * x.rowNorm),
        bound: 30)
    }
  }
}

extension Dense {
  /// Largest row sum of absolute values; NaN where an entry is.
  fileprivate var rowNorm: Double { transposed.oneNorm }
}
