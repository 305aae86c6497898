import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// Every route to the errors under a known Σ against one regression after the other, ridge 0 and the ridgeless limit included.
@Suite struct RouteTests {
  private static let ridges = [0, 1e-3, 0.2, 5]

  private func expectClose(
    _ errors: CoordinateErrors, _ expected: CoordinateErrors, _ name: String, _ ridge: Double
  ) throws {
    let generalization = try #require(errors.generalization)
    let exact = try #require(expected.generalization)
    #expect(errors.training.count == exact.count && generalization.count == exact.count)
    for k in exact.indices {
      // Ridgeless training errors are exactly 0; those of regression on fewer samples than coordinates are of order λ².
      let scale = max(expected.training[k], 1e-12)
      #expect(abs(errors.training[k] - expected.training[k]) <= 1e-10 * scale, "\(name), ridge \(ridge), \(k)")
      #expect(abs(generalization[k] - exact[k]) <= 1e-10 * exact[k], "\(name), ridge \(ridge), \(k)")
    }
  }

  @Test(arguments: [(30, 12), (13, 12), (9, 20), (19, 20)], [[], [4.0], [3.0, -0.6]])
  func againstBruteForce(shape: (Int, Int), strengths: [Double]) throws {
    let (n, d) = shape
    let (shown, hidden) = KnownCovariance.spiked(d, level: 1.5, strengths: strengths, device: host)
    let x = BruteForce.samples(n: n, d: d, seed: 21)
    let expected = Self.ridges.map { ridge in
      BruteForce.errors(x, ridge: ridge, covariance: shown.matrix)
    }
    func compare(_ name: String, _ errors: [CoordinateErrors]) throws {
      #expect(errors.count == Self.ridges.count)
      for (index, ridge) in Self.ridges.enumerated() { try expectClose(errors[index], expected[index], name, ridge) }
    }
    if n < d {
      let samples = try host.makeMatrix(x.flatMap { $0 }, rows: n, columns: d)
      let regression = try DualRegression(device: host, samples: samples)
      for (name, covariance, form) in [
        ("inverses", shown, .inverses), ("inverses, any Σ", hidden, .inverses), ("tridiagonal", shown, .tridiagonal),
        ("band", shown, .band),
      ] as [(String, KnownCovariance, DualErrors<HostBackend<Double>>.Form)] {
        let errors = try DualErrors(regression: regression, covariance: covariance, form: form)
        try compare(name, try errors.errors(ridges: Self.ridges))
      }
    } else {
      func gram() throws -> HostMatrix<Double> {
        let s = try host.makeMatrix(rows: d, columns: d)
        try host.accumulateGram(
          of: try host.makeMatrix(x.flatMap { $0 }, rows: n, columns: d), scale: 1 / Double(n), into: s)
        return s
      }
      let primal = try PrimalRegression(device: host, gram: try gram(), sampleCount: n)
      let scratch = try host.makeMatrix(rows: d, columns: d)
      try compare(
        "inverses", try Self.ridges.map { try primal.errors(ridge: $0, covariance: hidden, scratch: scratch) })
      for form in [ReducedRegression<HostBackend<Double>>.Form.tridiagonal, .band, .diagonal] {
        let reduced = try ReducedRegression(device: host, gram: try gram(), sampleCount: n, form: form)
        try compare("\(form)", try reduced.errors(ridges: Self.ridges, covariance: shown.isotropicSpikes))
      }
    }
  }

  /// More ridges than are held at once, and more columns than a block has.
  @Test func manyRidgesAndColumns() throws {
    let (n, d) = (6, 700)
    let (shown, _) = KnownCovariance.spiked(d, level: 1, strengths: [2], device: host)
    let samples = try host.makeMatrix(BruteForce.samples(n: n, d: d, seed: 4).flatMap { $0 }, rows: n, columns: d)
    let ridges = geometricPath(from: 1e-3, to: 10, count: 150)
    let regression = try DualRegression(device: host, samples: samples)
    func errors(_ form: DualErrors<HostBackend<Double>>.Form) throws -> [CoordinateErrors] {
      try DualErrors(regression: regression, covariance: shown, form: form).errors(ridges: ridges)
    }
    let (one, other) = (try errors(.inverses), try errors(.tridiagonal))
    for r in ridges.indices {
      for k in 0..<d {
        #expect(abs(one[r].training[k] - other[r].training[k]) <= 1e-10 * one[r].training[k])
        let (a, b) = (one[r].generalization![k], other[r].generalization![k])
        #expect(abs(a - b) <= 1e-10 * a)
      }
    }
  }

  /// Samples that repeat each other leave no ridgeless regression that rounding does not decide.
  @Test func repeatedSamples() throws {
    var x = BruteForce.samples(n: 6, d: 15, seed: 9)
    x[4] = x[1]
    let (shown, _) = KnownCovariance.spiked(15, level: 1, strengths: [], device: host)
    let samples = try host.makeMatrix(x.flatMap { $0 }, rows: 6, columns: 15)
    let regression = try DualRegression(device: host, samples: samples)
    for form in [DualErrors<HostBackend<Double>>.Form.inverses, .tridiagonal, .band] {
      let errors = try DualErrors(regression: regression, covariance: shown, form: form)
      #expect(throws: RegressionError.self) { try errors.errors(ridges: [0]) }
      #expect(try errors.errors(ridges: [0.1])[0].meanTraining > 0)
    }
  }
}

extension BruteForce {
  static func samples(n: Int, d: Int, seed: UInt64) -> [[Double]] {
    let stream = RandomStream(seed: seed, purpose: .samples, index: 0)
    return (0..<n).map { i in (0..<d).map { EntryLaw.gaussian.value(at: UInt64(i * d + $0), of: stream) } }
  }

  /// The regression of coordinate k on the others of least penalty, or of least norm where the ridge is 0 and n < d.
  static func weights(_ x: [[Double]], coordinate k: Int, ridge: Double) -> [Double] {
    let (n, d) = (x.count, x[0].count)
    guard ridge == 0, n < d else {
      return regression(x, coordinate: k, penalty: Double(n) * ridge, intercept: false).weights
    }
    let others = (0..<d).filter { $0 != k }
    let gram = (0..<n).map { i in (0..<n).map { j in others.reduce(0) { $0 + x[i][$1] * x[j][$1] } } }
    let solution = solve(gram, x.map { $0[k] })
    return (0..<d).map { j in j == k ? 0 : (0..<n).reduce(0) { $0 + x[$1][j] * solution[$1] } }
  }

  /// Mean squared residual on the samples, and (e_k − a)ᵀΣ(e_k − a).
  static func errors(_ x: [[Double]], ridge: Double, covariance: [[Double]]) -> CoordinateErrors {
    let (n, d) = (x.count, x[0].count)
    var errors = CoordinateErrors(training: [], generalization: [])
    for k in 0..<d {
      var residual = weights(x, coordinate: k, ridge: ridge).map { -$0 }
      residual[k] = 1
      func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
      let training = x.reduce(0) { $0 + dot($1, residual) * dot($1, residual) } / Double(n)
      errors.training.append(ridge == 0 && n < d ? 0 : training)
      errors.generalization?.append(dot(residual, covariance.map { dot($0, residual) }))
    }
    return errors
  }
}
