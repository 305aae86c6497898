import DeterministicEquivalents
import HostBackend
import Testing

/// The correction against each coordinate's own regression: Σ without row and column k, its effective ridge found anew.
@Suite struct FiniteSizeErrorsTests {
  private let host = HostBackend<Double>()

  /// Mean training and generalisation error from d ridge regressions on d − 1 features.
  private func exact(_ sigma: [[Double]], sampleCount: Int, ridge: Double) throws -> (
    training: Double, generalization: Double
  ) {
    let d = sigma.count
    var training = 0.0
    var generalization = 0.0
    for k in 0..<d {
      let others = (0..<d).filter { $0 != k }
      let features = others.map { i in others.map { sigma[i][$0] } }
      let population = try DensePopulation(
        covariance: features.flatMap { $0 }, coordinateCount: d - 1, backend: host)
      let root = try effectiveRidge(population: population, sampleCount: sampleCount, ridge: ridge)
      var regularized = features
      for i in 0..<d - 1 { regularized[i][i] += root.value }
      let target = others.map { sigma[$0][k] }
      let weights = solve(regularized, target)
      var error = sigma[k][k]
      for i in 0..<d - 1 {
        error -= 2 * weights[i] * target[i]
        for j in 0..<d - 1 { error += weights[i] * features[i][j] * weights[j] }
      }
      let own = error / (1 - root.traces.second / Double(sampleCount))
      generalization += own / Double(d)
      training += own * (ridge / root.value) * (ridge / root.value) / Double(d)
    }
    return (training, generalization)
  }

  private func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var a = matrix
    var b = right
    for j in a.indices {
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

  @Test(arguments: [(20, 0.1), (80, 0.1), (40, 0.1), (20, 1e-3), (80, 1e-3), (36, 0.05)])
  func correctsToSecondOrder(sampleCount n: Int, ridge: Double) throws {
    let d = 40
    let sigma: [[Double]] = (0..<d).map { i in
      (0..<d).map { j -> Double in
        let noise: Double = i == j ? 0.4 + Double(i) / 30 : 0
        return noise + (0..<abs(i - j)).reduce(0.6) { (p: Double, _) in p * 0.7 }
      }
    }
    let population = try DensePopulation(covariance: sigma.flatMap { $0 }, coordinateCount: d, backend: host)
    let limit = try ErrorEquivalent(population: population, sampleCount: n, ridge: ridge)
    let corrected = try FiniteSizeErrors(population: population, sampleCount: n, ridge: ridge, limit: limit)
    let truth = try exact(sigma, sampleCount: n, ridge: ridge)
    let scale = 1 / (Double(n) - limit.degreesOfFreedom2)
    let cases: [(value: Double, limit: Double, truth: Double)] = [
      (corrected.trainingError, limit.trainingError, truth.training),
      (corrected.generalizationError, limit.generalizationError, truth.generalization),
    ]
    for item in cases {
      let error = abs(item.value - item.truth)
      let uncorrected = abs(item.limit - item.truth)
      #expect(error < 2 * scale * scale * item.truth)
      #expect(error < 0.2 * uncorrected)
    }
  }

  /// λ → 0: n > d − 1 leaves the classical factors 1 ∓ (d − 1)/n.
  @Test func ridgeless() throws {
    let population = try DiagonalPopulation(isotropic: 2, coordinateCount: 30)
    let limit = try ErrorEquivalent(population: population, sampleCount: 100, ridge: 0)
    let corrected = try FiniteSizeErrors(population: population, sampleCount: 100, ridge: 0, limit: limit)
    #expect(abs(corrected.generalizationError - 2 / 0.71) < 1e-13)
    #expect(abs(corrected.trainingError - 2 * 0.71) < 1e-13)
  }
}
