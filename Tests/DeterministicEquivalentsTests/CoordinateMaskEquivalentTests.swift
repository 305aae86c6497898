import DeterministicEquivalents
import LacunaHost
import Testing

/// Equivalents under Bernoulli masks of a probability a coordinate.
@Suite struct CoordinateMaskEquivalentTests {
  private let host = HostBackend<Double>()
  private let d = 30
  private var variances: [Double] { (0..<d).map { 0.2 + Double($0) / 10 } }
  private var graded: [Double] { (0..<d).map { 0.1 + 0.8 * Double($0 * 7 % d) / Double(d) } }
  /// With coordinates that are never hidden and others that are never visible.
  private var roles: [Double] { graded.indices.map { $0 % 5 == 0 ? 1 : $0 % 7 == 2 ? 0 : graded[$0] } }

  private func dense(_ sigma: DenseReference) throws -> DenseCovariance<HostBackend<Double>> {
    try DenseCovariance(covariance: sigma.rows.flatMap { $0 }, coordinateCount: sigma.count, backend: host)
  }

  private func chain() -> DenseReference {
    DenseReference(count: d) { i, j in
      (variances[i] * variances[j]).squareRoot() * (0..<abs(i - j)).reduce(1.0) { product, _ in product * 0.8 }
    }
  }

  private func check(_ a: BernoulliEquivalent, _ b: BernoulliEquivalent, factor: Double = 1) {
    #expect(agree(a.shrinkage, b.shrinkage, 1e-11))
    #expect(agree(a.degreesOfFreedom1, b.degreesOfFreedom1, 1e-10))
    #expect(agree(a.degreesOfFreedom2, b.degreesOfFreedom2, 1e-10))
    for k in a.keeps.indices {
      guard a.keeps[k] < 1 else {
        #expect(a.generalizationErrors[k].isNaN && b.generalizationErrors[k].isNaN)
        continue
      }
      #expect(agree(a.generalizationErrors[k], factor * b.generalizationErrors[k], 1e-9))
      #expect(agree(a.trainingErrors[k], factor * b.trainingErrors[k], 1e-9))
      #expect(agree(a.rowVariances[k], b.rowVariances[k], 1e-9))
    }
  }

  @Test(arguments: [20, 80]) func structuresAgree(n: Int) throws {
    var numbers = TestNumbers(seed: 6)
    let directions = [numbers.unitVector(d), numbers.unitVector(d)]
    for keeps in [graded, roles] {
      check(
        try BernoulliEquivalent(
          population: SpikedPopulation(variances: variances, strengths: [6, -0.1], directions: directions),
          sampleCount: n, keeps: keeps, ridge: 0.1),
        try BernoulliEquivalent(
          population: dense(DenseReference(variances: variances, strengths: [6, -0.1], directions: directions)),
          sampleCount: n, keeps: keeps, ridge: 0.1))
      check(
        try BernoulliEquivalent(
          population: DiagonalPopulation(variances: variances), sampleCount: n, keeps: keeps, ridge: 0.1),
        try BernoulliEquivalent(
          population: dense(DenseReference(variances: variances, strengths: [], directions: [])), sampleCount: n,
          keeps: keeps, ridge: 0.1))
    }
  }

  /// A list of one probability at λ/(1 − p), and its errors counted where coordinates are hidden.
  @Test(arguments: [0.3, 0.8]) func constantListIsTheScalar(p: Double) throws {
    let keeps = [Double](repeating: p, count: d)
    let population = try dense(chain())
    let list = try BernoulliEquivalent(population: population, sampleCount: 40, keeps: keeps, ridge: 0.05 / (1 - p))
    let scalar = try BernoulliEquivalent(population: population, sampleCount: 40, keep: p, ridge: 0.05)
    check(scalar, list, factor: 1 - p)
    #expect(agree(list.fullContextErrors, scalar.fullContextErrors, 1e-11))
  }

  /// Never seen is the limit of seen seldom, from above and below the same; never hidden that of seldom hidden.
  @Test func rolesAreLimits() throws {
    let population = try dense(chain())
    let exact = try BernoulliEquivalent(population: population, sampleCount: 50, keeps: roles, ridge: 0.1)
    func near(_ p: Double) throws -> BernoulliEquivalent {
      try BernoulliEquivalent(
        population: population, sampleCount: 50, keeps: roles.map { $0 == 0 ? p : $0 == 1 ? 1 - p : $0 }, ridge: 0.1)
    }
    // Twice the one at half the distance less the other leaves out what is linear in it.
    let (first, second) = (try near(1e-3), try near(5e-4))
    #expect(agree(exact.shrinkage, 2 * second.shrinkage - first.shrinkage, 1e-5))
    for k in 0..<d where roles[k] < 1 {
      let generalization = 2 * second.generalizationErrors[k] - first.generalizationErrors[k]
      #expect(agree(exact.generalizationErrors[k], generalization, 1e-5))
      #expect(agree(exact.trainingErrors[k], 2 * second.trainingErrors[k] - first.trainingErrors[k], 1e-5))
    }
    // So seldom that nothing is left of it, where the digits of an eigenvalue would be.
    let never = try near(1e-9)
    for k in 0..<d where roles[k] < 1 {
      #expect(agree(exact.generalizationErrors[k], never.generalizationErrors[k], 1e-7))
      #expect(agree(exact.trainingErrors[k], never.trainingErrors[k], 1e-7))
    }
  }

  /// n → ∞: rows of the population's own predictor, errors written out over the masks' first two moments.
  @Test func manySamples() throws {
    let sigma = chain()
    let equivalent = try BernoulliEquivalent(
      population: dense(sigma), sampleCount: 1_000_000_000, keeps: roles, ridge: 0.1)
    for k in 0..<d where roles[k] < 1 {
      let read = (0..<d).filter { $0 != k && roles[$0] > 0 }
      let system = DenseReference(count: read.count) { i, j in
        let p = roles[read[i]]
        let own = sigma.rows[read[i]][read[i]] * (1 - p) / p + 0.1 / (p * p)
        return sigma.rows[read[i]][read[j]] + (i == j ? own : 0)
      }.inverse
      let b = read.indices.map { i in read.indices.reduce(0) { $0 + system.rows[i][$1] * sigma.rows[k][read[$1]] } }
      var error = sigma.rows[k][k]
      for (i, j) in read.enumerated() {
        let p = roles[j]
        error += b[i] * b[i] * sigma.rows[j][j] * (1 - p) / p - 2 * b[i] * sigma.rows[k][j]
        for (m, l) in read.enumerated() { error += b[i] * b[m] * sigma.rows[j][l] }
      }
      #expect(agree(equivalent.generalizationErrors[k], error, 1e-6))
    }
  }

  @Test func refuses() throws {
    let population = try DiagonalPopulation(variances: variances)
    for keeps in [[0.5], variances.map { _ in 0 }, variances.map { _ in 1 }, variances.map { $0 - 1 }] {
      #expect(throws: PopulationError.self) {
        try BernoulliEquivalent(population: population, sampleCount: 5, keeps: keeps, ridge: 0.1)
      }
    }
    #expect(throws: PopulationError.self) {
      try BernoulliEquivalent(population: population, sampleCount: 5, keeps: roles, ridge: 0)
    }
    #expect(throws: PopulationError.self) {
      try BernoulliEquivalent(
        population: EqualVariancePopulation(AutoregressivePopulation(correlation: 0.7, coordinateCount: d)),
        sampleCount: 5, keeps: graded, ridge: 0.1)
    }
  }
}
