import DeterministicEquivalents
import RealModule
import Testing

/// Closed forms of Marchenko and Pastur, exact moments, and the spectrum itself as a second route.
@Suite struct GramEquivalentTests {
  /// Σ = v I: ln det S/d → ln v − 1 − (1/γ − 1) ln(1 − γ), the mean exact by the determinant's law, Σ_i ψ((n − i)/2) + d ln(2/n).
  @Test(arguments: [(30, 100), (100, 130), (200, 1000)])
  func logDeterminantOfWishart(coordinateCount d: Int, sampleCount n: Int) throws {
    let (nn, dd) = (Double(n), Double(d))
    let theory = try GramEquivalent(
      population: DiagonalPopulation(isotropic: 3, coordinateCount: d), sampleCount: n
    ).logDeterminant(ridge: 0)
    let limit = Double.log(3) - 1 - (nn / dd - 1) * .log(onePlus: -dd / nn)
    #expect(abs(theory.limit - limit) < 1e-12)
    let exact = (0..<d).reduce(0.0) { $0 + Self.digamma(Double(n - $1) / 2) + .log(2 / nn) } / dd + .log(3)
    let finite = try #require(theory.finiteSize)
    let left = nn - dd
    // The next term is of order 1/(n − d)² in all, and what the limit misses of order 1.
    #expect(abs(finite - exact) * dd < 1 / left)
    #expect(abs(limit - exact) * dd > 2 / left)
  }

  /// ψ at half-integers, by its recurrence from above and the asymptotic series there.
  private static func digamma(_ x: Double) -> Double {
    var (x, sum) = (x, 0.0)
    while x < 20 {
      sum -= 1 / x
      x += 1
    }
    let y = 1 / (x * x)
    return sum + .log(x) - 1 / (2 * x) - y * (1 / 12.0 - y * (1 / 120.0 - y / 252))
  }

  /// Σ = v I: participation ratio d/(1 + γ); entropy ln d − γ/2 for γ ≤ 1 and ln n − 1/(2γ) above (D. N. Page 1993, leading order);
  /// edges v(1 ± √γ)².
  @Test(arguments: [(60, 240), (100, 100), (240, 60)])
  func marchenkoPastur(coordinateCount d: Int, sampleCount n: Int) throws {
    let ratio = Double(d) / Double(n)
    let theory = try GramEquivalent(
      population: DiagonalPopulation(isotropic: 0.5, coordinateCount: d), sampleCount: n)
    #expect(agree(theory.participationRatio.limit, Double(d) / (1 + ratio), 1e-12))
    let rank =
      ratio <= 1 ? Double(d) * .exp(-ratio / 2) : Double(n) * .exp(-1 / ratio / 2)
    #expect(agree(theory.effectiveRank.limit, rank, 1e-10))
    #expect(agree(theory.meanEigenvalue, 0.5, 1e-14))
    let ends = try theory.extremes()
    let (low, high) = (1 - ratio.squareRoot(), 1 + ratio.squareRoot())
    #expect(agree(ends.largest.limit, 0.5 * high * high, 1e-9))
    #expect(abs(ends.leastPositive.limit - 0.5 * low * low) < 1e-9)
    #expect(ends.least.limit == (n <= d ? 0 : ends.leastPositive.limit))
  }

  /// The same numbers as averages over the density of `SpectrumEquivalent`, which knows nothing of κ; the spectrum of a chain
  /// is that of a ring, O(1/d) beside.
  @Test(arguments: [20, 50, 200])
  func sumsOverTheSpectrum(sampleCount n: Int) throws {
    let d = 50
    let variances = (0..<d).map { 0.3 + 2 * Double($0) / Double(d) }
    let cases: [(any Population, Double)] = [
      (try DiagonalPopulation(variances: variances), 3e-5),
      (try BlockPopulation(coordinateCount: d, blocks: 25, correlation: 0.6), 3e-5),
      (try CirculantPopulation(firstRow: (0..<d).map { Double.pow(0.5, Double(min($0, d - $0))) }), 3e-5),
      (try AutoregressivePopulation(correlation: 0.5, coordinateCount: d), 0.03),
    ]
    for (population, tolerance) in cases {
      let theory = try GramEquivalent(population: population, sampleCount: n)
      let spectrum = try SpectrumEquivalent(bulk: population.gramBulk(sampleCount: n))
      func mean(_ f: (Double) -> Double) -> Double {
        let count = 3000
        return (0..<count).reduce(0) { $0 + f(max(0, spectrum.quantile((Double($1) + 0.5) / Double(count)))) }
          / Double(count)
      }
      let trace = mean { $0 }
      #expect(agree(trace, theory.meanEigenvalue, tolerance))
      #expect(agree(mean { $0 * $0 }, theory.meanSquaredEigenvalue.limit, tolerance))
      let entropy = mean { $0 == 0 ? 0 : $0 * .log($0 / trace) } / trace
      #expect(agree(Double(d) * .exp(-entropy), theory.effectiveRank.limit, tolerance))
      for ridge in [1e-3, 0.1, 10] {
        let value = try theory.logDeterminant(ridge: ridge).limit
        #expect(abs(mean { .log($0 + ridge) } - value) < tolerance * 3)
      }
    }
  }

  /// tr Σʲ and ln det(Σ + κ) of each structure against plain sums over Σ written out.
  @Test func powersAndDeterminants() throws {
    let d = 12
    var numbers = TestNumbers(seed: 5)
    let noise = (0..<d).map { _ in 0.2 + numbers.next() }
    let directions = [numbers.unitVector(d), numbers.unitVector(d)]
    let row = (0..<d).map { 1 / Double(1 + $0 * $0) }
    let ring = (0..<d).map { Double.pow(0.4, Double(min($0, d - $0))) }
    let cases: [(any Population, DenseReference, exactPowers: Int)] = [
      (try DiagonalPopulation(variances: noise), DenseReference(count: d) { $0 == $1 ? noise[$0] : 0 }, 4),
      (
        try SpikedPopulation(variances: noise, strengths: [3, -0.1], directions: directions),
        DenseReference(variances: noise, strengths: [3, -0.1], directions: directions), 4
      ),
      (
        try AutoregressivePopulation(correlation: -0.4, coordinateCount: d),
        DenseReference(count: d) { Double.pow(0.4, Double(abs($0 - $1))) * (abs($0 - $1) % 2 == 0 ? 1 : -1) }, 2
      ),
      (try ToeplitzPopulation(firstRow: row), DenseReference(count: d) { row[abs($0 - $1)] }, 2),
      (try CirculantPopulation(firstRow: ring), DenseReference(count: d) { ring[abs($0 - $1)] }, 4),
    ]
    for (population, reference, exact) in cases {
      let powers = try population.powerTraces()
      let square = reference * reference
      let values = [reference.trace, square.trace, (square * reference).trace, (square * square).trace]
      let found = [powers.first, powers.second, powers.third, powers.fourth]
      for (index, value) in values.enumerated() {
        #expect(agree(found[index], value, index < exact ? 1e-12 : 0.3))
      }
      for ridge in [0, 0.3, 100] {
        let determinant = try population.logDeterminant(effectiveRidge: ridge)
        #expect(abs(determinant - reference.shifted(by: ridge).logDeterminant) < 1e-11)
      }
    }
    let blocks = try BlockPopulation(coordinateCount: d, blocks: 5, correlation: 0.3)
    let owner = (0..<d).map { k in blocks.bounds.lastIndex { $0 <= k }! }
    let reference = DenseReference(count: d) { i, j in i == j ? 1 : owner[i] == owner[j] ? 0.3 : 0 }
    let square = reference * reference
    #expect(agree(blocks.powerTraces().fourth, (square * square).trace, 1e-12))
    #expect(abs(blocks.logDeterminant(effectiveRidge: 0.2) - reference.shifted(by: 0.2).logDeterminant) < 1e-11)
  }
}
