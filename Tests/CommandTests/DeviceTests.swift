import Foundation
import Testing

/// `lacuna devices` and `bench` as their users see them.
@Suite(.serialized) struct DeviceTests {
  @Test func devices() throws {
    try withFolder { folder in
      let list = try object(try Program.run(["devices", "--json"], in: folder).output)
      let devices = try #require(list["devices"] as? [[String: Any]])
      let host = try #require(devices.first { $0["id"] as? String == "host" })
      #expect(host["usable"] as? Bool == true)
      #expect(list["auto"] is String && list["auto_reason"] is String)
      // A processor behind OpenCL is never taken for the host it is.
      for device in devices where device["type"] as? String == "cpu" && device["id"] as? String != "host" {
        #expect(list["auto"] as? String != device["id"] as? String)
      }
      for device in devices where device["usable"] as? Bool == false { #expect(device["obstacle"] is String) }
      let text = try Program.run(["devices"], in: folder)
      #expect(text.status == 0 && text.output.contains("auto takes"))
    }
  }

  /// No OpenCL platform at all: said, with the remedy, and the host still there.
  @Test func noPlatform() throws {
    try withFolder { folder in
      let environment = ["OCL_ICD_VENDORS": folder.path, "OPENCL_VENDOR_PATH": folder.path]
      let result = try Program.run(["devices"], in: folder, environment: environment)
      #expect(result.status == 0)
      #expect(result.output.contains("OCL_ICD_VENDORS"))
      let named = try Program.run(
        ["simulate", "example:ridge-path", "--device", "opencl"], in: folder, environment: environment)
      #expect(named.status == 69)
    }
  }

  /// Trials, memory and time are said before a run; rates are measured once and kept; a damaged cache is said, not trusted.
  @Test func forecastBeforeARun() throws {
    try withFolder { folder in
      let environment = ["XDG_CACHE_HOME": folder.path]
      let rates = folder.appendingPathComponent("lacuna/rates.json")
      func run() throws -> String {
        let result = try Program.run(
          [
            "simulate", "example:ridge-path", "data.coordinates=40", "data.samples=60,80", "experiment.trials=2",
            "--device", "host",
          ], in: folder, environment: environment)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("forecast: 4 trials"), "\(result.errors)")
        #expect(result.errors.contains("less than a second on host"), "\(result.errors)")
        return result.errors
      }
      #expect(try !run().contains("damaged"))
      let kept = try Data(contentsOf: rates)
      #expect(try object(String(decoding: kept, as: UTF8.self)).count == 1)
      _ = try run()
      #expect(try Data(contentsOf: rates) == kept)
      try Data("{\"host".utf8).write(to: rates)
      #expect(try run().contains("rates.json is damaged"))
      #expect(try object(String(decoding: Data(contentsOf: rates), as: UTF8.self)).count == 1)
    }
  }

  @Test func studyTooLarge() throws {
    try withFolder { folder in
      let result = try Program.run(
        ["simulate", "example:ridge-path", "data.coordinates=2000000", "data.samples=4000000"], in: folder)
      #expect(result.status == 69)
      #expect(result.errors.contains("d up to"))
    }
  }

  @Test func bench() throws {
    try withFolder { folder in
      for file in ["a.json", "b.json"] {
        let result = try Program.run(
          [
            "bench", "--device", "host", "--sizes", "64,96", "--operations", "multiply,copy,masked_gram,trial",
            "--max-time",
            "0.05",
            "--json", file, "--csv", "a.csv", "--export-markdown", "a.md", "--quiet",
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
          "bench", "--device", "host", "--sizes", "32", "--operations", "gram", "--max-time", "0.05", "--json",
          "c.json", "--quiet",
        ],
        in: folder)
      #expect(other.status == 0)
      #expect(try Program.run(["bench", "compare", "a.json", "c.json"], in: folder).status == 65)
      #expect(try Program.run(["bench", "compare", "a.json", "a.csv"], in: folder).status == 65)
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
