extension SmallMatrix {
  /// Eigenvalues, ascending, and unit eigenvectors of a symmetric matrix, by Jacobi rotations.
  package var symmetricEigen: (values: [Double], vectors: [[Double]]) {
    var a = self
    var v = SmallMatrix(diagonal: Array(repeating: 1, count: order))
    for _ in 0..<60 {
      var off = 0.0
      var norm = 0.0
      for i in 0..<order {
        for j in 0..<order {
          norm += a[i, j] * a[i, j]
          if i != j { off += a[i, j] * a[i, j] }
        }
      }
      if off <= 1e-34 * norm { break }
      for i in 0..<order {
        for j in (i + 1)..<max(order, i + 1) where a[i, j] != 0 {
          let ratio = (a[j, j] - a[i, i]) / (2 * a[i, j])
          let tangent = (ratio >= 0 ? 1.0 : -1.0) / (abs(ratio) + (ratio * ratio + 1).squareRoot())
          let cosine = 1 / (tangent * tangent + 1).squareRoot()
          let sine = tangent * cosine
          for k in 0..<order {
            let (x, y) = (a[k, i], a[k, j])
            a[k, i] = cosine * x - sine * y
            a[k, j] = sine * x + cosine * y
          }
          for k in 0..<order {
            let (x, y) = (a[i, k], a[j, k])
            a[i, k] = cosine * x - sine * y
            a[j, k] = sine * x + cosine * y
            let (s, t) = (v[k, i], v[k, j])
            v[k, i] = cosine * s - sine * t
            v[k, j] = sine * s + cosine * t
          }
        }
      }
    }
    let sorted = (0..<order).sorted { a[$0, $0] < a[$1, $1] }
    return (sorted.map { a[$0, $0] }, sorted.map { column in (0..<order).map { v[$0, column] } })
  }
}
