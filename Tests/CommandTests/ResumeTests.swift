import Foundation
import Testing

/// Runs that were ended by whatever it was are gone on with, and `lacuna status` says how far one is.
@Suite(.serialized) struct ResumeTests {
  private static let study = """
    experiment: {name: resumed, trials: 30, seed: 5}
    data: {model: spiked, spikes: [{strength: 3.0}], coordinates: 150, samples: [90, 300]}
    model: {ridge: [0.1, 1.0]}
    measure: [errors, spectrum, recovery]

    """
  private let host = ["--device", "host", "--threads", "1", "--quiet"]

  private func withStudy(_ body: (URL) throws -> Void) throws {
    try withFolder { folder in
      try Data(Self.study.utf8).write(to: folder.appendingPathComponent("study.yaml"))
      try body(folder)
    }
  }

  @discardableResult private func run(_ arguments: [String], in folder: URL, status: Int32 = 0) throws
    -> Program.Result
  {
    let result = try Program.run(arguments, in: folder)
    #expect(result.status == status, "\(arguments): \(result.errors)")
    return result
  }

  /// Lines of all shards.
  private func lineCount(_ folder: URL) -> Int {
    let shards = folder.appendingPathComponent("shards")
    let files = (try? FileManager.default.contentsOfDirectory(at: shards, includingPropertiesForKeys: nil)) ?? []
    return files.reduce(0) { sum, file in
      sum + (FileManager.default.contents(atPath: file.path)?.count { $0 == UInt8(ascii: "\n") } ?? 0)
    }
  }

  /// Killed again and again, each time a little later: at the end the files of a run that nothing happened to.
  @Test func killedAndGoneOnWith() throws {
    try withStudy { folder in
      try run(["simulate", "study.yaml", "--output", "one"] + host, in: folder)
      let out = folder.appendingPathComponent("out")
      let arguments = ["simulate", "study.yaml", "--output", "out"] + host
      var kills = 0
      while kills < 4 {
        let before = lineCount(out)
        let process = try Program.start(arguments + (kills > 0 ? ["--resume"] : []), in: folder)
        while process.isRunning, lineCount(out) < before + 3 { usleep(2_000) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        kills += 1
        #expect(!FileManager.default.fileExists(atPath: out.appendingPathComponent("metrics.json").path))
      }
      // Only when asked to.
      #expect(try run(arguments, in: folder, status: 73).errors.contains("--resume goes on with it"))
      // Not with another study.
      let other = try run(arguments + ["--seed", "6", "--resume"], in: folder, status: 65)
      #expect(other.errors.contains("another study"))
      let left = 60 - lineCount(out)
      #expect(left > 0)
      let provenance = out.appendingPathComponent("provenance.json")
      for _ in 0..<2 {
        // The second time all is done, and stays as it is.
        try run(arguments + ["--resume"], in: folder)
        #expect(try resultFiles(out) == resultFiles(folder.appendingPathComponent("one")) && lineCount(out) == 60)
        let origin = try object(String(contentsOf: provenance, encoding: .utf8))
        let shares = try #require(origin["computed"] as? [[String: Any]])
        #expect(shares.compactMap { $0["trials"] as? Int }.reduce(0, +) == 60)
      }
      #expect(try run(arguments, in: folder, status: 73).errors.contains("--overwrite"))
      // Made anew it is the same.
      try run(arguments + ["--overwrite"], in: folder)
      #expect(try resultFiles(out) == resultFiles(folder.appendingPathComponent("one")) && lineCount(out) == 60)
    }
  }

  /// What a kill or a failing disk leaves of a record, however long it is: not counted, not taken, done again.
  @Test func tornRecords() throws {
    try withStudy { folder in
      try run(["simulate", "study.yaml", "--output", "one"] + host, in: folder)
      try run(["plan", "study.yaml", "--device", "host", "--output", "out", "--quiet"], in: folder)
      let out = folder.appendingPathComponent("out")
      try run(["simulate", "out", "--shard", "1/4"] + host, in: folder)
      let shards = out.appendingPathComponent("shards")
      let file = shards.appendingPathComponent(try FileManager.default.contentsOfDirectory(atPath: shards.path)[0])
      let whole = try Data(contentsOf: file)
      let lines = whole.split(separator: UInt8(ascii: "\n"))
      let long = lines[0].dropLast() + Data(repeating: UInt8(ascii: "1"), count: 5 << 20)
      let tears: [(Data, Int)] = [
        (whole.dropLast(lines.last!.count / 2), lines.count - 1), (whole + lines[1].prefix(50), lines.count),
        (whole + long, lines.count), (whole + long + Data([10]) + lines[0] + Data([10]), lines.count),
        (whole.prefix(3000) + Data(count: 4096) + whole.dropFirst(7096), lines.count - 1),
      ]
      for (data, most) in tears {
        try data.write(to: file)
        let done = try #require(
          try object(run(["status", "out", "--json"], in: folder).output)["done"] as? Int)
        #expect(done <= most && done > 0, "\(done) of \(lines.count)")
      }
      try run(["simulate", "study.yaml", "--output", "out", "--resume"] + host, in: folder)
      #expect(try resultFiles(out) == resultFiles(folder.appendingPathComponent("one")))
    }
  }

  #if os(Linux)
    /// Killed, and nobody asks for its status, as in a container whose first process never does.
    @Test func killedAndNotAwaited() throws {
      try withStudy { folder in
        let arguments = ["simulate", "study.yaml", "experiment.trials=3000", "--output", "out"] + host
        let parent = Process()
        parent.executableURL = URL(fileURLWithPath: "/bin/sh")
        parent.arguments =
          ["-c", "\"$0\" \"$@\" >out.txt 2>&1 & echo $! >number; exec sleep 600", Program.binary.path] + arguments
        parent.currentDirectoryURL = folder
        try parent.run()
        defer {
          kill(parent.processIdentifier, SIGKILL)
          parent.waitUntilExit()
        }
        let out = folder.appendingPathComponent("out")
        while parent.isRunning, lineCount(out) < 3 { usleep(2_000) }
        let text = try String(contentsOf: folder.appendingPathComponent("number"), encoding: .utf8)
        let number = try #require(Int32(text.split(separator: "\n").first ?? ""))
        let state = { (try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)) ?? "" }
        kill(number, SIGKILL)
        while !state().contains(") Z ") {
          try #require(!state().isEmpty, "somebody asked for its status")
          usleep(2_000)
        }
        let next = try Program.start(arguments + ["--resume"], in: folder)
        let before = lineCount(out)
        while next.isRunning, lineCount(out) < before + 3 { usleep(2_000) }
        let isRunning = next.isRunning
        kill(next.processIdentifier, SIGKILL)
        let errors = try Program.finish(next, in: folder).errors
        #expect(isRunning, "\(errors)")
      }
    }
  #endif

  @Test func whereThereIsNothing() throws {
    try withStudy { folder in
      try run(["simulate", "study.yaml", "--output", "one"] + host, in: folder)
      try run(["simulate", "study.yaml", "--output", "two", "--resume"] + host, in: folder)
      // What was planned for several processes can be done by one.
      try run(["plan", "study.yaml", "--device", "host", "--output", "planned", "--quiet"], in: folder)
      try run(["simulate", "planned", "--shard", "2/3"] + host, in: folder)
      try run(["simulate", "study.yaml", "--output", "planned", "--resume"] + host, in: folder)
      for name in ["two", "planned"] {
        #expect(
          try resultFiles(folder.appendingPathComponent(name)) == resultFiles(folder.appendingPathComponent("one")))
      }
      // A folder with other things in it is not taken.
      try Data().write(to: folder.appendingPathComponent("one/mine.txt"))
      try FileManager.default.removeItem(at: folder.appendingPathComponent("one/plan.json"))
      try run(["simulate", "study.yaml", "--output", "one", "--resume"] + host, in: folder, status: 73)
      try run(["simulate", "study.yaml", "--resume"], in: folder, status: 64)
      try run(["simulate", "study.yaml", "--resume", "--overwrite", "--output", "two"], in: folder, status: 64)
      try run(["simulate", "two", "--shard", "1/1", "--resume"], in: folder, status: 64)
    }
  }

  /// It reads while others write, sees more and more, and changes nothing.
  @Test func status() throws {
    try withStudy { folder in
      try run(["status", "nowhere"], in: folder, status: 66)
      try run(["plan", "study.yaml", "--device", "host", "--output", "out", "--quiet"], in: folder)
      let out = folder.appendingPathComponent("out")
      func status() throws -> [String: Any] { try object(run(["status", "out", "--json"], in: folder).output) }
      let first = try status()
      #expect(first["units"] as? Int == 60 && first["done"] as? Int == 0 && first["seconds_left"] == nil)
      var (seen, readings) = (0, 0)
      for share in ["2/2", "1/2"] {
        let own = folder.appendingPathComponent("worker\(share.prefix(1))")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        let worker = try Program.start(["simulate", "../out", "--shard", share] + host, in: own)
        while worker.isRunning {
          let done = try #require(try status()["done"] as? Int)
          #expect(done >= seen && done <= 60)
          (seen, readings) = (done, readings + 1)
        }
        #expect(try Program.finish(worker, in: own).status == 0)
      }
      let last = try status()
      #expect(readings > 1 && last["done"] as? Int == 60 && last["processes"] as? Int == 2)
      #expect((last["units_per_second"] as? Double ?? 0) > 0 && last["seconds_left"] as? Double == 0)
      let points = try #require(last["points"] as? [[String: Any]])
      #expect(points.map { $0["n"] as? Int } == [90, 300] && points.allSatisfy { $0["done"] as? Int == 30 })
      let text = try run(["status", "out"], in: folder).output
      #expect(text.contains("60 of 60 units are done, by 2 processes; 0 are left"))
      let names = try FileManager.default.contentsOfDirectory(atPath: out.path)
      #expect(Set(names) == [".lacuna", "plan.json", "shards"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: out.path + "/shards").count == 2)
    }
  }
}
