import DeterministicEquivalents
import LacunaAlgebra
import LacunaHost
import RealModule
import Testing

/// The numbers of the Gram's spectrum at finite size against their means over drawn data.
@Suite struct SimulatedGramTests {
  private static let d = 60
  private static let backend = HostBackend<Double>(threads: 1)

  /// Eigenvalues of S, ascending, for each trial.
  private func draws(
    _ trials: Int, n: Int, law: EntryLaw = .gaussian, seed: UInt64,
    shape: (HostBackend<Double>, HostMatrix<Double>) throws -> Void
  ) throws -> [[Double]] {
    let (backend, d) = (Self.backend, Self.d)
    return try (0..<trials).map { trial in
      let x = try backend.makeMatrix(rows: n, columns: d)
      try backend.fill(
        x, law: law, stream: RandomStream(seed: seed, purpose: .samples, index: trial), offset: 0)
      try shape(backend, x)
      let gram = try backend.makeMatrix(rows: d, columns: d)
      try backend.accumulateGram(of: x, scale: 1 / Double(n), into: gram)
      return try backend.eigenvalues(of: gram).sorted()
    }
  }

  /// Within 4.5 standard errors of the mean.
  private func check(_ values: [Double], _ prediction: Prediction, _ what: String, slack: Double = 0) throws {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let error = (spread / count).squareRoot()
    let expected = try #require(prediction.finiteSize, "\(what)")
    #expect(
      abs(mean - expected) < 4.5 * error + slack * abs(expected), "\(what): \(mean) ± \(error), theory \(expected)")
  }

  private func check(
    _ population: any Population, n: Int, kurtosis: Double = 0, _ spectra: [[Double]], endsKnown: Bool = true
  ) throws {
    let d = Double(Self.d)
    let theory = try GramEquivalent(population: population, sampleCount: n, excessKurtosis: kurtosis)
    try check(spectra.map { $0.reduce(0) { $0 + $1 * $1 } / d }, theory.meanSquaredEigenvalue, "tr S²")
    try check(
      spectra.map { s in
        let trace = s.reduce(0, +)
        return trace * trace / s.reduce(0) { $0 + $1 * $1 }
      }, theory.participationRatio, "participation ratio", slack: 2 / (d * d))
    try check(
      spectra.map { s in
        let trace = s.reduce(0, +)
        return Double.exp(s.reduce(0) { $1 > 1e-12 * trace ? $0 - $1 / trace * .log($1 / trace) : $0 })
      }, theory.effectiveRank, "effective rank", slack: 2 / (d * d))
    try check(
      spectra.map { $0.reduce(0) { $0 + .log(max($1, 0) + 0.1) } / d }, try theory.logDeterminant(ridge: 0.1),
      "log-determinant", slack: 1e-4)
    guard endsKnown else { return }
    let ends = try theory.extremes()
    try check(spectra.map { $0[Self.d - 1] }, ends.largest, "largest")
    try check(spectra.map { $0[max(0, Self.d - n)] }, ends.leastPositive, "least that is not 0", slack: 0.01)
  }

  @Test(arguments: [25, 150])
  func isotropic(n: Int) throws {
    let population = try DiagonalPopulation(isotropic: 1, coordinateCount: Self.d)
    try check(population, n: n, try draws(400, n: n, seed: 11) { _, _ in })
    try check(
      population, n: n, kurtosis: -2, try draws(400, n: n, law: .rademacher, seed: 12) { _, _ in }, endsKnown: false)
  }

  @Test(arguments: [25, 150], [0.7, 1.5])
  func powerLaw(n: Int, exponent: Double) throws {
    let population = try DiagonalPopulation.powerLaw(exponent: exponent, coordinateCount: Self.d)
    let scale = population.variances.map { $0.squareRoot() }
    let spectra = try draws(400, n: n, seed: 13) { backend, x in
      try backend.scale(x, rows: nil, columns: try backend.makeVector(scale))
    }
    // The single eigenvalues that a steep law sets apart fall at n < d into intervals too narrow to be sure of their number.
    try check(population, n: n, spectra, endsKnown: exponent < 1)
  }

  @Test(arguments: [25, 150])
  func chainAndSpike(n: Int) throws {
    let chain = try AutoregressivePopulation(correlation: 0.6, coordinateCount: Self.d)
    try check(
      chain, n: n,
      try draws(400, n: n, seed: 14) { backend, x in try backend.autoregress(x, correlation: 0.6, adjoint: false) },
      endsKnown: false)
    // A strong spike along the first coordinate: the sums hold it, its eigenvalue is an outlier.
    var direction = [Double](repeating: 0, count: Self.d)
    direction[0] = 1
    let spiked = try SpikedPopulation(
      variances: [Double](repeating: 1, count: Self.d), strengths: [15], directions: [direction])
    var scale = [Double](repeating: 1, count: Self.d)
    scale[0] = 4
    let spectra = try draws(400, n: n, seed: 15) { backend, x in
      try backend.scale(x, rows: nil, columns: try backend.makeVector(scale))
    }
    try check(spiked, n: n, spectra, endsKnown: false)
    let ends = try GramEquivalent(population: spiked, sampleCount: n).extremes()
    #expect(ends.largest.finiteSize == nil)
    let mean = spectra.reduce(0) { $0 + $1[Self.d - 1] } / 400
    #expect(agree(mean, ends.largest.limit, 3 / Double(n).squareRoot() / 20.0.squareRoot()))
  }
}
