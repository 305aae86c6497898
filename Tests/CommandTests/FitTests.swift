import DataFiles
import Foundation
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
        #expect(coordinates.hasPrefix("name,training_error,leave_one_out_error,r_squared\n"))
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
      ("ridge 0 of a wide table", ["fit", "good.csv", "--ridge", "0"], 65, "ridge 0"),
    ] as [(String, [String], Int32, String)])
  func refusals(name: String, arguments: [String], status: Int32, word: String) throws {
    try withFolder { folder in
      for (file, text) in [
        "ragged.csv": "1,2\n3,4\n5\n", "nan.csv": "1,2\nnan,4\n", "empty.csv": "", "fake.npy": "not an array",
        "one.csv": "1\n2\n3\n", "good.csv": "1,2,3,4\n2,1,0,5\n",
      ] { try text.write(to: folder.appendingPathComponent(file), atomically: true, encoding: .utf8) }
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == status, "\(name): \(result.errors)")
      #expect(result.errors.contains(word), "\(name): \(result.errors)")
    }
  }
}
