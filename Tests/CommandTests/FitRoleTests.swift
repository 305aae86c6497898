import Foundation
import LacunaFiles
import Testing

/// `lacuna fit --targets --covariates`.
@Suite struct FitRoleTests {
  private func write(_ folder: URL) throws {
    var state: UInt64 = 11
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53 - 0.5
    }
    let values = (0..<40).flatMap { _ -> [Double] in
      let common = 2 * uniform()
      return (0..<5).map { common + (0.3 + 0.1 * Double($0)) * uniform() }
    }
    try writeCSV(
      Table(rows: 40, columns: 5, values: values, names: ["age", "sex", "dose", "marker", "outcome"]),
      to: folder.appendingPathComponent("x.csv").path)
  }

  /// Targets and covariates by name and position; their columns and rows of the predictor are zeros, and the table has no errors
  /// of covariates.
  @Test func roles() throws {
    try withFolder { folder in
      try write(folder)
      let result = try Program.run(
        [
          "fit", "x.csv", "--center", "--targets", "outcome", "--covariates", "age,#2", "--json", "--output", "out",
          "--quiet",
        ], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let summary = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      #expect(summary["targets"] as? [String] == ["outcome"] && summary["covariates"] as? [String] == ["age", "sex"])
      let a = try readNPY(folder.appendingPathComponent("out/predictor.npy").path)
      for k in 0..<5 {
        #expect(a.values[k * 5 + 4] == 0 && a.values[k] == 0 && a.values[5 + k] == 0)
        if k != 4 { #expect(a.values[20 + k] != 0) }
      }
      let text = try String(contentsOf: folder.appendingPathComponent("out/coordinates.csv"), encoding: .utf8)
      let rows = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      let column = try #require(rows[0].firstIndex(of: "leave_one_out_error"))
      let errors = rows.dropFirst().map { Double(String($0[column])) }
      #expect(errors[0] == nil && errors[1] == nil)
      let mean = try errors[2...].reduce(0) { $0 + (try #require($1)) / 3 }
      #expect(abs(try #require(summary["leave_one_out_error"] as? Double) - mean) < 1e-12)
    }
  }

  @Test func refusals() throws {
    try withFolder { folder in
      try write(folder)
      for (arguments, status, part) in [
        (["--targets", "nobody"], 65, "nobody"), (["--targets", "age", "--covariates", "age"], nil, "two roles"),
        (["--targets", "1-5"], nil, "all coordinates are targets"),
        (["--targets", "age", "--mask", "bernoulli:0.5"], 64, "need leave-one-out masks"),
        (["--targets", "age", "--residuals", "--output", "o"], 64, "--residuals"),
      ] as [([String], Int32?, String)] {
        let result = try Program.run(["fit", "x.csv"] + arguments, in: folder)
        #expect(result.status != 0 && result.errors.contains(part), "\(arguments): \(result.status) \(result.errors)")
        if let status { #expect(result.status == status, "\(arguments): \(result.errors)") }
      }
    }
  }
}
