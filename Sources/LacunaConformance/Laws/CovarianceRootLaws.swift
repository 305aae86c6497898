import LacunaAlgebra
import RealModule

extension LawChecker {
  func covarianceRoots() {
    for shape in sizes.fitting([
      [1, 1], [3, 2], [17, 64], [9, 517], [64, 17], [8, 100], [2, 1025], [0, 4], [4, 0],
    ]) {
      autoregression(shape[0], shape[1])
    }
    for n in sizes.sides([1, 2, 3, 17, 64, 517, 1025]) { adjoint(n) }
    let blocks = [[0, 1], [0, 5], [0, 2, 2, 7, 64], [0, 100, 517], [0, 17, 520, 1025]]
    for bounds in blocks where bounds.allSatisfy({ $0 <= sizes.side }) { mixture(bounds) }
    for m in sizes.sides([1, 2, 3, 16, 17, 60, 64, 211, 517, 1025]) {
      let spectrum = circulantSpectrum(m)
      let c = circulant(spectrum)
      for (rows, columns) in [(1, m), (4, m), (7, (m + 1) / 2), (2, 0), (0, m)] {
        circulantFilter(spectrum, c, rows, columns)
      }
      for (rows, columns) in [(1, m), (4, (m + 1) / 2), (5, m), (2, 0), (0, m)] {
        circulantForms(spectrum, c, rows, columns)
      }
    }
  }

  private func autoregression(_ rows: Int, _ columns: Int) {
    let z = backend.rounded(.random(rows, columns, seed: 1))
    for nominal in [0, 0.7, -0.9, 0.999, 1] {
      let correlation = backend.rounded([nominal])[0]
      let l = autoregressiveRoot(columns, correlation)
      for adjoint in [false, true] {
        measure("autoregress", "\(rows) × \(columns), ρ = \(nominal)\(adjoint ? ", adjoint" : "")", bound: 8) {
          let matrix = try backend.matrix(z)
          try backend.autoregress(matrix, correlation: B.Element(nominal), adjoint: adjoint)
          // Rows: z ← Lz is Z Lᵀ.
          let root = adjoint ? l : l.transposed
          let size = (z.map(abs) * root.map(abs)).maxNorm
          return .ratio((try backend.dense(matrix) - z * root).maxNorm, epsilon * size * Double(columns))
        }
      }
    }
  }

  /// (Lz)·y = z·(Lᵀy).
  private func adjoint(_ n: Int) {
    measure("autoregress", "the adjoint is one, \(n) columns", bound: 48) {
      let z = backend.rounded(.random(5, n, seed: 2))
      let y = backend.rounded(.random(5, n, seed: 3))
      let forward = try backend.matrix(z)
      let backward = try backend.matrix(y)
      try backend.autoregress(forward, correlation: 0.8, adjoint: false)
      try backend.autoregress(backward, correlation: 0.8, adjoint: true)
      let (lz, ly) = (try backend.dense(forward), try backend.dense(backward))
      var worst = WorstResidual()
      for i in 0..<5 {
        worst.add(abs(lz.row(i).dot(y.row(i)) - z.row(i).dot(ly.row(i))), unit: Double(n) * epsilon)
      }
      return worst.value
    }
  }

  private func mixture(_ bounds: [Int]) {
    let columns = bounds.last ?? 0
    measure("mixBlocks", "bounds \(bounds)", bound: 30) {
      let x = backend.rounded(.random(13, columns, seed: 4))
      let shift = backend.rounded(Dense.random(1, bounds.count - 1, seed: 5)).values
      let matrix = try backend.matrix(x)
      try backend.mixBlocks(matrix, bounds: bounds, scale: 0.75, shift: B.Element.nearest(shift))
      var expected = 0.75 * x
      for i in 0..<13 {
        for b in shift.indices where bounds[b] < bounds[b + 1] {
          let block = bounds[b]..<bounds[b + 1]
          let mean = block.reduce(0) { $0 + x[i, $1] } / Double(block.count)
          for j in block { expected[i, j] += shift[b] * mean }
        }
      }
      return .ratio((try backend.dense(matrix) - expected).maxNorm, epsilon * x.maxNorm)
    }
  }

  private func circulantSpectrum(_ m: Int) -> [Double] {
    (0..<m).map { Double(Float(1 + Double.cos(2 * .pi * Double(min($0, m - $0)) / Double(m)))) }
  }

  /// C with C_ij = c_((i−j) mod m), c the inverse transform of the eigenvalues.
  private func circulant(_ eigenvalues: [Double]) -> Dense {
    let m = eigenvalues.count
    let cosines = (0..<m).map { Double.cos(2 * .pi * Double($0) / Double(m)) }
    let c = (0..<m).map { j in
      (0..<m).reduce(0) { $0 + eigenvalues[$1] * cosines[$1 * j % m] } / Double(m)
    }
    return Dense(rows: m, columns: m) { c[(($0 - $1) % m + m) % m] }
  }

  private func circulantFilter(_ spectrum: [Double], _ c: Dense, _ rows: Int, _ columns: Int) {
    let m = spectrum.count
    measure("filterCirculant", "\(rows) × \(m) to \(columns)", bound: 60) {
      var z = backend.rounded(.random(rows, m, seed: 6))
      // Rows of very different size must not spoil each other.
      if rows > 1 { for j in 0..<m { z[1, j] *= 0x1p-30 } }
      let expected = z * c
      let matrix = try backend.matrix(z)
      let out = columns == m ? matrix : try backend.makeMatrix(rows: rows, columns: columns)
      try backend.filterCirculant(matrix, eigenvalues: B.Element.nearest(spectrum), into: out)
      let found = try backend.dense(out)
      var worst = WorstResidual()
      for i in 0..<rows {
        let unit = epsilon * Double.sqrt(z.row(i).dot(z.row(i)))
        for j in 0..<columns { worst.add(abs(found[i, j] - expected[i, j]), unit: unit) }
      }
      return worst.value
    }
  }

  private func circulantForms(_ spectrum: [Double], _ c: Dense, _ rows: Int, _ columns: Int) {
    let m = spectrum.count
    measure("circulantForms", "\(rows) × \(columns) in \(m)", bound: 60) {
      var q = backend.rounded(.random(rows, columns, seed: 7))
      if rows > 1 { for j in 0..<columns { q[1, j] *= 0x1p-30 } }
      let out = try backend.makeMatrix(rows: 1, columns: rows)
      try backend.circulantForms(of: try backend.matrix(q), eigenvalues: B.Element.nearest(spectrum), into: out)
      let found = try backend.dense(out).values
      var worst = WorstResidual()
      for i in 0..<rows {
        let row = q.row(i) + [Double](repeating: 0, count: m - columns)
        let expected = row.dot((0..<m).map { c.row($0).dot(row) })
        worst.add(abs(found[i] - expected), unit: epsilon * row.dot(row))
      }
      return worst.value
    }
  }
}

/// L with LLᵀ = (ρ^|i−j|), entry by entry.
package func autoregressiveRoot(_ n: Int, _ correlation: Double) -> Dense {
  let innovation = Double.sqrt((1 - correlation) * (1 + correlation))
  return Dense(rows: n, columns: n) { i, j in
    i < j ? 0 : Double.pow(correlation, i - j) * (j == 0 ? 1 : innovation)
  }
}
