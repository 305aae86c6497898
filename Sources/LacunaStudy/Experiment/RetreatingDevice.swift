import LacunaAlgebra

/// Runs the stages of an experiment on one device, and on another once that fails.
struct RetreatingDevice {
  private var device: any Backend
  private var planner: TrialPlanner
  private let fallback: ((BackendError) -> (any Backend)?)?

  init(_ device: any Backend, planner: TrialPlanner, fallback: ((BackendError) -> (any Backend)?)?) {
    self.device = device
    self.planner = planner
    self.fallback = fallback
  }

  /// All trials of a stage, their outcomes handed on in order; where the device fails and there is a fallback, the failed
  /// trial anew over there, and all later ones.
  mutating func run(_ stage: Experiment.Stage, emit: (Int, TrialOutcome) throws -> Void) throws {
    let trials = stage.point.configuration.trials
    var next = 0
    func runHere(_ device: some Backend) throws {
      try runTrials(next..<trials, of: stage, on: device, plan: planner.plan(stage, on: device)) { outcome in
        try emit(next, outcome)
        next += 1
      }
    }
    while next < trials {
      do {
        try runHere(device)
      } catch let error as BackendError where error.isDeviceFailure {
        guard let other = fallback?(error) else { throw error }
        device = other
        // Its rates and memory are not known here.
        planner = TrialPlanner(forced: planner.forced)
      }
    }
  }
}
