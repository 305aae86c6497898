import RealModule

/// The low-rank part of a root of D + UΘUᵀ: Q orthonormal spanning D^(−½)U, and (F − I)ᵀQᵀ with FFᵀ = I + RΘRᵀ.
struct LowRankRoot {
  /// Rows of Qᵀ: r' ≤ r orthonormal vectors of length d.
  let basis: [[Double]]
  /// Rows of (F − I)ᵀQᵀ.
  let update: [[Double]]

  /// - Precondition: D + UΘUᵀ is positive definite (the population's initialiser checks it).
  init(noise: [Double], strengths: [Double], directions: [[Double]]) {
    let whitened = directions.map { u in zip(u, noise).map { $0 / Double.sqrt($1) } }
    let basis = Self.orthonormalize(whitened)
    // R = QᵀD^(−½)U, so that I + RΘRᵀ is the matrix in the basis Q.
    let r = basis.map { q in whitened.map { w in dot(q, w) } }
    let count = basis.count
    var core = (0..<count).map { i in
      (0..<count).map { j in
        (i == j ? 1 : 0) + strengths.indices.reduce(0) { $0 + strengths[$1] * r[i][$1] * r[j][$1] }
      }
    }
    Self.factor(&core)
    self.basis = basis
    update = (0..<count).map { j in
      var row = [Double](repeating: 0, count: noise.count)
      for i in j..<count {
        let weight = core[i][j] - (i == j ? 1 : 0)
        for k in row.indices { row[k] += weight * basis[i][k] }
      }
      return row
    }
  }

  /// Gram–Schmidt, twice for orthogonality to rounding; a vector inside the span of those before is left out.
  private static func orthonormalize(_ vectors: [[Double]]) -> [[Double]] {
    var basis: [[Double]] = []
    for vector in vectors {
      var v = vector
      let before = Double.sqrt(dot(v, v))
      for _ in 0..<2 {
        for q in basis {
          let part = dot(q, v)
          for k in v.indices { v[k] -= part * q[k] }
        }
      }
      let norm = Double.sqrt(dot(v, v))
      if norm > 1e-12 * before { basis.append(v.map { $0 / norm }) }
    }
    return basis
  }

  /// Cholesky factor in the lower triangle.
  private static func factor(_ a: inout [[Double]]) {
    for j in a.indices {
      for k in 0..<j { a[j][j] -= a[j][k] * a[j][k] }
      precondition(a[j][j] > 0, "covariance is not positive definite")
      a[j][j] = Double.sqrt(a[j][j])
      for i in (j + 1)..<max(j + 1, a.count) {
        for k in 0..<j { a[i][j] -= a[i][k] * a[j][k] }
        a[i][j] /= a[j][j]
      }
    }
  }
}

/// The inner product of two vectors of one length.
package func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for k in a.indices { sum += a[k] * b[k] }
  return sum
}
