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
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
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
    (["everything"], "Unexpected argument 'everything'"), (["--threads", "0"], "at least 1"),
  ])
  func renamedAndRefused(arguments: [String], message: String) throws {
    try withFolder { folder in
      let result = try Program.run(["bench"] + arguments, in: folder)
      #expect(result.status == 64 && result.errors.contains(message), "\(result.errors)")
      #expect(result.output.isEmpty)
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
      let backward = try Program.run(["bench", "compare", "b.json", "a.json"], in: folder)
      #expect(backward.output.contains("inverse, float64: (1) is faster than (2) at d = 300"), "\(backward.output)")
    }
  }
}
