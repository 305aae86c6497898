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
  /// - Parameter mayBegin: asked before each unit, by one thread at a time; the first no ends the run after those in hand.
  /// - Parameter unitFinished: called after each unit, by one thread at a time.
  /// - Returns: how many were done.
  /// - Throws: as `run`.
  package func run(
    _ units: [StudyPlan.Unit], of plan: StudyPlan, in folder: ShardFolder, on device: StudyDevice,
    mayBegin: () -> Bool, unitFinished: () -> Void = {}
  ) throws(StudyError) -> Int {
    try StudyError.wrapping {
      guard device.backend.precision == plan.precision else {
        throw ShardError.otherPrecision(planned: plan.precision.rawValue)
      }
      _ = try plans(on: device)
      let clock = ContinuousClock()
      var last = clock.now
      let host = hostName()
      var shard: RecordFile?
      var retreating = RetreatingDevice(device)
      var isEnding = false
      for (index, stage) in stages.enumerated() where !isEnding {
        let planned = plan.stages[index]
        let own = units.filter { $0.stage == index }
        var outcomes: [TrialOutcome] = []
        try retreating.run(
          own.flatMap { planned.trials(of: $0.index) }, of: stage,
          mayBegin: { trial in
            // A unit that was begun is ended.
            if trial % planned.trialsPerUnit == 0, !mayBegin() { isEnding = true }
            return !isEnding
          },
          emit: { trial, outcome, backend in
            outcomes.append(outcome)
            let unit = trial / planned.trialsPerUnit
            guard outcomes.count == planned.trials(of: unit).count else { return }
            let now = clock.now
            let record = UnitRecord(
              head: UnitRecord.Head(
                study: plan.study, numerics: plan.numerics, precision: plan.precision, stage: index, index: unit,
                device: backend.description, host: host, verification: backend.verification,
                seconds: last.duration(to: now) / .seconds(1)),
              outcomes: outcomes)
            let file = try shard ?? folder.makeShard()
            shard = file
            try file.append(try record.line(stage.measures), isSynchronized: true)
            (last, outcomes) = (now, [])
            unitFinished()
          })
      }
      return shard?.close() ?? 0
    }
  }
}
