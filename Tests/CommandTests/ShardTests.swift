import Foundation
import Testing

/// `lacuna plan`, `simulate --shard` and `merge`: what many processes do of a study, whatever happens to them, is what one does.
@Suite(.serialized) struct ShardTests {
  /// Every measure there is of such data, on both sides of n = d.
  private static let study = """
    experiment: {name: shards, trials: 7, seed: 3}
    data: {model: spiked, spikes: [{strength: 3.0}, {strength: -0.5}], coordinates: 40, samples: [20, 80]}
    model: {ridge: [0.1, 1.0]}
    measure: [errors, spectrum, recovery, pca, gram]

    """
  private static let pairs = """
    experiment: {name: pairs, trials: 5}
    data: {model: isotropic, coordinates: 40, samples: 80}
    model: {ridge: [0.1, 1.0], mask: {partition: {blocks: 5}}}
    measure: [errors, variance]

    """

  private func write(_ text: String, _ folder: URL, _ name: String = "study.yaml") throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
  }

  @discardableResult private func run(_ arguments: [String], in folder: URL, status: Int32 = 0) throws
    -> Program.Result
  {
    let result = try Program.run(arguments, in: folder)
    #expect(result.status == status, "\(arguments): \(result.errors)")
    return result
  }

  private func shards(_ folder: URL) -> [URL] {
    let shards = folder.appendingPathComponent("shards")
    return ((try? FileManager.default.contentsOfDirectory(at: shards, includingPropertiesForKeys: nil)) ?? [])
      .sorted { $0.path < $1.path }
  }

  /// Trials of a point are bounded wherever a plan says how many: they were believed, and ended the process.
  @Test(arguments: [Int.max, 1 << 62, 1_000_001, 0, -1])
  func impossiblePlans(trials: Int) throws {
    try withFolder { folder in
      try write(Self.pairs, folder)
      try run(["plan", "study.yaml", "--device", "host", "--output", "plan", "--quiet"], in: folder)
      let file = folder.appendingPathComponent("plan/plan.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      for (key, value, words) in [("\"trials\" : 5", trials, "1000000"), ("\"n\" : 80", 81, "its stages are not")] {
        let name = String(key.prefix { $0 != ":" })
        #expect(text.contains(key), "\(text)")
        try Data(text.replacing(key, with: "\(name): \(value)").utf8).write(to: file)
        for command in [["merge", "plan", "--partial"], ["simulate", "plan", "--shard", "1/1", "--device", "host"]] {
          #expect(try run(command, in: folder, status: 65).errors.contains(words))
        }
      }
    }
  }

  /// A list of stages is that of the configurations: with none of them a share was complete at once, and with the first alone as
  /// soon as that was.
  @Test func plansOfFewerStages() throws {
    try withFolder { folder in
      try write(Self.study, folder)
      try run(["plan", "study.yaml", "--device", "host", "--output", "plan", "--quiet"], in: folder)
      try run(["simulate", "plan", "--shard", "1/1", "--device", "host", "--quiet"], in: folder)
      let file = folder.appendingPathComponent("plan/plan.json")
      let plan = try object(String(contentsOf: file, encoding: .utf8))
      let stages = try #require(plan["stages"] as? [[String: Any]])
      for (count, words) in [
        (0, "stages: the list is empty"), (1, "stages: there are 1, and"), (3, "stages: there are 3, and"),
      ] {
        let changed = plan.merging(["stages": Array((stages + stages).prefix(count))]) { $1 }
        try JSONSerialization.data(withJSONObject: changed).write(to: file)
        for command in [
          ["simulate", "plan", "--shard", "1/1", "--device", "host"], ["status", "plan"],
          ["merge", "plan", "--partial"],
        ] {
          let result = try run(command, in: folder, status: 65)
          #expect(result.output.isEmpty && result.errors.contains("plan.json: " + words), "\(result.errors)")
          #expect(result.errors.contains("plan anew"), "\(result.errors)")
        }
      }
    }
  }

  @Test(arguments: [
    ([study], [String](), 14), ([pairs], [], 3),
    ([study], ["data.spikes.0.strength=1,4", "measure=errors", "--precision", "float32"], 28),
  ])
  func sharesAndMerge(texts: [String], options: [String], units: Int) throws {
    try withFolder { folder in
      try write(texts[0], folder)
      let whole = try run(
        ["simulate", "study.yaml", "--device", "host", "--quiet", "--output", "one"] + options, in: folder)
      let plan = ["plan", "study.yaml", "--device", "host", "--output", "many"] + options
      #expect(try run(plan, in: folder).errors.contains("\(units) units"))
      let planned = try Data(contentsOf: folder.appendingPathComponent("many/plan.json"))
      #expect(try run(["merge", "many"], in: folder, status: 75).errors.contains("\(units) of \(units) units"))
      // Nothing is begun where no time is left.
      let share = ["simulate", "many", "--device", "host", "--shard"]
      #expect(try run(share + ["3/3", "--seconds", "0"], in: folder, status: 75).errors.contains("left"))
      #expect(shards(folder.appendingPathComponent("many")).isEmpty)
      for index in ["3/3", "1/3"] { try run(share + [index, "--threads", index == "3/3" ? "1" : "2"], in: folder) }
      #expect(try run(["merge", "many"], in: folder, status: 75).errors.contains("trial"))
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("many/metrics.json").path))
      try run(share + ["2/3"], in: folder)
      // What is done is not done again.
      let before = shards(folder.appendingPathComponent("many"))
      try run(share + ["1/1"], in: folder)
      #expect(shards(folder.appendingPathComponent("many")) == before && before.count == 3)
      #expect(try run(["merge", "many", "--quiet"], in: folder).output == whole.output)
      let (one, many) = try (
        resultFiles(folder.appendingPathComponent("one")), resultFiles(folder.appendingPathComponent("many"))
      )
      #expect(one == many && one.keys.contains("trials.jsonl") && one.keys.contains("figures/errors.svg"))
      // The same study again is the same plan, and merging again changes nothing.
      try run(plan, in: folder)
      try run(["merge", "many", "--quiet"], in: folder)
      #expect(try resultFiles(folder.appendingPathComponent("many")) == one)
      #expect(try Data(contentsOf: folder.appendingPathComponent("many/plan.json")) == planned)
      let provenance = try object(
        String(contentsOf: folder.appendingPathComponent("many/provenance.json"), encoding: .utf8))
      let shares = try #require(provenance["computed"] as? [[String: Any]])
      let trials =
        try object(String(decoding: try #require(many["metrics.json"]), as: UTF8.self))["points"] as? [[String: Any]]
      #expect(
        shares.compactMap { $0["trials"] as? Int }.reduce(0, +) * 2
          == trials?.compactMap { $0["trials"] as? Int }.reduce(0, +))
    }
  }

  @Test func partialResults() throws {
    try withFolder { folder in
      try write(Self.study, folder)
      try run(["plan", "study.yaml", "--device", "host", "--output", "some", "--quiet"], in: folder)
      try run(["simulate", "some", "--device", "host", "--shard", "1/2", "--quiet"], in: folder)
      let summary = try run(["merge", "some", "--partial", "--json"], in: folder)
      #expect(summary.errors.contains("warning: 7 of 14 units are left"))
      let points = try #require(try object(summary.output)["points"] as? [[String: Any]])
      #expect(points.compactMap { $0["trials"] as? Int } == [4, 4, 3, 3])
      // A trial of some is the same trial of all.
      try run(["simulate", "study.yaml", "--device", "host", "--quiet", "--output", "one"], in: folder)
      func lines(_ name: String) throws -> [Substring] {
        try String(contentsOf: folder.appendingPathComponent(name + "/trials.jsonl"), encoding: .utf8).split(
          separator: "\n")
      }
      let (some, all) = try (lines("some"), lines("one"))
      #expect(some.count == 14 && all.count == 28 && some.allSatisfy(all.contains))
    }
  }

  /// Lines that were damaged are left out; those that disagree are refused by name.
  @Test func damage() throws {
    try withFolder { folder in
      try write(Self.study, folder)
      try run(["plan", "study.yaml", "--device", "host", "--output", "out", "--quiet"], in: folder)
      let share = ["simulate", "out", "--device", "host", "--quiet", "--shard", "1/1"]
      try run(share, in: folder)
      let out = folder.appendingPathComponent("out")
      let shard = try #require(shards(out).first)
      let whole = try Data(contentsOf: shard)
      let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init)
      #expect(lines.count == 14)
      // One digit changed, one line cut: both units are to be done again.
      let place = try #require(lines[2].range(of: "\"generalization\":"))
      var damaged = lines[2]
      damaged.replaceSubrange(place.upperBound...place.upperBound, with: lines[2][place.upperBound] == "1" ? "2" : "1")
      let text = (lines[0..<2] + [damaged] + lines[3..<13] + [String(lines[13].dropLast(30))]).joined(separator: "\n")
      try Data(text.utf8).write(to: shard)
      let refused = try run(["merge", "out"], in: folder, status: 75)
      #expect(refused.errors.contains("2 cut or damaged") && refused.errors.contains("2 of 14 units"))
      try run(share, in: folder)
      try run(["merge", "out", "--quiet"], in: folder)
      let found = try resultFiles(out)

      // The same lines in another file agree.
      try whole.write(to: out.appendingPathComponent("shards/again.jsonl"))
      #expect(try run(["merge", "out"], in: folder).errors.contains("alike: 14"))
      #expect(try resultFiles(out) == found)

      // A line of other numbers with a checksum of its own is a disagreement, one within 1e-9 none.
      for (change, status) in [(1e-8, Int32(65)), (1e-11, 0)] {
        let line = try changed(lines[5], by: change)
        try Data((line + "\n").utf8).write(to: out.appendingPathComponent("shards/other.jsonl"))
        let result = try run(["merge", "out"], in: folder, status: status)
        #expect(
          status == 0 || result.errors.contains("shards/other.jsonl") && result.errors.contains("trial 5 of point 1"))
      }
      try FileManager.default.removeItem(at: out.appendingPathComponent("shards/other.jsonl"))

      // Lines of another study and another version are left out with a word.
      for (key, from, to, word) in [
        ("study", "\"study\":\"", "\"study\":\"0", "1 of other studies"),
        ("numerics", "\"numerics\":", "\"numerics\":9", "1 of other numerics"),
        ("precision", "\"precision\":\"float64", "\"precision\":\"float32", "1 of another precision"),
      ] {
        let line = try sealed(String(lines[5].dropFirst(26)).replacingOccurrences(of: from, with: to))
        try Data((line + "\n").utf8).write(to: out.appendingPathComponent("shards/\(key).jsonl"))
        #expect(try run(["merge", "out"], in: folder).errors.contains(word), "\(key)")
        try FileManager.default.removeItem(at: out.appendingPathComponent("shards/\(key).jsonl"))
      }
      #expect(try resultFiles(out) == found)
    }
  }

  /// A line with the checksum of its bytes, FNV-1a written once more.
  private func sealed(_ rest: String) throws -> String {
    var hash: UInt64 = 14_695_981_039_346_656_037
    for byte in rest.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
    return "{\"sum\":\"" + String(format: "%016lx", hash) + "\"," + rest
  }

  /// A line with its first generalisation error made greater by a fraction.
  private func changed(_ line: String, by fraction: Double) throws -> String {
    #expect(try sealed(String(line.dropFirst(26))) == line)
    let start = try #require(line.range(of: "\"generalization\":")).upperBound
    let number = line[start...].prefix { "0123456789.e-".contains($0) }
    let value = try #require(Double(number))
    return try sealed(String((line[..<start] + "\(value * (1 + fraction))" + line[number.endIndex...]).dropFirst(26)))
  }

  @Test func refusals() throws {
    try withFolder { folder in
      try write(Self.study, folder)
      try write("1,0\n0,2\n", folder, "sigma.csv")
      try write(
        "data: {model: file, file: sigma.csv, coordinates: 2, samples: 9}\nmodel: {ridge: 0.1}\n", folder, "dense.yaml")
      try run(["plan", "study.yaml", "--device", "host", "--output", "out", "--quiet"], in: folder)
      try run(["plan", "dense.yaml", "--device", "host", "--output", "dense", "--quiet"], in: folder)
      try run(["simulate", "dense", "--shard", "1/2", "--device", "host", "--quiet"], in: folder)
      try write("1,0\n0,3\n", folder, "sigma.csv")
      let dense = try run(["simulate", "dense", "--shard", "2/2", "--device", "host"], in: folder, status: 65)
      #expect(dense.errors.contains("sigma.csv") && dense.errors.contains("not the file"))
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("bad"), withIntermediateDirectories: true)
      let plan = try String(contentsOf: folder.appendingPathComponent("out/plan.json"), encoding: .utf8)
      try write(plan.replacingOccurrences(of: "seed: 3", with: "seed: 4"), folder, "bad/plan.json")
      for (arguments, status, word) in [
        (["plan", "study.yaml", "--seed", "4", "--output", "out"], Int32(65), "another study"),
        (["plan", "study.yaml", "--precision", "float32", "--output", "out"], 64, "float64"),
        (["simulate", "out", "--shard", "0/2"], 64, "i/N"), (["simulate", "out", "--shard", "3/2"], 64, "i/N"),
        (["simulate", "out", "--shard", "1/0"], 64, "i/N"),
        (["simulate", "out", "--shard", "slurm"], 64, "SLURM_ARRAY_TASK_ID"),
        (["simulate", "out", "--shard", "1/1", "--output", "x"], 64, "--output"),
        (["simulate", "out", "--shard", "1/1", "--precision", "float32"], 64, "float64"),
        (["simulate", "out", "--seconds", "9"], 64, "--shard"), (["merge", "nowhere"], 66, "nowhere"),
        (["simulate", "nowhere", "--shard", "1/1"], 66, "lacuna plan"), (["merge", "bad"], 65, "changed by hand"),
        (["plan", "study.yaml"], 64, "--output"),
      ] {
        let result = try run(arguments, in: folder, status: status)
        #expect(result.errors.contains(word), "\(arguments): \(result.errors)")
      }
      // The stages of a plan are what its study has.
      for (key, value) in [("n", 7), ("d", 7), ("trials", 3), ("trials", 1 << 61), ("trials_per_unit", 2)] {
        var changed = try object(plan)
        var stages = try #require(changed["stages"] as? [[String: Any]])
        stages[0][key] = value
        changed["stages"] = stages
        let text = String(decoding: try JSONSerialization.data(withJSONObject: changed), as: UTF8.self)
        try write(text, folder, "bad/plan.json")
        let result = try run(["simulate", "bad", "--shard", "1/1", "--device", "host"], in: folder, status: 65)
        #expect(result.errors.contains("plan.json"), "\(key): \(result.errors)")
      }
    }
  }

  /// The shares of Slurm's tasks: of an array, of an array with several tasks each, of a step alone.
  @Test func sharesOfSlurm() throws {
    try withFolder { folder in
      try write(Self.study, folder)
      try run(["plan", "study.yaml", "--device", "host", "--output", "out", "--quiet"], in: folder)
      func unitsDone(_ environment: [String: String]) throws -> [Int] {
        try? FileManager.default.removeItem(at: folder.appendingPathComponent("out/shards"))
        let result = try Program.run(
          ["simulate", "out", "--device", "host", "--quiet", "--shard", "slurm"], in: folder, environment: environment)
        #expect(result.status == 0, "\(result.errors)")
        return try shards(folder.appendingPathComponent("out")).flatMap { shard in
          try String(contentsOf: shard, encoding: .utf8).split(separator: "\n").map { line in
            let unit = try object(String(line))
            return try #require(unit["stage"] as? Int) * 7 + #require(unit["index"] as? Int)
          }
        }.sorted()
      }
      let array = ["SLURM_ARRAY_TASK_ID": "12", "SLURM_ARRAY_TASK_MIN": "10", "SLURM_ARRAY_TASK_COUNT": "5"]
      #expect(try unitsDone(array) == [2, 7, 12])
      #expect(try unitsDone(array.merging(["SLURM_PROCID": "0"]) { $1 }) == [2, 7, 12])
      let stepped = array.merging(["SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_COUNT": "3"]) { $1 }
      #expect(try unitsDone(stepped) == [1, 4, 7, 10, 13])
      let tasks = ["SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "2"]
      #expect(try unitsDone(array.merging(tasks) { $1 }) == [5])
      #expect(try unitsDone(tasks) == [1, 3, 5, 7, 9, 11, 13])
    }
  }
}
