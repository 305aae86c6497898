import Foundation
import Testing

/// What results are traced by, and what a run would take before it is begun.
@Suite(.serialized) struct ProvenanceTests {
  private let small = ["data.coordinates=20", "data.samples=10,40", "experiment.trials=2", "model.ridge=0.1"]

  @Test func whenWhereAndHow() throws {
    try withFolder { folder in
      let before = Date()
      let arguments =
        ["simulate", "example:correlated"] + small
        + ["data.correlation=0.3,0.6", "experiment.name=a 'b'", "--output", "out", "--quiet"]
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let out = folder.appendingPathComponent("out")
      let summary = try object(String(contentsOf: out.appendingPathComponent("metrics.json"), encoding: .utf8))
      let origin = try object(String(contentsOf: out.appendingPathComponent("provenance.json"), encoding: .utf8))
      let provenance = try #require(origin["provenance"] as? [String: Any])
      #expect(provenance["command"] as? [String] == ["lacuna"] + arguments)
      #expect(provenance["host"] as? String == ProcessInfo.processInfo.hostName)
      #expect((provenance["processors"] as? Int ?? 0) >= 1 && (provenance["system"] as? String)?.isEmpty == false)
      let date = try #require((provenance["date"] as? String).flatMap { try? Date($0, strategy: .iso8601) })
      #expect(date.timeIntervalSince(before) > -2 && date.timeIntervalSinceNow < 2)
      // The library and its version.
      #expect((origin["device"] as? String)?.contains("OpenBLAS") == true)

      // The command line is one that a shell takes.
      let line = try #require(provenance["command_line"] as? String)
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/sh")
      shell.arguments = ["-c", "printf '%s\\n' " + line]
      let pipe = Pipe()
      shell.standardOutput = pipe
      try shell.run()
      let words = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      shell.waitUntilExit()
      #expect(words.split(separator: "\n").map(String.init) == ["lacuna"] + arguments)

      // Each combination's own configuration gives its own numbers again.
      let points = try #require(summary["points"] as? [[String: Any]])
      for (index, correlation) in ["0.3", "0.6"].enumerated() {
        let own = try object(
          try Program.run(
            ["simulate", "out/configurations/\(index + 1).yaml", "--json", "--quiet"], in: folder
          ).output)
        let numbers = try #require(own["points"] as? [[String: Any]]).map { $0["generalization_error"] as? NSObject }
        let expected = points.filter { ($0["parameters"] as? [String: String])?["data.correlation"] == correlation }
        #expect(expected.count == 2 && numbers == expected.map { $0["generalization_error"] as? NSObject })
      }
      #expect(!FileManager.default.fileExists(atPath: out.appendingPathComponent("configurations/3.yaml").path))
    }
  }

  /// It names every point, takes no folder and runs no trial, and what it prints can be run.
  @Test func dryRun() throws {
    try withFolder { folder in
      let arguments = ["simulate", "example:correlated", "data.correlation=0.3,0.6"] + small + ["--dry-run"]
      let result = try Program.run(arguments + ["--output", "out"], in: folder)
      #expect(result.status == 0 && !FileManager.default.fileExists(atPath: folder.appendingPathComponent("out").path))
      #expect(result.output.contains("forecast: 8 trials") && result.output.contains("nothing was run"))
      #expect(!result.errors.contains("trials "))
      let plan = try object(try Program.run(arguments + ["--json"], in: folder).output)
      let points = try #require(plan["points"] as? [[String: Any]])
      #expect(points.map { $0["n"] as? Int } == [10, 40, 10, 40] && points.allSatisfy { $0["d"] as? Int == 20 })
      #expect(plan["trials"] as? Int == 8 && (plan["bytes"] as? Int ?? 0) > 20 * 20 * 8)
      let configurations = try #require(plan["configurations"] as? [String])
      #expect(configurations.count == 2)
      try Data(configurations[1].utf8).write(to: folder.appendingPathComponent("second.yaml"))
      #expect(try Program.run(["simulate", "second.yaml", "--quiet"], in: folder).status == 0)

      let figures = try Program.run(
        ["reproduce", "spectrum", "universality", "--scale", "60", "--dry-run"], in: folder)
      #expect(figures.status == 0 && figures.output.contains("universality") && figures.output.contains("in all"))
      #expect(
        Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) == ["second.yaml", "stdout", "stderr"])
    }
  }
}
