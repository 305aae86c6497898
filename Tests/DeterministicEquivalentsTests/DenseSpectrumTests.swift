import DeterministicEquivalents
import LacunaAlgebra
import LacunaHost
import RealModule
import Testing

/// Spectra under a Σ given as a matrix, where D and Σ need not be diagonal together.
@Suite struct DenseSpectrumTests {
  private let host = HostBackend<Double>()

  private func dense(_ d: Int, _ entry: (Int, Int) -> Double) throws -> DensePopulation {
    try DensePopulation(
      covariance: (0..<d * d).map { entry($0 / d, $0 % d) }, coordinateCount: d, backend: host)
  }

  /// A chain whose coordinates have scales from 0.5 to 2: D varies and does not commute with Σ.
  private static func scaledChain(_ i: Int, _ j: Int, _ d: Int) -> Double {
    let scale = { (k: Int) in 0.5 + 1.5 * Double(k) / Double(d - 1) }
    return scale(i) * scale(j) * Double.pow(0.8, Double(abs(i - j)))
  }

  /// Two rings of different variance: Σ has eigenvectors of its own and D two values, diagonal together, so that the bulk can be
  /// written down.
  @Test(arguments: [(60, 0.1), (240, 0.1), (240, 1e-6), (2400, 1.0)])
  func twoRings(n: Int, ridge: Double) throws {
    let half = 60
    let row = { (k: Int) -> Double in k == 0 ? 1 : k == 1 || k == half - 1 ? 0.4 : 0 }
    let population = try dense(2 * half) { i, j in
      i / half != j / half ? 0 : (i < half ? 1 : 3) * row((i - j + half) % half)
    }
    let values = (0..<half).map { 1 + 0.8 * Double.cos(2 * .pi * Double($0) / Double(half)) }
    let all = values + values.map { 3 * $0 }
    let diagonal = try DiagonalPopulation(variances: all)
    let kappa = try EffectiveRidge(population: diagonal, sampleCount: n, ridge: ridge)
    let nodes = [1.0, 3.0].flatMap { variance in
      let metric =
        values.reduce(0) { $0 + 1 / (variance * $1 + kappa.value) } / Double(half) / kappa.shrinkage
      return values.map {
        BulkMeasure.Node(
          scaled: metric * variance * $0, shift: ridge * metric, metric: metric, weight: 1)
      }
    }
    try compare(
      SpectrumEquivalent(bulk: population.predictorBulk(sampleCount: n, ridge: ridge)),
      SpectrumEquivalent(bulk: BulkMeasure(nodes: nodes, sampleCount: n)),
      // At n = 20 d single eigenvalues of Σ begin to show and the series converges slowly.
      tolerance: n > 1000 ? 1e-4 : 1e-6)
  }

  /// Independent coordinates and one spike, written out: as the diagonal structure without the spike, and with it to the mass
  /// of the one eigenvalue that the spike moves.
  @Test(arguments: [80, 320])
  func diagonalAndSpike(n: Int) throws {
    let d = 160
    let variances = (0..<d).map { 0.2 + 2 * Double($0) / Double(d - 1) }
    let diagonal = try DiagonalPopulation(variances: variances)
    try compare(
      SpectrumEquivalent(
        bulk: dense(d) { i, j in i == j ? variances[i] : 0 }.predictorBulk(sampleCount: n, ridge: 0.1)),
      SpectrumEquivalent(bulk: diagonal.predictorBulk(sampleCount: n, ridge: 0.1)))
    let u = OutlierEquivalentTests.flat(d)
    let spiked = try SpikedPopulation(variances: variances, strengths: [4], directions: [u])
    let whole = try SpectrumEquivalent(
      bulk: dense(d) { i, j in (i == j ? variances[i] : 0) + 4 * u[i] * u[j] }
        .predictorBulk(sampleCount: n, ridge: 0.1))
    let bulk = try SpectrumEquivalent(bulk: spiked.predictorBulk(sampleCount: n, ridge: 0.1))
    for step in 1..<20 {
      let z = bulk.quantile(Double(step) / 20)
      #expect(abs(whole.distribution(at: z) - bulk.distribution(at: z)) <= 2 / Double(d))
    }
  }

  /// A chain written out against its ring: the ends are a fraction O(1/d).
  @Test(arguments: [60, 240])
  func chain(n: Int) throws {
    let d = 120
    let ring = try SpectrumEquivalent(
      bulk: AutoregressivePopulation(correlation: 0.6, coordinateCount: d).predictorBulk(sampleCount: n, ridge: 0.2))
    let whole = try SpectrumEquivalent(
      bulk: dense(d) { i, j in Double.pow(0.6, Double(abs(i - j))) }.predictorBulk(sampleCount: n, ridge: 0.2))
    #expect(abs(whole.missingMass) <= 1e-6)
    for interval in ring.intervals {
      for step in 1..<10 {
        let z = interval.lower + (interval.upper - interval.lower) * Double(step) / 10
        #expect(abs(whole.distribution(at: z) - ring.distribution(at: z)) <= 4 / Double(d))
      }
    }
  }

  /// Where nothing commutes: the density against the fixed point of c = 1/(1 + tr(Σ′G)/n) with G by complex elimination.
  @Test(arguments: [15, 60])
  func againstComplexSolves(n: Int) throws {
    let (d, ridge) = (30, 0.3)
    let sigma = { (i: Int, j: Int) in Self.scaledChain(i, j, d) }
    let population = try dense(d, sigma)
    let spectrum = try SpectrumEquivalent(bulk: population.predictorBulk(sampleCount: n, ridge: ridge))
    let mass = spectrum.intervals.reduce(0) { $0 + $1.mass } + spectrum.atoms.reduce(0) { $0 + $1.mass }
    #expect(abs(mass - 1) <= 1e-6)
    // Â is hollow: ∫ 1/z dF = 1.
    var inverseMean = 0.0
    for step in 0..<4000 { inverseMean += 1 / spectrum.quantile((Double(step) + 0.5) / 4000) / 4000 }
    #expect(abs(inverseMean - 1) <= 1e-3)
    let kappa = try EffectiveRidge(population: population, sampleCount: n, ridge: ridge)
    let metric = population.resolventDiagonals(effectiveRidge: kappa.value).resolvent.map { $0 / kappa.shrinkage }
    // Away from multiples of 1/d, where gaps may lie.
    for fraction in [0.117, 0.351, 0.617, 0.885] {
      let z = spectrum.quantile(fraction)
      var c = ComplexPair(0.5, -0.5)
      var trace = ComplexPair(0, 0)
      for _ in 0..<2000 {
        let matrix = (0..<d).map { i in
          (0..<d).map { j -> ComplexPair in
            let entry = (metric[i] * metric[j]).squareRoot() * sigma(i, j)
            let shift = i == j ? ridge * metric[i] - z : 0
            return ComplexPair(c.real * entry + shift, c.imaginary * entry)
          }
        }
        let inverse = complexInverse(matrix)
        var sum = ComplexPair(1, 0)
        trace = ComplexPair(0, 0)
        for i in 0..<d {
          trace = trace + inverse[i][i] * ComplexPair(1 / Double(d), 0)
          for j in 0..<d {
            let entry = (metric[i] * metric[j]).squareRoot() * sigma(i, j) / Double(n)
            sum = sum + inverse[j][i] * ComplexPair(entry, 0)
          }
        }
        let next = (c + sum.inverse) * ComplexPair(0.5, 0)
        let moved = abs(next.real - c.real) + abs(next.imaginary - c.imaginary)
        c = next
        if moved < 1e-13 { break }
      }
      #expect(agree(spectrum.density(at: z), trace.imaginary / .pi, 1e-7), "n = \(n), \(fraction)")
    }
  }

  /// Three draws of the scaled chain together.
  @Test(arguments: [100, 400])
  func againstSimulation(n: Int) throws {
    let (d, ridge) = (200, 0.1)
    let population = try dense(d) { i, j in Self.scaledChain(i, j, d) }
    let spectrum = try SpectrumEquivalent(bulk: population.predictorBulk(sampleCount: n, ridge: ridge))
    let scales = try host.makeVector((0..<d).map { 0.5 + 1.5 * Double($0) / Double(d - 1) })
    var values: [Double] = []
    for trial in 0..<3 {
      let x = try host.makeMatrix(rows: n, columns: d)
      try host.fill(x, law: .gaussian, stream: RandomStream(seed: 11, purpose: .samples, index: trial), offset: 0)
      try host.autoregress(x, correlation: 0.8, adjoint: false)
      try host.scale(x, rows: nil, columns: scales)
      values += try SimulatedSpectrumTests.eigenvalues(of: x, ridge: ridge, on: host)
    }
    values.sort()
    let count = Double(values.count)
    let worst = values.enumerated().reduce(0.0) { worst, entry in
      let predicted = spectrum.predictorDistribution(at: entry.element)
      return max(worst, Double(entry.offset + 1) / count - predicted, predicted - Double(entry.offset) / count)
    }
    #expect(worst < 0.015)
  }

  @Test func refusesBeyondItsSize() throws {
    let d = 513
    let population = try dense(d) { i, j in i == j ? 1 : 0 }
    let error = #expect(throws: PopulationError.self) {
      try population.predictorBulk(sampleCount: 600, ridge: 0.1)
    }
    #expect(error?.description.contains("512") ?? false)
    // The Gram's needs the eigenvalues alone.
    let interval = try #require(
      try SpectrumEquivalent(bulk: population.gramBulk(sampleCount: 4 * d)).intervals.first)
    #expect(agree(interval.upper, 2.25, 1e-9))
  }

  /// Edges, masses, quantiles and densities of one law found twice.
  private func compare(_ a: SpectrumEquivalent, _ b: SpectrumEquivalent, tolerance: Double = 1e-6) throws {
    #expect(abs(a.missingMass) <= tolerance)
    try #require(a.intervals.count == b.intervals.count)
    try #require(a.atoms.count == b.atoms.count)
    for (x, y) in zip(a.intervals, b.intervals) {
      #expect(agree(x.lower, y.lower, 1e-7))
      #expect(agree(x.upper, y.upper, 1e-7))
      #expect(abs(x.mass - y.mass) <= tolerance)
      for step in 1..<12 {
        let z = y.lower + (y.upper - y.lower) * Double(step) / 12
        #expect(agree(a.density(at: z), b.density(at: z), 1e-5))
        #expect(abs(a.distribution(at: z) - b.distribution(at: z)) <= 2 * tolerance)
      }
    }
    for (x, y) in zip(a.atoms, b.atoms) {
      #expect(agree(x.position, y.position, 1e-9))
      #expect(abs(x.mass - y.mass) <= 1e-9)
    }
  }

  /// Gauss–Jordan with pivots.
  private func complexInverse(_ matrix: [[ComplexPair]]) -> [[ComplexPair]] {
    let d = matrix.count
    var a = matrix
    var b = (0..<d).map { i in (0..<d).map { ComplexPair(i == $0 ? 1 : 0, 0) } }
    for p in 0..<d {
      let pivot = (p..<d).max { a[$0][p].square < a[$1][p].square }!
      a.swapAt(p, pivot)
      b.swapAt(p, pivot)
      let inverse = a[p][p].inverse
      for k in 0..<d {
        a[p][k] = a[p][k] * inverse
        b[p][k] = b[p][k] * inverse
      }
      for i in 0..<d where i != p {
        let factor = a[i][p] * ComplexPair(-1, 0)
        for k in 0..<d {
          a[i][k] = a[i][k] + factor * a[p][k]
          b[i][k] = b[i][k] + factor * b[p][k]
        }
      }
    }
    return b
  }
}

private struct ComplexPair {
  var real: Double
  var imaginary: Double

  init(_ real: Double, _ imaginary: Double) {
    self.real = real
    self.imaginary = imaginary
  }

  var square: Double { real * real + imaginary * imaginary }
  var inverse: ComplexPair { ComplexPair(real / square, -imaginary / square) }

  static func + (a: ComplexPair, b: ComplexPair) -> ComplexPair {
    ComplexPair(a.real + b.real, a.imaginary + b.imaginary)
  }

  static func * (a: ComplexPair, b: ComplexPair) -> ComplexPair {
    ComplexPair(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }
}
