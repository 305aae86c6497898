import Foundation
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// Result folders that are whole at every instant, and belong to one run.
///
/// `LACUNA_KILLS` and `LACUNA_PAIRS` are how many instants and pairs are tried, `LACUNA_SEED` where they start.
@Suite(.serialized) struct FolderTests {
  private static func number(_ name: String, _ standard: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? standard
  }

  private let kills = number("LACUNA_KILLS", 20)
  private let pairs = number("LACUNA_PAIRS", 10)

  /// SplitMix64, so that a run can be repeated.
  private struct Instants {
    var state = UInt64(number("LACUNA_SEED", 1))

    /// Uniform in [0, 1).
    mutating func next() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }
  }

  private let simulation = [
    "simulate", "example:spectrum", "data.coordinates=30", "data.samples=20", "experiment.trials=40", "--device",
    "host",
    "--threads", "1", "--quiet", "--output", "out",
  ]

  private func names(_ folder: URL, _ path: String) -> Set<String> {
    Set((try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(path).path)) ?? [])
  }

  private func data(_ folder: URL, _ path: String) throws -> Data {
    try Data(contentsOf: folder.appendingPathComponent(path))
  }

  /// Starts the program and kills it after that time.
  private func kill(_ arguments: [String], in folder: URL, after seconds: Double) throws {
    let process = try Program.start(arguments, in: folder)
    usleep(UInt32(seconds * 1e6))
    _ = Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// How long a run takes, to choose instants within it.
  private func seconds(_ arguments: [String], in folder: URL) throws -> Double {
    let start = ContinuousClock.now
    let result = try Program.run(arguments, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    return (ContinuousClock.now - start) / .seconds(1)
  }

  /// Every line is one JSON object, the last too.
  /// - Returns: how many trials there are, each of as many lines as there are ridges.
  @discardableResult private func checkRecords(_ data: Data) throws -> Int {
    #expect(data.isEmpty || data.last == UInt8(ascii: "\n"))
    let trials = try data.split(separator: UInt8(ascii: "\n")).map { line in
      try #require(try object(String(decoding: line, as: UTF8.self))["trial"] as? Int)
    }
    let count = Set(trials).count
    #expect(count == 0 || trials.count % count == 0)
    return count
  }

  /// What a kill leaves beside the folder: one folder aside, or a claim that was being made.
  private func checkLitter(_ names: Set<String>) {
    #expect(names.count <= 1 && names.allSatisfy { $0.hasPrefix(".out.lacuna-run") }, "\(names)")
  }

  private static let results: Set<String> = [
    ".lacuna", "plan.json", "shards", "config.yaml", "trials.jsonl", "results.csv", "metrics.json", "provenance.json",
    "figures", "points",
  ]
  private static let unfinished: Set<String> = [".lacuna", "plan.json", "shards"]

  /// The units that were written down, in the order of their trials.
  private func checkUnits(_ folder: URL) throws -> Int {
    let files = names(folder, "out/shards")
    #expect(files.count == 1, "\(files)")
    let records = try data(folder, "out/shards/" + (files.first ?? ""))
    #expect(records.isEmpty || records.last == UInt8(ascii: "\n"))
    let indices = try records.split(separator: UInt8(ascii: "\n")).map { line in
      try #require(try object(String(decoding: line, as: UTF8.self))["index"] as? Int)
    }
    #expect(indices == Array(indices.indices))
    return indices.count
  }

  @Test func killedSimulations() throws {
    try withFolder { folder in
      let time = try seconds(simulation, in: folder)
      let trials = try data(folder, "out/trials.jsonl")
      let outputs: Set<String> = ["out", "stdout", "stderr"]
      var instants = Instants()
      for index in 0..<kills {
        try FileManager.default.removeItem(at: folder.appendingPathComponent("out"))
        try kill(simulation, in: folder, after: instants.next() * time * 1.1)
        let found = names(folder, "out")
        if found == Self.results {
          #expect(try data(folder, "out/trials.jsonl") == trials, "\(index)")
        } else {
          // The list comes first, then the plan, then the records; anything else is half a result.
          #expect(found.isSubset(of: Self.unfinished), "\(index): \(found)")
          if found.contains("shards") {
            #expect(try checkUnits(folder) <= 40 && found == Self.unfinished, "\(index)")
          }
        }
        checkLitter(names(folder, "").subtracting(outputs))
        let next = try Program.run(simulation + [index % 2 == 0 ? "--overwrite" : "--resume"], in: folder)
        #expect(next.status == 0, "\(index): \(next.errors)")
        #expect(names(folder, "out") == Self.results && names(folder, "") == outputs, "\(index)")
        #expect(try data(folder, "out/trials.jsonl") == trials, "\(index)")
      }
    }
  }

  @Test func killedFits() throws {
    try withFolder { folder in
      let rows = (0..<60).map { row in (0..<12).map { "\(sin(Double(row * 12 + $0) * 1.7))" }.joined(separator: ",") }
      try Data((rows.joined(separator: "\n") + "\n").utf8).write(to: folder.appendingPathComponent("data.csv"))
      func fit(_ ridge: String, _ output: String) -> [String] {
        ["fit", "data.csv", "--no-header", "--device", "host", "--quiet", "--ridge", ridge, "--output", output]
          + (ridge == "0.1" ? ["--residuals"] : [])
      }
      // One run has files that the other has not.
      #expect(try Program.run(fit("0.1", "first"), in: folder).status == 0)
      let time = try seconds(fit("0.01:1:5", "second"), in: folder)
      func whole(_ path: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in names(folder, path) where name != "figures" { files[name] = try data(folder, path + "/" + name) }
        return files
      }
      let (first, second) = (try whole("first"), try whole("second"))
      // A wave has two directions.
      let files: Set = [
        ".lacuna", "model.npz", "predictor.npy", "coordinates.csv", "fit.json", "index.html", "directions.npy",
      ]
      #expect(Set(first.keys) == files.union(["residuals.npy"]))
      #expect(Set(second.keys) == files)
      #expect(names(folder, "second/figures").count == 20)
      let outputs = names(folder, "").union(["out"])
      var instants = Instants()
      #expect(try Program.run(fit("0.1", "out"), in: folder).status == 0)
      for index in 0..<kills {
        let earlier = try whole("out")
        let isFirst = earlier == first
        #expect(isFirst || earlier == second, "\(index)")
        let next = isFirst ? fit("0.01:1:5", "out") : fit("0.1", "out")
        try kill(next + ["--overwrite"], in: folder, after: instants.next() * time * 1.1)
        let found = try whole("out")
        #expect(found == first || found == second, "\(index): \(found.keys)")
        #expect(names(folder, "out/figures").count == (found == first ? 10 : 20), "\(index)")
        checkLitter(names(folder, "").subtracting(outputs))
        // A run that is refused clears up too.
        #expect(try Program.run(fit("0.1", "out"), in: folder).status == 73)
        #expect(names(folder, "") == outputs, "\(index)")
      }
    }
  }

  @Test func simultaneousStarts() throws {
    try withFolder { folder in
      for name in ["a", "b"] {
        try FileManager.default.createDirectory(
          at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
      }
      let arguments = Array(simulation.dropLast()) + ["../out"]
      for index in 0..<pairs {
        let runs = try ["a", "b"].map { name in
          let own = folder.appendingPathComponent(name)
          return (try Program.start(arguments, in: own), own)
        }
        let results = try runs.map { try Program.finish($0.0, in: $0.1) }
        #expect(results.map(\.status).sorted() == [0, 73], "\(index): \(results.map(\.errors))")
        #expect(names(folder, "out") == Self.results && names(folder, "") == ["a", "b", "out"], "\(index)")
        let trials = try data(folder, "out/trials.jsonl")
        #expect(try checkRecords(trials) == 40, "\(index)")
        try FileManager.default.removeItem(at: folder.appendingPathComponent("out"))
      }
    }
  }

  /// A signal ends a run with as many trials in the file as the message says.
  @Test(arguments: [SIGHUP, SIGTERM, SIGINT])
  func signals(number: Int32) throws {
    // Under nohup the tests, and what they start, would not hear of it.
    _ = signal(number, SIG_DFL)
    try withFolder { folder in
      var arguments = simulation
      arguments[arguments.firstIndex(of: "experiment.trials=40")!] = "experiment.trials=1000000"
      let process = try Program.start(arguments, in: folder)
      for _ in 0..<2400 {
        if let name = names(folder, "out/shards").first, try data(folder, "out/shards/" + name).count > 2000 { break }
        usleep(50_000)
      }
      _ = Foundation.kill(process.processIdentifier, number)
      let result = try Program.finish(process, in: folder)
      #expect(result.status == 130)
      let count = try checkUnits(folder)
      #expect(result.errors.contains("interrupted: \(count) finished trials are in out/shards/"))
      #expect(names(folder, "out") == Self.unfinished && names(folder, "") == ["out", "stdout", "stderr"])
    }
  }

  /// Refused input leaves nothing, in a folder that is new and in one that holds results.
  @Test func refusedInput() throws {
    try withFolder { folder in
      try Data("a,b\n1,x\n2,3\n".utf8).write(to: folder.appendingPathComponent("data.csv"))
      let before = names(folder, "").union(["stdout", "stderr"])
      #expect(try Program.run(["fit", "data.csv", "--output", "above/out"], in: folder).status == 65)
      #expect(names(folder, "") == before)
      #expect(
        try Program.run(["simulate", "example:ridge-path", "data.nonsense=1", "--output", "out"], in: folder).status
          != 0)
      #expect(names(folder, "") == before)
      #expect(try Program.run(simulation, in: folder).status == 0)
      let kept = try data(folder, "out/metrics.json")
      #expect(try Program.run(["fit", "data.csv", "--output", "out", "--overwrite"], in: folder).status == 65)
      #expect(try data(folder, "out/metrics.json") == kept && names(folder, "") == before.union(["out"]))
    }
  }
}
