import Foundation
import LacunaFiles
import Testing

/// `lacuna fit --weights`.
@Suite struct FitWeightsTests {
  /// Columns that are told by others, in units of their own.
  private func write(_ folder: URL, units: [Double], to name: String) throws -> Int {
    let (n, d) = (40, units.count)
    var state: UInt64 = 88_172_645_463_325_252
    func uniform() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) / Double(1 << 53) - 0.5
    }
    var values: [Double] = []
    for _ in 0..<n {
      let common = 2 * uniform()
      for k in 0..<d { values.append(units[k] * (common + (0.2 + 0.3 * Double(k)) * uniform())) }
    }
    try writeNPY(values, shape: [n, d], to: folder.appendingPathComponent(name).path)
    return d
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func column(_ name: String, of path: String) throws -> [Double] {
    let table = try readCSV(path)
    let column = try #require(table.names?.firstIndex(of: name))
    return (0..<table.rows).map { table.values[$0 * table.columns + column] }
  }

  /// Self weights are the errors in coordinates.csv, in any units; auto names what it tried; weights that a fit wrote are
  /// weights to give another.
  @Test func words() throws {
    try withFolder { folder in
      let units = [1, 1e-4, 3e3, 1, 20]
      let d = try write(folder, units: units, to: "x.npy")
      func fit(_ weights: String, _ more: [String] = [], to out: String) throws -> [String: Any] {
        let result = try Program.run(
          ["fit", "x.npy", "--center", "--weights", weights, "--json", "--output", out, "--quiet"] + more, in: folder)
        #expect(result.status == 0, "\(result.errors)")
        return try object(result.output)
      }
      func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

      let own = try fit("self", to: "self")
      let learned = try #require(own["weights"] as? [String: Any])
      #expect(learned["kind"] as? String == "self" && learned["converged"] as? Bool == true)
      #expect(try #require(learned["rounds"] as? Int) >= 1 && learned["compared"] is NSNull)
      let (w, errors) = (
        try column("weight", of: file("self/coordinates.csv")),
        try column("leave_one_out_error", of: file("self/coordinates.csv"))
      )
      for k in 0..<d { #expect(abs(w[k] / errors[k] - 1) < 1e-8) }

      let automatic = try #require(try fit("auto", to: "auto")["weights"] as? [String: Any])
      let compared = try #require(automatic["compared"] as? [[String: Any]])
      #expect(compared.compactMap { $0["kind"] as? String } == ["uniform", "variance", "self"])
      func error(_ trial: [String: Any]) -> Double {
        max(trial["standardized_error"] as? Double ?? .nan, trial["cross_fitted_error"] as? Double ?? 0)
      }
      let least = try #require(compared.map(error).min())
      #expect(error(automatic) == least)
      #expect(error(learned) >= least && learned["cross_fitted_error"] is Double)

      let ridge = try #require(own["ridge"] as? Double)
      let given = try fit("self/coordinates.csv", ["--ridge", "\(ridge)"], to: "given")
      #expect((given["weights"] as? [String: Any])?["kind"] as? String == "given")
      for (a, b) in zip(
        try readNPY(file("self/predictor.npy")).values, try readNPY(file("given/predictor.npy")).values)
      {
        #expect(abs(a - b) <= 1e-8 * max(1, abs(a)))
      }
      try Data(w.map { "\($0)" }.joined(separator: "\n").utf8).write(to: folder.appendingPathComponent("w.txt"))
      let plain = try fit("w.txt", ["--ridge", "\(ridge)"], to: "plain")
      #expect(plain["leave_one_out_error"] as? Double == given["leave_one_out_error"] as? Double)
    }
  }

  /// The probabilities that weights stand for: masks that show coordinates so, in closed form, give the predictor over them.
  @Test func probabilities() throws {
    try withFolder { folder in
      let d = try write(folder, units: [1, 2, 3, 1, 20], to: "x.npy")
      func run(_ more: [String], _ out: String) throws {
        let result = try Program.run(["fit", "x.npy", "--output", out, "--quiet"] + more, in: folder)
        #expect(result.status == 0, "\(result.errors)")
      }
      func file(_ name: String) -> String { folder.appendingPathComponent(name).path }
      try run(["--weights", "self", "--ridge", "0.3", "--show-probabilities"], "weights")
      let p = try column("visible_probability", of: file("weights/coordinates.csv"))
      #expect(p.count == d && p.allSatisfy { $0 > 0 && $0 < 1 })
      let list = p.map { "\($0)" }.joined(separator: ", ")
      try run(["--mask", "{bernoulli: {keep: [\(list)]}}", "--ridge", "0"], "masks")
      let (a, b) = (
        try readNPY(file("weights/predictor.npy")).values, try readNPY(file("masks/predictor.npy")).values
      )
      for e in a.indices { #expect(abs(a[e] / p[e % d] - b[e]) < 1e-9 * max(1, abs(b[e]))) }
      for (more, part) in [
        (["--show-probabilities"], "--output"),
        (["--show-probabilities", "--output", "o", "--mask", "bernoulli:0.5"], "leave-one-out masks"),
        (["--mask", "{bernoulli: {keep: [1, 0.5, 0.5, 0.5, 0]}}"], "--covariates"),
      ] {
        let result = try Program.run(["fit", "x.npy"] + more, in: folder)
        #expect(result.status != 0 && result.errors.contains(part), "\(result.errors)")
      }
    }
  }

  @Test func refusals() throws {
    try withFolder { folder in
      _ = try write(folder, units: [1, 2, 3], to: "x.npy")
      try Data("1\n2\n".utf8).write(to: folder.appendingPathComponent("two.txt"))
      try Data("1\n0\n2\n".utf8).write(to: folder.appendingPathComponent("zero.txt"))
      for (weights, more, status, part) in [
        ("nowhere", [], 66, "no such file, and none of uniform, variance, self, auto"),
        ("two.txt", [], 65, "2 numbers for 3 coordinates"), ("zero.txt", [], 65, "number 2 is 0"),
        ("auto", ["--ridge", "0.1"], 64, "--weights auto finds the ridge"),
      ] as [(String, [String], Int32, String)] {
        let result = try Program.run(["fit", "x.npy", "--weights", weights] + more, in: folder)
        #expect(result.status == status && result.errors.contains(part), "\(weights): \(result.errors)")
      }
    }
  }
}
