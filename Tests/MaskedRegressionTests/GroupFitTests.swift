import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// Samples with a common part, entry i·d + k of a stream.
private func samples(n: Int, d: Int, seed: UInt64) -> [[Double]] {
  let stream = RandomStream(seed: seed, purpose: .samples, index: 0)
  return (0..<n).map { i in
    let common = EntryLaw.gaussian.value(at: UInt64(1_000_000 + i), of: stream)
    return (0..<d).map { k in
      common + 0.3 * Double(k) + EntryLaw.gaussian.value(at: UInt64(i * d + k), of: stream)
    }
  }
}

private func groupFit<Device: Backend>(
  _ x: [[Double]], labels: [Int], centered: Bool, weights: RidgeWeights = .uniform, on device: Device
) throws -> GroupFit<Device> {
  try GroupFit(
    DataFit(
      device: device, values: x.flatMap { $0 }, sampleCount: x.count, centered: centered, weights: weights),
    groups: SampleGroups(labels: labels))
}

/// Residuals of every group under regressions solved anew without it.
private func refitted(_ x: [[Double]], labels: [Int], ridge: Double, intercept: Bool) -> [Double] {
  let (n, d) = (x.count, x[0].count)
  var cells = [Double](repeating: 0, count: n * d)
  for label in Set(labels).sorted() {
    let rest = x.indices.filter { labels[$0] != label }.map { x[$0] }
    for k in 0..<d {
      let model = BruteForce.regression(rest, coordinate: k, penalty: Double(n) * ridge, intercept: intercept)
      for i in x.indices where labels[i] == label {
        cells[i * d + k] = x[i][k] - model.intercept - zip(model.weights, x[i]).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
  }
  return cells
}

private func expectEqual(_ found: [Double], _ expected: [Double], within tolerance: Double) {
  let size = (expected.map { $0 * $0 }.reduce(0, +) / Double(expected.count)).squareRoot()
  #expect(found.count == expected.count)
  let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? .nan
  #expect(worst <= tolerance * size, "\(worst) of \(size)")
}

@Suite struct GroupFitTests {
  /// Groups of one, of a few and of more than d, in a row and scattered; both routes.
  private static func labels(n: Int, kind: Int) -> [Int] {
    switch kind {
    case 0: (0..<n).map { $0 / 3 }
    case 1: (0..<n).map { $0 % 4 }
    default: (0..<n).map { $0 < n / 2 ? 100 : $0 % 5 == 0 ? $0 : $0 % 2 }
    }
  }

  @Test(arguments: [(33, 6), (9, 14), (10, 10)], [false, true])
  func leavingGroupsOutIsExact(shape: (Int, Int), centered: Bool) throws {
    let (n, d) = shape
    let x = samples(n: n, d: d, seed: 3)
    for kind in 0..<3 {
      let labels = Self.labels(n: n, kind: kind)
      let fit = try groupFit(x, labels: labels, centered: centered, on: host)
      for ridge in [0.02, 1.5] {
        let expected = refitted(x, labels: labels, ridge: ridge, intercept: centered)
        expectEqual(try fit.residuals(ridge: ridge), expected, within: 1e-10)
        let errors = try fit.errors(ridge: ridge)
        for k in 0..<d {
          let square = stride(from: k, to: n * d, by: d).reduce(0) { $0 + expected[$1] * expected[$1] } / Double(n)
          #expect(abs(errors.heldOut[k] - square) <= 1e-10 * square)
        }
        #expect(errors.doubts.isEmpty)
      }
    }
  }

  /// Weights of the columns' variances: the plain fit of scaled columns.
  @Test(arguments: [(20, 5), (8, 12)])
  func weights(shape: (Int, Int)) throws {
    let (n, d) = shape
    var x = samples(n: n, d: d, seed: 8)
    for i in 0..<n { for k in 0..<d { x[i][k] *= Double(k + 1) } }
    let means = (0..<d).map { k in x.reduce(0) { $0 + $1[k] } / Double(n) }
    let scales = (0..<d).map { k in
      (x.reduce(0) { $0 + ($1[k] - means[k]) * ($1[k] - means[k]) } / Double(n)).squareRoot()
    }
    let labels = (0..<n).map { $0 / 2 }
    let scaled = x.map { row in (0..<d).map { row[$0] / scales[$0] } }
    let expected = refitted(scaled, labels: labels, ridge: 0.1, intercept: true)
    let fit = try groupFit(x, labels: labels, centered: true, weights: .variance, on: host)
    expectEqual(
      try fit.residuals(ridge: 0.1), expected.indices.map { expected[$0] * scales[$0 % d] }, within: 1e-10)
  }

  /// Groups of one are samples left out one by one.
  @Test(arguments: [(40, 7), (7, 30)])
  func groupsOfOne(shape: (Int, Int)) throws {
    let (n, d) = shape
    let x = samples(n: n, d: d, seed: 5)
    let fit = try DataFit(device: host, values: x.flatMap { $0 }, sampleCount: n, centered: true)
    let groups = try GroupFit(fit, groups: SampleGroups(runs: 1, sampleCount: n))
    expectEqual(try groups.residuals(ridge: 0.3), try fit.residuals(ridge: 0.3), within: 1e-12)
  }

  /// The limit of least norm: the regressions of least norm of the others.
  @Test func ridgelessLimit() throws {
    let (n, d) = (9, 20)
    let x = samples(n: n, d: d, seed: 6)
    let labels = (0..<n).map { $0 / 2 }
    let fit = try groupFit(x, labels: labels, centered: true, on: host)
    var expected = [Double](repeating: 0, count: n * d)
    for label in 0..<5 {
      let rest = x.indices.filter { labels[$0] != label }.map { x[$0] }
      let other = try DataFit(device: host, values: rest.flatMap { $0 }, sampleCount: rest.count, centered: true)
      let predictor = try other.predictor(ridge: 0)
      for i in x.indices where labels[i] == label {
        let z = (0..<d).map { x[i][$0] - other.means[$0] }
        for k in 0..<d { expected[i * d + k] = z[k] - (0..<d).reduce(0) { $0 + predictor[k * d + $1] * z[$1] } }
      }
    }
    expectEqual(try fit.residuals(ridge: 0), expected, within: 1e-9)
  }

  /// Samples in several blocks on the device and groups across them, against fits of the others: a sum of squares over n − g
  /// samples with nλ is the fit of them at λn/(n − g).
  @Test func groupsAcrossBlocks() throws {
    let (n, d) = (17_000, 64)
    let x = samples(n: n, d: d, seed: 9)
    let labels = (0..<n).map { $0 % 500 }
    let fit = try groupFit(x, labels: labels, centered: true, on: host)
    let residuals = try fit.residuals(ridge: 0.5)
    for label in [0, 499] {
      let rest = x.indices.filter { labels[$0] != label }
      let other = try DataFit(
        device: host, values: rest.flatMap { x[$0] }, sampleCount: rest.count, centered: true)
      let predictor = try other.predictor(ridge: 0.5 * Double(n) / Double(rest.count))
      var (found, expected): ([Double], [Double]) = ([], [])
      for i in x.indices where labels[i] == label {
        let z = (0..<d).map { x[i][$0] - other.means[$0] }
        for k in 0..<d {
          expected.append(z[k] - (0..<d).reduce(0) { $0 + predictor[k * d + $1] * z[$1] })
          found.append(residuals[i * d + k])
        }
      }
      expectEqual(found, expected, within: 1e-10)
    }
  }

  @Test(arguments: [(60, 20), (20, 60)])
  func singlePrecision(shape: (Int, Int)) throws {
    let (n, d) = shape
    let x = samples(n: n, d: d, seed: 12)
    let labels = (0..<n).map { $0 / 4 }
    let single = try groupFit(x, labels: labels, centered: true, on: HostBackend<Float>()).errors(ridge: 0.2)
    let double = try groupFit(x, labels: labels, centered: true, on: host).errors(ridge: 0.2)
    for k in 0..<d { #expect(abs(single.heldOut[k] - double.heldOut[k]) <= 1e-3 * double.heldOut[k]) }
  }

  /// Where a group's samples are needed for a full rank nothing can be said at ridge 0, and nothing wrong is.
  @Test func groupsThatLeaveTooFew() throws {
    let x = samples(n: 12, d: 8, seed: 2)
    let fit = try groupFit(x, labels: (0..<12).map { $0 / 6 }, centered: false, on: host)
    #expect(throws: RegressionError.self) { _ = try fit.errors(ridge: 0) }
    for ridge in [1e-16, 1e-13, 1e-10] {
      do {
        let errors = try fit.errors(ridge: ridge)
        #expect(!errors.doubts.isEmpty || ridge > 1e-12)
      } catch is RegressionError {}
    }
  }

  /// The ridge is the one of least error of groups left out, and what cannot be grouped is refused.
  @Test func request() throws {
    let (n, d) = (40, 5)
    let x = samples(n: n, d: d, seed: 7).flatMap { $0 }
    let groups = try SampleGroups(runs: 4, sampleCount: n)
    let result = try FitRequest(centered: true, groups: groups).fit(x, sampleCount: n, on: host)
    #expect(result.fit.validation == .leaveOneGroupOut)
    #expect(result.search.path.allSatisfy { result.best.meanHeldOut <= $0.meanHeldOut })
    #expect(try #require(result.rows?.standardError(groups: groups.members)) > 0)
    for mask in [SchemeFitMask(BernoulliMasks(keep: 0.5)), ObservedFitMask()] as [any FitMask] {
      #expect(throws: FitError.self) { _ = try FitRequest(mask: mask, groups: groups).fit(x, sampleCount: n, on: host) }
    }
    let one = SampleGroups(labels: [Int](repeating: 1, count: n))
    #expect(throws: FitError.self) { _ = try FitRequest(groups: one).fit(x, sampleCount: n, on: host) }
    #expect(throws: FitError.self) {
      _ = try FitRequest(groups: SampleGroups(labels: [1, 2])).fit(x, sampleCount: n, on: host)
    }
    #expect(throws: FitError.self) { _ = try SampleGroups(runs: 0, sampleCount: 3) }
  }
}
