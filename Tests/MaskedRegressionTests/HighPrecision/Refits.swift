/// The errors of a fit by their definition: every coordinate regressed on the others, anew without every sample, by Gaussian
/// elimination on the normal equations in `LongFloat` with twice the digits that the condition number takes.
struct Refits {
  /// Mean squares of the residuals of each coordinate, and of those of the fits without the sample.
  var training, leaveOneOut: [Double]
  /// Generalised cross-validation by its definition, E_tr/(1 − tr H_k/n)², H_k the matrix from coordinate k to its fit.
  var gcv: [Double]
  /// Row k: the coefficients of coordinate k on the others.
  var predictor: [[Double]]
  /// The least |residual/residual without the sample| = 1 − h of all cells.
  var leastComplement: Double

  /// - Parameter x: n rows of d.
  /// - Parameter ridge: λ on S = XᵀX/n; 0 for its limit, evaluated 2⁻³⁰⁰ below the square of the smallest cell.
  init(_ x: [[Double]], ridge: Double, centered: Bool, weights: [Double]? = nil) {
    let (n, d) = (x.count, x[0].count)
    let sizes = (0..<d).map { k in x.map { abs($0[k]) }.max()! }
    let weightExponents = weights?.map { Int($0.exponent) } ?? [Int](repeating: 0, count: d)
    let exponents = sizes.indices.filter { sizes[$0] > 0 }.map {
      2 * Int(sizes[$0].exponent) - weightExponents[$0]
    }
    let large = (exponents.max() ?? 0) + 12
    let least = x.joined().filter { $0 != 0 }.map { 2 * Int($0.exponent) }.min() ?? 0
    let small = ridge > 0 ? Int(ridge.exponent) : least - (weightExponents.max() ?? 0) - 300
    let length = (2 * max(0, large - small) + 320) / 32
    func long(_ value: Double) -> LongFloat { LongFloat(value, length: length) }
    var penalty = ridge > 0 ? long(ridge) : long(1)
    if ridge == 0 { penalty.exponent += small }
    penalty = penalty * long(Double(n))
    let penalties = (0..<d).map { k in weights.map { penalty * long($0[k]) } ?? penalty }
    let cells = x.map { $0.map(long) }

    /// The rows with the means of those kept taken off, and their Gram.
    func moments(without left: Int?) -> (rows: [[LongFloat]], gram: [[LongFloat]]) {
      let kept = (0..<n).filter { $0 != left }
      var rows = cells
      if centered && !kept.isEmpty {
        for k in 0..<d {
          let mean = kept.reduce(LongFloat()) { $0 + cells[$1][k] } / long(Double(kept.count))
          for i in 0..<n { rows[i][k] -= mean }
        }
      }
      var gram = [[LongFloat]](repeating: [LongFloat](repeating: LongFloat(), count: d), count: d)
      for i in kept { for a in 0..<d { for b in 0...a { gram[a][b] += rows[i][a] * rows[i][b] } } }
      for a in 0..<d { for b in 0..<a { gram[b][a] = gram[a][b] } }
      return (rows, gram)
    }

    func coefficients(_ gram: [[LongFloat]], _ k: Int) -> [LongFloat] {
      let others = (0..<d).filter { $0 != k }
      var a = others.map { j in others.map { l in gram[j][l] + (j == l ? penalties[j] : LongFloat()) } }
      let solution = Self.solve(&a, others.map { gram[$0][k] })
      var result = [LongFloat](repeating: LongFloat(), count: d)
      for (index, j) in others.enumerated() { result[j] = solution[index] }
      return result
    }

    func residual(_ row: [LongFloat], _ k: Int, _ weights: [LongFloat]) -> LongFloat {
      (0..<d).reduce(row[k]) { $1 == k ? $0 : $0 - weights[$1] * row[$1] }
    }

    let count = long(Double(n))
    let whole = moments(without: nil)
    var residuals = [[LongFloat]](repeating: [], count: d)
    (training, leaveOneOut, gcv, predictor, leastComplement) = ([], [], [], [], 1)
    for k in 0..<d {
      let a = coefficients(whole.gram, k)
      predictor.append(a.map(\.double))
      residuals[k] = whole.rows.map { residual($0, k, a) }
      training.append((residuals[k].reduce(LongFloat()) { $0 + $1 * $1 } / count).double)
    }
    var totals = [LongFloat](repeating: LongFloat(), count: d)
    for i in 0..<n {
      let part = moments(without: i)
      for k in 0..<d {
        let left = residual(part.rows[i], k, coefficients(part.gram, k))
        totals[k] += left * left
        if !left.isZero && !residuals[k][i].isZero {
          leastComplement = min(leastComplement, abs((residuals[k][i] / left).double))
        }
      }
    }
    leaveOneOut = totals.map { ($0 / count).double }
    for k in 0..<d {
      // tr H_k = tr (G + P)⁻¹G over the others, and 1 with an intercept.
      let others = (0..<d).filter { $0 != k }
      var trace = centered ? long(1) : LongFloat()
      for (index, j) in others.enumerated() {
        var a = others.map { p in others.map { q in whole.gram[p][q] + (p == q ? penalties[p] : LongFloat()) } }
        trace += Self.solve(&a, others.map { whole.gram[$0][j] })[index]
      }
      let share = (count - trace) / count
      let square = residuals[k].reduce(LongFloat()) { $0 + $1 * $1 } / count
      gcv.append(square.isZero ? 0 : (square / (share * share)).double)
    }
  }

  /// Gaussian elimination of a positive definite system.
  static func solve(_ a: inout [[LongFloat]], _ b: [LongFloat]) -> [LongFloat] {
    var b = b
    for j in a.indices {
      for i in (j + 1)..<max(j + 1, a.count) where !a[i][j].isZero {
        let factor = a[i][j] / a[j][j]
        for k in j..<a.count { a[i][k] -= factor * a[j][k] }
        b[i] -= factor * b[j]
      }
    }
    for j in a.indices.reversed() {
      for k in (j + 1)..<max(j + 1, a.count) { b[j] -= a[j][k] * b[k] }
      b[j] = b[j] / a[j][j]
    }
    return b
  }
}
