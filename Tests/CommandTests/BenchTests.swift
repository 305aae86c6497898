import Foundation
import Testing

/// `lacuna bench` and `bench compare` as their users see them.
@Suite(.serialized) struct BenchTests {
  @Test func bench() throws {
    try withFolder { folder in
      for file in ["a.json", "b.json"] {
        let result = try Program.run(
          [
            "bench", "--device", "host", "--sizes", "64,96", "--operations", "multiply,copy,masked_gram,trial",
            "--max-time",
            "0.05",
            "--export", file, "--export", "a.csv", "--export", "a.md", "--quiet",
          ], in: folder)
        #expect(result.status == 0, "\(result.errors)")
        let report = try object(try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8))
        let results = try #require(report["results"] as? [[String: Any]])
        #expect(results.count == 8)
        for row in results {
          #expect(row["median"] as? Double ?? 0 > 0)
          #expect(row["relative_error"] as? Double == 0)
          #expect(row["multiply_fraction"] is Double || row["operation"] as? String == "copy")
          #expect((row["exponent"] is Double) == (row["size"] as? Int == 96))
        }
      }
      let compared = try Program.run(["bench", "compare", "a.json", "b.json"], in: folder)
      #expect(compared.status == 0 && compared.output.contains("speed against (1)"))
      let names = ["multiply", "copy", "masked_gram", "trial"]
      for name in names { #expect(compared.output.contains(name), "\(compared.output)") }
      let other = try Program.run(
        [
          "bench", "--device", "host", "--sizes", "32", "--operations", "gram", "--max-time", "0.05", "--export",
          "c.json", "--quiet",
        ],
        in: folder)
      #expect(other.status == 0)
      #expect(try Program.run(["bench", "compare", "a.json", "c.json"], in: folder).status == 65)
      #expect(try Program.run(["bench", "compare", "a.json", "a.csv"], in: folder).status == 65)
    }
  }

  /// What is timed is what a study does, with its checks, unless they are declined; the report says which.
  @Test(.enabled(if: OpenCLShim.library != nil, "no usable OpenCL device")) func verification() throws {
    try withFolder { cache in
      for (option, isVerified) in [([], true), (["--no-verify"], false)] {
        let (result, calls) = try OpenCLShim.count(
          [
            "bench", "--device", "opencl:0", "--sizes", "48", "--operations", "gram", "--max-time", "0.05", "--json",
            "--quiet",
          ] + option, cache: cache)
        let devices = try #require(try object(result.output)["devices"] as? [String: String])
        #expect(devices["opencl:0"]?.hasSuffix(", verified") == isVerified, "\(devices)")
        #expect((calls["kernel probe_rows"] ?? 0 > 0) == isVerified)
      }
    }
  }

  /// Every format holds every result; `--json` prints what `--export FILE.json` saves.
  @Test func exports() throws {
    try withFolder { folder in
      let result = try Program.run(
        [
          "bench", "--device", "host", "--precision", "float32", "--precision", "float64", "--sizes", "48", "--threads",
          "1", "--operations", "copy,inverse,eigenvalues,eigenvectors,normal", "--max-time", "0.02", "--json",
          "--quiet",
          "--export", "a.json", "--export", "a.csv", "--export", "a.md",
        ], in: folder)
      // The machine may be busy, and that is said.
      let said = result.errors.split(separator: "\n")
      #expect(result.status == 0 && said.allSatisfy { $0.hasPrefix("warning: ") }, "\(result.errors)")
      func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      }
      #expect(try text("a.json") == result.output)
      let report = try object(result.output)
      let rows = try #require(report["results"] as? [[String: Any]])
      #expect(rows.count == 10)
      #expect(
        rows.map { $0["precision"] as? String } == Array(repeating: "float32", count: 5)
          + Array(repeating: "float64", count: 5))
      for row in rows {
        // Against the host in float64: rounding of the precision, times what an inverse amplifies.
        let bound = row["precision"] as? String == "float64" ? 0 : 1e-4
        #expect(try #require(row["relative_error"] as? Double) <= bound, "\(row)")
        let times = try #require(row["times"] as? [Double]).sorted()
        #expect(times.count == row["runs"] as? Int && times.first == row["minimum"] as? Double)
        let middle = (times[times.count / 2] + times[(times.count - 1) / 2]) / 2
        #expect(abs(middle - (row["median"] as? Double ?? 0)) <= 1e-12 * middle)
      }
      let csv = try text("a.csv").split(separator: "\n")
      #expect(csv.count == 11 && csv[0].hasPrefix("operation,size,precision,device,median"))
      let markdown = try text("a.md").split(separator: "\n")
      #expect(markdown.count == 12 && markdown.allSatisfy { $0.hasPrefix("|") && $0.hasSuffix("|") })
      for (row, line) in zip(rows, csv.dropFirst()) { #expect(line.hasPrefix(row["operation"] as? String ?? "?")) }
    }
  }

  /// What an option was called before 0.2.0 is answered with its name of today.
  @Test(arguments: [
    (["--csv", "a.csv"], "--csv is now --export FILE.csv"),
    (["--export-markdown", "a.md"], "--export-markdown is now --export FILE.md"),
    (["--json", "a.json"], "--json FILE is now --export FILE.json"),
    (["--precision", "32"], "--precision 32 is now --precision float32"),
    (["--precision", "half"], "float64 or float32"), (["--export", "a.txt"], ".json, .csv, .md"),
    (["everything"], "no command of bench is named 'everything'; they are run, compare"),
    (["compar", "a", "b"], "did you mean 'compare'?"), (["--threads", "0"], "at least 1"),
  ])
  func renamedAndRefused(arguments: [String], message: String) throws {
    try withFolder { folder in
      let result = try Program.run(["bench"] + arguments, in: folder)
      #expect(result.status == 64 && result.errors.contains(message), "\(result.errors)")
      #expect(result.output.isEmpty)
    }
  }

  /// Two runs tell no spread, and that is said of their times and ratios.
  @Test func fewRuns() throws {
    try withFolder { folder in
      let result = try Program.run(
        [
          "bench", "--device", "host", "--sizes", "32", "--operations", "gram", "--runs", "1", "--max-time", "1e-9",
          "--json", "--quiet",
        ], in: folder)
      #expect(
        result.status == 0 && result.errors.contains("1 of 1 times are of fewer than five runs"), "\(result.errors)")
      #expect(result.errors.contains("gram at d = 32 on host, float64 has 1;"))
      #expect((try object(result.output)["warnings"] as? [String])?.isEmpty == false)
    }
  }

  /// Two machines whose times follow d³ and d²: they cross at 128, wherever the sizes lie.
  @Test func crossover() throws {
    try withFolder { folder in
      func report(_ machine: String, _ time: (Double) -> Double) -> [String: Any] {
        [
          "version": "0", "machine": machine, "devices": ["host": "a processor"], "crossovers": [],
          "results": [64, 96, 256, 300].map { size in
            [
              "device": "host", "operation": "inverse", "precision": "float64", "size": size,
              "median": time(Double(size)), "runs": 5, "memory_bytes": 0,
            ] as [String: Any]
          },
        ]
      }
      let cubic = report("slow") { $0 * $0 * $0 * 1e-9 }
      let square = report("fast") { $0 * $0 * 128e-9 }
      for (name, value) in [("a.json", cubic), ("b.json", square)] {
        try JSONSerialization.data(withJSONObject: value).write(to: folder.appendingPathComponent(name))
      }
      let forward = try Program.run(["bench", "compare", "a.json", "b.json", "--figure", "figures"], in: folder)
      #expect(forward.status == 0, "\(forward.errors)")
      #expect(forward.output.contains("inverse, float64: (2) overtakes (1) at d ≈ 128"), "\(forward.output)")
      #expect(forward.output.contains("×2.34"))
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("figures/compare.svg").path))
      let saved = try Program.run(
        [
          "bench", "compare", "a.json", "b.json", "--json", "--export", "c.json", "--export", "c.csv", "--export",
          "c.md",
        ],
        in: folder)
      func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      }
      #expect(try saved.status == 0 && saved.output == text("c.json"), "\(saved.errors)")
      let rows = try #require(try object(saved.output)["rows"] as? [[String: Any]])
      #expect(rows.map { $0["size"] as? Int } == [64, 96, 256, 300])
      for row in rows {
        let times = try #require(row["times"] as? [[String: Any]])
        let speed = try #require(times[1]["speed"] as? Double)
        #expect(abs(speed - (row["size"] as? Double ?? 0) / 128) < 1e-12 * speed && times[1]["uncertainty"] == nil)
      }
      #expect(try text("c.csv").split(separator: "\n").count == 9)
      #expect(try text("c.md").split(separator: "\n").count == 6)
      let backward = try Program.run(["bench", "compare", "b.json", "a.json"], in: folder)
      #expect(backward.output.contains("inverse, float64: (1) is faster than (2) at d = 300"), "\(backward.output)")
    }
  }

  /// What is no report, or holds what nobody measured, is refused by file and key; nothing steers the terminal.
  @Test func hostileReports() throws {
    try withFolder { folder in
      func report(_ result: [String: Any], _ changes: [String: Any] = [:]) throws -> String {
        let base: [String: Any] = [
          "device": "host", "operation": "gram", "precision": "float64", "size": 32, "median": 1e-6, "minimum": 1e-6,
          "uncertainty": 0.01, "runs": 9, "memory_bytes": 0,
        ]
        let whole: [String: Any] = [
          "version": "0", "machine": "m", "devices": ["host": "p"], "crossovers": [],
          "results": [base, base.merging(["size": 64]) { $1 }.merging(result) { $1 }],
        ]
        let data = try JSONSerialization.data(withJSONObject: whole.merging(changes) { $1 })
        return String(decoding: data, as: UTF8.self)
      }
      func compare(_ text: String, second: Bool = false) throws -> Program.Result {
        try text.write(to: folder.appendingPathComponent("x.json"), atomically: true, encoding: .utf8)
        try report([:]).write(to: folder.appendingPathComponent("good.json"), atomically: true, encoding: .utf8)
        return try Program.run(
          ["bench", "compare"] + (second ? ["good.json", "x.json"] : ["x.json", "good.json"]), in: folder)
      }
      let refused: [(String, String)] = [
        (try report([:], ["devices": [String: String]()]), "devices names none"),
        (try report([:], ["results": [Int]()]), "results holds none"),
        (try report(["size": 0]), "results[1].size is 0"), (try report(["size": -5]), "results[1].size is -5"),
        (try report(["size": Int.max]), "results[1].size"), (try report(["size": 1.5]), "not whole"),
        (try report(["median": 0]), "results[1].median is 0"), (try report(["median": -1]), "results[1].median is -1"),
        (try report(["median": 1e308]), "results[1].median is 1e+308"),
        (try report(["median": Double.leastNonzeroMagnitude]), "results[1].median"),
        (try report(["minimum": -1]), "results[1].minimum"), (try report(["times": [1e-6, -1]]), "results[1].times"),
        (try report(["uncertainty": 1e308]), "results[1].uncertainty"),
        (try report(["uncertainty": -1]), "results[1].uncertainty"),
        (try report(["operation": 3]), "results[1].operation"),
        ("{\"devices\":{}}", "is missing"), ("[]", "x.json"), ("", "not JSON"), ("{\"devices\": 1e400}", "x.json"),
        (String(repeating: "[", count: 100_000), "x.json"), ("\u{0}", "not JSON"),
      ]
      for (text, reason) in refused {
        for second in [false, true] {
          let result = try compare(text, second: second)
          #expect(result.status == 65 && result.output.isEmpty, "\(text.prefix(300)): \(result.status)")
          #expect(result.errors.contains("x.json") && result.errors.contains(reason), "\(result.errors)")
        }
      }
      let raw: [Unicode.Scalar] = ["\u{1B}", "\u{9B}", "\u{202E}", "\u{7}"]
      let steering = "\u{1B}[2J\u{9B}31m\u{202E}\u{7}"
      let texts: [[String: Any]] = [
        ["machine": steering], ["version": steering], ["devices": ["host": steering]],
        ["devices": ["host": "p", "z" + steering: steering]],
      ]
      for changes in texts {
        let result = try compare(try report([:], changes))
        #expect(result.status == 0 && result.output.contains("\\u{9b}31m"), "\(result.errors)")
        #expect(!(result.output + result.errors).unicodeScalars.contains { raw.contains($0) }, "\(changes)")
      }
      for key in ["operation", "precision"] {
        let text = try report([key: steering])
        try text.write(to: folder.appendingPathComponent("y.json"), atomically: true, encoding: .utf8)
        let result = try Program.run(["bench", "compare", "y.json", "y.json"], in: folder)
        #expect(result.status == 0 && result.output.contains("\\u{1b}[2J"), "\(result.errors)")
        #expect(!result.output.unicodeScalars.contains { raw.contains($0) }, "\(key)")
      }
    }
  }
}
