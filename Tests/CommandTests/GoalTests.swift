import Foundation
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// `--standard-error`: rounds of trials, by one process or many, killed or not, to the same bytes.
@Suite(.serialized) struct GoalTests {
  private static let study = """
    experiment: {name: goal, seed: 4}
    data: {model: spiked, spikes: [{strength: 3.0}], coordinates: 24, samples: [16, 60]}
    model: {ridge: [0.1, 1.0]}
    measure: [errors, recovery]

    """
  private let host = ["--device", "host", "--threads", "1"]

  private func withStudy(_ body: (URL) throws -> Void) throws {
    try withFolder { folder in
      try Data(Self.study.utf8).write(to: folder.appendingPathComponent("study.yaml"))
      try body(folder)
    }
  }

  @discardableResult private func run(
    _ arguments: [String], in folder: URL, status: Int32 = 0, environment: [String: String] = [:]
  ) throws -> Program.Result {
    let result = try Program.run(arguments, in: folder, environment: environment)
    #expect(result.status == status, "\(arguments): \(result.errors)")
    return result
  }

  /// The files of a plan and its rounds.
  private func plans(_ folder: URL) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("plan") }
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appendingPathComponent($0))) })
  }

  /// But for the rounds, which `plans` compares.
  private func results(_ folder: URL) throws -> [String: Data] {
    try resultFiles(folder).filter { !$0.key.hasPrefix("plan-") }
  }

  /// Standard error over mean of each point.
  private func errors(_ folder: URL) throws -> [Double] {
    let metrics = try object(String(contentsOf: folder.appendingPathComponent("metrics.json"), encoding: .utf8))
    return try #require(metrics["points"] as? [[String: Any]]).map { point in
      let error = try #require(point["generalization_error"] as? [String: Any])
      return try #require(error["standard_error"] as? Double) / #require(error["mean"] as? Double)
    }
  }

  @Test func oneProcessOrMany() throws {
    try withStudy { folder in
      let goal = ["study.yaml", "--standard-error", "0.4%"] + host + ["--output"]
      let said = try run(["simulate"] + goal + ["one"], in: folder).errors
      #expect(said.contains("round 2") && said.contains("0.4% of the mean wanted"), "\(said)")
      let one = folder.appendingPathComponent("one")
      #expect(try errors(one).allSatisfy { $0 <= 0.004 } && errors(one).contains { $0 > 0.003 })
      let planned = try plans(one)
      #expect(planned.count >= 3)
      let metrics = try object(String(contentsOf: one.appendingPathComponent("metrics.json"), encoding: .utf8))
      let trials = try #require(metrics["points"] as? [[String: Any]]).compactMap { $0["trials"] as? Int }
      #expect(trials.count == 4 && trials[0] == trials[1] && trials[2] == trials[3] && trials.allSatisfy { $0 > 10 })
      #expect(try run(["status", "one"], in: folder).output.contains("round \(planned.count)"))

      // Two shares and a merge, until it says that nothing is left.
      try run(["plan"] + goal + ["many", "--quiet"], in: folder)
      let many = folder.appendingPathComponent("many")
      var (status, loops) = (Int32(75), 0)
      while status == 75, loops < 30 {
        let before = try plans(many)
        for share in ["2/2", "1/2"] { try run(["simulate", "many", "--shard", share, "--quiet"] + host, in: folder) }
        status = try Program.run(["merge", "many", "--quiet"], in: folder).status
        // What was planned stays as it was.
        let after = try plans(many)
        #expect(before.allSatisfy { after[$0.key] == $0.value })
        loops += 1
      }
      #expect(status == 0 && loops > 1)
      #expect(try plans(many) == planned && results(many) == results(one))

      // Killed in the middle of rounds.
      let killed = folder.appendingPathComponent("killed")
      for kill in 0..<3 {
        let process = try Program.start(["simulate"] + goal + ["killed"] + (kill > 0 ? ["--resume"] : []), in: folder)
        while process.isRunning, (try? plans(killed).count) ?? 0 < kill + 1 { usleep(1_000) }
        _ = Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }
      try run(["simulate"] + goal + ["killed", "--resume"], in: folder)
      #expect(try plans(killed) == planned && results(killed) == results(one))
    }
  }

  @Test func limitsAndRefusals() throws {
    try withStudy { folder in
      let start = ["simulate", "study.yaml", "--quiet"] + host
      let limited = try run(start + ["--standard-error", "0.1%", "--max-trials", "12", "--output", "out"], in: folder)
      #expect(limited.errors.contains("warning:") && limited.errors.contains("at their limit"))
      let metrics = try object(
        String(contentsOf: folder.appendingPathComponent("out/metrics.json"), encoding: .utf8))
      let points = try #require(metrics["points"] as? [[String: Any]])
      #expect(points.compactMap { $0["trials"] as? Int } == [12, 12, 12, 12])
      let key = start + ["--standard-error", "recovery.nothing=0.1", "--output", "new"]
      #expect(try run(key, in: folder, status: 64).errors.contains("generalization_error"))
      for (options, word) in [
        (["--standard-error", "0", "--output", "new"], "above 0"), (["--standard-error", "1%"], "--output"),
        (["--standard-error", "1%", "--output", "out", "--overwrite"], "--overwrite"),
        (["--max-trials", "20", "--output", "new"], "--standard-error"),
      ] { #expect(try run(start + options, in: folder, status: 64).errors.contains(word), "\(options)") }
      // Another goal is another plan.
      let other = start + ["--standard-error", "5%", "--output", "out", "--resume"]
      #expect(try run(other, in: folder, status: 65).errors.contains("another study"))
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("new").path))
      // A round of another study is not taken for one of this.
      let damaged = folder.appendingPathComponent("out/plan-3.json")
      try Data("{\"format\":1,\"study\":\"0\",\"round\":3,\"trials\":[14,14]}".utf8).write(to: damaged)
      #expect(try run(["merge", "out"], in: folder, status: 65).errors.contains("plan-3.json"))
    }
  }

  /// A disk that does what it is asked, and says of the second try that nothing was there to do it with.
  @Test func lateAnswersOfANetworkDisk() throws {
    #if os(Linux)
      try withStudy { folder in
        let shim = folder.appendingPathComponent("shim.so").path
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
          .appendingPathComponent("Shims/rename_shim.c").path
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = ["cc", "-O2", "-shared", "-fPIC", "-o", shim, source]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        let arguments = ["simulate", "study.yaml", "--standard-error", "0.6%", "--quiet"] + host + ["--output"]
        try run(arguments + ["one"], in: folder)
        try run(arguments + ["late"], in: folder, environment: ["LD_PRELOAD": shim])
        let (one, late) = (folder.appendingPathComponent("one"), folder.appendingPathComponent("late"))
        #expect(try results(late) == results(one) && plans(late) == plans(one) && plans(one).count > 1)
        let plain = ["simulate", "study.yaml", "--quiet"] + host + ["--output"]
        try run(plain + ["plain"], in: folder, environment: ["LD_PRELOAD": shim])
        // Nothing is taken for done that is not.
        let lost = try run(
          plain + ["lost"], in: folder, status: 73, environment: ["LD_PRELOAD": shim, "LACUNA_SHIM_RENAME": "lost"])
        #expect(lost.output.isEmpty && !FileManager.default.fileExists(atPath: folder.path + "/lost/metrics.json"))
      }
    #endif
  }
}
