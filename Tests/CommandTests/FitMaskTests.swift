import Foundation
import LacunaFiles
import Testing

/// `lacuna fit --mask`, and mask schemes refused by `fit` and `simulate`, as their users see them.
@Suite(.serialized) struct FitMaskTests {
  private let n = 40
  private let d = 6

  /// Samples with a common part, deterministic.
  private var values: [Double] {
    var state: UInt64 = 11
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53 - 0.5
    }
    return (0..<n).flatMap { _ -> [Double] in
      let common = uniform()
      return (0..<d).map { _ in common + 0.3 * uniform() }
    }
  }

  /// A folder with the samples as `x.npy`.
  private func withSamples(_ body: (URL) throws -> Void) throws {
    try withFolder { folder in
      try writeNPY(values, shape: [n, d], to: folder.appendingPathComponent("x.npy").path)
      try body(folder)
    }
  }

  private func predictor(_ folder: URL, _ output: String) throws -> [Double] {
    try readNPY(folder.appendingPathComponent("\(output)/predictor.npy").path).values
  }

  private func fit(_ mask: String, in folder: URL, ridge: String = "0.05", data: String = "x.npy") throws -> [String:
    Any]
  {
    let output = "out-" + mask.map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
    let result = try Program.run(
      ["fit", data, "--mask", mask, "--ridge", ridge, "--json", "--output", output, "--quiet"], in: folder)
    #expect(result.status == 0, "\(mask): \(result.errors)")
    var summary = try object(result.output)
    summary["folder"] = output
    return summary
  }

  /// S of the samples.
  private var gram: [Double] {
    let x = values
    return (0..<d * d).map { e in
      (0..<n).reduce(0) { $0 + x[$1 * d + e / d] * x[$1 * d + e % d] } / Double(n)
    }
  }

  @Test func leaveOneOutIsTheDefault() throws {
    try withSamples { folder in
      let plain = try Program.run(
        ["fit", "x.npy", "--ridge", "0.05", "--json", "--output", "plain", "--quiet"], in: folder)
      let named = try Program.run(
        [
          "fit", "x.npy", "--mask", "leave-one-out", "--ridge", "0.05", "--json", "--output", "named", "--quiet",
        ], in: folder)
      #expect(plain.status == 0 && plain.output == named.output)
      #expect(try predictor(folder, "plain") == predictor(folder, "named"))
      // Without gaps, observed cells are all cells: the same predictor at the same ridge.
      _ = try fit("observed", in: folder)
      let (plainRows, observedRows) = (try predictor(folder, "plain"), try predictor(folder, "out-observed"))
      #expect(zip(plainRows, observedRows).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  /// One schema: the keys of fit.json and of its path, and the columns of coordinates.csv, are those of the plain fit whatever
  /// the mask, with gaps and without; the files of data with gaps are those of data without.
  @Test func oneSchema() throws {
    try withSamples { folder in
      var holed = values
      for e in stride(from: 3, to: holed.count, by: 7) { holed[e] = .nan }
      try writeNPY(holed, shape: [n, d], to: folder.appendingPathComponent("gaps.npy").path)
      func files(_ name: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.appendingPathComponent(name).path).sorted()
      }
      var schemas: Set<[String]> = []
      var headers: Set<Substring> = []
      let cases = [
        ("leave-one-out", "x.npy"), ("observed", "x.npy"), ("observed", "gaps.npy"), ("bernoulli:0.6", "x.npy"),
        ("partition:3", "x.npy"),
      ]
      for (index, (mask, data)) in cases.enumerated() {
        let result = try Program.run(
          ["fit", data, "--mask", mask, "--center", "--seed", "5", "--quiet", "--output", "out\(index)"], in: folder)
        #expect(result.status == 0, "\(result.errors)")
        let base = folder.appendingPathComponent("out\(index)")
        let summary = try object(try String(contentsOf: base.appendingPathComponent("fit.json"), encoding: .utf8))
        let path = try #require(summary["path"] as? [[String: Any]])
        schemas.insert(summary.keys.sorted() + (path.first?.keys.sorted() ?? []))
        #expect(summary["mask"] as? String == mask && summary["seed"] as? Int == 5 && summary["best"] == nil)
        // A Gram of pairs may be lifted, which is said.
        #expect((summary["warnings"] as? [String])?.count == (summary["lifted_eigenvalue"] is NSNumber ? 1 : 0))
        let heldOut = try #require(summary["held_out_error"] as? Double)
        let ridge = try #require(summary["ridge"] as? Double)
        let chosen = try #require(path.first { $0["ridge"] as? Double == ridge })
        #expect(chosen["held_out_error"] as? Double == heldOut)
        #expect(path.allSatisfy { ($0["held_out_error"] as? Double ?? 0) >= heldOut })
        #expect((summary["leave_one_out_error"] as? Double == heldOut) == (mask == "leave-one-out"))
        let coordinates = try String(contentsOf: base.appendingPathComponent("coordinates.csv"), encoding: .utf8)
        headers.insert(try #require(coordinates.split(separator: "\n").first))
      }
      #expect(schemas.count == 1 && headers.count == 1, "\(schemas) \(headers)")
      for key in ["ridge", "training_error", "leave_one_out_error", "gcv_error", "n", "d", "mean_square", "at_edge"] {
        #expect(schemas.first?.contains(key) == true, "\(key)")
      }
      #expect(try files("out1") == files("out2") && files("out1").contains("filled.npy"))
      // Of which one has a learning curve.
      #expect(try files("out0").filter { !$0.contains("learning-curve") } == files("out3"))
      #expect(try files("out0").contains { $0.contains("learning-curve") })
      // Nothing was missing, and nothing was changed.
      #expect(try readNPY(folder.appendingPathComponent("out1/filled.npy").path).values == values)
    }
  }

  /// Errors of each coordinate of data with gaps, as files have them.
  @Test func errorsOfCoordinatesWithGaps() throws {
    try withSamples { folder in
      var holed = values
      for e in stride(from: 3, to: holed.count, by: 7) { holed[e] = .nan }
      try writeNPY(holed, shape: [n, d], to: folder.appendingPathComponent("gaps.npy").path)
      let summary = try fit("observed", in: folder, data: "gaps.npy")
      let table = try readCSV(folder.appendingPathComponent("out-observed/coordinates.csv").path, allowMissing: true)
      let column = try #require(table.names?.firstIndex(of: "held_out_error"))
      let errors = (0..<d).map { table.values[$0 * table.columns + column] }
      let mean = try #require(summary["held_out_error"] as? Double)
      #expect(errors.allSatisfy { $0 > 0 } && errors.min()! <= mean && mean <= errors.max()!)
    }
  }

  /// Row k of the Bernoulli predictor solves its normal equations, (pS + q diag S + λ/(pq)) a = S_k off k, times 1: written as
  /// residuals. Blocks of one coordinate are leave-one-out.
  @Test func bernoulliAndPartition() throws {
    try withSamples { folder in
      let p = 0.7
      let summary = try fit("bernoulli:\(p)", in: folder)
      #expect(summary["mask"] as? String == "bernoulli:0.7")
      let a = try predictor(folder, try #require(summary["folder"] as? String))
      let s = gram
      for k in 0..<d {
        #expect(a[k * d + k] == 0)
        for j in 0..<d where j != k {
          // E[1(m_k = 0) m_j (x_k − Σ_l a_l m_l x_l) x_j] = λ a_j.
          let others = (0..<d).filter { $0 != j }.reduce(0) { $0 + p * p * a[k * d + $1] * s[$1 * d + j] }
          let moment = p * s[k * d + j] - p * a[k * d + j] * s[j * d + j] - others
          #expect(abs((1 - p) * moment - 0.05 * a[k * d + j]) < 1e-10)
        }
      }
      let singles = try fit("partition:\(d)", in: folder)
      _ = try Program.run(["fit", "x.npy", "--ridge", "0.05", "--output", "plain", "--quiet"], in: folder)
      let plain = try predictor(folder, "plain")
      let blocks = try predictor(folder, try #require(singles["folder"] as? String))
      #expect(zip(blocks, plain).allSatisfy { abs($0 - $1) < 1e-10 })
      // Coordinates hidden together do not read each other.
      let halves = try predictor(folder, try #require(try fit("partition:2", in: folder)["folder"] as? String))
      for k in 0..<d {
        for j in 0..<d { #expect((halves[k * d + j] == 0) == (k / 3 == j / 3)) }
      }
      #expect(try fit("partition:3:4", in: folder)["held_out_error"] is NSNumber)
    }
  }

  /// Many drawn masks near all of them; one seed, one answer.
  @Test func randomMasks() throws {
    try withSamples { folder in
      let limit = try predictor(folder, try #require(try fit("bernoulli:0.5", in: folder)["folder"] as? String))
      func distance(_ masks: Int) throws -> Double {
        let summary = try fit("random:0.5:\(masks)", in: folder)
        let a = try predictor(folder, try #require(summary["folder"] as? String))
        for k in 0..<d { #expect(a[k * d + k] == 0) }
        return zip(a, limit).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      }
      let few = try distance(4)
      let many = try distance(400)
      #expect(many < few / 3 && many > 0)
      let first = try Program.run(
        ["fit", "x.npy", "--mask", "random:0.5:4", "--ridge", "0.05", "--json", "--quiet", "--seed", "9"], in: folder)
      let second = try Program.run(
        ["fit", "x.npy", "--mask", "random:0.5:4", "--ridge", "0.05", "--json", "--quiet", "--seed", "9"], in: folder)
      #expect(first.status == 0 && first.output == second.output)
      #expect(try fit("shared:0.5:8", in: folder)["mask"] as? String == "shared:0.5:8")
    }
  }

  /// Gaps as NaN in .npy and as empty cells in .csv: the same fit, the observed cells untouched, the gaps filled better than by
  /// column means.
  @Test func missingCells() throws {
    try withSamples { folder in
      let whole = values
      var holed = whole
      for e in stride(from: 3, to: whole.count, by: 7) { holed[e] = .nan }
      try writeNPY(holed, shape: [n, d], to: folder.appendingPathComponent("gaps.npy").path)
      let rows = (0..<n).map { i in
        (0..<d).map { k in holed[i * d + k].isNaN ? (k % 2 == 0 ? "" : "NA") : "\(holed[i * d + k])" }
          .joined(separator: ",")
      }
      try (rows.joined(separator: "\n") + "\n").write(
        to: folder.appendingPathComponent("gaps.csv"), atomically: true, encoding: .utf8)
      var filled: [[Double]] = []
      for file in ["gaps.npy", "gaps.csv"] {
        let result = try Program.run(
          ["fit", file, "--mask", "observed", "--center", "--json", "--output", "out-\(file)", "--quiet"], in: folder)
        #expect(result.status == 0, "\(result.errors)")
        let summary = try object(result.output)
        #expect(summary["missing_cells"] as? Int == holed.count { $0.isNaN })
        filled.append(try readNPY(folder.appendingPathComponent("out-\(file)/filled.npy").path).values)
      }
      #expect(zip(filled[0], filled[1]).allSatisfy { abs($0 - $1) < 1e-12 })
      let means = (0..<d).map { k in
        let seen = (0..<n).map { holed[$0 * d + k] }.filter { !$0.isNaN }
        return seen.reduce(0, +) / Double(seen.count)
      }
      var (own, byMeans) = (0.0, 0.0)
      for e in whole.indices {
        if holed[e].isNaN {
          own += (filled[0][e] - whole[e]) * (filled[0][e] - whole[e])
          byMeans += (means[e % d] - whole[e]) * (means[e % d] - whole[e])
        } else {
          #expect(filled[0][e] == holed[e])
        }
      }
      #expect(own < byMeans / 2)
      // Without --mask observed a gap is an error with its place.
      let refused = try Program.run(["fit", "gaps.csv"], in: folder)
      #expect(refused.status == 65 && refused.errors.contains("line 1"), "\(refused.errors)")
    }
  }

  @Test(
    arguments: [
      ("bernoulli:0", "hides everything"), ("bernoulli:1", "hides nothing"), ("bernoulli:1.5", "between 0 and 1"),
      ("bernoulli:1e-300", "hides everything"), ("{random: {visible: 6, masks: 2, loss: hidden}}", "hides nothing"),
      ("bernoulli:x", "no probability"), ("random:-0.1:3", "hides everything"), ("random:0.5:0", "masks are counted"),
      ("partition:1", "hides everything"), ("partition:7", "7 blocks for 6 coordinates"),
      ("partition:3:0", "passes are counted"), ("checkered:3", "known are"),
    ])
  func masksThatFitRefuses(mask: String, reason: String) throws {
    try withSamples { folder in
      let result = try Program.run(["fit", "x.npy", "--mask", mask], in: folder)
      #expect(result.status == 64)
      #expect(result.errors.contains("--mask") && result.errors.contains(mask), "\(result.errors)")
      #expect(result.errors.contains(reason), "\(result.errors)")
    }
  }

  @Test(
    arguments: [
      ("narrow.csv", "0,1,0\n1,0,1\n", "6"), ("values.csv", "0,1,0,1,0,2\n1,0,1,0,1,1\n", "2"),
      ("nothing.csv", "1,1,1,1,1,1\n", "hides nothing"), ("everything.csv", "0,0,0,0,0,0\n", "hides everything"),
      ("absent.csv", nil, "absent.csv"),
    ] as [(String, String?, String)])
  func maskFilesThatFitRefuses(file: String, text: String?, reason: String) throws {
    try withSamples { folder in
      try text?.write(to: folder.appendingPathComponent(file), atomically: true, encoding: .utf8)
      let result = try Program.run(["fit", "x.npy", "--mask", "explicit:\(file)"], in: folder)
      #expect(result.status != 0 && result.errors.contains(file), "\(result.errors)")
      #expect(result.errors.contains(reason), "\(result.errors)")
    }
  }

  @Test(
    arguments: [
      ("{bernoulli: {keep: 1.0}}", "model.mask.bernoulli.keep", "between 0 and 1"),
      ("{random: {keep: 0.5, masks: 0}}", "model.mask.random.masks", "1"),
      ("{random: {visible: 0, masks: 2}}", "model.mask.random.visible", "hides everything"),
      ("{random: {visible: 6, masks: 2}}", "model.mask.random.visible", "hides nothing"),
      ("{partition: {blocks: 1}}", "model.mask.partition.blocks", "hides everything"),
      (
        "{partition: {blocks: [[1, 2, 3], [3, 4, 5, 6]]}}", "model.mask.partition.blocks",
        "coordinate 3 is in two blocks"
      ),
      ("{partition: {blocks: [[1, 2, 3], [4, 5]]}}", "model.mask.partition.blocks", "coordinate 6 is in no block"),
      ("{partition: {blocks: [[1, 2, 3, 4, 5, 6]]}}", "model.mask.partition.blocks", "hides everything"),
      ("{explicit: {file: narrow.csv}}", "model.mask.explicit.file", "6"), ("observed", "model.mask", "missing"),
    ])
  func masksThatSimulateRefuses(mask: String, key: String, reason: String) throws {
    try withFolder { folder in
      try "0,1,0\n1,0,1\n".write(
        to: folder.appendingPathComponent("narrow.csv"), atomically: true, encoding: .utf8)
      let result = try Program.run(
        [
          "simulate", "example:partition", "data.coordinates=6", "data.samples=12", "experiment.trials=1",
          "model.mask=\(mask)",
        ], in: folder)
      #expect(result.status != 0)
      #expect(result.errors.contains(key), "\(result.errors)")
      #expect(result.errors.contains(reason), "\(result.errors)")
    }
  }
}
