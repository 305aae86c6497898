import LacunaAlgebra
import LacunaHost
import LacunaStudy
import MaskedRegression
import Testing

/// Probabilistic principal components as a predictor of hidden cells.
@Suite struct PrincipalComponentsTests {
  private let host = HostBackend<Double>()

  @Test func ladderOfRanks() {
    #expect(principalRanks(sampleCount: 100, coordinateCount: 40) == [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 30])
    #expect(principalRanks(sampleCount: 4, coordinateCount: 40) == [0, 1, 2, 3])
    #expect(principalRanks(sampleCount: 1, coordinateCount: 40) == [0])
  }

  /// Σ̂ formed and each coordinate regressed by Schur's complement, where the code goes by Woodbury's identity.
  @Test func againstTheDefinition() throws {
    let d = 7
    // A Gram with a clear order of eigenvalues, and a Σ that is not it.
    let gram = try host.makeMatrix(
      (0..<d * d).map { (e: Int) -> Double in
        let (i, j) = (e / d, e % d)
        return (i == j ? 1 + Double(i) : 0) + 1 / Double(1 + i + j)
      }, rows: d, columns: d)
    let sigma = (0..<d * d).map { (e: Int) -> Double in e / d == e % d ? 2.0 : abs(e / d - e % d) == 1 ? 0.7 : 0.0 }
    let ranks = [0, 1, 3]
    let vectors = try host.makeMatrix(rows: d, columns: d)
    try host.copy(gram, to: vectors)
    let values = try host.eigendecompose(vectors)
    let rows = try host.download(vectors)
    let components = try PrincipalComponents(device: host, coordinateCount: d)
    let found = try components.errors(
      ranks: ranks, gram: gram, scratch: try host.makeMatrix(rows: d, columns: d),
      covariance: Plain(device: host, sigma: sigma, order: d))
    #expect(found.map(\.rank) == ranks)
    for (rank, error) in found.map({ ($0.rank, $0.error) }) {
      let noise = values[..<(d - rank)].reduce(0, +) / Double(d - rank)
      var model: [Double] = (0..<d * d).map { $0 / d == $0 % d ? noise : 0 }
      for r in (d - rank)..<d {
        for e in model.indices {
          let product: Double = rows[r * d + e / d] * rows[r * d + e % d]
          model[e] += (values[r] - noise) * product
        }
      }
      var total = 0.0
      for k in 0..<d {
        let others = (0..<d).filter { $0 != k }
        // Weights w with Σ̂_oo w = Σ̂_ok.
        let w: [Double] = solve(
          others.map { i in others.map { model[i * d + $0] } }, others.map { model[$0 * d + k] })
        var predictor = [Double](repeating: 0, count: d)
        predictor[k] = 1
        for (i, weight) in zip(others, w) { predictor[i] = -weight }
        var value = 0.0
        for i in 0..<d {
          for j in 0..<d { value += predictor[i] * predictor[j] * sigma[i * d + j] }
        }
        total += value / Double(d)
      }
      #expect(abs(error - total) < 1e-12 * total, "rank \(rank)")
    }
  }

  /// On a chain the neighbours tell more than any few directions; on one strong spike the rank is one.
  @Test func verdicts() throws {
    func point(_ data: String) throws -> PointResult {
      let text = """
        experiment: {trials: 4, seed: 3}
        data: {coordinates: 200, samples: 600, \(data)}
        model: {ridge: auto}
        measure: [errors, pca]
        """
      let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml"))
      return try experiment.simulate(try experiment.stages(device: host), on: host) { _ in }[0]
    }
    let chain = try #require(try point("model: ar1, correlation: 0.7")[.principalAdvantage])
    #expect(try #require(chain.mean) > 5 * #require(chain.standardError))
    let spike = try point("model: spiked, spikes: [{strength: 100.0}]")
    #expect(spike.number(.principalRank) == 1)
    #expect(try #require(spike[.principalError]?.mean) > #require(spike.number(.bayesError)))
    #expect(try #require(spike[.principalAdvantage]?.mean) < 0)
    // Rank 0 predicts nothing.
    #expect(abs(try #require(try ranks(spike)[0].error.mean) - 1.5) < 1e-12)
  }

  private func points(_ data: String, rank: String, trials: Int) throws -> [PointResult] {
    let text = """
      experiment: {trials: \(trials), seed: 3}
      data: {coordinates: 400, \(data)}
      model: {ridge: 0.1, pca: {rank: \(rank)}}
      measure: [pca]
      """
    let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml"))
    return try experiment.simulate(try experiment.stages(device: host), on: host) { _ in }
  }

  /// Errors by rank within 4 standard errors + 3/d of theory, wherever coordinates are alike; n below and above d.
  @Test(arguments: [
    "model: isotropic", "model: spiked, spikes: [{strength: 4.0}, {strength: 2.5}]", "model: ar1, correlation: 0.7",
    "model: toeplitz, first_row: [1.0, 0.5, 0.2]", "model: circulant, first_row: [1.0, 0.4, 0.15]",
    "model: block, blocks: 40, correlation: 0.6",
  ])
  func errorsByRank(model: String) throws {
    for result in try points("samples: [200, 800], \(model)", rank: "[0, 1, 2, 8, 40, 120]", trials: 6) {
      let ranks = try ranks(result)
      #expect(ranks.map(\.rank) == [0, 1, 2, 8, 40, 120])
      for rank in ranks {
        let (mean, error) = (try #require(rank.error.mean), rank.error.standardError ?? 0)
        let theory = try #require(rank.error.theory)
        #expect(
          abs(mean - theory) <= 4 * error + 3.0 / 400 * theory,
          "n = \(result.sampleCount), rank \(rank.rank): \(mean) ± \(error), theory \(theory)")
      }
    }
  }

  /// The bulk's edge chooses as many components as there are spikes beyond the threshold √(d/n), which two of these three are.
  @Test func rankByTheEdge() throws {
    let spikes = "spikes: [{strength: 6.0}, {strength: 4.0}, {strength: 0.1}]"
    let chosen = try points("model: spiked, samples: 800, \(spikes)", rank: "bulk_edge", trials: 5)[0]
    let given = try points("model: spiked, samples: 800, \(spikes)", rank: "2", trials: 5)[0]
    #expect(chosen.number(.principalRank) == 2 && given.number(.principalRank) == 2)
    let (mean, other) = (try #require(chosen[.principalError]?.mean), try #require(given[.principalError]?.mean))
    // A trial may take the noise's greatest eigenvalue for a third.
    #expect(abs(mean - other) < 0.005 * other)
    #expect(try #require(chosen[.principalError]?.theory) == given[.principalError]?.theory)
    #expect(chosen[.principalAdvantage]?.standardError != nil)
  }

  /// Every rank tried, from the list that goes to `metrics.json`.
  private func ranks(_ point: PointResult) throws -> [(rank: Int, error: Statistic)] {
    guard case .list(let items) = point.quantity(.principalRanks)?.content else { return [] }
    return try items.map { item in
      guard case .object(let parts) = item else { throw NoRanks() }
      return (Int(try #require(parts[0].number)), try #require(parts[1].statistic))
    }
  }

  private struct NoRanks: Error {}

  private func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var a = matrix
    var b = right
    for p in a.indices {
      for i in a.indices where i != p {
        let factor = a[i][p] / a[p][p]
        for k in a.indices { a[i][k] -= factor * a[p][k] }
        b[i] -= factor * b[p]
      }
    }
    return a.indices.map { b[$0] / a[$0][$0] }
  }

  private struct Plain: CovarianceOperator {
    typealias Device = HostBackend<Double>
    let device: HostBackend<Double>
    let sigma: [Double]
    let order: Int
    var variances: [Double] { (0..<order).map { sigma[$0 * order + $0] } }

    func forms(of q: HostMatrix<Double>, into out: HostMatrix<Double>) throws(BackendError) {
      let product = try device.makeMatrix(rows: q.rows, columns: order)
      try device.copy(q, to: product)
      try multiply(product)
      try device.rowDots(product, q, weights: nil, into: out)
    }

    func multiply(_ y: HostMatrix<Double>) throws(BackendError) {
      let matrix = try device.makeMatrix(sigma, rows: order, columns: order)
      let result = try device.makeMatrix(rows: y.rows, columns: order)
      try device.multiply(y, transposeA: false, matrix, transposeB: false, alpha: 1, beta: 0, into: result)
      try device.copy(result, to: y)
    }
  }
}
