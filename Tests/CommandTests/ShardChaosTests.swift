import Foundation
import Testing

/// Processes that are killed and stopped at any moment, two of them at one share, files that lose their ends: the results are those of
/// one run, byte for byte.
///
/// `LACUNA_CHAOS` says how many seeds.
@Suite(.serialized) struct ShardChaosTests {
  private static let seeds = ProcessInfo.processInfo.environment["LACUNA_CHAOS"].flatMap(Int.init) ?? 3

  /// SplitMix64.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
      return z ^ z >> 31
    }
  }

  @Test(arguments: 1...UInt64(seeds))
  func chaos(seed: UInt64) throws {
    try withFolder { folder in
      let study = """
        experiment: {name: chaos, trials: 16, seed: \(seed)}
        data: {model: spiked, spikes: [{strength: 2.0}], coordinates: 220, samples: [150, 400]}
        model: {ridge: [0.1, 1.0]}
        measure: [errors, spectrum, recovery]

        """
      try Data(study.utf8).write(to: folder.appendingPathComponent("study.yaml"))
      let host = ["--device", "host", "--threads", "1", "--quiet"]
      #expect(try Program.run(["simulate", "study.yaml", "--output", "one"] + host, in: folder).status == 0)
      #expect(try Program.run(["plan", "study.yaml", "--output", "many"] + host, in: folder).status == 0)
      var generator = Generator(state: seed)
      var running: [Process] = []
      var (starts, kills, stops, cuts) = (0, 0, 0, 0)
      let shards = folder.appendingPathComponent("many/shards")
      func files() -> [URL] {
        ((try? FileManager.default.contentsOfDirectory(at: shards, includingPropertiesForKeys: nil)) ?? []).sorted {
          $0.path < $1.path
        }
      }
      var status: Int32 = 75
      while status == 75, starts < 400 {
        while running.count < 4 {
          starts += 1
          let own = folder.appendingPathComponent("worker\(starts)")
          try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
          // Half of them take the same share.
          let share = [1, 1, 2, 3].randomElement(using: &generator) ?? 1
          running.append(try Program.start(["simulate", "../many", "--shard", "\(share)/3"] + host, in: own))
        }
        usleep(UInt32.random(in: 20_000...200_000, using: &generator))
        if let victim = running.filter(\.isRunning).randomElement(using: &generator),
          starts == 4 || Int.random(in: 0..<5, using: &generator) > 0
        {
          let number = [SIGKILL, SIGKILL, SIGTERM, SIGUSR1].randomElement(using: &generator) ?? SIGKILL
          if number == SIGKILL { kills += 1 } else { stops += 1 }
          kill(victim.processIdentifier, number)
        }
        for process in running where !process.isRunning {
          process.waitUntilExit()
          let code = process.terminationStatus
          #expect(process.terminationReason == .uncaughtSignal || code == 0 || code == 75, "\(code)")
        }
        running.removeAll { !$0.isRunning }
        // A disk that loses what was written last, of a process that is gone.
        let alive = Set(running.map { "\($0.processIdentifier)" })
        let left = files().filter { file in !alive.contains { file.lastPathComponent.contains("-\($0)-") } }
        if Bool.random(using: &generator), let file = left.randomElement(using: &generator) {
          let data = try Data(contentsOf: file)
          if data.count > 50 {
            try data.dropLast(Int.random(in: 1...40, using: &generator)).write(to: file)
            cuts += 1
          }
        }
        status = try Program.run(["merge", "many", "--quiet"], in: folder).status
      }
      for process in running {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }
      #expect(status == 0 && kills + stops > 0)
      let merged = try Program.run(["merge", "many"], in: folder)
      #expect(merged.status == 0, "\(merged.errors)")
      for name in ["trials.jsonl", "metrics.json", "results.csv", "config.yaml"]
        + (1...4).map({ "points/\($0)/eigenvalues.npy" })
      {
        let (one, many) = try (
          Data(contentsOf: folder.appendingPathComponent("one/\(name)")),
          Data(contentsOf: folder.appendingPathComponent("many/\(name)"))
        )
        #expect(one == many && !one.isEmpty, "\(name)")
      }
      print(
        "seed \(seed): \(starts) starts, \(kills) kills, \(stops) stops, \(cuts) cuts, \(files().count) shards; \(merged.errors.split(separator: "\n").first ?? "")"
      )
    }
  }
}
