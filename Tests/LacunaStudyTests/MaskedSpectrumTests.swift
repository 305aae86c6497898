import DeterministicEquivalents
import LacunaAlgebra
import LacunaHost
import LacunaStudy
import Testing

/// The spectrum of the predictor under Bernoulli masks: its deterministic equivalent against drawn ones.
@Suite(.serialized) struct MaskedSpectrumTests {
  private let host = HostBackend<Double>()

  private func results(_ data: String, keep: Double, d: Int, n: String, ridge: String, trials: Int = 1) throws
    -> [PointResult]
  {
    let text = """
      experiment: {trials: \(trials), seed: 5}
      data: {coordinates: \(d), samples: \(n), \(data)}
      model: {ridge: \(ridge), mask: {bernoulli: {keep: \(keep)}}}
      measure: [spectrum]
      """
    let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml"))
    return try experiment.simulate(try experiment.stages(device: host), on: host) { _ in }
  }

  /// One draw at d = 1000, fewer and more samples than coordinates: within 0.01 of theory everywhere in the bulk; drawn
  /// independently, 1000 values would be 0.027 off. The smeared atom of equal variances moves by O(1/d), a share O(d^(−½)) of
  /// its width; and the more is hidden, the more diag(S), which theory takes for diag(Σ), blurs the whole by O(1/d).
  @Test(arguments: [
    ("model: isotropic", 0.5), ("model: diagonal, noise: {variances: {linear: [0.1, 3.0]}}", 0.5),
    ("model: diagonal, noise: {variances: {geometric: [0.2, 3.0]}}", 0.85), ("model: ar1, correlation: 0.7", 0.7),
    ("model: spiked, spikes: [{strength: 5.0}], noise: {variances: {geometric: [0.2, 3.0]}}", 0.6),
    ("model: circulant, first_row: [1.0, 0.4, 0.15]", 0.5),
  ])
  func drawnSpectra(data: String, keep: Double) throws {
    for result in try results(data, keep: keep, d: 1000, n: "[600, 2000]", ridge: "0.05") {
      let distance = try #require(result.number(.kolmogorovSmirnov))
      #expect(distance > 0 && distance < 0.01, "n = \(result.sampleCount)")
      if let whole = result.number(.finiteSizeKolmogorovSmirnov) { #expect(whole < 0.04, "n = \(result.sampleCount)") }
      // Â is hollow.
      #expect(abs(result.rows(.eigenvalues)[0].reduce(0, +)) < 1e-9 * 1000)
    }
  }

  /// p → 1 with λ/(pq) = ν kept: the leave-one-out predictor at ridge ν.
  @Test func nothingHiddenIsLeaveOneOut() throws {
    let p = 1 - 1e-9
    let d = 200
    let variances = (0..<d).map { 0.2 + 2 * Double($0) / Double(d) }
    let populations: [any Population] = [
      try DiagonalPopulation(variances: variances),
      try AutoregressivePopulation(correlation: 0.6, coordinateCount: d),
      try SpikedPopulation(
        variances: variances, strengths: [3],
        directions: [(0..<d).map { ($0 % 2 == 0 ? 1 : -1) / Double(d).squareRoot() }]),
    ]
    for population in populations {
      let plain = try population.predictorBulk(sampleCount: 300, ridge: 0.1)
      let masked = try population.predictorBulk(sampleCount: 300, keep: p, ridge: 0.1 * p * (1 - p))
      #expect(plain.nodes.count == masked.nodes.count && abs(masked.gain - 1) < 1e-8)
      for (a, b) in zip(plain.nodes, masked.nodes) {
        #expect(abs(a.scaled - b.scaled) < 1e-7 * a.scaled && abs(a.shift - b.shift) < 1e-7 * a.shift)
      }
    }
  }

  /// Two routes to equal variances: a diagonal Σ whose variances differ in the tenth digit.
  @Test func equalVariancesAreALimit() throws {
    let d = 100
    let equal = try DiagonalPopulation(isotropic: 1.5, coordinateCount: d)
      .predictorBulk(sampleCount: 150, keep: 0.4, ridge: 0.02)
    let near = try DiagonalPopulation(variances: (0..<d).map { 1.5 + 1e-10 * Double($0) })
      .predictorBulk(sampleCount: 150, keep: 0.4, ridge: 0.02)
    for node in near.nodes {
      #expect(abs(node.scaled - equal.nodes[0].scaled) < 1e-7 && abs(node.shift - equal.nodes[0].shift) < 1e-7)
    }
  }

  /// The power sums of the eigenvalues against the traces of Â² and Â³ with Â from the normal equations of each row,
  /// Σ_l (p² S_lj + pq δ_lj S_jj + (λ/q) δ_lj) a_l = p S_kj over l ≠ k, solved by elimination.
  @Test func eigenvaluesAreThoseOfThePredictor() throws {
    let (n, d, ridge, p) = (50, 9, 0.2, 0.6)
    let values = try #require(
      try results("model: ar1, correlation: 0.6", keep: p, d: d, n: "\(n)", ridge: "\(ridge)")[0]
        .rows(.eigenvalues).first)
    let stream = RandomStream(seed: 5, purpose: .samples, index: n << 20)
    var s = [Double](repeating: 0, count: d * d)
    for i in 0..<n {
      var x = (0..<d).map { EntryLaw.gaussian.value(at: UInt64(i * d + $0), of: stream) }
      for j in 1..<d { x[j] = 0.6 * x[j - 1] + 0.8 * x[j] }
      for j in 0..<d { for k in 0..<d { s[j * d + k] += x[j] * x[k] / Double(n) } }
    }
    var a = [Double](repeating: 0, count: d * d)
    for k in 0..<d {
      let others = (0..<d).filter { $0 != k }
      let row = solve(
        others.map { j in
          others.map { l in p * p * s[j * d + l] + (j == l ? p * (1 - p) * s[j * d + j] + ridge / (1 - p) : 0) }
        }, others.map { p * s[k * d + $0] })
      for (l, value) in zip(others, row) { a[k * d + l] = value }
    }
    var (squares, cubes) = (0.0, 0.0)
    for j in 0..<d {
      for k in 0..<d {
        squares += a[j * d + k] * a[k * d + j]
        for l in 0..<d { cubes += a[j * d + k] * a[k * d + l] * a[l * d + j] }
      }
    }
    #expect(abs(values.reduce(0) { $0 + $1 * $1 } - squares) < 1e-10 * squares)
    #expect(abs(values.reduce(0) { $0 + $1 * $1 * $1 } - cubes) < 1e-10 * squares)
  }

  /// Gauss–Jordan on a small well-conditioned system.
  private func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var rows = zip(matrix, right).map { $0 + [$1] }
    for p in rows.indices {
      let pivot = rows[p][p]
      rows[p] = rows[p].map { $0 / pivot }
      for i in rows.indices where i != p {
        let factor = rows[i][p]
        rows[i] = zip(rows[i], rows[p]).map { $0 - factor * $1 }
      }
    }
    return rows.map { $0.last! }
  }
}
