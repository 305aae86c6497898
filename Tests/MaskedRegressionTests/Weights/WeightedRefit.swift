import LacunaAlgebra

/// Regressions with a diagonal penalty by their own normal equations, the penalised objective the sum of squares + n λ Σ w_j a_j².
struct WeightedRefit {
  /// Coefficients of coordinate k, zeros at itself and what is hidden with it; and the intercept.
  var coefficients: [Double]
  var intercept: Double

  /// - Parameter rows: the samples fitted.
  /// - Parameter count: n of the penalty.
  init(
    _ rows: [[Double]], coordinate k: Int, hidden: [Int] = [], ridge: Double, weights: [Double], count: Int,
    centered: Bool
  ) {
    let d = rows[0].count
    let used = (0..<d).filter { $0 != k && !hidden.contains($0) }
    let means = (0..<d).map { j in centered ? rows.reduce(0) { $0 + $1[j] } / Double(rows.count) : 0 }
    // In columns over √w, whose normal equations are of one scale.
    let z = rows.map { row in (0..<d).map { (row[$0] - means[$0]) / weights[$0].squareRoot() } }
    let normal = used.map { i in
      used.map { j in z.reduce(i == j ? Double(count) * ridge : 0) { $0 + $1[i] * $1[j] } }
    }
    let solution = BruteForce.solve(normal, used.map { i in z.reduce(0) { $0 + $1[i] * $1[k] } })
    coefficients = [Double](repeating: 0, count: d)
    for (index, j) in used.enumerated() {
      coefficients[j] = solution[index] * (weights[k] / weights[j]).squareRoot()
    }
    intercept = means[k] - zip(coefficients, means).reduce(0) { $0 + $1.0 * $1.1 }
  }

  func residual(_ row: [Double], _ k: Int) -> Double {
    row[k] - intercept - zip(coefficients, row).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Mean squares over samples of the residuals of coordinate k, each by the fit without its sample.
  static func leaveOneOut(
    _ rows: [[Double]], coordinate k: Int, ridge: Double, weights: [Double], centered: Bool
  ) -> Double {
    var sum = 0.0
    for i in rows.indices {
      var rest = rows
      rest.remove(at: i)
      let fit = WeightedRefit(
        rest, coordinate: k, ridge: ridge, weights: weights, count: rows.count, centered: centered)
      sum += fit.residual(rows[i], k) * fit.residual(rows[i], k)
    }
    return sum / Double(rows.count)
  }
}

/// Samples with common parts, noise that differs by coordinate, and units of their own.
func unequalSamples(n: Int, d: Int, seed: UInt64, units: [Double] = [1]) -> [[Double]] {
  let stream = RandomStream(seed: seed, purpose: .samples, index: 0)
  return (0..<n).map { i in
    let common = (0..<2).map { EntryLaw.gaussian.value(at: UInt64(1_000_000 + 2 * i + $0), of: stream) }
    return (0..<d).map { k in
      let noise = 0.2 + 2 * Double(k % 5) / 5
      let part = common[k % 2] + 0.3 * common[0] + 0.5
      return units[k % units.count] * (part + noise * EntryLaw.gaussian.value(at: UInt64(i * d + k), of: stream))
    }
  }
}
