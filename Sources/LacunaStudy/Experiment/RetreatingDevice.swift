import LacunaAlgebra
import MaskedRegression

/// What one draw of the data shows at every ridge of a stage.
struct TrialOutcome: Sendable {
  var errors: [CoordinateErrors]
  /// Nil where errors alone are measured.
  var spectral: [SpectralOutcome]?
}

/// Measures the errors of one draw of the data at every ridge.
protocol ErrorRunner {
  func run(stream: RandomStream) throws -> [CoordinateErrors]
}

/// The trials of one stage on one device: storage allocated once, used for every trial.
final class StageTrial<Device: Backend> {
  private let errors: any ErrorRunner
  private let spectral: SpectralTrial<Device>?

  /// - Parameter route: to the errors of leave-one-out masks; nil under other masks.
  init(device: Device, stage: Experiment.Stage, route: ErrorRoute?) throws {
    let configuration = stage.point.configuration
    if let drawMasks = stage.drawMasks {
      errors = try SchemeTrial(
        device: device, model: stage.model, law: configuration.data.law, drawMasks: drawMasks,
        sampleCount: stage.sampleCount, ridges: stage.ridges,
        measuresVariance: configuration.measures.contains(.variance))
    } else {
      guard let route else { preconditionFailure("leave-one-out masks have routes") }
      errors = try ErrorTrial(
        device: device, model: stage.model, law: configuration.data.law, sampleCount: stage.sampleCount,
        ridges: stage.ridges, route: route)
    }
    spectral = try SpectralTrial(device: device, stage: stage)
  }

  func run(stream: RandomStream) throws -> TrialOutcome {
    TrialOutcome(errors: try errors.run(stream: stream), spectral: try spectral?.run(stream: stream))
  }
}

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
