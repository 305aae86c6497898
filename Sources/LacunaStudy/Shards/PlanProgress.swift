import LacunaFiles

/// How far a plan is: `lacuna status`.
package struct PlanProgress: Sendable, Encodable {
  package struct Point: Sendable, Equatable, Encodable {
    /// The swept keys and their values.
    package var parameters: [String: String]
    package var sampleCount, coordinateCount, unitCount, doneCount: Int

    enum CodingKeys: String, CodingKey {
      case parameters
      case sampleCount = "n"
      case coordinateCount = "d"
      case unitCount = "units"
      case doneCount = "done"
    }
  }

  package var points: [Point]
  /// Of a study with a goal: how many rounds of trials are planned so far; nil without one.
  package var round: Int?
  /// What standard errors are wanted, by quantity.
  package var goal: [String: String]?
  package var unitCount, doneCount, processCount: Int
  /// Units a second of all processes together, over the last ten minutes in which any was done; nil before two were done.
  package var unitsPerSecond: Double?
  /// Until the rest is done at that rate, if processes go on; nil without a rate.
  package var secondsLeft: Double?
  /// Since the last unit was done; nil before the first.
  package var secondsSinceLast: Double?

  enum CodingKeys: String, CodingKey {
    case points, round, goal
    case unitCount = "units"
    case doneCount = "done"
    case processCount = "processes"
    case unitsPerSecond = "units_per_second"
    case secondsLeft = "seconds_left"
    case secondsSinceLast = "seconds_since_last"
  }

  /// Reads what there is while others write.
  /// - Parameter now: seconds since 1970.
  package init(_ folder: ShardFolder, plan: StudyPlan, now: Double = secondsSince1970()) throws {
    var done: [StudyPlan.Unit: Double] = [:]
    var files: Set<String> = []
    _ = try folder.readLines(of: plan) { line in
      files.insert(line.file)
      done[line.head.unit] = min(done[line.head.unit] ?? .infinity, line.head.time)
    }
    let counts = done.keys.reduce(into: plan.stages.map { _ in 0 }) { $0[$1.stage] += 1 }
    // Stages are those of the configurations in order, as many each.
    let perConfiguration = max(1, plan.stages.count / max(1, plan.configurations.count))
    points = zip(plan.stages.indices, plan.stages).map { index, stage in
      let swept = plan.configurations[min(index / perConfiguration, plan.configurations.count - 1)].swept
      return Point(
        parameters: Dictionary(swept.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last }),
        sampleCount: stage.sampleCount, coordinateCount: stage.coordinateCount, unitCount: stage.unitCount,
        doneCount: counts[index])
    }
    if let goal = plan.goal {
      round = plan.round
      self.goal = Dictionary(goal.bounds.map { ($0.quantity, $0.description) }, uniquingKeysWith: { _, last in last })
    }
    (unitCount, doneCount, processCount) = (plan.unitCount, done.count, files.count)
    guard let last = done.values.max() else { return }
    secondsSinceLast = max(0, now - last)
    let recent = done.values.filter { $0 > last - 600 }
    guard let first = recent.min(), recent.count > 1, last > first else { return }
    // The first of them ended when the time began.
    let rate = Double(recent.count - 1) / (last - first)
    unitsPerSecond = rate
    secondsLeft = Double(unitCount - doneCount) / rate
  }
}
