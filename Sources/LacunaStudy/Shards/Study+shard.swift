import LacunaAlgebra
import LacunaFiles

extension StudyPlan {
  /// The units of a share that nobody has done.
  package func units(of share: Share, done: Set<Unit>) -> [Unit] {
    units.enumerated().filter { share.takes($0.offset) && !done.contains($0.element) }.map(\.element)
  }
}

extension Study {
  /// Does units of a plan, each written down as soon as it is done.
  /// - Parameter units: in the order of the plan.
  /// - Parameter plan: which this study was made from.
  /// - Parameter folder: of the plan.
  /// - Parameter device: where the trials run.
  /// - Parameter opened: called with the file that the units go to, before the first.
  /// - Parameter mayBegin: asked before each unit, by one thread at a time; the first no ends the run after those in hand.
  /// - Parameter trialFinished: called after each trial, by one thread at a time.
  /// - Returns: how many units were done.
  /// - Throws: as `run`.
  package func run(
    _ units: [StudyPlan.Unit], of plan: StudyPlan, in folder: ShardFolder, on device: StudyDevice,
    opened: @escaping (RecordFile) -> Void = { _ in }, mayBegin: () -> Bool = { true }, trialFinished: () -> Void = {}
  ) throws(StudyError) -> Int {
    try StudyError.wrapping {
      guard device.backend.precision == plan.precision else {
        throw ShardError.otherPrecision(planned: plan.precision.rawValue)
      }
      _ = try plans(on: device)
      var writer = UnitWriter(plan) {
        let shard = try folder.makeShard()
        opened(shard)
        return shard
      }
      defer { writer.close() }
      var retreating = RetreatingDevice(device)
      var (isEnding, done) = (false, 0)
      for (index, stage) in stages.enumerated() where !isEnding {
        let planned = plan.stages[index]
        try retreating.run(
          units.filter { $0.stage == index }.flatMap { planned.trials(of: $0.index) }, of: stage,
          mayBegin: { trial in
            // A unit that was begun is ended.
            if trial % planned.trialsPerUnit == 0, !mayBegin() { isEnding = true }
            return !isEnding
          },
          emit: { trial, outcome, backend in
            let isWhole = try writer.add(outcome, trial: trial, stage: index, of: stage.measures, on: backend)
            if isWhole { done += 1 }
            trialFinished()
          })
      }
      return done
    }
  }
}
