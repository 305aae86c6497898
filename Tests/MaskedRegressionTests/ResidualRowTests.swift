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

  /// Of one ridge the sums come from the pass of its errors: against every residual by itself, in units of E by generalised
  /// cross-validation; in one block, in pieces that are read, with weights, and in single precision.
  @Test(arguments: [(700, 9), (12_000, 100), (36, 30)]) func fromThePassOfErrors(shape: (Int, Int)) throws {
    try check(shape, on: host, tolerance: 1e-10)
    // More of these leave single precision no digits.
    if shape.1 < 10 { try check(shape, on: HostBackend<Float>(), tolerance: 2e-4) }
  }

  private func check<Device: Backend>(_ shape: (Int, Int), on device: Device, tolerance: Double) throws {
    let (n, d) = shape
    let stream = RandomStream(seed: 8, purpose: .samples, index: 0)
    let x = (0..<n * d).map { cell in
      let (i, k) = (cell / d, cell % d)
      func noise(_ place: Int) -> Double { EntryLaw.gaussian.value(at: UInt64(place), of: stream) }
      // A constant column among them, and a part that a cell shares with the next of its column.
      return k == 3 ? 5 : Double(k % 4 + 1) * (noise(cell) + noise(cell + d) + 0.3 * noise((n + 1) * d + i))
    }
    for weights in [WeightChoice.fixed(.uniform), .fixed(.variance)] {
      let request = FitRequest(ridge: .path([0.2]), weights: weights, centered: true)
      let result = try request.fit(x, sampleCount: n, on: device)
      let rows = try #require(result.rows)
      #expect(rows.scores == nil)
      var cells: [Double] = []
      #expect(try result.fit.residuals(ridge: 0.2) { cells += $0.map { Double($0) } })
      let gcv = try #require(result.best.gcv)
      let errors = zip(gcv, result.fit.variances).map { min($0, $1) }
      #expect(errors[3] == 0)
      var expected = ResidualRows(sampleCount: n, errors: errors, variances: result.fit.variances)
      expected.add(ResidualTile(samples: Array(0..<n), coordinates: 0..<d, values: cells))
      for (own, other) in zip(rows.squares, expected.squares) { #expect(abs(own - other) <= tolerance * other) }
      let (found, wanted) = (try #require(rows.neighbourCorrelation), try #require(expected.neighbourCorrelation))
      if n > 100 {
        #expect(abs(found.value) > 0.1, "it is there to be found")
      } else {
        // So few rows that a column's square is less than some estimates.
        #expect(zip(gcv, result.fit.variances).contains { $0 > $1 })
      }
      #expect(
        abs(found.value - wanted.value) <= tolerance && abs(found.deviations / wanted.deviations - 1) <= tolerance)
      for standardizes in [false, true] {
        let (own, other) = (
          rows.standardError(standardizes: standardizes), expected.standardError(standardizes: standardizes)
        )
        #expect(abs(try #require(own) / #require(other) - 1) <= tolerance)
      }
    }
  }
}
