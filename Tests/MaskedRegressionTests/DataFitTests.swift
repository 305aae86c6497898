import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// Straightforward solves, one coordinate and one sample left out at a time.
enum BruteForce {
  /// Solves a·x = b by Gaussian elimination with partial pivoting.
  static func solve(_ a: [[Double]], _ b: [Double]) -> [Double] {
    var a = a
    var b = b
    for j in a.indices {
      let pivot = (j..<a.count).max { abs(a[$0][j]) < abs(a[$1][j]) }!
      a.swapAt(j, pivot)
      b.swapAt(j, pivot)
      for i in (j + 1)..<max(j + 1, a.count) {
        let factor = a[i][j] / a[j][j]
        for k in j..<a.count { a[i][k] -= factor * a[j][k] }
        b[i] -= factor * b[j]
      }
    }
    for j in a.indices.reversed() {
      for k in (j + 1)..<max(j + 1, a.count) { b[j] -= a[j][k] * b[k] }
      b[j] /= a[j][j]
    }
    return b
  }

  /// Ridge regression of coordinate k on the others: Σ(x_k − b − a·x)² + penalty |a|²; returns (a with a 0 at k, b).
  static func regression(
    _ x: [[Double]], coordinate k: Int, penalty: Double, intercept: Bool
  ) -> (weights: [Double], intercept: Double) {
    let d = x[0].count
    let others = (0..<d).filter { $0 != k }
    let size = others.count + (intercept ? 1 : 0)
    func feature(_ row: [Double], _ j: Int) -> Double { j < others.count ? row[others[j]] : 1 }
    var a = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    var b = [Double](repeating: 0, count: size)
    for row in x {
      for i in 0..<size {
        for j in 0..<size { a[i][j] += feature(row, i) * feature(row, j) }
        b[i] += feature(row, i) * row[k]
      }
    }
    for i in others.indices { a[i][i] += penalty }
    let solution = solve(a, b)
    var weights = [Double](repeating: 0, count: d)
    for (i, j) in others.enumerated() { weights[j] = solution[i] }
    return (weights, intercept ? solution[size - 1] : 0)
  }
}

private func samples(n: Int, d: Int, seed: UInt64) -> [[Double]] {
  let stream = RandomStream(seed: seed, purpose: .samples, index: 0)
  return (0..<n).map { i in
    let common = EntryLaw.gaussian.value(at: UInt64(1_000_000 + i), of: stream)
    return (0..<d).map { k in
      common + 0.3 * Double(k) + EntryLaw.gaussian.value(at: UInt64(i * d + k), of: stream)
    }
  }
}

private func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count)
  return zip(a, b).map { abs($0 - $1) }.max() ?? 0
}

extension RidgeFit {
  /// All residuals, n × d.
  func residuals(ridge: Double) throws -> [Device.Element] {
    var cells: [Device.Element] = []
    guard try residuals(ridge: ridge, { cells += $0 }) else { return [] }
    return cells
  }
}

@Suite struct DataFitTests {
  @Test(arguments: KnownAnswer.all.indices)
  func knownAnswers(index: Int) throws {
    let known = KnownAnswer.all[index]
    let n = known.samples.count
    let fit = try DataFit(device: host, values: known.samples.flatMap { $0 }, sampleCount: n, centered: false)
    let errors = try fit.errors(ridge: known.ridge)
    #expect(largestDifference(try #require(errors.training), known.trainingErrors) < 1e-10)
    #expect(largestDifference(try fit.predictor(ridge: known.ridge), known.predictor.flatMap { $0 }) < 1e-10)
    let residuals = try #require(known.residuals)
    #expect(largestDifference(try fit.residuals(ridge: known.ridge), residuals.flatMap { $0 }) < 1e-10)
    let squares = known.samples[0].indices.map { k in
      residuals.reduce(0) { $0 + $1[k] * $1[k] } / Double(n)
    }
    for (value, expected) in zip(errors.heldOut, squares) {
      #expect(abs(value - expected) <= 1e-10 * max(1, expected))
    }
  }

  /// Both routes, with and without an intercept, against every regression solved anew without each sample.
  @Test(arguments: [(12, 5), (5, 9), (7, 7)], [false, true])
  func leaveOneSampleOutIsExact(shape: (Int, Int), centered: Bool) throws {
    let (n, d) = shape
    let ridge = 0.2
    let x = samples(n: n, d: d, seed: 11)
    let fit = try DataFit(device: host, values: x.flatMap { $0 }, sampleCount: n, centered: centered)
    let errors = try fit.errors(ridge: ridge)
    let residuals = try fit.residuals(ridge: ridge)
    let predictor = try fit.predictor(ridge: ridge)
    for k in 0..<d {
      let whole = BruteForce.regression(x, coordinate: k, penalty: Double(n) * ridge, intercept: centered)
      #expect(largestDifference(Array(predictor[k * d..<(k + 1) * d]), whole.weights) < 1e-11)
      var left = 0.0
      var training = 0.0
      for i in 0..<n {
        var rest = x
        rest.remove(at: i)
        let model = BruteForce.regression(rest, coordinate: k, penalty: Double(n) * ridge, intercept: centered)
        func residual(_ m: (weights: [Double], intercept: Double)) -> Double {
          x[i][k] - m.intercept - zip(m.weights, x[i]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        #expect(abs(residuals[i * d + k] - residual(model)) < 1e-10)
        left += residual(model) * residual(model)
        training += residual(whole) * residual(whole)
      }
      #expect(abs(errors.heldOut[k] - left / Double(n)) < 1e-10 * left)
      #expect(abs(try #require(errors.training)[k] - training / Double(n)) < 1e-10 * max(training, 1e-3))
    }
  }

  /// The traces of the regressions' own hat matrices, straight from their definition: d − 1 regressors each.
  @Test(arguments: [(20, 6), (6, 20), (8, 8)])
  func generalizedCrossValidation(shape: (Int, Int)) throws {
    let (n, d) = shape
    let ridge = 0.3
    let x = samples(n: n, d: d, seed: 5)
    let fit = try DataFit(device: host, values: x.flatMap { $0 }, sampleCount: n, centered: false)
    var gram = [[Double]](repeating: [Double](repeating: 0, count: d), count: d)
    for row in x { for i in 0..<d { for j in 0..<d { gram[i][j] += row[i] * row[j] / Double(n) } } }
    let errors = try fit.errors(ridge: ridge)
    let (gcv, training) = (try #require(errors.gcv), try #require(errors.training))
    for k in 0..<d {
      let others = (0..<d).filter { $0 != k }
      let regularized = others.map { i in others.map { gram[i][$0] + (i == $0 ? ridge : 0) } }
      var trace = 0.0
      for (index, j) in others.enumerated() {
        trace += BruteForce.solve(regularized, others.map { gram[$0][j] })[index]
      }
      let share = 1 - trace / Double(n)
      #expect(abs(gcv[k] - training[k] / (share * share)) < 1e-10 * gcv[k])
    }
  }

  @Test func ridgeZero() throws {
    let x = samples(n: 15, d: 4, seed: 2)
    let fit = try DataFit(device: host, values: x.flatMap { $0 }, sampleCount: 15, centered: false)
    let predictor = try fit.predictor(ridge: 0)
    for k in 0..<4 {
      let exact = BruteForce.regression(x, coordinate: k, penalty: 0, intercept: false)
      #expect(largestDifference(Array(predictor[k * 4..<(k + 1) * 4]), exact.weights) < 1e-11)
    }
  }

  /// λ → 0 with fewer samples than coordinates, or as many with an intercept: regressions of least norm, each sample left out.
  @Test(arguments: [(5, 9), (8, 9), (7, 7)], [false, true])
  func ridgeless(shape: (Int, Int), centered: Bool) throws {
    let (n, d) = shape
    guard n < d || centered else { return }
    /// Weights and intercept of the interpolating regression of least norm.
    func regression(_ x: [[Double]], _ k: Int) -> (weights: [Double], intercept: Double) {
      let means = (0..<d).map { j in centered ? x.reduce(0) { $0 + $1[j] } / Double(x.count) : 0 }
      let z = x.map { row in (0..<d).map { row[$0] - means[$0] } }
      let others = (0..<d).filter { $0 != k }
      // Centred rows sum to zero, and the solution with them: the ones added change neither.
      let gram = z.map { a in z.map { b in others.reduce(centered ? 1 : 0) { $0 + a[$1] * b[$1] } } }
      let solution = BruteForce.solve(gram, z.map { $0[k] })
      let weights = (0..<d).map { j in j == k ? 0 : zip(z, solution).reduce(0) { $0 + $1.0[j] * $1.1 } }
      return (weights, means[k] - zip(weights, means).reduce(0) { $0 + $1.0 * $1.1 })
    }
    let x = samples(n: n, d: d, seed: 14)
    let fit = try DataFit(device: host, values: x.flatMap { $0 }, sampleCount: n, centered: centered)
    let errors = try fit.errors(ridge: 0)
    let predictor = try fit.predictor(ridge: 0)
    #expect(errors.training == [Double](repeating: 0, count: d))
    for k in 0..<d {
      #expect(largestDifference(Array(predictor[k * d..<(k + 1) * d]), regression(x, k).weights) < 1e-9)
      var sum = 0.0
      for i in 0..<n {
        var rest = x
        rest.remove(at: i)
        let model = regression(rest, k)
        let residual = x[i][k] - model.intercept - zip(model.weights, x[i]).reduce(0) { $0 + $1.0 * $1.1 }
        sum += residual * residual
      }
      #expect(abs(errors.heldOut[k] - sum / Double(n)) < 1e-9 * sum)
    }
    // The limit it is the limit of.
    let near = try fit.errors(ridge: 1e-11)
    let gcv = try #require(errors.meanGCV)
    #expect(abs(try #require(near.meanGCV) - gcv) < 1e-5 * gcv)
    #expect(abs(near.meanHeldOut - errors.meanHeldOut) < 1e-5 * errors.meanHeldOut)
  }

  /// The predictor from its factors against the predictor written out.
  @Test(arguments: [(12, 5, false), (5, 9, true), (5, 9, false), (4, 600, true)], [RidgeWeights.uniform, .variance])
  func factoredPredictors(problem: (Int, Int, Bool), weights: RidgeWeights) throws {
    let (n, d, centered) = problem
    let ridge = 0.3
    let fit = try DataFit(
      device: host, values: samples(n: n, d: d, seed: 6).flatMap { $0 }, sampleCount: n, centered: centered,
      weights: weights)
    #expect(fit.isFactored == (n < d))
    var factors: [Double] = []
    let found = try fit.factors(ridge: ridge) { factors += $0 }
    #expect((found == nil) == (n >= d))
    guard let scales = found else { return }
    let a = try fit.predictor(ridge: ridge)
    #expect(scales.count == d && factors.count == n * d)
    for k in 0..<d {
      for j in 0..<d where j != k {
        let product = (0..<n).reduce(0) { $0 + factors[k * n + $1] * factors[j * n + $1] }
        #expect(abs(scales[k] * product - a[k * d + j]) < 1e-11 * max(1, abs(a[k * d + j])))
      }
    }
  }

  /// More rows than one block: rows keep their order, and each its own diagonal.
  @Test func predictorsComeInWholeRows() throws {
    let (n, d) = (3, 1100)
    let fit = try DataFit(
      device: host, values: samples(n: n, d: d, seed: 16).flatMap { $0 }, sampleCount: n, centered: false)
    var (blocks, rows) = (0, [Double]())
    try fit.predictor(ridge: 0.4) {
      #expect($0.count % d == 0)
      blocks += 1
      rows += $0
    }
    #expect(blocks > 1 && rows.count == d * d)
    var factors: [Double] = []
    let scales = try #require(try fit.factors(ridge: 0.4) { factors += $0 })
    for k in stride(from: 0, to: d, by: 97) {
      #expect(rows[k * d + k] == 0)
      for j in stride(from: 1, to: d, by: 31) where j != k {
        let product = (0..<n).reduce(0) { $0 + factors[k * n + $1] * factors[j * n + $1] }
        #expect(abs(scales[k] * product - rows[k * d + j]) < 1e-12)
      }
    }
  }

  /// A coordinate that is the sum of others to rounding is fitted in more digits, and named.
  @Test func collinearCoordinates() throws {
    let x = samples(n: 30, d: 5, seed: 3).map { $0 + [$0[1] + $0[2]] }
    let fit = try DataFit(device: host, values: x.flatMap { $0 }, sampleCount: 30, centered: false)
    let errors = try fit.errors(ridge: 0)
    #expect(errors.doubts == [.collinear(coordinates: [1, 2, 5])])
    #expect(try fit.errors(ridge: 1e-3).doubts.isEmpty)
    let result = try FitRequest(ridge: .ridgeless).fit(
      x.flatMap { $0 }, sampleCount: 30, names: ["a", "b", "c", "d", "e", "sum"], on: host)
    #expect(result.warnings.contains { $0.hasPrefix("coordinates b, c, sum are linear combinations of the others") })
  }

  @Test func singlePrecisionFollowsDouble() throws {
    let x = samples(n: 60, d: 20, seed: 4).flatMap { $0 }
    let double = try DataFit(device: host, values: x, sampleCount: 60, centered: true).errors(ridge: 0.5)
    let single = try DataFit(device: HostBackend<Float>(), values: x, sampleCount: 60, centered: true)
      .errors(ridge: 0.5)
    #expect(abs(single.meanHeldOut - double.meanHeldOut) < 1e-4 * double.meanHeldOut)
    #expect(abs(single.meanTraining! - double.meanTraining!) < 1e-4 * double.meanTraining!)
  }
}
