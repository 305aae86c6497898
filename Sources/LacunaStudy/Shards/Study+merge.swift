import LacunaAlgebra
import LacunaFiles

/// What was done of a plan, one line a unit.
package struct MergedUnits {
  private var chosen: [StudyPlan.Unit: ShardFolder.Line] = [:]
  /// Lines beyond the first of a unit.
  package private(set) var duplicates = 0
  package private(set) var leftOut = ShardFolder.LeftOut()

  /// Reads all shards. Of several lines of a unit the one of the least numbers is taken, whatever their order.
  /// - Throws: `ShardError.disagreement` where lines of a unit differ by more than 10⁻⁹ of the greatest number of an observation.
  package init(_ folder: ShardFolder, plan: StudyPlan) throws {
    leftOut = try folder.readLines(of: plan) { line in
      guard let earlier = chosen[line.head.unit] else {
        chosen[line.head.unit] = line
        return
      }
      duplicates += 1
      let (old, new) = (try UnitRecord.numbers(of: earlier.bytes), try UnitRecord.numbers(of: line.bytes))
      guard Self.agree(old, new) else {
        throw ShardError.disagreement(unit: plan.name(of: line.head.unit), files: [earlier.file, line.file])
      }
      let isFirst = zip(new.joined(), old.joined()).first { $0 != $1 }.map { $0 < $1 } ?? false
      if isFirst { chosen[line.head.unit] = line }
    }
  }

  package var count: Int { chosen.count }

  subscript(unit: StudyPlan.Unit) -> ShardFolder.Line? { chosen[unit] }

  /// Units of a plan that are not done, in order.
  package func missing(of plan: StudyPlan) -> [StudyPlan.Unit] { plan.units.filter { chosen[$0] == nil } }

  /// Who did the trials of a plan, and how long it took them.
  func computation(of plan: StudyPlan) -> Computation {
    var shares: [Computation.Share] = []
    var seconds = 0.0
    for unit in plan.units {
      guard let head = chosen[unit]?.head else { continue }
      seconds += head.seconds
      let trials = plan.stages[unit.stage].trials(of: unit.index).count
      let isSame = { (share: Computation.Share) in
        share.host == head.host && share.device == head.device && share.verification == head.verification
      }
      if let index = shares.firstIndex(where: isSame) {
        shares[index].trials += trials
      } else {
        shares.append(.init(host: head.host, device: head.device, verification: head.verification, trials: trials))
      }
    }
    return Computation(shares: shares, runtimeSeconds: seconds)
  }

  /// Whether two runs of a unit saw the same, observation by observation.
  private static func agree(_ a: [[Double]], _ b: [[Double]]) -> Bool {
    guard a.count == b.count else { return false }
    return zip(a, b).allSatisfy { a, b in
      guard a.count == b.count else { return false }
      let scale = (a + b).reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
      return zip(a, b).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) || abs($0 - $1) <= 1e-9 * scale }
    }
  }
}

extension Study {
  /// Sums up what was done of a plan, in the order of its trials: the results of one run of all of them.
  /// - Parameter units: of the plan; where some are missing the results are of the others.
  /// - Parameter plan: which this study was made from.
  /// - Parameter folder: gets the lines of each trial.
  package func merge(
    _ units: MergedUnits, of plan: StudyPlan, into folder: ResultFolder? = nil
  ) throws(StudyError) -> StudyReport {
    try StudyError.wrapping {
      try folder?.start(nil)
      let points = try sum(units, of: plan) { try folder?.append($0) }
      return report(
        points.flatMap { $0 }, precision: plan.precision, computation: units.computation(of: plan))
    }
  }

  /// The results of each stage.
  /// - Parameter record: gets the lines of each trial.
  func sum(
    _ units: MergedUnits, of plan: StudyPlan, record: ([TrialRecord]) throws -> Void = { _ in }
  ) throws -> [[PointResult]] {
    try stages.enumerated().map { index, stage in
      var outcomes = StageOutcomes(stage)
      for unit in 0..<plan.stages[index].unitCount {
        guard let line = units[StudyPlan.Unit(stage: index, index: unit)] else { continue }
        let trials = plan.stages[index].trials(of: unit)
        let found = try UnitRecord.outcomes(of: line.bytes, stage.measures)
        guard found.count == trials.count, found.allSatisfy({ $0.count == stage.ridges.count }) else {
          throw ShardError.malformedPlan(reason: "\(line.file) does not fit it")
        }
        for (trial, outcome) in zip(trials, found) { try record(outcomes.add(outcome, trial: trial)) }
      }
      return outcomes.results
    }
  }
}
