/// The solution of Ax = b by Cholesky factorisation, for the small systems of single samples.
///
/// - Parameter matrix: A, b.count², row-major, positive definite; only the lower triangle is read.
func solvePositiveDefinite(_ matrix: consuming [Double], _ right: [Double]) -> [Double] {
  let n = right.count
  var x = right
  matrix.withUnsafeMutableBufferPointer { a in
    for j in 0..<n {
      for i in j..<n {
        var sum = a[i * n + j]
        for k in 0..<j { sum -= a[i * n + k] * a[j * n + k] }
        a[i * n + j] = i == j ? sum.squareRoot() : sum / a[j * n + j]
      }
    }
    for i in 0..<n {
      for k in 0..<i { x[i] -= a[i * n + k] * x[k] }
      x[i] /= a[i * n + i]
    }
    for i in (0..<n).reversed() {
      for k in (i + 1)..<max(n, i + 1) { x[i] -= a[k * n + i] * x[k] }
      x[i] /= a[i * n + i]
    }
  }
  return x
}
