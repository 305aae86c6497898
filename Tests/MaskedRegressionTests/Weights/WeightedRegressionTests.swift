import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// Errors under weights through either Gram, and weights learned there, against fits and their refits.
@Suite struct WeightedRegressionTests {
  private func regression<Element: HostScalar>(
    _ x: [[Double]], covariance sigma: [[Double]], on device: HostBackend<Element>
  ) throws -> WeightedRegression<HostBackend<Element>> {
    let (n, d) = (x.count, x[0].count)
    let covariance = try GramCovariance(
      device: device, gram: device.makeMatrix(sigma.flatMap { $0.map { Element($0) } }, rows: d, columns: d))
    let samples = try device.makeMatrix(x.flatMap { $0.map { Element($0) } }, rows: n, columns: d)
    guard n >= d else {
      let regression = try WeightedRegression(device: device, sampleCount: n, covariance: covariance)
      try regression.begin { try device.copy(samples, to: $0) }
      return regression
    }
    let gram = try device.makeMatrix(rows: d, columns: d)
    try device.accumulateGram(of: samples, scale: 1 / Element(n), into: gram)
    return WeightedRegression(
      regression: try PrimalRegression(device: device, gram: gram, sampleCount: n),
      resolvent: try device.makeMatrix(rows: d, columns: d), samples: { try $0(samples, 0) }, covariance: covariance)
  }

  private func check<Element: HostScalar>(
    _ device: HostBackend<Element>, shape: (Int, Int), units: [Double], tolerance: Double
  ) throws {
    let (n, d) = shape
    let x = unequalSamples(n: n, d: d, seed: 51, units: units)
    let sigma = SchemeProblem(unequalSamples(n: 40, d: d, seed: 52, units: units)).gram
    let regression = try regression(x, covariance: sigma, on: device)
    for (ridge, spread) in [(0.3, 1.0), (0.02, 7)] {
      let w = (0..<d).map { k in units[k % units.count] * units[k % units.count] * (0.5 + spread * Double(k * 3 % d)) }
      // tr(K + λI)/λ of the Gram of the samples over √w.
      let squares = x.reduce(0) { sum, row in sum + zip(row, w).reduce(0) { $0 + $1.0 * $1.0 / $1.1 } }
      let condition = squares / Double(n) / ridge + Double(n)
      let errors = try regression.errors(ridge: ridge, weights: w)
      let generalization = try #require(errors.generalization)
      for k in 0..<d {
        let fit = WeightedRefit(x, coordinate: k, ridge: ridge, weights: w, count: n, centered: false)
        let training = x.reduce(0) { $0 + fit.residual($1, k) * fit.residual($1, k) } / Double(n)
        var expected = 0.0
        for i in 0..<d {
          for j in 0..<d {
            let row = ((i == k ? 1 : 0) - fit.coefficients[i], (j == k ? 1 : 0) - fit.coefficients[j])
            expected += row.0 * row.1 * sigma[i][j]
          }
        }
        #expect(abs(errors.training[k] - training) < tolerance * training)
        // Through the samples' Gram p²E is what is left of Σ_kk, p = Γ_k/(Γ_k + the least of the objective).
        let penalty = (0..<d).reduce(0) { $0 + ridge * w[$1] * fit.coefficients[$1] * fit.coefficients[$1] }
        let p = n < d ? ridge * w[k] / (ridge * w[k] + training + penalty) : 1
        let rounding = 2 * condition * Double(Element.ulpOfOne) * sigma[k][k] / (p * p)
        #expect(abs(generalization[k] - expected) < max(tolerance * expected, rounding))
      }
      let learned = try regression.learn(ridge: ridge, guess: nil)
      #expect(learned.learning.converged)
      let again = try regression.learn(ridge: ridge, guess: w)
      for k in 0..<d {
        let left = WeightedRefit.leaveOneOut(x, coordinate: k, ridge: ridge, weights: learned.weights, centered: false)
        #expect(abs(learned.weights[k] / left - 1) < max(tolerance, 1e-6))
        #expect(abs(learned.weights[k] / again.weights[k] - 1) < max(tolerance, 1e-6))
      }
    }
  }

  @Test(arguments: [(20, 6), (9, 9), (7, 12)]) func refits(shape: (Int, Int)) throws {
    for units in [[1], [1e-3, 1, 1e3, 10]] {
      try check(host, shape: shape, units: units, tolerance: 1e-9)
      try check(HostBackend<Float>(), shape: shape, units: units, tolerance: 2e-3)
    }
  }

  /// λ → 0: without a ridge weights count for nothing where samples are enough.
  @Test func ridgeless() throws {
    let x = unequalSamples(n: 20, d: 6, seed: 53)
    let regression = try regression(x, covariance: SchemeProblem(x).gram, on: host)
    let a = try regression.errors(ridge: 0, weights: [1, 2, 3, 4, 5, 6])
    let b = try regression.errors(ridge: 0, weights: [Double](repeating: 1, count: 6))
    #expect(zip(a.training, b.training).allSatisfy { abs($0 - $1) < 1e-11 * $1 })
    #expect(zip(a.generalization ?? [], b.generalization ?? []).allSatisfy { abs($0 - $1) < 1e-11 * $1 })
    let wide = try self.regression(
      unequalSamples(n: 6, d: 20, seed: 54), covariance: SchemeProblem(unequalSamples(n: 30, d: 20, seed: 55)).gram,
      on: host)
    let limit = try wide.errors(ridge: 0, weights: (1...20).map { Double($0) })
    let near = try wide.errors(ridge: 1e-9, weights: (1...20).map { Double($0) })
    #expect(
      zip(limit.generalization ?? [], near.generalization ?? []).allSatisfy { abs($0 - $1) < 1e-6 * $1 })
    #expect(limit.training.allSatisfy { $0 == 0 })
  }
}
