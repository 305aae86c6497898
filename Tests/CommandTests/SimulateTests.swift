import Foundation
import Testing

/// `lacuna simulate`, `theory` and `example` as their users see them: output, files, exit status.
@Suite(.serialized) struct SimulateTests {
  private let small = ["data.coordinates=40", "data.samples=20,80", "experiment.trials=3"]

  @Test func helpOfEveryCommandHasAnExample() throws {
    try withFolder { folder in
      for command in [
        [], ["simulate"], ["plan"], ["merge"], ["theory"], ["fit"], ["reproduce"], ["example"], ["devices"], ["bench"],
      ] {
        let result = try Program.run(command + ["--help"], in: folder)
        #expect(result.status == 0)
        #expect(result.output.contains("Examples:"))
        #expect(result.output.contains("  lacuna "))
      }
    }
  }

  @Test func everyExampleRuns() throws {
    try withFolder { folder in
      let list = try Program.run(["example"], in: folder)
      #expect(list.status == 0)
      let names = list.output.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
      #expect(names.count >= 5)
      for name in names {
        let text = try Program.run(["example", name], in: folder)
        #expect(text.status == 0 && text.output.contains("data:"))
        let result = try Program.run(["simulate", "example:\(name)", "--quiet"] + small, in: folder)
        #expect(result.status == 0, "\(name): \(result.errors)")
        #expect(result.output.contains("E_gen"))
        #expect(result.errors.isEmpty)
      }
    }
  }

  @Test func resultFolder() throws {
    try withFolder { folder in
      let arguments = ["simulate", "example:learning-curve", "--output", "out", "--json"] + small
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let out = folder.appendingPathComponent("out")
      for file in ["config.yaml", "trials.jsonl", "results.csv", "metrics.json", "provenance.json", "plan.json"] {
        #expect(FileManager.default.fileExists(atPath: out.appendingPathComponent(file).path), "\(file)")
      }
      for kind in ["svg", "pdf", "png", "gp"] {
        #expect(FileManager.default.fileExists(atPath: out.appendingPathComponent("figures/errors.\(kind)").path))
      }
      let printed = try object(result.output)
      let (saved, provenance) = try (
        object(try String(contentsOf: out.appendingPathComponent("metrics.json"), encoding: .utf8)),
        object(try String(contentsOf: out.appendingPathComponent("provenance.json"), encoding: .utf8))
      )
      let together = saved.merging(provenance) { _, _ in "in both" }
      #expect(NSDictionary(dictionary: printed) == NSDictionary(dictionary: together))
      for key in ["device", "runtime_seconds", "provenance", "computed"] {
        #expect(saved[key] == nil && provenance[key] != nil, "\(key)")
      }
      for key in ["points", "device", "precision", "seed", "runtime_seconds", "version"] {
        #expect(printed[key] != nil)
      }
      let points = try #require(printed["points"] as? [[String: Any]])
      #expect(points.count == 6)
      for point in points {
        for key in [
          "n", "d", "ridge", "trials", "bayes_error", "effective_ridge", "degrees_of_freedom_1", "degrees_of_freedom_2",
        ] { #expect(point[key] is NSNumber, "\(key)") }
        for key in ["training_error", "generalization_error"] {
          let statistic = try #require(point[key] as? [String: Any])
          for part in ["mean", "standard_error", "theory"] { #expect(statistic[part] is NSNumber, "\(key).\(part)") }
        }
      }
      let lines = try String(contentsOf: out.appendingPathComponent("trials.jsonl"), encoding: .utf8)
        .split(separator: "\n")
      #expect(lines.count == 2 * 3 * 3)
      for line in lines { #expect(try object(String(line))["training_error"] is NSNumber) }

      // The resolved configuration gives the same results, byte for byte.
      let again = try Program.run(["simulate", "out/config.yaml", "--output", "again", "--quiet"], in: folder)
      #expect(again.status == 0, "\(again.errors)")
      let csv = try ["out", "again"].map {
        try Data(contentsOf: folder.appendingPathComponent("\($0)/results.csv"))
      }
      #expect(csv[0] == csv[1])

      // Nothing is written over it unasked.
      let before = try Data(contentsOf: out.appendingPathComponent("metrics.json"))
      let refused = try Program.run(arguments, in: folder)
      #expect(refused.status == 73)
      #expect(refused.errors.contains("--overwrite"))
      #expect(try Data(contentsOf: out.appendingPathComponent("metrics.json")) == before)
      #expect(try Program.run(arguments + ["--overwrite"], in: folder).status == 0)
    }
  }

  /// Trials side by side, a thread each: every number is that of one thread, and the trials stand in their order.
  @Test func theNumberOfThreadsLeavesEveryBit() throws {
    try withFolder { folder in
      for (name, study) in [
        "plain": ["example:correlated", "data.coordinates=70", "data.samples=35,150"],
        "spectra": ["example:spectrum", "data.coordinates=40", "data.samples=20,80"],
        "masked": ["example:masking-ratio", "data.coordinates=40", "data.samples=80"],
        "path": ["example:ridge-path", "data.coordinates=60", "data.samples=30,120"],
      ] {
        var files: [[Data]] = []
        for threads in ["1", "2", "5"] {
          let out = "\(name)-\(threads)"
          let result = try Program.run(
            ["simulate"] + study + [
              "experiment.trials=7", "--device", "host", "--threads", threads, "--quiet", "--output", out,
            ], in: folder)
          #expect(result.status == 0, "\(result.errors)")
          files.append(
            try ["trials.jsonl", "results.csv"].map {
              try Data(contentsOf: folder.appendingPathComponent("\(out)/\($0)"))
            })
        }
        #expect(!files[0][0].isEmpty && files[1] == files[0] && files[2] == files[0], "\(name)")
      }
    }
  }

  /// λ → 0 on both sides of n = d, and what is drawn of it.
  @Test func ridgeless() throws {
    try withFolder { folder in
      let result = try Program.run(
        ["simulate", "example:correlated", "model.ridge=ridgeless,0.1,1", "--output", "out", "--json", "--quiet"]
          + small,
        in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let points = try #require(try object(result.output)["points"] as? [[String: Any]])
      let ridgeless = points.filter { $0["ridge"] as? Double == 0 }
      #expect(ridgeless.count == 2)
      for point in ridgeless {
        let training = try #require((point["training_error"] as? [String: Any])?["mean"] as? Double)
        #expect(point["n"] as? Int == 20 ? training == 0 : training > 0)
        let error = try #require(point["generalization_error"] as? [String: Any])
        #expect(try #require(error["mean"] as? Double) > 0 && error["theory"] is NSNumber)
      }
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("out/figures/errors.svg").path))
    }
  }

  @Test func explanationOfRoutes() throws {
    try withFolder { folder in
      try
        "data: {model: spiked, spikes: [{strength: 2}], coordinates: 40, samples: [20, 80]}\nmodel: {ridge: [0.1, 1]}\n"
        .write(to: folder.appendingPathComponent("study.yaml"), atomically: true, encoding: .utf8)
      let study = ["simulate", "--quiet", "study.yaml", "experiment.trials=2"]
      let plain = try Program.run(study, in: folder)
      let explained = try Program.run(study + ["--explain"], in: folder)
      #expect(plain.status == 0 && explained.status == 0, "\(explained.errors)")
      #expect(explained.output == plain.output && plain.errors.isEmpty)
      for word in ["inverses", "tridiagonal", "eigenvectors", "sample inverses", "← taken", "trials at once"] {
        #expect(explained.errors.contains(word), "\(word): \(explained.errors)")
      }
    }
  }

  /// The memory forecast is within a tenth of what the process took, by every route and for what is measured besides.
  @Test(arguments: [
    ("inverse", "model: isotropic", "0.1", "3000", "", "errors"),
    ("inverses", "model: ar1, correlation: 0.5", "[0.1, 1]", "3000", "", "errors"),
    ("tridiagonal", "model: isotropic", "{from: 0.01, to: 1, count: 12}", "3000", "", "errors"),
    ("samples", "model: isotropic", "0.1", "400", "", "errors"),
    ("samples, any covariance", "model: ar1, correlation: 0.5", "0.1", "700", "", "errors"),
    ("spectrum", "model: isotropic", "0.1", "1600", "", "spectrum"),
    ("bernoulli", "model: isotropic", "0.1", "3000", ", mask: {bernoulli: {keep: 0.5}}", "errors"),
  ])
  func memoryForecast(
    name: String, model: String, ridge: String, samples: String, mask: String, measure: String
  ) throws {
    try withFolder { folder in
      let d = Int(samples)! < 1500 ? 12_000 : 1500
      let study = """
        experiment: {name: memory, trials: 1}
        data: {\(model), coordinates: \(d), samples: \(samples)}
        model: {ridge: \(ridge)\(mask)}
        measure: \(measure)

        """
      try study.write(to: folder.appendingPathComponent("study.yaml"), atomically: true, encoding: .utf8)
      let result = try Program.run(
        ["simulate", "study.yaml", "--device", "host", "--quiet", "--explain"], in: folder,
        environment: ["XDG_CACHE_HOME": folder.path, "OPENBLAS_NUM_THREADS": "2"])
      #expect(result.status == 0, "\(result.errors)")
      let line = try #require(result.errors.split(separator: "\n").first { $0.contains("at its peak") })
      let numbers = line.split { !"0123456789.e".contains($0) }.compactMap { Double($0) }
      try #require(numbers.count == 2)
      #expect(abs(numbers[0] / numbers[1] - 1) < 0.1, "\(name): \(line)")
    }
  }

  @Test func theoryGivesTheSamePoints() throws {
    try withFolder { folder in
      let simulated = try object(
        try Program.run(["simulate", "example:correlated", "--json", "--quiet"] + small, in: folder).output)
      let theory = try object(try Program.run(["theory", "example:correlated", "--json"] + small, in: folder).output)
      func values(_ summary: [String: Any]) -> [Double] {
        (summary["points"] as? [[String: Any]] ?? []).compactMap {
          ($0["generalization_error"] as? [String: Any])?["theory"] as? Double
        }
      }
      #expect(!values(theory).isEmpty)
      #expect(values(theory) == values(simulated))
      #expect(theory["device"] is NSNull || theory["device"] == nil)
    }
  }

  @Test func seedsAndSweeps() throws {
    try withFolder { folder in
      func summary(_ extra: [String]) throws -> [[String: Any]] {
        let result = try Program.run(
          ["simulate", "example:correlated", "--json", "--quiet", "model.ridge=0.1"] + small + extra, in: folder)
        return try object(result.output)["points"] as? [[String: Any]] ?? []
      }
      func means(_ points: [[String: Any]]) -> [Double] {
        points.compactMap { ($0["training_error"] as? [String: Any])?["mean"] as? Double }
      }
      let one = try summary(["--seed", "5"])
      #expect(means(one) == means(try summary(["--seed", "5"])))
      #expect(means(one) != means(try summary(["--seed", "6"])))
      let swept = try summary(["data.correlation=0.2,0.5"])
      #expect(swept.count == 4)
      #expect(
        swept.compactMap { ($0["parameters"] as? [String: String])?["data.correlation"] } == [
          "0.2", "0.2", "0.5", "0.5",
        ])
    }
  }

  @Test(
    arguments: [
      ("no such file", ["simulate", "nowhere.yaml"], 66, "nowhere.yaml"),
      ("no such example", ["simulate", "example:lerning-curve"], 64, "learning-curve"),
      ("wrong override", ["simulate", "example:ridge-path", "data.corelation=1"], 64, "correlation"),
      ("wrong file key", ["simulate", "bad.yaml"], 65, "bad.yaml:3"),
      ("no best ridge", ["simulate", "independent.yaml"], 65, "auto finds no best ridge"),
      ("wrong device", ["simulate", "example:ridge-path", "--device", "abacus"], 69, "abacus"),
      ("wrong option", ["simulate", "example:ridge-path", "--overwritten"], 64, "overwritten"),
      ("no command", ["simulat"], 64, "simulat"),
      ("output in the way", ["simulate", "example:ridge-path", "--output", "bad.yaml"], 73, "bad.yaml"),
      (
        "spectrum at ridge 0 below d",
        [
          "simulate", "example:spectrum", "model.ridge=ridgeless", "data.coordinates=40", "data.samples=20", "--quiet",
        ], 65, "ridge"
      ),
    ] as [(String, [String], Int32, String)])
  func refusals(name: String, arguments: [String], status: Int32, word: String) throws {
    try withFolder { folder in
      try "data: {model: isotropic, coordinates: 9, samples: 9}\nexperiment:\n  sed: 2\nmodel: {ridge: 1}\n".write(
        to: folder.appendingPathComponent("bad.yaml"), atomically: true, encoding: .utf8)
      try "data: {model: isotropic, coordinates: 9, samples: 9}\nmodel: {ridge: auto}\n".write(
        to: folder.appendingPathComponent("independent.yaml"), atomically: true, encoding: .utf8)
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == status, "\(name): \(result.errors)")
      #expect(result.errors.contains(word), "\(name): \(result.errors)")
      #expect(result.output.isEmpty)
    }
  }

  /// Ctrl-C: a quick end, finished trials kept whole, no file that looks like a finished run.
  @Test func interruption() throws {
    try withFolder { folder in
      let process = try Program.start(
        [
          "simulate", "example:learning-curve", "experiment.trials=100000", "data.coordinates=60", "data.samples=30",
          "--output", "out",
        ], in: folder)
      let shards = folder.appendingPathComponent("out/shards")
      func records() throws -> Data {
        let names = try FileManager.default.contentsOfDirectory(atPath: shards.path)
        return try Data(contentsOf: shards.appendingPathComponent(try #require(names.first)))
      }
      for _ in 0..<600 {
        if let data = try? records(), data.count > 2000 { break }
        usleep(50_000)
      }
      process.interrupt()
      let result = try Program.finish(process, in: folder)
      #expect(result.status == 130)
      #expect(result.errors.contains("in out/shards/") && result.errors.contains("--resume"))
      let lines = try String(decoding: records(), as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count > 3 && lines.last == "")
      for line in lines.dropLast() { #expect(try object(String(line))["trials"] is [Any]) }
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out/metrics.json").path))
    }
  }
}
