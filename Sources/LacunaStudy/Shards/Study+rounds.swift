import LacunaFiles

extension Study {
  /// What follows when the units of a plan are done.
  package enum Continuation: Sendable {
    /// Nothing yet: others have so many units in hand, or nobody.
    case unitsLeft(Int)
    /// A further round.
    case round(StudyPlan, GoalProgress)
    /// The trials are done: as configured, or with the goal reached or the limit of trials met.
    case finished(GoalProgress?)
  }

  /// Looks at all that was done of a plan with a goal, and plans the next round where one is needed.
  ///
  /// A round depends on the trials of the earlier ones alone: whoever comes first plans the one that any other would.
  /// - Parameter plan: which this study was made from, with its rounds so far.
  /// - Parameter folder: of the plan.
  package func continuation(of plan: StudyPlan, in folder: ShardFolder) throws(StudyError) -> Continuation {
    try StudyError.wrapping {
      guard plan.goal != nil else { return .finished(nil) }
      return try continuation(of: plan, units: MergedUnits(folder, plan: plan), in: folder)
    }
  }

  /// The same with what was done read already.
  package func continuation(
    of plan: StudyPlan, units: MergedUnits, in folder: ShardFolder
  ) throws(StudyError) -> Continuation {
    try StudyError.wrapping {
      let left = units.missing(of: plan).count
      guard left == 0 else { return .unitsLeft(left) }
      guard let goal = plan.goal else { return .finished(nil) }
      let progress = GoalProgress(goal, points: try sum(units, of: plan), units: plan.stages.map(\.trialsPerUnit))
      guard progress.goesOn else { return .finished(progress) }
      return .round(try folder.extend(plan, trials: progress.stages.map(\.next)), progress)
    }
  }
}
