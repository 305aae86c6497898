import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

@Suite struct ResidualRowTests {
  /// Rows of a common factor, each with part `memory` of the row before.
  private func rows(n: Int, d: Int, memory: Double, seed: UInt64) -> [[Double]] {
    let stream = RandomStream(seed: seed, purpose: .samples, index: 0)
    var rows: [[Double]] = []
    for i in 0..<n {
      func value(_ k: Int) -> Double { EntryLaw.gaussian.value(at: UInt64(i * (d + 1) + k), of: stream) }
      let fresh = (0..<d).map { value(d) + value($0) }
      rows.append(
        i == 0 ? fresh : (0..<d).map { memory * rows[i - 1][$0] + (1 - memory * memory).squareRoot() * fresh[$0] })
    }
    return rows
  }

  private func warns(
    _ rows: [[Double]], ridge: RidgeChoice = .automatic, groups: SampleGroups? = nil
  ) throws -> Bool {
    let result = try FitRequest(ridge: ridge, centered: true, groups: groups).fit(
      rows.flatMap { $0 }, sampleCount: rows.count, on: host)
    return result.warnings.contains { $0.contains("neighbouring rows") && $0.contains("--groups") }
  }

  @Test(arguments: [(60, 10), (40, 80)])
  func neighbours(shape: (Int, Int)) throws {
    let (n, d) = shape
    var independent = 0
    for seed in 0..<200 {
      if try warns(rows(n: n, d: d, memory: 0, seed: UInt64(seed)), ridge: .path([0.3])) { independent += 1 }
    }
    #expect(independent <= 10)
    for seed in 0..<5 {
      let series = rows(n: 3 * n, d: d, memory: 0.8, seed: UInt64(seed))
      #expect(try warns(series))
      #expect(try !warns(series, groups: try SampleGroups(runs: 10, sampleCount: series.count)))
      #expect(try warns(rows(n: n, d: d, memory: 0, seed: UInt64(seed)).flatMap { [$0, $0] }))
    }
  }

  /// Against the definitions, whether tiles are of rows or of columns.
  @Test func sums() throws {
    let (n, d) = (12, 4)
    let x = rows(n: n, d: d, memory: 0.5, seed: 3)
    let errors = (0..<d).map { k in x.reduce(0) { $0 + $1[k] * $1[k] } / Double(n) }
    let variances = [2, 0, 0.5, 3.0]
    func dot(_ a: [Double], _ b: [Double]) -> Double { (0..<d).reduce(0) { $0 + a[$1] * b[$1] / errors[$1] } }
    let means = x.map { $0.reduce(0) { $0 + $1 * $1 } / Double(d) }
    let mean = means.reduce(0, +) / Double(n)
    let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n - 1)
    let shares = x.map { row in
      (0..<d).reduce(0) { variances[$1] > 0 ? $0 + row[$1] * row[$1] / variances[$1] / 3 : $0 }
    }
    let share = shares.reduce(0, +) / Double(n)
    let standardizedVariance = shares.reduce(0) { $0 + ($1 - share) * ($1 - share) } / Double(n - 1)
    var pairs = 0.0
    for i in 0..<n { for j in 0..<n where i != j { pairs += dot(x[i], x[j]) / Double(n * (n - 1)) } }
    let products = (1..<n).map { dot(x[$0], x[$0 - 1]) - pairs }
    let own = x.reduce(0) { $0 + dot($1, $1) } / Double(n)
    let correlation = products.reduce(0, +) / Double(n - 1) / own
    let deviations = products.reduce(0, +) / products.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for tiles in [[(0..<n, 0..<d)], [(0..<5, 0..<d), (5..<n, 0..<d)], [(0..<n, 0..<1), (0..<n, 1..<d)]] {
      var sums = ResidualRows(sampleCount: n, errors: errors, variances: variances)
      for (samples, columns) in tiles {
        sums.add(
          ResidualTile(
            samples: Array(samples), coordinates: columns, values: samples.flatMap { Array(x[$0][columns]) }))
      }
      let found = try #require(sums.neighbourCorrelation)
      #expect(abs(found.value - correlation) < 1e-12 && abs(found.deviations - deviations) < 1e-11)
      #expect(abs(try #require(sums.standardError()) - (variance / Double(n)).squareRoot()) < 1e-12)
      let standardized = try #require(sums.standardError(standardizes: true))
      #expect(abs(standardized - (standardizedVariance / Double(n)).squareRoot()) < 1e-12)
      // Two groups: half of the difference of what they have beyond their shares.
      let halves = [Array(0..<4), Array(4..<n)]
      let parts = halves.map { $0.reduce(0) { $0 + means[$1] - mean } }
      let expected = (2 * (parts[0] * parts[0] + parts[1] * parts[1])).squareRoot() / Double(n)
      #expect(abs(try #require(sums.standardError(groups: halves)) - expected) < 1e-12)
    }
  }
}
