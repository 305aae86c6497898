import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

@Suite struct LearningCurveTests {
  private static func rows(n: Int, d: Int, seed: UInt64) -> [[Double]] {
    let stream = RandomStream(seed: seed, purpose: .samples, index: 7)
    return (0..<n).map { i in
      func value(_ k: Int) -> Double { EntryLaw.gaussian.value(at: UInt64(i * (d + 1) + k), of: stream) }
      return (0..<d).map { k in 2 + value(d) + value(k) * (0.5 + Double(k % 3)) }
    }
  }

  private func learning(
    _ x: [[Double]], centered: Bool, weights: WeightChoice = .uniform, subsamples: [Int] = []
  ) throws -> (FitLearning, FitResult<HostBackend<Double>>) {
    let result = try FitRequest(weights: weights, centered: centered).fit(
      x.flatMap { $0 }, sampleCount: x.count, on: host)
    return (try result.learningCurve(subsamples: subsamples), result)
  }

  /// The curve goes through the fit's own error and ridge, falls with the number of rows, and says which number gives an error.
  @Test(arguments: [(80, 30), (40, 70)], [false, true])
  func throughItsOwnPoint(shape: (Int, Int), centered: Bool) throws {
    let (learning, result) = try learning(Self.rows(n: shape.0, d: shape.1, seed: 1), centered: centered)
    let own = try #require(learning.points.map(\.expected).first { $0.sampleCount == shape.0 })
    #expect(abs(own.error / result.best.meanHeldOut - 1) < 2e-3)
    #expect(abs(own.ridge / result.best.ridge - 1) < 0.1)
    let errors = learning.points.map(\.expected.error)
    #expect(learning.points.last?.expected.sampleCount == nil)
    #expect(zip(errors, errors.dropFirst()).allSatisfy { $0 >= $1 * 0.9999 })
    let curve = try #require(learning.curve)
    let twice = try #require(curve.expected(sampleCount: 2 * shape.0))
    let rows = try #require(curve.rows(reaching: twice.error))
    #expect(abs(Double(rows) / Double(2 * shape.0) - 1) < 0.02)
    #expect(curve.rows(reaching: errors.last! * 0.5) == nil)
  }

  /// The error of some rows, measured on the others, against regressions solved anew.
  @Test(arguments: [(30, 6), (18, 12), (12, 20)], [WeightChoice.uniform, .variance])
  func measuredOnTheOthers(shape: (Int, Int), weights: WeightChoice) throws {
    let (n, d) = shape
    let x = Self.rows(n: n, d: d, seed: 4)
    let (learning, result) = try learning(x, centered: true, weights: weights, subsamples: [n - 5])
    let curve = try #require(learning.curve)
    let order = KeyedPermutation(count: n, stream: RandomStream(seed: 1, purpose: .probes, index: 0), index: 0)
    let penalty = result.fit.penalty
    for found in [try #require(learning.selfCheck), try #require(learning.subsamples.first)] {
      let count = found.sampleCount
      let chosen = Set((0..<count).map { order($0) })
      #expect(chosen.count == count)
      let ridge = try #require(curve.expected(sampleCount: count)?.ridge)
      let scaled = x.map { row in (0..<d).map { row[$0] / penalty[$0].squareRoot() } }
      let fitted = (0..<n).filter(chosen.contains).map { scaled[$0] }
      var squares = [Double](repeating: 0, count: n)
      for k in 0..<d {
        let model = BruteForce.regression(fitted, coordinate: k, penalty: Double(count) * ridge, intercept: true)
        for i in 0..<n where !chosen.contains(i) {
          let residual = scaled[i][k] - model.intercept - zip(model.weights, scaled[i]).reduce(0) { $0 + $1.0 * $1.1 }
          squares[i] += residual * residual * penalty[k] / Double(d)
        }
      }
      let error = squares.reduce(0, +) / Double(n - count)
      #expect(abs(found.measured / error - 1) < 1e-9)
    }
  }

  /// Independent rows pass the self-check.
  @Test(arguments: [(60, 20), (40, 60)])
  func selfCheck(shape: (Int, Int)) throws {
    var missed = 0
    for seed in 0..<40 {
      let (learning, whole) = try learning(Self.rows(n: shape.0, d: shape.1, seed: UInt64(seed + 100)), centered: true)
      #expect(learning.selfCheck?.choice == .random)
      if !learning.warnings.isEmpty { missed += 1 }
      #expect(!whole.warnings.contains { $0.contains("copies") })
    }
    #expect(missed <= 2, "\(missed) of 40")
  }

  /// Rows that are there twice are said to be, and those without their copies have another error than the curve says.
  @Test func copies() throws {
    for seed in 0..<5 {
      let x = Self.rows(n: 150, d: 50, seed: UInt64(seed + 100))
      let (learning, result) = try learning(x + x, centered: true)
      #expect(result.warnings.contains { $0.contains("150 of 300 rows are copies") })
      #expect(learning.selfCheck?.choice == .copiesTogether && learning.selfCheck?.sampleCount == 150)
      #expect(learning.warnings.count == 1)
    }
  }

  /// The first half of a series tells less of the second than neighbours tell of each other.
  @Test func series() throws {
    let (n, d, memory) = (300, 40, 0.9)
    for seed in 0..<5 {
      let fresh = Self.rows(n: n, d: d, seed: UInt64(seed + 500)).map { $0.map { $0 - 2 } }
      var x = fresh
      for i in 1..<n {
        for k in 0..<d { x[i][k] = memory * x[i - 1][k] + (1 - memory * memory).squareRoot() * fresh[i][k] }
      }
      let (learning, result) = try learning(x, centered: true)
      #expect(result.warnings.contains { $0.contains("neighbouring rows") })
      #expect(learning.selfCheck?.choice == .firstRows)
      #expect(learning.warnings.count == 1)
    }
  }

  /// Whole numbers repeat of themselves.
  @Test func categories() throws {
    let x = Self.rows(n: 60, d: 3, seed: 2).map { $0.map { $0 > 2 ? 1.0 : 0 } }
    let result = try FitRequest().fit(x.flatMap { $0 }, sampleCount: 60, on: host)
    #expect(!result.warnings.contains { $0.contains("copies") })
  }

  /// What was asked for and is not there, or hangs on few rows, is said.
  @Test func subsamplesThatTellLittle() throws {
    let x = Self.rows(n: 40, d: 12, seed: 6)
    let (whole, _) = try learning(x, centered: true, subsamples: [20, 35])
    #expect(whole.subsamples.map(\.sampleCount) == [20, 35])
    #expect(whole.warnings.filter { $0.contains("measured on 5 others alone") }.count == 1)
    #expect(!whole.warnings.contains { $0.contains("of 20 rows") })
    // Rows twice with n < d: a copy answers exactly, and no digit is left at the ridge that this asks for.
    let half = Self.rows(n: 10, d: 24, seed: 7)
    let (twice, _) = try learning(half + half, centered: false, subsamples: [10])
    #expect(twice.subsamples.isEmpty && twice.warnings.contains { $0.contains("10 rows was not measured") })
  }

  @Test func whereThereIsNone() throws {
    let x = Self.rows(n: 20, d: 4, seed: 2)
    let values = x.flatMap { $0 }
    let requests = [
      FitRequest(ridge: .path([0.1])), FitRequest(groups: try SampleGroups(runs: 4, sampleCount: 20)),
      FitRequest(mask: SchemeFitMask(BernoulliMasks(keep: 0.5))), FitRequest(mask: ObservedFitMask()),
    ]
    for request in requests {
      let learning = try request.fit(values, sampleCount: 20, on: host).learningCurve()
      #expect(learning.curve == nil && learning.points.isEmpty && learning.reason != nil)
    }
    let result = try FitRequest().fit(values, sampleCount: 20, on: host)
    for count in [1, 19, 20] { #expect(throws: FitError.self) { _ = try result.learningCurve(subsamples: [count]) } }
  }
}
