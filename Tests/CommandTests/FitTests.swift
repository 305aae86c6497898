import Foundation
import LacunaFiles
import Testing

/// `lacuna fit` as its users see it.
@Suite(.serialized) struct FitTests {
  /// Samples with a common part, so that there is something to predict.
  private func samples(n: Int, d: Int) -> [Double] {
    var state: UInt64 = 7
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53 - 0.5
    }
    return (0..<n).flatMap { _ -> [Double] in
      let common = uniform()
      return (0..<d).map { common + 0.3 * uniform() + Double($0) }
    }
  }

  @Test func filesOfAFit() throws {
    try withFolder { folder in
      let values = samples(n: 30, d: 5)
      try writeNPY(values, shape: [30, 5], to: folder.appendingPathComponent("data.npy").path)
      try writeCSV(
        Table(rows: 30, columns: 5, values: values, names: ["a", "b", "c", "d_1", "e"]),
        to: folder.appendingPathComponent("data.csv").path)
      var errors: [Double] = []
      for data in ["data.npy", "data.csv"] {
        let out = "out-\(data)"
        let result = try Program.run(
          ["fit", data, "--center", "--residuals", "--json", "--output", out, "--quiet"], in: folder)
        #expect(result.status == 0, "\(result.errors)")
        let summary = try object(result.output)
        #expect(summary["n"] as? Int == 30 && summary["d"] as? Int == 5)
        for key in ["ridge", "training_error", "leave_one_out_error", "gcv_error"] { #expect(summary[key] is NSNumber) }
        #expect((summary["path"] as? [[String: Any]])?.count ?? 0 > 20)
        errors.append(try #require(summary["leave_one_out_error"] as? Double))
        let base = folder.appendingPathComponent(out)
        let predictor = try readNPY(base.appendingPathComponent("predictor.npy").path)
        #expect(predictor.rows == 5 && predictor.columns == 5)
        for k in 0..<5 { #expect(predictor.values[k * 6] == 0) }
        let residuals = try readNPY(base.appendingPathComponent("residuals.npy").path)
        #expect(residuals.rows == 30 && residuals.columns == 5)
        let square = residuals.values.reduce(0) { $0 + $1 * $1 } / 150
        #expect(abs(square - errors.last!) < 1e-12 * square)
        let coordinates = try String(contentsOf: base.appendingPathComponent("coordinates.csv"), encoding: .utf8)
        #expect(
          coordinates.hasPrefix(
            "name,training_error,leave_one_out_error,r_squared,held_out_error,mean,mean_square,weight\n"))
        #expect(coordinates.contains(data == "data.csv" ? "\nd_1," : "\n4,"))
        for file in ["fit.json", "figures/ridge.svg", "figures/ridge.pdf", "figures/ridge.png"] {
          #expect(FileManager.default.fileExists(atPath: base.appendingPathComponent(file).path), "\(file)")
        }
      }
      #expect(abs(errors[0] - errors[1]) < 1e-12 * errors[0])
    }
  }

  /// The mean over cells that the predictor leaves equals the training error it reports.
  @Test func predictorGivesItsTrainingError() throws {
    try withFolder { folder in
      let (n, d) = (40, 6)
      let values = samples(n: n, d: d)
      try writeNPY(values, shape: [n, d], to: folder.appendingPathComponent("x.npy").path)
      let result = try Program.run(
        ["fit", "x.npy", "--ridge", "0.05", "--json", "--output", "out", "--quiet"], in: folder)
      let summary = try object(result.output)
      let a = try readNPY(folder.appendingPathComponent("out/predictor.npy").path).values
      var sum = 0.0
      for i in 0..<n {
        for k in 0..<d {
          let prediction = (0..<d).reduce(0.0) { $0 + a[k * d + $1] * values[i * d + $1] }
          let residual = values[i * d + k] - prediction
          sum += residual * residual / Double(n * d)
        }
      }
      let reported = try #require(summary["training_error"] as? Double)
      #expect(abs(reported - sum) < 1e-10 * sum)
    }
  }

  /// With more coordinates than a predictor is written out for: its factors predict what it would.
  @Test func factorsOfAWidePredictor() throws {
    try withFolder { folder in
      let (n, d) = (6, 10_050)
      let values = samples(n: n, d: d).enumerated().map { $1 - Double($0 % d) }
      try writeNPY(values, shape: [n, d], to: folder.appendingPathComponent("wide.npy").path)
      let result = try Program.run(
        ["fit", "wide.npy", "--ridge", "0.3", "--json", "--output", "out"], in: folder)
      #expect(result.status == 0 && result.errors.contains("predictor_factors.npy"), "\(result.errors)")
      let out = folder.appendingPathComponent("out")
      #expect(!FileManager.default.fileExists(atPath: out.appendingPathComponent("predictor.npy").path))
      let factors = try readNPY(out.appendingPathComponent("predictor_factors.npy").path)
      let scales = try readNPY(out.appendingPathComponent("predictor_scales.npy").path).values
      #expect(factors.rows == d && factors.columns == n && scales.count == d)
      // The training error from the factors, as the help says: z = Σ g_j x_j, then s_k (g_k·z − |g_k|² x_k).
      var sum = 0.0
      for i in 0..<n {
        let row = Array(values[i * d..<(i + 1) * d])
        var z = [Double](repeating: 0, count: n)
        for k in 0..<d { for m in 0..<n { z[m] += factors.values[k * n + m] * row[k] } }
        for k in 0..<d {
          let g = factors.values[k * n..<(k + 1) * n]
          let prediction =
            scales[k] * (zip(g, z).reduce(0) { $0 + $1.0 * $1.1 } - g.reduce(0) { $0 + $1 * $1 } * row[k])
          sum += (row[k] - prediction) * (row[k] - prediction) / Double(n * d)
        }
      }
      let reported = try #require(try object(result.output)["training_error"] as? Double)
      #expect(abs(reported - sum) < 1e-8 * sum)
    }
  }

  /// One ridge for columns of unlike scales is warned of by the option that mends it; with it the smallest column is predicted
  /// as well as any, and nothing is left to warn of.
  @Test func weightsOfTheRidge() throws {
    try withFolder { folder in
      let (n, d) = (60, 4)
      let values = samples(n: n, d: d).enumerated().map { $1 * ($0 % d == 2 ? 1e-4 : 1) }
      try writeNPY(values, shape: [n, d], to: folder.appendingPathComponent("x.npy").path)
      func fit(_ weights: String) throws -> (summary: [String: Any], r: [Double], errors: String) {
        let result = try Program.run(
          ["fit", "x.npy", "--center", "--weights", weights, "--json", "--output", weights, "--quiet"], in: folder)
        #expect(result.status == 0, "\(result.errors)")
        let table = try readCSV(folder.appendingPathComponent("\(weights)/coordinates.csv").path)
        let column = try #require(table.names?.firstIndex(of: "r_squared"))
        return (
          try object(result.output), (0..<d).map { table.values[$0 * table.columns + column] }, result.errors
        )
      }
      let uniform = try fit("uniform")
      let warnings = try #require(uniform.summary["warnings"] as? [String])
      #expect(warnings.contains { $0.contains("--weights auto") } && uniform.errors.contains("--weights auto"))
      let variance = try fit("variance")
      #expect(variance.summary["warnings"] as? [String] == [])
      let weights = try #require(variance.summary["weights"] as? [String: Any])
      #expect(weights["kind"] as? String == "variance")
      let standardized = try #require(weights["standardized_error"] as? Double)
      #expect(abs(standardized - variance.r.reduce(0) { $0 + (1 - $1) / Double(d) }) < 1e-9)
      #expect(variance.r[2] > 0.8 && abs(variance.r[2] - variance.r[1]) < 0.05 && uniform.r[2] < variance.r[2])
    }
  }

  /// A path that ends where the digits do says so in fit.json and on stderr; a table whose least error lies below the start of
  /// the path is followed there.
  @Test func edgesOfThePathAreSaid() throws {
    try withFolder { folder in
      let exact = samples(n: 20, d: 1).flatMap { [$0, 2 * $0, -$0] }
      try writeNPY(exact, shape: [20, 3], to: folder.appendingPathComponent("exact.npy").path)
      let result = try Program.run(["fit", "exact.npy", "--json", "--quiet"], in: folder)
      let summary = try object(result.output)
      #expect(result.status == 0 && summary["at_edge"] as? Bool == true, "\(result.errors)")
      let warnings = try #require(summary["warnings"] as? [String])
      #expect(warnings.contains { $0.contains("digits") } && result.errors.contains("digits"))
      let path = try Program.run(["fit", "exact.npy", "--ridge", "1:10:3", "--json", "--quiet"], in: folder)
      #expect(
        (try object(path.output)["warnings"] as? [String])?.contains { $0.contains("end of the ridge path") } == true)
    }
  }

  @Test func ridgelessFit() throws {
    try withFolder { folder in
      let (n, d) = (5, 12)
      let values = samples(n: n, d: d)
      try writeNPY(values, shape: [n, d], to: folder.appendingPathComponent("x.npy").path)
      let result = try Program.run(
        ["fit", "x.npy", "--ridge", "ridgeless", "--center", "--json", "--output", "out", "--quiet"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let summary = try object(result.output)
      #expect(summary["ridge"] as? Double == 0 && summary["training_error"] as? Double == 0)
      // It interpolates: every centred sample is what the others of its coordinates say.
      let a = try readNPY(folder.appendingPathComponent("out/predictor.npy").path).values
      let means = (0..<d).map { k in (0..<n).reduce(0) { $0 + values[$1 * d + k] } / Double(n) }
      for i in 0..<n {
        for k in 0..<d {
          let prediction = (0..<d).reduce(means[k]) { $0 + a[k * d + $1] * (values[i * d + $1] - means[$1]) }
          #expect(abs(prediction - values[i * d + k]) < 1e-9)
        }
      }
    }
  }

  /// One sample twice: the limit exists, each twin gives the other away, and the table says what that is worth.
  @Test func ridgelessFitOfTwins() throws {
    try withFolder { folder in
      try "1,2,3,4\n1,2,3,4\n".write(
        to: folder.appendingPathComponent("twins.csv"), atomically: true, encoding: .utf8)
      let result = try Program.run(["fit", "twins.csv", "--ridge", "ridgeless", "--json"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let summary = try object(result.output)
      #expect(summary["leave_one_out_error"] as? Double == 0 && summary["training_error"] as? Double == 0)
      let warnings = try #require(summary["warnings"] as? [String])
      #expect(warnings.contains { $0.hasPrefix("coordinates 1, 2, 3, 4 are linear combinations of the others") })
    }
  }

  @Test(
    arguments: [
      ("missing", ["fit", "none.csv"], 66, "none.csv"),
      ("ragged", ["fit", "ragged.csv"], 65, "line 3"),
      ("not finite", ["fit", "nan.csv"], 65, "line 2"),
      ("empty", ["fit", "empty.csv"], 65, "empty.csv"),
      ("no array", ["fit", "fake.npy"], 65, "fake.npy"),
      ("one column", ["fit", "one.csv"], 65, "column"),
      ("bad ridge", ["fit", "good.csv", "--ridge=-1"], 64, "ridge"),
      ("residuals without a folder", ["fit", "good.csv", "--residuals"], 64, "--output"),
      ("ridge 0 of a wide table", ["fit", "good.csv", "--ridge", "0"], 65, "ridgeless"),
    ] as [(String, [String], Int32, String)])
  func refusals(name: String, arguments: [String], status: Int32, word: String) throws {
    try withFolder { folder in
      for (file, text) in [
        "ragged.csv": "1,2\n3,4\n5\n", "nan.csv": "1,2\nnan,4\n", "empty.csv": "", "fake.npy": "not an array",
        "one.csv": "1\n2\n3\n", "good.csv": "1,2,4,3\n2,1,0,5\n",
      ] { try text.write(to: folder.appendingPathComponent(file), atomically: true, encoding: .utf8) }
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == status, "\(name): \(result.errors)")
      #expect(result.errors.contains(word), "\(name): \(result.errors)")
    }
  }
}
