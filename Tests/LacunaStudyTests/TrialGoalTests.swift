import Foundation
import LacunaAlgebra
import LacunaHost
import LacunaStudy
import Testing

/// Rounds of trials until a standard error is small enough: as many as somebody takes who knows the spread beforehand, or nearly.
@Suite struct TrialGoalTests {
  private func goal(_ wanted: String..., limit: Int = 100_000) throws -> TrialGoal {
    try TrialGoal(wanted, trialLimit: limit)
  }

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

  /// Draws of variance 1, symmetric and skewed: over 50 seeds the trials of all are within a few of n = 1/w².
  @Test(arguments: [30, 100, 400, 2000], [false, true])
  func draws(oracle: Int, isSkewed: Bool) throws {
    let goal = try goal("0.1")
    let wanted = 1 / Double(oracle).squareRoot()
    var (total, rounds) = (0, 0)
    for seed in 1...50 {
      var generator = Generator(state: UInt64(seed) << 20 | UInt64(oracle))
      var (sum, squares, drawn) = (0.0, 0.0, 0)
      var trials = goal.first(configured: 2, unit: 1)
      #expect(trials == 10)
      while true {
        while drawn < trials {
          // The sum of three uniform numbers, or an exponential one, of mean 0.
          let value =
            isSkewed
            ? -log(Double.random(in: 0..<1, using: &generator).nextUp) - 1
            : 2 * (0..<3).reduce(0) { sum, _ in sum + Double.random(in: -0.5..<0.5, using: &generator) }
          (sum, squares, drawn) = (sum + value, squares + value * value, drawn + 1)
        }
        let n = Double(trials)
        let variance = (squares - sum * sum / n) / (n - 1)
        let next = goal.next(after: trials, needed: variance / (wanted * wanted), unit: 1)
        #expect(next == trials || (next > trials && next <= 5 * trials))
        if next == trials {
          #expect((variance / n).squareRoot() <= wanted * (1 + 1e-12))
          break
        }
        (trials, rounds) = (next, rounds + 1)
      }
      total += trials
    }
    let ratio = Double(total) / Double(50 * oracle)
    #expect(ratio > 0.7 && ratio < 1.3 && rounds < 50 * 10, "\(ratio), \(rounds)")
  }

  @Test func limits() throws {
    let goal = try goal("1%", limit: 101)
    #expect(goal.next(after: 10, needed: nil, unit: 1) == 20 && goal.next(after: 10, needed: 9.9, unit: 1) == 10)
    #expect(
      goal.next(after: 90, needed: .infinity, unit: 1) == 101 && goal.next(after: 101, needed: 1e300, unit: 1) == 101)
    // Pairs stay whole, below the limit too.
    #expect(goal.first(configured: 15, unit: 2) == 16 && goal.next(after: 16, needed: 16.5, unit: 2) == 20)
    #expect(goal.next(after: 90, needed: 1e9, unit: 2) == 100 && goal.next(after: 100, needed: 1e9, unit: 2) == 100)
    #expect(goal.first(configured: 500, unit: 1) == 101)
    for text in ["", "0", "-1%", "x", "a=", "=1", "a=b=1", "inf", "nan%", "%"] {
      #expect(throws: ShardError.self, "\(text)") { _ = try self.goal(text) }
    }
    #expect(try self.goal("pca.error=2%").bounds[0].description == "2% of the mean")
  }

  private static let device = HostBackend<Double>(threads: 1)

  private func study(seed: Int, trials: Int = 10) throws -> Study {
    let text = """
      experiment: {trials: \(trials), seed: \(seed)}
      data: {model: ar1, correlation: 0.5, coordinates: 12, samples: 24}
      model: {ridge: [0.1, 1.0]}
      """
    return try Study(configuration: text, name: "goal", host: Self.device)
  }

  /// Fifty studies of one law; the oracle knows its spread from 20000 trials of another seed.
  @Test func studies() throws {
    let known = try study(seed: 1000, trials: 20_000).run(on: StudyDevice(Self.device)).results.points
    let spreads = try known.map { point in
      try #require(point["generalization_error"]?.standardError) * Double(point.trials).squareRoot()
    }
    let spread = try #require(spreads.max())
    var (taken, wanted) = (0, 0)
    for seed in 1...50 {
      let oracle = [20, 50, 100, 200, 400][seed % 5]
      let error = spread / Double(oracle).squareRoot()
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lacuna-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      var study = try study(seed: seed)
      let shards = ShardFolder(folder)
      var plan = try shards.make(
        study.plan(on: StudyDevice(Self.device), goal: TrialGoal(["\(error)"], trialLimit: 10_000)))
      study.settle(plan.stages.map(\.course))
      rounds: while true {
        let units = plan.units(of: Share(index: 0, count: 1), done: try shards.done(plan))
        #expect(try study.run(units, of: plan, in: shards, on: StudyDevice(Self.device)) == units.count)
        switch try study.continuation(of: plan, in: shards) {
        case .round(let next, let progress):
          #expect(next.round == plan.round + 1 && !progress.isReached)
          plan = next
        case .finished(let progress):
          #expect(progress?.isReached == true)
          break rounds
        case .unitsLeft(let left):
          Issue.record("\(left) units are left")
          break rounds
        }
      }
      let points = try study.merge(MergedUnits(shards, plan: plan), of: plan).results.points
      for point in points {
        #expect(
          try #require(point["generalization_error"]?.standardError) <= error && point.trials == plan.stages[0].trials)
      }
      // The trials are those that as many would have been from the start.
      if seed < 5 {
        let whole = try self.study(seed: seed, trials: plan.stages[0].trials).run(on: StudyDevice(Self.device)).results
          .points
        #expect(whole.map { $0["generalization_error"] } == points.map { $0["generalization_error"] })
      }
      taken += plan.stages[0].trials
      wanted += oracle
    }
    let ratio = Double(taken) / Double(wanted)
    print("trials taken, of an oracle's: \(ratio)")
    #expect(ratio < 1.3 && ratio > 0.7, "\(ratio)")
  }
}
