import DeterministicEquivalents
import RealModule
import Testing

/// The edges of a bulk, and what lies beyond the upper one, against the whole spectrum and against bulks with a node for each coordinate.
@Suite struct SpectrumEdgesTests {
  /// Variances of data of many kinds.
  private enum Kind: CaseIterable {
    case logNormal, decades, equal, clusters, giant, ties, powerLaw

    func variances(_ d: Int, _ numbers: inout TestNumbers) -> [Double] {
      var normal: Double { (0..<12).reduce(-6) { sum, _ in sum + numbers.next() } }
      switch self {
      case .logNormal: return (0..<d).map { _ in Double.exp(1.5 * normal) }
      case .decades: return (0..<d).map { Double.pow(10, 5 * Double($0) / Double(max(d - 1, 1)) - 3) }
      case .equal: return [Double](repeating: 0.7, count: d)
      case .clusters: return (0..<d).map { ($0 % 10 == 0 ? 30 : 1) * (1 + 0.01 * numbers.next()) }
      case .giant: return [Double(d)] + (1..<d).map { _ in 0.5 + numbers.next() }
      case .ties: return (0..<d).map { _ in 1 + (8 * numbers.next()).rounded(.down) }
      case .powerLaw: return (1...d).map { 1 / Double($0) }
      }
    }
  }

  private static let ridges = [1e-3, 0.1, 3.0]

  private static func cells(_ seed: UInt64) -> [(kind: Kind, ridge: Double, numbers: TestNumbers)] {
    var numbers = TestNumbers(seed: seed)
    return Kind.allCases.flatMap { kind in
      ridges.map { ridge in
        _ = numbers.next()
        return (kind, ridge, numbers)
      }
    }
  }

  /// A bulk of a node for each coordinate, without a merger.
  private static func plain(_ variances: [Double], sampleCount: Int, ridge: Double) throws -> BulkMeasure {
    let population = try DiagonalPopulation(variances: variances)
    guard ridge > 0 else {
      return BulkMeasure(
        nodes: variances.map { BulkMeasure.Node(scaled: $0, shift: 0, metric: 1, weight: 1) }, sampleCount: sampleCount)
    }
    let root = try EffectiveRidge(population: population, sampleCount: sampleCount, ridge: ridge)
    return BulkMeasure(
      nodes: variances.map { variance in
        let metric = 1 / ((variance + root.value) * root.shrinkage)
        return BulkMeasure.Node(scaled: metric * variance, shift: metric * ridge, metric: metric, weight: 1)
      }, sampleCount: sampleCount, shrinkage: root.shrinkage)
  }

  /// Both edges are those of the spectrum that is searched interval by interval, and the density that of its series; nothing lies above.
  @Test(arguments: [(12, 30), (40, 15), (40, 300), (300, 40), (200, 200), (25, 400)])
  func ofTheSpectrum(shape: (Int, Int)) throws {
    let (n, d) = shape
    for (kind, ridge, start) in Self.cells(3) {
      var numbers = start
      let population = try DiagonalPopulation(variances: kind.variances(d, &numbers))
      let mean = population.variances.reduce(0, +) / Double(d)
      for isGram in [false, true] where !isGram || n != d {
        let bulk =
          try isGram
          ? population.gramBulk(sampleCount: n) : population.predictorBulk(sampleCount: n, ridge: ridge * mean)
        let spectrum = try SpectrumEquivalent(bulk: bulk)
        let edges = try SpectrumEdges(of: bulk)
        let (first, last) = (try #require(spectrum.intervals.first), try #require(spectrum.intervals.last))
        #expect(abs(edges.upper / last.upper - 1) < 1e-12, "\(kind), n \(n), d \(d), ridge \(ridge), Gram \(isGram)")
        let lower = try #require(edges.lower)
        #expect(abs(lower / first.lower - 1) < 1e-9, "\(kind), n \(n), d \(d), ridge \(ridge), Gram \(isGram)")
        guard !isGram else { continue }
        let places = (1..<40).map { spectrum.predictorQuantile(Double($0) / 40) }
        let expected = places.map { spectrum.predictorDensity(at: $0) }
        let greatest = expected.max() ?? 0
        for (density, expected) in zip(edges.predictorDensities(at: places), expected) {
          #expect(abs(density - expected) <= 1e-6 * greatest, "\(kind), n \(n), d \(d), ridge \(ridge)")
        }
      }
    }
  }

  /// Closed forms of equal variances: v(1 ± √γ)².
  @Test(arguments: [(50, 20), (20, 50), (10, 20000)])
  func ofEqualVariances(shape: (Int, Int)) throws {
    let (n, d) = shape
    let edges = try SpectrumEdges(
      of: DiagonalPopulation(isotropic: 0.7, coordinateCount: d).gramBulk(sampleCount: n))
    let root = (Double(d) / Double(n)).squareRoot()
    #expect(abs(edges.upper / (0.7 * (1 + root) * (1 + root)) - 1) < 1e-14)
    let lower = try #require(edges.lower)
    #expect(abs(lower / (0.7 * (1 - root) * (1 - root)) - 1) < 1e-13)
  }

  /// A coordinate far above all others has an interval of its own, v(1 ± 2/√n) but for what the others move it by, and the upper edge is the
  /// end of it however narrow it is.
  @Test(arguments: [100, 10_000, 100_000_000])
  func ofOneCoordinate(n: Int) throws {
    let variances = [1e6] + (1..<50).map { 1 + Double($0) / 50 }
    let edges = try SpectrumEdges(of: DiagonalPopulation(variances: variances).gramBulk(sampleCount: n))
    let others = variances.dropFirst().reduce(0, +) / Double(n)
    let root = 1 + 1 / Double(n).squareRoot()
    #expect(abs(edges.upper - 1e6 * root * root) < 2 * others)
    #expect(edges.upper > 1e6 * root * root)
    // It holds less than two eigenvalues, and has no law.
    #expect(edges.greatestEigenvalue == nil)
  }

  /// Merged variances have the edges, the law and the spikes of as many nodes as coordinates to 1e-6.
  @Test(arguments: [(10, 10), (64, 6830), (500, 5000), (3000, 2500), (10, 4000), (400, 20000)])
  func ofMergedVariances(shape: (Int, Int)) throws {
    let (n, d) = shape
    for (kind, ridge, start) in Self.cells(4) {
      var numbers = start
      let variances = kind.variances(d, &numbers)
      let scaled = ridge * variances.reduce(0, +) / Double(d)
      let population = try DiagonalPopulation(variances: variances)
      for isGram in [false, true] where !isGram || n != d {
        let merged = try SpectrumEdges(
          of: isGram ? population.gramBulk(sampleCount: n) : population.predictorBulk(sampleCount: n, ridge: scaled))
        let plain = try SpectrumEdges(of: Self.plain(variances, sampleCount: n, ridge: isGram ? 0 : scaled))
        let name = "\(kind), n \(n), d \(d), ridge \(ridge), Gram \(isGram)"
        #expect(abs(merged.upper / plain.upper - 1) < 1e-6, "\(name)")
        let (law, other) = (merged.greatestEigenvalue, plain.greatestEigenvalue)
        #expect((law == nil) == (other == nil), "\(name)")
        if let law, let other {
          #expect(abs(law.fivePercentPlace / other.fivePercentPlace - 1) < 1e-6, "\(name)")
          // The place of the law itself is that of the edge but for a small part.
          #expect(abs(law.scale / other.scale - 1) < 1e-4, "\(name)")
        }
        for factor in [1.05, 2] {
          let spike = try #require(merged.spreadSpike(at: factor * plain.upper))
          let expected = try #require(plain.spreadSpike(at: factor * plain.upper))
          #expect(abs(spike.strength / expected.strength - 1) < 1e-6, "\(name)")
          #expect(abs(spike.right / expected.right - 1) < 1e-6, "\(name)")
        }
      }
    }
  }
}
