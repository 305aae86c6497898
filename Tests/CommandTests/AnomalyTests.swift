import Foundation
import LacunaFiles
import Testing

/// Scores of unusual rows on labelled data, held against regressions by their definition and against Mahalanobis distances.
@Suite(.serialized) struct AnomalyTests {
  /// Benign samples are fitted, 160 others told apart: areas under the curve.
  @Test func nuclei() throws {
    try withFolder { folder in
      let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/nuclei.csv").path
      let table = try readTable(path, TableReading(header: true))
      let all = (0..<table.rows).map { Array(table.values[$0 * table.columns..<($0 + 1) * table.columns]) }
      let fitted = all.filter { $0[0] == 0 }.prefix(240).map { Array($0.dropFirst()) }
      let others = all.filter { $0[0] == 0 }.dropFirst(240) + all.filter { $0[0] == 1 }
      let (n, d) = (fitted.count, fitted[0].count)
      #expect(n == 240 && d == 30 && others.count == 160)
      let names = table.names.map { Array($0.dropFirst()) }
      for (name, rows) in [("fitted", fitted), ("others", others.map { Array($0.dropFirst()) })] {
        try writeCSV(
          Table(rows: rows.count, columns: d, values: rows.flatMap { $0 }, names: names),
          to: folder.appendingPathComponent(name + ".csv").path)
      }
      let fit = try Program.run(
        [
          "fit", "fitted.csv", "--header", "--center", "--weights", "variance", "--output", "fit", "--json", "--quiet",
        ], in: folder)
      #expect(fit.status == 0, "\(fit.errors)")
      let ridge = try #require(try object(fit.output)["ridge"] as? Double)
      let apply = try Program.run(
        ["apply", "fit", "others.csv", "--header", "--output", "out", "--quiet"], in: folder)
      #expect(apply.status == 0, "\(apply.errors)")
      let scores = try readTable(
        folder.appendingPathComponent("out/rows.csv").path, TableReading(columns: ["score"], allowMissing: true)
      ).values

      // Columns in units of their spread, each regressed on the others; σ² from regressions without each sample.
      let means = (0..<d).map { k in fitted.reduce(0) { $0 + $1[k] } / Double(n) }
      let spreads = (0..<d).map { k in
        (fitted.reduce(0) { $0 + ($1[k] - means[k]) * ($1[k] - means[k]) } / Double(n)).squareRoot()
      }
      func scaled(_ row: some Collection<Double>) -> [Double] { zip(row, spreads).map { $0 / $1 } }
      let rows = fitted.map(scaled)
      var variances = [Double](repeating: 0, count: d)
      for i in 0..<n {
        let reference = ApplyReference(
          (0..<n).filter { $0 != i }.map { rows[$0] }, ridge: ridge, divisor: Double(n))
        for (k, residual) in residuals(rows[i], reference).enumerated() {
          variances[k] += residual * residual / Double(n)
        }
      }
      let whole = ApplyReference(rows, ridge: ridge)
      let coefficients = (0..<d).map { k in whole.coefficients(of: k, on: (0..<d).filter { $0 != k }) }
      let covariance = ApplyReference(rows, ridge: 0)
      let inverse = (0..<d).map { k in covariance.coefficients(of: k, on: (0..<d).filter { $0 != k }) }
      let remainders = (0..<d).map { k in covariance.remainder(of: k, given: (0..<d).filter { $0 != k }) }
      var distances: [Double] = []
      for (i, row) in others.enumerated() {
        let z = zip(scaled(row.dropFirst()), whole.means).map { $0 - $1 }
        func residual(_ k: Int, _ weights: [Double]) -> Double {
          z[k] - zip(weights, (0..<d).filter { $0 != k }).reduce(0) { $0 + $1.0 * z[$1.1] }
        }
        let score = (0..<d).reduce(0) { sum, k in
          let r = residual(k, coefficients[k])
          return sum + r * r / variances[k]
        }
        #expect(abs(scores[i] - score) < 1e-8 * score, "row \(i)")
        // zᵀΣ⁻¹z, (Σ⁻¹z)_k = residual of k on all others / its variance.
        distances.append((0..<d).reduce(0) { $0 + z[$1] * residual($1, inverse[$1]) / remainders[$1] })
      }
      let isUnusual = others.map { $0[0] == 1 }
      let (own, mahalanobis) = (area(scores, isUnusual), area(distances, isUnusual))
      // Isolation Forest (scikit-learn 1.9.1, 20 seeds): 0.936 to 0.958, median 0.951.
      #expect(own > 0.951, "\(own)")
      #expect(abs(own - mahalanobis) < 0.01, "\(own) beside \(mahalanobis)")
      // As scikit-learn has it.
      #expect(abs(mahalanobis - 0.96172) < 5e-4, "\(mahalanobis)")
    }
  }

  private func residuals(_ row: [Double], _ reference: ApplyReference) -> [Double] {
    row.indices.map { k in
      row[k] - reference.prediction(of: k, given: row.indices.filter { $0 != k }, row: row)
    }
  }

  /// How often an unusual row has the higher score, ties halved.
  private func area(_ scores: [Double], _ isUnusual: [Bool]) -> Double {
    var (sum, count) = (0.0, 0.0)
    for (a, high) in zip(scores, isUnusual) where high {
      for (b, other) in zip(scores, isUnusual) where !other {
        sum += a > b ? 1 : a == b ? 0.5 : 0
        count += 1
      }
    }
    return sum / count
  }
}
