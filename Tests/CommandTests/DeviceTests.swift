import Foundation
import Testing

/// `lacuna devices`, and what is said of devices before a run, as their users see them.
@Suite(.serialized) struct DeviceTests {
  @Test func devices() throws {
    try withFolder { folder in
      let list = try object(try Program.run(["devices", "--json"], in: folder).output)
      let devices = try #require(list["devices"] as? [[String: Any]])
      let host = try #require(devices.first { $0["id"] as? String == "host" })
      #expect(host["compute_units"] as? Int ?? 0 >= 1)
      for device in devices where (device["id"] as? String)?.hasPrefix("opencl") == true {
        #expect(device["compute_units"] as? Int ?? 0 >= 1 && device["local_memory_bytes"] as? Int ?? 0 >= 1024)
      }
      #expect(host["usable"] as? Bool == true)
      #expect(list["auto"] is String && list["auto_reason"] is String)
      // A processor behind OpenCL is never taken for the host it is.
      for device in devices where device["type"] as? String == "cpu" && device["id"] as? String != "host" {
        #expect(list["auto"] as? String != device["id"] as? String)
      }
      for device in devices where device["usable"] as? Bool == false { #expect(device["obstacle"] is String) }
      // One is taken; of each other it is said why not. Those that work are rated, as the forecasts know them.
      for device in devices {
        #expect((device["auto_obstacle"] is String) != (device["id"] as? String == list["auto"] as? String))
        if device["usable"] as? Bool == true {
          let rates = ["multiply", "invert"].map { device["\($0)_operations_per_second"] as? Double ?? 0 }
          #expect(rates.allSatisfy { $0 > 1e7 && $0 < 1e17 }, "\(device)")
        }
      }
      #expect(list["rate_order"] as? Int == 1024 && list["precision"] as? String == "float64")
      let text = try Program.run(["devices"], in: folder)
      #expect(text.status == 0 && text.output.contains("auto takes") && text.output.contains("GFLOP/s"))
    }
  }

  /// Every operation is named with an error below its bound, in a table and as JSON.
  @Test func verification() throws {
    try withFolder { folder in
      let result = try Program.run(["devices", "--verify", "host", "--json"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let devices = try #require(try object(result.output)["devices"] as? [[String: Any]])
      #expect(
        devices.count == 1 && devices[0]["passed"] as? Bool == true && devices[0]["precision"] as? String == "float64")
      let operations = try #require(devices[0]["operations"] as? [[String: Any]])
      for name in ["multiply", "eigendecompose", "accumulateMaskedGram", "solveTriangular", "fill"] {
        let line = try #require(operations.first { $0["operation"] as? String == name })
        let (residual, bound) = (line["residual"] as? Double, line["bound"] as? Double)
        #expect(try #require(residual) <= #require(bound) && line["failures"] as? Int == 0, "\(name)")
        #expect((line["cases"] as? Int ?? 0) > 3)
      }
      let text = try Program.run(["devices", "--verify", "host", "--precision", "float32", "--quiet"], in: folder)
      #expect(text.status == 0 && text.output.contains("float32") && text.output.contains("all laws hold"))
      #expect(try Program.run(["devices", "--verify", "nothing-of-this-name"], in: folder).status == 69)
      // Of a default build it is not known, of one with the trait no job started this process.
      let alone = try Program.run(["devices", "--verify", "mpi"], in: folder)
      #expect(alone.status == 69 && (alone.errors.contains("--traits MPI") || alone.errors.contains("mpirun")))
      #expect(try Program.run(["devices", "host"], in: folder).status == 64)
    }
  }

  /// `--precision`, `--threads`, `--seed` and `--json` are spelled and refused alike wherever they are taken.
  @Test func sharedOptions() throws {
    try withFolder { folder in
      let study = ["example:ridge-path", "data.coordinates=20", "data.samples=30", "experiment.trials=1"]
      for command in [["devices"], ["bench"], ["simulate"] + study, ["fit", "x.csv"], ["reproduce", "--output", "r"]] {
        let bits = try Program.run(command + ["--precision", "64"], in: folder)
        #expect(bits.status == 64 && bits.errors.contains("--precision 64 is now --precision float64"), "\(command)")
      }
      for command in [["devices"], ["bench"], ["simulate"] + study, ["theory"] + study, ["fit", "x.csv"]] {
        let none = try Program.run(command + ["--threads", "0"], in: folder)
        #expect(none.status == 64 && none.errors.contains("--threads must be at least 1"), "\(command)")
      }
      func seeded(_ seed: String) throws -> String {
        let result = try Program.run(
          ["simulate"] + study + ["--device", "host", "--json", "--quiet", "--seed", seed], in: folder)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let points = try #require(try object(result.output)["points"])
        return String(decoding: try JSONSerialization.data(withJSONObject: points, options: .sortedKeys), as: UTF8.self)
      }
      #expect(try seeded("3") == seeded("3") && seeded("3") != seeded("4"))
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
}
