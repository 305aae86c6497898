import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// Masks of a probability a coordinate, against the sum over all masks.
@Suite struct CoordinateMaskTests {
  private let problem = SchemeProblem(n: 11, d: 5, seed: 8)

  private func fit(_ keeps: [Double], ridge: Double) throws -> SchemePredictor<HostBackend<Double>> {
    try CoordinateMaskRegression(device: host, gram: problem.gramMatrix(), keeps: keeps).fit(ridge: ridge)
  }

  /// All masks that hide k, with the probabilities of the others.
  private func masks(_ keeps: [Double], hiding k: Int) -> [(probability: Double, mask: [Bool])] {
    everyMask(5, keep: 0.5).filter { !$0.mask[k] }.map { item in
      let probability = keeps.indices.reduce(1.0) { product, j in
        j == k ? product : product * (item.mask[j] ? keeps[j] : 1 - keeps[j])
      }
      return (probability, item.mask)
    }
  }

  static let lists = [
    [0.5, 0.85, 0.3, 0.6, 0.1], [0.5, 0.85, 1, 0, 0.3], [1, 0, 1, 0, 0], [0, 0.4, 0.4, 0.4, 0.9], [1, 1, 0.2, 1, 1],
  ]

  @Test(arguments: lists, [0.3, 0.01]) func isTheMeanOverMasks(keeps: [Double], ridge: Double) throws {
    let fit = try fit(keeps, ridge: ridge)
    let values = try host.download(fit.matrix)
    for k in 0..<5 {
      guard keeps[k] < 1 else {
        #expect(values[k * 5..<k * 5 + 5].allSatisfy { $0 == 0 } && fit.training[k] == 0)
        continue
      }
      let expected = problem.row(
        k, ridge: ridge,
        pairs: problem.x.flatMap { x in masks(keeps, hiding: k).map { ($0.probability / 11, x, $0.mask) } })
      for j in 0..<5 {
        #expect(abs(values[k * 5 + j] - (j == k ? 0 : expected.weights[j])) < 1e-11)
        if keeps[j] == 0 { #expect(values[k * 5 + j] == 0) }
      }
      #expect(abs(fit.training[k] - expected.loss) < 1e-11)
    }
  }

  /// The loss of one probability for all is counted over all masks, so that its ridge is 1 − p times that of a list.
  @Test(arguments: [0.2, 0.7], [0.4, 0.02]) func constantListIsTheScalar(keep: Double, ridge: Double) throws {
    let list = try fit([Double](repeating: keep, count: 5), ridge: ridge / (1 - keep))
    let scalar = try RandomMaskRegression(device: host, gram: problem.gramMatrix()).fit(
      MaskMoments(keep: keep), ridge: ridge)
    #expect(zip(try host.download(list.matrix), try host.download(scalar.matrix)).allSatisfy { abs($0 - $1) < 1e-13 })
    #expect(zip(list.training, scalar.training).allSatisfy { abs((1 - keep) * $0 - $1) < 1e-13 })
  }

  /// A covariate that costs nothing and a coordinate never seen: regression on the covariates alone.
  @Test func rolesAreRegression() throws {
    let values = try host.download(try fit([1, 1, 0, 0, 1], ridge: 0).matrix)
    let read = [0, 1, 4]
    for k in [2, 3] {
      let expected = BruteForce.solve(
        read.map { i in read.map { problem.gram[i][$0] } }, read.map { problem.gram[k][$0] })
      for (j, value) in zip(read, expected) { #expect(abs(values[k * 5 + j] - value) < 1e-11) }
    }
    #expect(throws: RegressionError.self) {
      let twin = SchemeProblem(problem.x.map { [$0[0], $0[0], $0[2], $0[3], $0[4]] })
      _ = try CoordinateMaskRegression(device: host, gram: twin.gramMatrix(), keeps: [1, 1, 0, 0, 1]).fit(ridge: 0)
    }
  }

  /// Errors under another Σ, over masks and under the folds of a fit.
  @Test(arguments: lists) func errorsAreMeansOverMasks(keeps: [Double]) throws {
    let other = SchemeProblem(n: 30, d: 5, seed: 9)
    let covariance = try GramCovariance(
      device: host, gram: host.makeMatrix(other.gram.flatMap { $0 }, rows: 5, columns: 5))
    let predictor = try fit(keeps, ridge: 0.1).matrix
    let a = try host.download(predictor)
    let errors = try SchemeErrors(device: host, coordinateCount: 5).overMasks(
      of: predictor, keeps: keeps, covariance: covariance)
    for k in 0..<5 {
      let expected = masks(keeps, hiding: k).reduce(0.0) { sum, item in
        let row = (0..<5).map { j in (j == k ? 1 : 0) - (item.mask[j] ? a[k * 5 + j] : 0) }
        var form = 0.0
        for i in 0..<5 { for j in 0..<5 { form += row[i] * other.gram[i][j] * row[j] } }
        return sum + item.probability * form
      }
      #expect(abs(errors[k] - (keeps[k] < 1 ? expected : 0)) < 1e-12)
    }
  }
}
