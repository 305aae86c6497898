import LacunaAlgebra
import RealModule

/// `FitResult.verdict` written out, cell by cell.
struct VerdictReference {
  let x: [[Double]]
  let centered: Bool
  let units: [[Int]]
  /// Columns that are compared.
  let kept: [Int]
  private let ridges: [Double]

  init(_ x: [[Double]], centered: Bool, units: [[Int]], kept: [Int]) {
    self.x = x
    self.centered = centered
    self.units = units
    self.kept = kept
    let limit = 30 * Double(x[0].count)
    ridges = (0..<40).map { Double.pow(10, Double($0) / 2 - 10) }.filter { $0 < limit } + [.infinity]
  }

  /// Samples of each of five folds: units in the order of the seed 1, each to the smallest fold.
  private var folds: [[Int]] {
    let order = KeyedPermutation(
      count: units.count, stream: RandomStream(seed: 1, purpose: .probes, index: 1), index: 0)
    var folds = [[Int]](repeating: [], count: 5)
    for number in units.indices {
      let smallest = (0..<5).min { folds[$0].count < folds[$1].count }!
      folds[smallest] += units[order(number)]
    }
    return folds
  }

  /// Means, roots of mean squares, S of the scaled columns.
  private struct Trained {
    var count: Int
    var means, scales: [Double]
    var gram: [[Double]]
    var values: [Double]
    var vectors: [[Double]]
  }

  private func train(_ rows: [Int]) -> Trained {
    let (m, d) = (Double(rows.count), kept.count)
    var (means, scales) = ([Double](repeating: 0, count: d), [Double](repeating: 0, count: d))
    if centered { for i in rows { for a in 0..<d { means[a] += x[i][kept[a]] / m } } }
    for i in rows {
      for a in 0..<d {
        let value: Double = x[i][kept[a]] - means[a]
        scales[a] += value * value / m
      }
    }
    scales = scales.map { $0.squareRoot() }
    var gram = [[Double]](repeating: [Double](repeating: 0, count: d), count: d)
    for i in rows {
      let z: [Double] = (0..<d).map { (x[i][kept[$0]] - means[$0]) / scales[$0] }
      for a in 0..<d { for b in 0..<d { gram[a][b] += z[a] * z[b] / m } }
    }
    let (values, vectors) = Self.eigen(gram)
    return Trained(count: rows.count, means: means, scales: scales, gram: gram, values: values, vectors: vectors)
  }

  /// Jacobi's rotations; values descending, vectors as rows.
  private static func eigen(_ matrix: [[Double]]) -> ([Double], [[Double]]) {
    let d = matrix.count
    var a = matrix
    var v = (0..<d).map { i in (0..<d).map { $0 == i ? 1.0 : 0 } }
    for _ in 0..<60 {
      for p in 0..<d {
        for q in (p + 1)..<max(d, p + 1) where a[p][q] != 0 {
          let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
          let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<d { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
          for k in 0..<d { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
          for k in 0..<d { (v[p][k], v[q][k]) = (c * v[p][k] - s * v[q][k], s * v[p][k] + c * v[q][k]) }
        }
      }
    }
    let order = (0..<d).sorted { a[$0][$0] > a[$1][$1] }
    return (order.map { a[$0][$0] }, order.map { v[$0] })
  }

  /// Residuals of some samples whose covariance is taken to be `sigma`: each cell less its mean given the others.
  private func residuals(_ rows: [Int], _ trained: Trained, sigma: [[Double]]) -> [[Double]] {
    let all = kept.indices
    let weights = all.map { k -> [Double] in
      let others = all.filter { $0 != k }
      return BruteForce.solve(others.map { a in others.map { sigma[a][$0] } }, others.map { sigma[$0][k] })
    }
    return rows.map { i in
      let z: [Double] = all.map { (x[i][kept[$0]] - trained.means[$0]) / trained.scales[$0] }
      return all.map { k in
        var residual = z[k]
        for (weight, other) in zip(weights[k], all.filter { $0 != k }) { residual -= weight * z[other] }
        return residual
      }
    }
  }

  private func masked(_ rows: [Int], _ trained: Trained, ridge: Double) -> [[Double]] {
    let ridge = ridge * Double(x.count) / Double(trained.count)
    guard ridge.isFinite else { return residuals(rows, trained, sigma: identity) }
    var sigma = trained.gram
    for a in sigma.indices { sigma[a][a] += ridge }
    return residuals(rows, trained, sigma: sigma)
  }

  private var identity: [[Double]] { kept.indices.map { a in kept.indices.map { a == $0 ? 1.0 : 0 } } }

  /// nil where no noise is left beyond the rank.
  private func pca(_ rows: [Int], _ trained: Trained, rank: Int) -> [[Double]]? {
    let d = kept.count
    let noise = trained.values[rank...].reduce(0, +) / Double(d - rank)
    guard noise > 1e-11 else { return nil }
    var sigma = [[Double]](repeating: [Double](repeating: 0, count: d), count: d)
    for a in 0..<d {
      sigma[a][a] = noise
      for b in 0..<d {
        for j in 0..<rank {
          let v: [Double] = trained.vectors[j]
          sigma[a][b] += (trained.values[j] - noise) * v[a] * v[b]
        }
      }
    }
    return residuals(rows, trained, sigma: sigma)
  }

  private func sum(_ cells: [[Double]]?) -> Double {
    guard let cells else { return .infinity }
    var sum = 0.0
    for row in cells { for value in row { sum += value * value } }
    return sum
  }

  func verdict() -> (masked: Double, pca: Double, empty: Double, rank: Int, ridge: Double, standardError: Double) {
    let (folds, n, d) = (folds, x.count, kept.count)
    func rest(_ out: [Int]) -> [Int] { (0..<5).filter { !out.contains($0) }.flatMap { folds[$0] } }
    var (own, other, empty) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n), 0.0)
    var (taken, ranks): ([Double], [Int]) = ([], [])
    for fold in 0..<5 {
      var byRidge = ridges.map { _ in 0.0 }
      var byRank = (0..<d).map { _ in 0.0 }
      for held in 0..<5 where held != fold {
        let trained = train(rest([fold, held]))
        for index in ridges.indices { byRidge[index] += sum(masked(folds[held], trained, ridge: ridges[index])) }
        for rank in 0..<d { byRank[rank] += sum(pca(folds[held], trained, rank: rank)) }
      }
      let at = byRidge.indices.min { byRidge[$0] < byRidge[$1] }!
      var ridge = ridges[at]
      if at > 0, at + 2 < ridges.count, byRidge[at - 1].isFinite {
        // The lowest point of the parabola through three errors at −1, 0 and 1, in steps of half a decade.
        let (slope, bend) = (
          (byRidge[at + 1] - byRidge[at - 1]) / 2, byRidge[at + 1] + byRidge[at - 1] - 2 * byRidge[at]
        )
        ridge *= Double.pow(10, -slope / bend / 2)
      }
      let rank = (0..<d).min { byRank[$0] < byRank[$1] }!
      taken.append(ridge)
      ranks.append(rank)
      let trained = train(rest([fold]))
      let (a, b) = (masked(folds[fold], trained, ridge: ridge), pca(folds[fold], trained, rank: rank)!)
      for (place, i) in folds[fold].enumerated() {
        own[i] = sum([a[place]]) / Double(d)
        other[i] = sum([b[place]]) / Double(d)
      }
      empty += sum(residuals(folds[fold], trained, sigma: identity))
    }
    let mean: Double = (own.reduce(0, +) - other.reduce(0, +)) / Double(n)
    var scatter = 0.0
    for unit in units {
      var part = 0.0
      for i in unit { part += own[i] - other[i] - mean }
      scatter += part * part
    }
    let count = Double(units.count)
    return (
      own.reduce(0, +) / Double(n), other.reduce(0, +) / Double(n), empty / Double(n * d), ranks.sorted()[2],
      taken.sorted()[2], (scatter * count / (count - 1)).squareRoot() / Double(n)
    )
  }
}
