import DeterministicEquivalents
import LacunaHost
import RealModule
import Testing

/// A structured population and the same Σ written out.
struct PopulationCase: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var population: any Population
  var covariance: [[Double]]

  init(_ name: String, _ population: any Population, _ covariance: DenseReference) {
    testDescription = name
    self.population = population
    self.covariance = covariance.rows
  }

  static let all: [PopulationCase] = {
    do {
      return try makeAll()
    } catch {
      fatalError("a population of the tests was refused: \(error)")
    }
  }()

  private static func makeAll() throws -> [PopulationCase] {
    var numbers = TestNumbers(seed: 7)
    var cases: [PopulationCase] = []
    let variances = (0..<23).map { 0.1 + 0.2 * Double($0) }
    cases.append(
      PopulationCase(
        "isotropic", try DiagonalPopulation(isotropic: 1.7, coordinateCount: 9),
        DenseReference(count: 9) { $0 == $1 ? 1.7 : 0 }))
    cases.append(
      PopulationCase(
        "diagonal", try DiagonalPopulation(variances: variances),
        DenseReference(count: 23) { $0 == $1 ? variances[$0] : 0 }))
    cases.append(
      PopulationCase(
        "power law", try DiagonalPopulation.powerLaw(exponent: 1, coordinateCount: 7),
        DenseReference(count: 7) { $0 == $1 ? 7 / Double($0 + 1) / (363.0 / 140.0) : 0 }))
    for (rho, count) in [(0.7, 40), (-0.9, 11), (0.0, 5), (0.3, 1)] {
      cases.append(
        PopulationCase(
          "autoregressive \(rho)", try AutoregressivePopulation(correlation: rho, coordinateCount: count),
          DenseReference(count: count) { i, j in (0..<abs(i - j)).reduce(1.0) { value, _ in value * rho } }))
    }
    for (count, blocks, rho) in [(12, 3, 0.6), (17, 5, -0.3), (8, 8, 0.5), (7, 1, 0.9)] {
      let population = try BlockPopulation(coordinateCount: count, blocks: blocks, correlation: rho)
      cases.append(
        PopulationCase(
          "block \(count)/\(blocks)", population,
          DenseReference(count: count) { i, j in
            let block = { (k: Int) in (0..<blocks).last { $0 * count / blocks <= k }! }
            return i == j ? 1 : block(i) == block(j) ? rho : 0
          }))
    }
    func spiked(_ name: String, _ v: [Double], _ theta: [Double], _ u: [[Double]]) throws {
      cases.append(
        PopulationCase(
          name, try SpikedPopulation(variances: v, strengths: theta, directions: u),
          DenseReference(variances: v, strengths: theta, directions: u)))
    }
    let first = numbers.unitVector(23)
    let second = numbers.unitVector(23)
    let basis = (0..<23).map { $0 == 4 ? 1.0 : 0 }
    try spiked("no spike", variances, [], [])
    try spiked("one spike", variances, [5], [first])
    try spiked("isotropic noise, two spikes", Array(repeating: 0.8, count: 23), [3, -0.5], [first, second])
    try spiked("spikes that overlap, one of strength 0", variances, [2, 0, 7], [first, second, first])
    try spiked("negative spike first", variances, [-0.05, 4], [second, basis])
    try spiked("a spike on one coordinate", variances, [300, 2], [basis, first])
    for row in [[3, 1, 0.25, 0.25, 1], [1, 0.4, 0.1, 0, 0, 0.1, 0.4], [2, -0.5, 0.3, -0.5]] {
      let d = row.count
      cases.append(
        PopulationCase(
          "circulant \(d)", try CirculantPopulation(firstRow: row),
          DenseReference(count: d) { row[($0 - $1 + d) % d] }))
    }
    let bumps = (0..<31).map { Double.cos(0.4 * Double($0)) * Double.exp(-0.1 * Double($0)) + ($0 == 0 ? 0.2 : 0) }
    for row in [[2], [1, -0.4], [2, 1.2, 0.3, -0.2, -0.3, 0.1], bumps] {
      cases.append(
        PopulationCase(
          "Toeplitz \(row.count)", try ToeplitzPopulation(firstRow: row),
          DenseReference(count: row.count) { row[abs($0 - $1)] }))
    }
    for count in [1, 13] {
      let factor = DenseReference(count: count) { _, _ in numbers.next() - 0.5 }
      let transposed = DenseReference(count: count) { factor.rows[$1][$0] }
      let covariance = (factor * transposed).shifted(by: 0.05)
      cases.append(
        PopulationCase(
          "dense \(count)",
          try DensePopulation(
            covariance: covariance.rows.flatMap { $0 }, coordinateCount: count, backend: HostBackend<Double>()),
          covariance))
    }
    return cases
  }
}

@Suite struct PopulationTests {
  static let ridges = [0, 1e-8, 1e-3, 0.2, 1, 30, 1e6]

  @Test(arguments: PopulationCase.all, ridges)
  func agreesWithDenseComputation(_ example: PopulationCase, ridge: Double) throws {
    let reference = DenseReference(example.covariance).answers(effectiveRidge: ridge)
    let traces = try example.population.resolventTraces(effectiveRidge: ridge)
    let diagonals = try example.population.resolventDiagonals(effectiveRidge: ridge)
    let tolerance = 2e-11
    #expect(agree(traces.first, reference.traces.first, tolerance))
    #expect(agree(traces.second, reference.traces.second, tolerance))
    #expect(agree(traces.resolvent, reference.traces.resolvent, tolerance))
    #expect(
      agree(traces.resolventCovarianceResolvent, reference.traces.resolventCovarianceResolvent, tolerance))
    #expect(agree(diagonals.resolvent, reference.diagonals.resolvent, tolerance))
    #expect(
      agree(diagonals.resolventCovarianceResolvent, reference.diagonals.resolventCovarianceResolvent, tolerance))
  }

  @Test(arguments: PopulationCase.all)
  func variancesAndPrecision(_ example: PopulationCase) throws {
    let reference = DenseReference(example.covariance)
    #expect(example.population.coordinateCount == reference.count)
    #expect(agree(example.population.variances, reference.diagonal, 1e-14))
    #expect(agree(try example.population.precisionDiagonal(), reference.inverse.diagonal, 2e-11))
  }

  /// df₂ = df₁ + κ ddf₁/dκ, the derivative by central differences; d − df₁ = κ tr R; df₁ − df₂ = κ tr RΣR.
  @Test(arguments: PopulationCase.all, [0.02, 1, 40])
  func derivativeIdentity(_ example: PopulationCase, ridge: Double) throws {
    let population = example.population
    let traces = try population.resolventTraces(effectiveRidge: ridge)
    let step = 1e-4
    let above = try population.degreesOfFreedom(effectiveRidge: ridge * (1 + step)).first
    let below = try population.degreesOfFreedom(effectiveRidge: ridge * (1 - step)).first
    #expect(abs(traces.second - traces.first - (above - below) / (2 * step)) <= 1e-7 * traces.first)
    let count = Double(population.coordinateCount)
    #expect(agree(count, traces.first + ridge * traces.resolvent, 1e-12))
    #expect(agree(traces.first, traces.second + ridge * traces.resolventCovarianceResolvent, 1e-12))
  }

  @Test func refusals() {
    #expect(throws: PopulationError.self) { try DiagonalPopulation(variances: [1, -2]) }
    #expect(throws: PopulationError.self) { try DiagonalPopulation(variances: []) }
    #expect(throws: PopulationError.self) { try DiagonalPopulation(variances: [1, .nan]) }
    #expect(throws: PopulationError.self) { try AutoregressivePopulation(correlation: 1, coordinateCount: 4) }
    #expect(throws: PopulationError.self) { try AutoregressivePopulation(correlation: .nan, coordinateCount: 4) }
    #expect(throws: PopulationError.self) {
      try BlockPopulation(coordinateCount: 6, blocks: 2, correlation: -0.51)
    }
    #expect(throws: PopulationError.self) { try BlockPopulation(coordinateCount: 6, blocks: 7, correlation: 0) }
    #expect(
      throws: PopulationError.dimensionMismatch(argument: "direction of spike 1", expected: 2, actual: 1)
    ) {
      try SpikedPopulation(variances: [1, 1], strengths: [1], directions: [[1]])
    }
    #expect(throws: PopulationError.self) {
      try SpikedPopulation(variances: [1, 1], strengths: [1], directions: [[1, 1]])
    }
  }

  /// Two spikes that each leave Σ positive definite but together do not; a positive one that makes up for a negative.
  @Test func definitenessOfManySpikes() throws {
    let u = [0.6, 0.8]
    #expect(throws: PopulationError.self) {
      try SpikedPopulation(variances: [1, 1], strengths: [-0.6, -0.6], directions: [u, u])
    }
    #expect(throws: PopulationError.self) {
      try SpikedPopulation(variances: [1, 1], strengths: [-1], directions: [u])
    }
    _ = try SpikedPopulation(variances: [1, 1], strengths: [-1.6, 0.7], directions: [u, u])
  }
}
