import Foundation
import LacunaFiles
import Testing

/// Fits of the data sets that come along, held against regressions by their definition.
@Suite(.serialized) struct RealDataTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  private func table(_ name: String, index: String? = nil) throws -> Table {
    try readTable(
      Self.fixtures.appendingPathComponent(name).path, TableReading(header: true, index: index, allowMissing: true))
  }

  private func rows(_ table: Table) -> [[Double]] {
    (0..<table.rows).map { Array(table.values[$0 * table.columns..<($0 + 1) * table.columns]) }
  }

  private func path(_ name: String) -> String { Self.fixtures.appendingPathComponent(name).path }

  /// Fewer samples than coordinates: glucose out of 222 wavelengths of 21 spectra, each left out, by the kernel of the other 20.
  @Test func spectra() throws {
    try withFolder { folder in
      let data = rows(try table("spectra.csv"))
      let (n, ridge) = (data.count, 1e-6)
      #expect(n == 21 && data[0].count == 223)
      let fit = try Program.run(
        [
          "fit", path("spectra.csv"), "--header", "--center", "--targets", "glucose", "--ridge", "\(ridge)", "--output",
          "fit",
        ],
        in: folder)
      #expect(fit.status == 0, "\(fit.errors)")
      let found = try readTable(
        folder.appendingPathComponent("fit/coordinates.csv").path,
        TableReading(index: "name", columns: ["leave_one_out_error,r_squared"], allowMissing: true))
      var sum = 0.0
      for i in 0..<n {
        let others = (0..<n).filter { $0 != i }
        var means = [Double](repeating: 0, count: 223)
        for j in others { for k in means.indices { means[k] += data[j][k] / Double(n - 1) } }
        func kernel(_ a: Int, _ b: Int) -> Double {
          (1..<223).reduce(0) { $0 + (data[a][$1] - means[$1]) * (data[b][$1] - means[$1]) }
        }
        // (K + nλI) c = y.
        var system = others.map { a in
          others.map { kernel(a, $0) + (a == $0 ? Double(n) * ridge : 0) } + [data[a][0] - means[0]]
        }
        for p in system.indices {
          for q in system.indices where q != p {
            let factor = system[q][p] / system[p][p]
            for m in p..<n { system[q][m] -= factor * system[p][m] }
          }
        }
        let prediction =
          means[0] + others.indices.reduce(0) { $0 + kernel(i, others[$1]) * system[$1][n - 1] / system[$1][$1] }
        sum += (data[i][0] - prediction) * (data[i][0] - prediction)
      }
      #expect(abs(found.values[0] - sum / Double(n)) < 1e-9 * sum, "\(found.values[0]) beside \(sum / Double(n))")
      #expect(found.values[1] > 0.9)
    }
  }

  /// Gaps: births in years without figures, each country's from its other years by the regressions of countries that have all.
  @Test func fertility() throws {
    try withFolder { folder in
      let all = try table("fertility.csv", index: "country")
      let data = rows(all)
      let whole = data.filter { !$0.contains(where: \.isNaN) }
      let gaps = data.filter { $0.contains(where: \.isNaN) }
      #expect(whole.count == 192 && gaps.count == 18 && all.columns == 52)
      try writeCSV(
        Table(rows: 192, columns: 52, values: whole.flatMap { $0 }, names: all.names),
        to: folder.appendingPathComponent("whole.csv").path)
      let ridge = 0.01
      let fit = try Program.run(
        ["fit", "whole.csv", "--header", "--center", "--ridge", "\(ridge)", "--output", "fit", "--quiet"], in: folder)
      #expect(fit.status == 0, "\(fit.errors)")
      let result = try Program.run(
        [
          "apply", "fit", path("fertility.csv"), "--header", "--index", "country", "--output", "out", "--json",
          "--quiet",
        ],
        in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try object(result.output)["missing_cells"] as? Int == gaps.reduce(0) { $0 + $1.count(where: \.isNaN) })
      let filled = try readNPY(folder.appendingPathComponent("out/filled.npy").path)
      let reference = ApplyReference(whole, ridge: ridge)
      var checked = 0
      for (i, row) in data.enumerated() {
        let shown = row.indices.filter { !row[$0].isNaN }
        for k in row.indices where row[k].isNaN && (k + i) % 5 == 0 {
          let expected = reference.prediction(of: k, given: shown, row: row)
          #expect(abs(filled.values[i * 52 + k] - expected) < 1e-8, "\(all.rowNames?[i] ?? ""), \(all.names?[k] ?? "")")
          checked += 1
        }
      }
      #expect(checked > 50)
      // Seen in the table: a name of each row.
      let lines = try String(contentsOf: folder.appendingPathComponent("out/rows.csv"), encoding: .utf8)
      #expect(lines.contains(",Aruba,") && lines.contains(",Andorra,"))
    }
  }

  /// A series: quarters tell of their neighbours, which is said; left out in pieces, by refits without each.
  @Test func macro() throws {
    try withFolder { folder in
      let data = rows(try table("macro.csv", index: "quarter")).map { Array($0.dropLast()) }
      let (n, d, ridge, length) = (data.count, data[0].count, 0.01, 20)
      #expect(n == 203 && d == 11)
      let options = [
        "fit", path("macro.csv"), "--header", "--index", "quarter", "--exclude", "realint", "--center", "--weights",
        "variance",
        "--ridge", "\(ridge)", "--json",
      ]
      let alone = try Program.run(options, in: folder)
      #expect(alone.errors.contains("neighbouring rows correlate"), "\(alone.errors)")
      let grouped = try Program.run(options + ["--groups", "runs:\(length)", "--output", "fit"], in: folder)
      #expect(grouped.status == 0 && !grouped.errors.contains("neighbouring"), "\(grouped.errors)")
      // Columns in units of the spread over all quarters.
      var (means, spreads) = ([Double](repeating: 0, count: d), [Double](repeating: 0, count: d))
      for row in data { for k in 0..<d { means[k] += row[k] / Double(n) } }
      for row in data { for k in 0..<d { spreads[k] += (row[k] - means[k]) * (row[k] - means[k]) / Double(n) } }
      let scaled = data.map { row in row.indices.map { row[$0] / spreads[$0].squareRoot() } }
      var squares = [Double](repeating: 0, count: d)
      for start in stride(from: 0, to: n, by: length) {
        let left = start..<min(start + length, n)
        let reference = ApplyReference(
          scaled.indices.filter { !left.contains($0) }.map { scaled[$0] }, ridge: ridge, divisor: Double(n))
        for k in 0..<d {
          let others = (0..<d).filter { $0 != k }
          for i in left {
            let residual = scaled[i][k] - reference.prediction(of: k, given: others, row: scaled[i])
            squares[k] += residual * residual / Double(n)
          }
        }
      }
      let found = try readTable(
        folder.appendingPathComponent("fit/coordinates.csv").path,
        TableReading(index: "name", columns: ["held_out_error"], allowMissing: true)
      ).values
      for k in 0..<d { #expect(abs(found[k] / spreads[k] - squares[k]) < 1e-8 * squares[k], "coordinate \(k)") }
      let mean = squares.reduce(0, +) / Double(d)
      let weights = try #require(try object(alone.output)["weights"] as? [String: Any])
      let error = try #require(weights["standardized_error"] as? Double)
      #expect(mean > 1.5 * error, "in pieces \(mean), one by one \(error)")
    }
  }
}
