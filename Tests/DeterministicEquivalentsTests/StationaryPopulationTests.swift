import DeterministicEquivalents
import LacunaHost
import RealModule
import Testing

/// Circulant, Toeplitz and dense populations: what they refuse and what is theirs alone.
@Suite struct StationaryPopulationTests {
  static let embeddedRows: [[Double]] = [
    [1.0], [1, 0.5], [1, 0.7, 0.49, 0.343, 0.2401], [2, 1.2, 0.3, -0.2, -0.3, 0.1], smoothRow,
  ]

  /// Smooth at the origin: the shortest embedding has a negative eigenvalue.
  static let smoothRow = (0..<12).map { Double.exp(-0.02 * Double($0 * $0)) }

  @Test func circulantEigenvalues() throws {
    let row = [3, 1, 0.25, 0.25, 1]
    let values = try CirculantPopulation(firstRow: row).eigenvalues
    for k in 0..<5 {
      let angle = 2 * Double.pi * Double(k) / 5
      #expect(agree(values[k], 3 + 2 * .cos(angle) + 0.5 * .cos(2 * angle), 1e-14))
    }
  }

  @Test func refusals() throws {
    #expect(throws: PopulationError.notSymmetric(row: 0, column: 1, difference: 0.25)) {
      try CirculantPopulation(firstRow: [1, 0.5, 0.25])
    }
    #expect(throws: PopulationError.self) { try CirculantPopulation(firstRow: [1, 0.6, 0.6, 0.6, 0.6].map { -$0 }) }
    #expect(throws: PopulationError.self) { try CirculantPopulation(firstRow: [1, 0.7, 0, 0, 0.7]) }
    #expect(throws: PopulationError.self) { try ToeplitzPopulation(firstRow: []) }
    #expect(
      throws: PopulationError.notPositiveDefinite(
        reason: "the leading minor of order 3 of the Toeplitz matrix is not positive")
    ) {
      try ToeplitzPopulation(firstRow: [1, 0.9, 0.1])
    }
    let backend = HostBackend<Double>()
    #expect(throws: PopulationError.notSymmetric(row: 1, column: 0, difference: 0.5)) {
      try DensePopulation(covariance: [2, 0.5, 1, 2], coordinateCount: 2, backend: backend)
    }
    #expect(throws: PopulationError.self) {
      try DensePopulation(covariance: [1, 2, 2, 1], coordinateCount: 2, backend: backend)
    }
    #expect(throws: PopulationError.dimensionMismatch(argument: "covariance", expected: 4, actual: 3)) {
      try DensePopulation(covariance: [1, 2, 2], coordinateCount: 2, backend: backend)
    }
  }

  /// The autoregression as a Toeplitz matrix gives the same errors as its own recursion.
  @Test func toeplitzAgreesWithAutoregression() throws {
    let d = 300
    let rho = 0.8
    var row = [1.0]
    while row.count < d { row.append(row[row.count - 1] * rho) }
    for (n, ridge) in [(150, 1e-6), (300, 0.01), (900, 0), (900, 10.0)] {
      let chain = try ErrorEquivalent(
        population: AutoregressivePopulation(correlation: rho, coordinateCount: d), sampleCount: n, ridge: ridge)
      let toeplitz = try ErrorEquivalent(
        population: ToeplitzPopulation(firstRow: row), sampleCount: n, ridge: ridge)
      #expect(agree(chain.effectiveRidge, toeplitz.effectiveRidge, 1e-10))
      #expect(agree(chain.generalizationErrors, toeplitz.generalizationErrors, 1e-10))
      #expect(agree(chain.trainingErrors, toeplitz.trainingErrors, 1e-10))
      #expect(agree(chain.bayesError, toeplitz.bayesError, 1e-11))
    }
  }

  /// The embedding's leading block is Σ: the inverse transform of its eigenvalues starts with the first row.
  @Test(arguments: embeddedRows)
  func embeddingHoldsTheCovariance(row: [Double]) throws {
    let values = try ToeplitzPopulation(firstRow: row).circulantEmbedding()
    let m = values.count
    #expect(m >= max(2 * row.count - 2, 1))
    #expect(values.allSatisfy { $0 >= 0 })
    for lag in row.indices {
      let sum = (0..<m).reduce(0.0) { $0 + values[$1] * .cos(2 * .pi * Double($1 * lag % m) / Double(m)) }
      #expect(abs(sum / Double(m) - row[lag]) <= 1e-12 * row[0])
    }
    for k in 1..<max(m, 1) { #expect(values[k] == values[m - k]) }
  }

  @Test func extensionIsNeeded() throws {
    #expect(try ToeplitzPopulation(firstRow: Self.smoothRow).circulantEmbedding().count > 22)
  }

  /// The autoregression as a Toeplitz row of 10⁵ lags, which the recursion over all orders would take minutes for: traces, diagonals
  /// and determinants are those of the chain's closed forms. A chain that remembers thousands of orders at κ = 0, and one whose filter
  /// at κ > 0 has hundreds of coefficients, agree too.
  @Test(.timeLimit(.minutes(1)), arguments: [(100_000, 0.8), (4000, -0.97), (5000, 0.999)])
  func longRows(d: Int, correlation: Double) throws {
    var row = [1.0]
    for _ in 1..<d { row.append(row[row.count - 1] * correlation) }
    let toeplitz = try ToeplitzPopulation(firstRow: row)
    let chain = try AutoregressivePopulation(correlation: correlation, coordinateCount: d)
    for ridge in [0, 1e-2, 3.0] {
      let (found, known) = (
        try toeplitz.resolventTraces(effectiveRidge: ridge), chain.resolventTraces(effectiveRidge: ridge)
      )
      #expect(agree(found.first, known.first, 1e-9) && agree(found.second, known.second, 1e-9))
      #expect(agree(found.resolvent, known.resolvent, 1e-9))
      #expect(agree(found.resolventCovarianceResolvent, known.resolventCovarianceResolvent, 1e-9))
      let diagonals = try toeplitz.resolventDiagonals(effectiveRidge: ridge)
      #expect(agree(diagonals.resolvent, chain.resolventDiagonals(effectiveRidge: ridge).resolvent, 1e-9))
      let determinant = try toeplitz.logDeterminant(effectiveRidge: ridge)
      #expect(abs(determinant - chain.logDeterminant(effectiveRidge: ridge)) < 1e-10 * Double(d))
    }
  }
}
