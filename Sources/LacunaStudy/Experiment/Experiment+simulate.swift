import LacunaAlgebra

extension Experiment {
  /// Runs all trials of the stages in order, without a folder; `Study` is the way with one.
  ///
  /// The results do not depend on how many trials run side by side; means are taken in the order of the trials.
  /// - Parameter stages: of this experiment, with their theory.
  /// - Parameter device: where the trials run.
  /// - Parameter planner: chooses the route of each stage and how many trials run side by side.
  /// - Parameter fallback: asked for another device when one fails (not when the data do); the failed trial runs again
  ///   there, and all later ones. Nil makes the failure an error.
  /// - Parameter record: called with the lines of each finished trial, one a ridge, in the order of the trials, by one
  ///   thread at a time.
  /// - Returns: one result a stage and ridge, in order.
  package func simulate(
    _ stages: [Stage], on device: any Backend, planner: TrialPlanner = TrialPlanner(),
    fallback: ((BackendError) -> (any Backend)?)? = nil, record: ([TrialRecord]) throws -> Void
  ) throws -> [PointResult] {
    var device = RetreatingDevice(
      StudyDevice(device, planner: planner) { error in
        // Its rates and memory are not known here.
        fallback?(error).map { StudyDevice($0, planner: TrialPlanner(forced: planner.forced)) }
      })
    return try simulate(stages, on: &device) { finished, _ in try record(finished.records) }
  }

  /// A trial that has ended.
  struct FinishedTrial {
    /// Of its stage among all.
    let stage: Int
    let trial: Int
    let outcome: TrialOutcome
    /// One a ridge.
    let records: [TrialRecord]
    let backend: any Backend
  }

  /// - Parameter record: called with each finished trial, and with a way to the results of all trials so far.
  func simulate(
    _ stages: [Stage], on device: inout RetreatingDevice,
    record: (FinishedTrial, _ soFar: @escaping () -> [PointResult]) throws -> Void
  ) throws -> [PointResult] {
    var results: [PointResult] = []
    for (index, stage) in stages.enumerated() {
      var outcomes = StageOutcomes(stage)
      try device.run(Array(0..<stage.point.configuration.trials), of: stage) { trial, outcome, backend in
        let finished = FinishedTrial(
          stage: index, trial: trial, outcome: outcome, records: outcomes.add(outcome, trial: trial), backend: backend)
        try record(finished) { [results, outcomes] in results + outcomes.results }
      }
      results += outcomes.results
    }
    return results
  }
}
