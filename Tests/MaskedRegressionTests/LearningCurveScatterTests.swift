import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// Whether a learning curve is as right as it says, and its self-check as wrong as it says, over many made tables.
@Suite struct LearningCurveScatterTests {
  enum Kind: Int, CaseIterable {
    /// Principal variances 1, ½, ⅓, …, rotated.
    case slowDecay
    /// 1, ¼, 1/9, ….
    case fastDecay
    /// Three factors beside noise of each coordinate.
    case factors
    /// The same, the noise the product of two Gaussian numbers.
    case heavyTails
  }

  private static let d = 16

  /// Independent rows of one distribution, of a kind and a table of it.
  private static func rows(_ kind: Kind, table: Int, first: Int, count: Int) -> [Double] {
    let stream = RandomStream(seed: 31, purpose: .samples, index: 100 * kind.rawValue + table)
    let mixing = RandomStream(seed: 32, purpose: .samples, index: 100 * kind.rawValue + table)
    func fresh(_ i: Int, _ k: Int) -> Double { EntryLaw.gaussian.value(at: UInt64((first + i) * 64 + k), of: stream) }
    func mixed(_ j: Int, _ k: Int) -> Double { EntryLaw.gaussian.value(at: UInt64(j * 64 + k), of: mixing) }
    let weights = (0..<d).map { j in (0..<d).map { mixed(j, $0) } }
    return (0..<count).flatMap { i -> [Double] in
      let z = (0..<3 * d).map { fresh(i, $0) }
      return (0..<d).map { k in
        switch kind {
        case .slowDecay, .fastDecay:
          (0..<d).reduce(0) { sum, j in
            let share = kind == .slowDecay ? 1 / Double(j + 1).squareRoot() : 1 / Double(j + 1)
            return sum + z[j] * share * weights[j][k]
          }
        case .factors, .heavyTails:
          (0..<3).reduce(kind == .factors ? z[3 + k] : (z[3 + k] * z[d + 3 + k]) * 1.3) { $0 + z[$1] * weights[$1][k] }
        }
      }
    }
  }

  /// The mean squared error on many new rows of the fit of some rows.
  private static func error(of rows: [Double], count: Int, ridge: Double, on others: [Double]) throws -> Double {
    let fit = try DataFit(device: host, values: rows, sampleCount: count, centered: true, ridge: .path([ridge]))
    let a = try fit.predictor(ridge: ridge)
    var sum = 0.0
    for i in 0..<others.count / d {
      let x = (0..<d).map { others[i * d + $0] - fit.means[$0] }
      for k in 0..<d {
        let residual = (0..<d).reduce(x[k]) { $0 - a[k * d + $1] * x[$1] }
        sum += residual * residual
      }
    }
    return sum / Double(others.count)
  }

  /// Squares over squares of standard errors average 1 where n is large; half as much again is seen where half of the rows are about as
  /// many as coordinates, and 2.1 to 4 of differences whose rows are taken for independent.
  ///
  /// From half as many rows as coordinates to twenty times as many: differences of the self-check are of the size of their standard
  /// errors, and the curve at half of the rows of the size of its own from the true error of so many.
  @Test(arguments: [8, 16, 40, 80, 320]) func asRightAsItSays(n: Int) throws {
    let tables = 16
    var (checks, curves): ([Double], [Double]) = ([], [])
    for kind in Kind.allCases {
      for table in 0..<tables {
        let x = Self.rows(kind, table: table, first: 0, count: n)
        let learning = try FitRequest(centered: true).fit(x, sampleCount: n, on: host).learningCurve()
        guard let check = learning.selfCheck,
          let point = learning.points.first(where: { $0.expected.sampleCount == n / 2 }),
          let standardError = point.standardError
        else { continue }
        checks.append((check.predicted - check.measured) / check.standardError)
        let others = Self.rows(kind, table: table, first: 1_000_000, count: 300)
        // Other rows of the same distribution, as many as half of the table.
        let truth = try (1...6).map { part in
          try Self.error(
            of: Self.rows(kind, table: table, first: 10_000 * part, count: n / 2), count: n / 2,
            ridge: point.expected.ridge, on: others)
        }
        let mean = truth.reduce(0, +) / Double(truth.count)
        let scatter = truth.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(truth.count * (truth.count - 1))
        // The rows that it is measured on are finitely many.
        let sampling = 2 * mean * mean / 300 / 4
        curves.append(
          (point.expected.error - mean) / (standardError * standardError + scatter + sampling).squareRoot())
      }
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    #expect(checks.count > 2 * tables)
    let (check, curve) = (mean(checks.map { $0 * $0 }), mean(curves.map { $0 * $0 }))
    #expect(check > 0.5 && check < 2.1, "\(n) rows: \(check)")
    #expect(curve < 1.7, "\(n) rows: \(curve)")
  }
}
