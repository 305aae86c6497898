import Foundation
import LacunaFiles
import Testing

/// `lacuna apply`, held against regressions by their definition.
@Suite(.serialized) struct ApplyTests: ApplyData {
  /// Predictions, residuals, errors, R² and their standard errors, scores and ranks of whole rows.
  @Test(arguments: [true, false]) func wholeRows(centered: Bool) throws {
    try withFolder { folder in
      let (old, new, ridge, d) = (rows(40, d: 6, seed: 3), rows(25, d: 6, seed: 11), 0.05, 6)
      try write(old, names: names, to: folder.appendingPathComponent("old.csv"))
      try write(new, names: names, to: folder.appendingPathComponent("new.csv"))
      let fit = try Program.run(
        ["fit", "old.csv", "--ridge", "\(ridge)", "--output", "fit", "--quiet"] + (centered ? ["--center"] : []),
        in: folder)
      #expect(fit.status == 0, "\(fit.errors)")
      let result = try Program.run(["apply", "fit", "new.csv", "--json", "--output", "out", "--quiet"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let reference = ApplyReference(old, ridge: ridge, centered: centered)
      let out = folder.appendingPathComponent("out")
      let predictions = try readNPY(out.appendingPathComponent("predictions.npy").path).values
      let residuals = try readNPY(out.appendingPathComponent("residuals.npy").path).values
      var squares: [Double] = []
      var totals: [Double] = []
      for (i, row) in new.enumerated() {
        var (square, total) = (0.0, 0.0)
        for k in 0..<d {
          let expected = reference.prediction(of: k, given: (0..<d).filter { $0 != k }, row: row)
          #expect(close(predictions[i * d + k], expected))
          #expect(close(residuals[i * d + k], row[k] - expected))
          square += (row[k] - expected) * (row[k] - expected)
          total += (row[k] - reference.means[k]) * (row[k] - reference.means[k])
        }
        squares.append(square)
        totals.append(total)
      }
      let summary = try object(result.output)
      func number(_ key: String) throws -> Double { try #require(summary[key] as? Double, "\(key)") }
      let (n, a, b) = (25.0, squares.reduce(0, +), totals.reduce(0, +))
      #expect(close(try number("error"), a / (n * 6)))
      #expect(close(try number("r_squared"), 1 - a / b))
      let mean = a / n
      let scatter = squares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
      #expect(close(try number("standard_error"), (scatter / n).squareRoot() / 6))
      let ratio = zip(squares, totals).reduce(0.0) { sum, row in
        let deviation = row.0 - a / b * row.1
        return sum + deviation * deviation
      }
      #expect(close(try number("r_squared_standard_error"), (ratio * n / (n - 1)).squareRoot() / b))

      // Each sample left out: the others' sum of squares keeps its ridge n λ.
      var left = [[Double]]()
      for i in old.indices {
        var others = old
        others.remove(at: i)
        let without = ApplyReference(others, ridge: ridge, centered: centered, divisor: 40)
        left.append(
          (0..<d).map { k in
            old[i][k] - without.prediction(of: k, given: (0..<d).filter { $0 != k }, row: old[i])
          })
      }
      let variances = (0..<d).map { k in left.reduce(0) { $0 + $1[k] * $1[k] } / 40 }
      let scores = left.map { row in (0..<d).reduce(0) { $0 + row[$1] * row[$1] / variances[$1] } }
      let kept = try readTable(folder.appendingPathComponent("fit/model.npz:scores").path).values
      for i in old.indices { #expect(close(kept[i], scores[i])) }
      let table = try readTable(out.appendingPathComponent("rows.csv").path, reading("score,rank")).values
      for i in new.indices {
        let score = (0..<d).reduce(0) { $0 + residuals[i * d + $1] * residuals[i * d + $1] / variances[$1] }
        #expect(close(table[2 * i], score))
        #expect(close(table[2 * i + 1], Double(1 + scores.count { $0 >= score }) / 41))
      }
    }
  }

  private func reading(_ columns: String) -> TableReading { TableReading(columns: [columns], allowMissing: true) }

  /// Filled cells and their standard deviations, and observed cells of rows with gaps by the other observed ones alone.
  @Test func rowsWithGaps() throws {
    try withFolder { folder in
      let (old, ridge, d) = (rows(40, d: 6, seed: 3), 0.05, 6)
      var new = rows(12, d: 6, seed: 19)
      for i in new.indices { for k in 0..<d where (i * 5 + k * k) % 4 == 0 || i == 7 { new[i][k] = .nan } }
      try write(old, to: folder.appendingPathComponent("old.csv"))
      try write(new, to: folder.appendingPathComponent("new.csv"))
      _ = try Program.run(
        ["fit", "old.csv", "--no-header", "--ridge", "\(ridge)", "--center", "--output", "fit", "--quiet"], in: folder)
      let result = try Program.run(
        ["apply", "fit", "new.csv", "--no-header", "--json", "--output", "out", "--quiet"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let reference = ApplyReference(old, ridge: ridge)
      let out = folder.appendingPathComponent("out")
      func array(_ name: String) throws -> [Double] {
        try readNPY(out.appendingPathComponent(name).path, allowMissing: true).values
      }
      let (predictions, residuals) = (try array("predictions.npy"), try array("residuals.npy"))
      let (filled, deviations) = (try array("filled.npy"), try array("filled_deviations.npy"))
      let model = folder.appendingPathComponent("fit/model.npz").path
      let errors = try readTable(model + ":held_out_errors").values
      let squares = try readTable(model + ":mean_squares").values
      var missing = 0
      for (i, row) in new.enumerated() {
        let shown = (0..<d).filter { !row[$0].isNaN }
        for k in 0..<d {
          let others = shown.filter { $0 != k }
          let expected = reference.prediction(of: k, given: others, row: row)
          #expect(close(predictions[i * d + k], expected), "row \(i), coordinate \(k)")
          if row[k].isNaN {
            missing += 1
            #expect(close(filled[i * d + k], expected) && residuals[i * d + k].isNaN)
            let ratio =
              reference.remainder(of: k, given: others)
              / reference.remainder(of: k, given: (0..<d).filter { $0 != k })
            let variance = max(errors[k], min(errors[k] * ratio, squares[k]))
            #expect(close(deviations[i * d + k], variance.squareRoot()))
          } else {
            #expect(filled[i * d + k] == row[k] && deviations[i * d + k] == 0)
            #expect(close(residuals[i * d + k], row[k] - expected))
          }
        }
      }
      #expect(try object(result.output)["missing_cells"] as? Int == missing && missing > 20)
    }
  }

  /// Columns are found by their names, whatever their order and whatever stands beside them; those that are not there are named.
  @Test func columnsByName() throws {
    try withFolder { folder in
      let (old, new) = (rows(40, d: 6, seed: 3), rows(9, d: 6, seed: 5))
      try write(old, names: names, to: folder.appendingPathComponent("old.csv"))
      try write(new, names: names, to: folder.appendingPathComponent("new.csv"))
      let order = [3, 0, 5, 1, 2, 4]
      var text = "who," + order.map { names[$0] }.joined(separator: ",") + "\n"
      for row in new { text += "somebody," + order.map { "\(row[$0])" }.joined(separator: ",") + "\n" }
      try text.write(to: folder.appendingPathComponent("other.csv"), atomically: true, encoding: .utf8)
      try writeNPY(new.flatMap { $0 }, shape: [9, 6], to: folder.appendingPathComponent("new.npy").path)
      _ = try Program.run(["fit", "old.csv", "--ridge", "0.1", "--output", "fit", "--quiet"], in: folder)
      var outputs: [Data] = []
      for data in ["new.csv", "other.csv", "new.npy"] {
        let result = try Program.run(["apply", "fit", data, "--json", "--output", data + "-out"], in: folder)
        #expect(result.status == 0, "\(result.errors)")
        let summary = try object(result.output)
        #expect(summary["columns"] as? String == (data == "new.npy" ? "position" : "name"))
        #expect((summary["warnings"] as? [String])?.contains { $0.contains("names no columns") } == (data == "new.npy"))
        #expect(result.errors.contains("another order") == (data == "other.csv"))
        outputs.append(try Data(contentsOf: folder.appendingPathComponent(data + "-out/predictions.npy")))
      }
      #expect(outputs[0] == outputs[1] && outputs[0] == outputs[2])
      try text.replacingOccurrences(of: ",b,", with: ",B,").write(
        to: folder.appendingPathComponent("typo.csv"), atomically: true, encoding: .utf8)
      let typo = try Program.run(["apply", "fit", "typo.csv"], in: folder)
      #expect(typo.status == 65 && typo.errors.contains("a column is not there: b"), "\(typo.errors)")
      let chosen = try Program.run(
        ["apply", "fit", "typo.csv", "--columns", "a,B,c,d,e,f", "--json", "--output", "chosen"], in: folder)
      #expect(chosen.status == 0 && chosen.errors.contains("B stands for b"), "\(chosen.errors)")
      #expect(try Data(contentsOf: folder.appendingPathComponent("chosen/predictions.npy")) == outputs[0])
      // In another unit.
      try write(
        new.map { row in row.indices.map { $0 == 2 ? 1000 * row[$0] : row[$0] } }, names: names,
        to: folder.appendingPathComponent("unit.csv"))
      let unit = try Program.run(["apply", "fit", "unit.csv"], in: folder)
      #expect(
        unit.errors.contains("coordinate c: ") && unit.errors.contains("are the units those of the fit?"),
        "\(unit.errors)")
      #expect(!(try Program.run(["apply", "fit", "new.csv"], in: folder)).errors.contains("units"))
      let few = try Program.run(["apply", "fit", "new.npy", "--columns", "1-4"], in: folder)
      #expect(few.status == 65 && few.errors.contains("4 columns, the fit has 6 coordinates"), "\(few.errors)")
    }
  }

  /// What is no model, or none of this program, is said to be so; a fit's folder is never written over.
  @Test func whatIsNoModel() throws {
    try withFolder { folder in
      try write(rows(20, d: 6, seed: 3), names: names, to: folder.appendingPathComponent("x.csv"))
      _ = try Program.run(["fit", "x.csv", "--ridge", "0.1", "--output", "fit", "--quiet"], in: folder)
      func apply(_ model: String, _ more: [String] = []) throws -> Program.Result {
        try Program.run(["apply", model, "x.csv"] + more, in: folder)
      }
      let absent = try apply("nothing")
      #expect(absent.status == 66 && absent.errors.contains("no such file or folder"), "\(absent.errors)")
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("old"), withIntermediateDirectories: true)
      try "{}".write(to: folder.appendingPathComponent("old/fit.json"), atomically: true, encoding: .utf8)
      let early = try apply("old")
      #expect(early.status == 66 && early.errors.contains("has no model"), "\(early.errors)")
      let text = try apply("x.csv")
      #expect(text.status == 66 && text.errors.contains("holds no model.npz"), "\(text.errors)")
      let model = folder.appendingPathComponent("fit/model.npz")
      let bytes = try Data(contentsOf: model)
      for cut in [0, 1, bytes.count / 3, bytes.count - 5] {
        try bytes.prefix(cut).write(to: folder.appendingPathComponent("cut.npz"))
        #expect(try apply("cut.npz").status == 65, "\(cut)")
      }
      // One bit of a coefficient.
      var changed = bytes
      let place = bytes.range(of: Data("coefficients.npy".utf8))!.upperBound + 300
      changed[place] ^= 4
      try changed.write(to: folder.appendingPathComponent("cut.npz"))
      let flipped = try apply("cut.npz")
      #expect(flipped.status == 65 && flipped.errors.contains("coefficients"), "\(flipped.errors)")
      let writer = try NPZWriter(folder.appendingPathComponent("later.npz").path)
      let header = Array(#"{"format": "lacuna-model", "version": 2}"#.utf8)
      try writer.write("header", header, shape: [header.count])
      try writer.commit()
      let later = try apply("later.npz")
      #expect(later.status == 65 && later.errors.contains("version 2"), "\(later.errors)")
      let over = try apply("fit", ["--output", "fit", "--overwrite"])
      #expect(over.status == 73 && over.errors.contains("model of a fit"), "\(over.errors)")
      #expect(try Data(contentsOf: model) == bytes)
    }
  }
}
