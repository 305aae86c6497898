import LinearAlgebra
import MaskedRegression

/// What one draw of the data shows at every ridge of a stage.
struct TrialOutcome {
  var errors: [CoordinateErrors]
  /// Nil where errors alone are measured.
  var spectral: [SpectralOutcome]?
}

/// Measures the errors of one draw of the data at every ridge.
protocol ErrorRunner {
  func run(stream: RandomStream) throws -> [CoordinateErrors]
}

/// Runs trials of one stage, wherever.
protocol TrialRunner {
  func run(stream: RandomStream) throws -> TrialOutcome
}

/// The trials of one stage on one device: storage allocated once, used for every trial.
final class StageTrial<Device: Backend>: TrialRunner {
  private let errors: any ErrorRunner
  private let spectral: SpectralTrial<Device>?

  init(device: Device, stage: Experiment.Stage) throws {
    let configuration = stage.point.configuration
    if configuration.mask == .leaveOneOut {
      errors = try ErrorTrial(
        device: device, model: stage.model, law: configuration.data.law, sampleCount: stage.sampleCount,
        ridges: stage.ridges)
    } else {
      errors = try SchemeTrial(
        device: device, model: stage.model, law: configuration.data.law, mask: configuration.mask,
        givenMasks: stage.givenMasks, sampleCount: stage.sampleCount, ridges: stage.ridges,
        measuresVariance: configuration.measures.contains(.variance))
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
  private let fallback: ((BackendError) -> (any Backend)?)?
  private var runner: (any TrialRunner)?

  init(_ device: any Backend, fallback: ((BackendError) -> (any Backend)?)?) {
    self.device = device
    self.fallback = fallback
  }

  /// Forgets the storage of the stage before.
  mutating func begin() { runner = nil }

  /// One trial; where the device fails and there is a fallback, the same trial anew over there.
  mutating func run(_ stage: Experiment.Stage, stream: RandomStream) throws -> TrialOutcome {
    do {
      return try runHere(stage, stream: stream)
    } catch let error as BackendError where error.isDeviceFailure {
      guard let other = fallback?(error) else { throw error }
      device = other
      runner = nil
      return try runHere(stage, stream: stream)
    }
  }

  private mutating func runHere(_ stage: Experiment.Stage, stream: RandomStream) throws -> TrialOutcome {
    let current = try runner ?? stage.runner(on: device)
    runner = current
    return try current.run(stream: stream)
  }
}
