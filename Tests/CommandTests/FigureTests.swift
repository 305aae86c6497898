import Foundation
import Testing

/// Figures of every command where gnuplot is missing, and runs of many figures that end early.
@Suite(.serialized) struct FigureTests {
  private static let nowhere = ["PATH": "/nonexistent"]

  private func files(_ folder: URL, _ path: String) -> Set<String> {
    Set((try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(path).path)) ?? [])
  }

  /// One warning, said before any trial, and everything but the pictures.
  private func check(_ result: Program.Result) {
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.components(separatedBy: "warning:").count == 2, "\(result.errors)")
    #expect(result.errors.contains("gnuplot-nox"))
    let warning = result.errors.range(of: "warning: gnuplot")
    let trials = result.errors.range(of: "trials ")
    #expect(warning != nil)
    if let warning, let trials { #expect(warning.lowerBound < trials.lowerBound) }
  }

  /// A line that theory has no answer for everywhere has a gap: it is said at the terminal and above the data.
  @Test func gapsOfTheory() throws {
    try withFolder { folder in
      let study = """
        data: {model: ar1, correlation: 0.5, coordinates: 24, samples: [8, 96]}
        model: {ridge: ridgeless, mask: {random: {keep: 0.5, masks: 1}}}

        """
      try Data(study.utf8).write(to: folder.appendingPathComponent("gaps.yaml"))
      let result = try Program.run(
        ["theory", "gaps.yaml", "--json", "--output", "out"], in: folder, environment: Self.nowhere)
      #expect(result.status == 0)
      let warnings = result.errors.split(separator: "\n").filter {
        $0.hasPrefix("warning: ") && !$0.contains("gnuplot")
      }
      #expect(warnings.count == 2, "\(result.errors)")
      #expect(
        warnings.contains {
          $0.contains("figure errors: its lines have gaps at ") && $0.contains("of n/d, 0.333 the")
        })
      #expect(
        warnings.contains { $0.contains("at 1 of 2 points, n = 8, ridge 0 the first, without theory of the errors") })
      let data = try String(contentsOf: folder.appendingPathComponent("out/figures/errors.dat"), encoding: .utf8)
      let lines = data.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count { $0.hasPrefix("# note: its lines have gaps at ") } == 2 && lines[1].hasPrefix("# index 0"))
      let points = try #require(try object(result.output)["points"] as? [[String: Any]])
      #expect(points.map { ($0["warnings"] as? [String])?.count } == [1, 0])
      let errors = points.map { $0["generalization_error"] as? [String: Any] }
      #expect(errors[0]?["theory"] is NSNull && errors[1]?["theory"] is NSNumber)
    }
  }

  @Test func withoutGnuplot() throws {
    try withFolder { folder in
      let small = ["data.coordinates=30", "data.samples=15,60", "experiment.trials=2", "model.ridge=0.1"]
      check(
        try Program.run(
          ["simulate", "example:learning-curve", "measure=errors,gram", "--output", "out"] + small, in: folder,
          environment: Self.nowhere))
      #expect(files(folder, "out/figures") == ["errors.dat", "errors.gp", "gram.dat", "gram.gp"])
      #expect(files(folder, "out").isSuperset(of: ["metrics.json", "results.csv", "trials.jsonl", "config.yaml"]))
      check(
        try Program.run(
          ["theory", "example:learning-curve", "--output", "limit"] + small, in: folder, environment: Self.nowhere))
      #expect(files(folder, "limit/figures") == ["errors.dat", "errors.gp"])
      let rows = (0..<20).map { i in (0..<3).map { "\((i * 7 + $0 * $0 * 5) % 11)" }.joined(separator: ",") + "\n" }
      try Data(rows.joined().utf8).write(to: folder.appendingPathComponent("data.csv"))
      check(
        try Program.run(["fit", "data.csv", "--output", "fit", "--quiet"], in: folder, environment: Self.nowhere))
      #expect(files(folder, "fit/figures") == ["ridge.dat", "ridge.gp"])
      #expect(files(folder, "fit").contains("fit.json"))
      let all = ["reproduce", "beyond-pca-noise", "universality", "--scale", "60", "--output", "all"]
      check(try Program.run(all, in: folder, environment: Self.nowhere))
      #expect(
        files(folder, "all")
          == [
            ".lacuna", "data", "narrow", "universality.dat", "universality.gp", "beyond-pca-noise.dat",
            "beyond-pca-noise.gp",
          ])
    }
  }

  /// Ctrl-C in the second figure keeps the first, beside those of an earlier run.
  @Test func interrupted() throws {
    _ = signal(SIGINT, SIG_DFL)
    try withFolder { folder in
      for earlier in [false, true] {
        if earlier {
          let first = try Program.run(
            ["reproduce", "spectrum", "--scale", "50", "--output", "out", "--overwrite"], in: folder)
          #expect(first.status == 0, "\(first.errors)")
          #expect(files(folder, "out/data") == ["spectrum"])
        }
        // The second takes long at this scale, the first does not.
        let process = try Program.start(
          ["reproduce", "learning-curves", "masks", "--scale", "900", "--output", "out", "--overwrite"], in: folder)
        let said = folder.appendingPathComponent("stderr")
        for _ in 0..<2400 {
          if try String(contentsOf: said, encoding: .utf8).contains("2/2") { break }
          usleep(50_000)
        }
        _ = Foundation.kill(process.processIdentifier, SIGINT)
        let result = try Program.finish(process, in: folder)
        #expect(result.status == 130)
        #expect(result.errors.contains("interrupted: 1 finished figure is in out"), "\(result.errors)")
        let names = files(folder, "out")
        #expect(names.isSuperset(of: ["learning-curves.svg", "learning-curves.gp"]) && !names.contains("masks.dat"))
        #expect(files(folder, "out/data") == (earlier ? ["learning-curves", "spectrum"] : ["learning-curves"]))
        #expect(names.contains("spectrum.svg") == earlier)
        #expect(files(folder, "").isSubset(of: ["out", "stdout", "stderr"]))
      }
    }
  }

  /// What is no figure is said to be none.
  @Test func singlePoint() throws {
    try withFolder { folder in
      let result = try Program.run(
        [
          "simulate", "example:learning-curve", "data.coordinates=30", "data.samples=60", "model.ridge=0.1",
          "experiment.trials=2", "--output", "out",
        ], in: folder)
      #expect(result.status == 0 && result.errors.contains("no figure of the errors"), "\(result.errors)")
      #expect(files(folder, "out/figures").isEmpty)
    }
  }
}
