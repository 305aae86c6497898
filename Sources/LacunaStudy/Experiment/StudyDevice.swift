import LacunaAlgebra
import MaskedRegression

/// What a study computes on, with what there is to know for planning, and where it goes when that fails.
public struct StudyDevice {
  public let backend: any Backend
  /// Rates and memory.
  public let planner: TrialPlanner
  /// Asked for another device when this one fails, which data alone never make it; nil ends the run.
  public let retreat: (BackendError) -> StudyDevice?

  public init(
    _ backend: any Backend, planner: TrialPlanner = TrialPlanner(),
    retreat: @escaping (BackendError) -> StudyDevice? = { _ in nil }
  ) {
    self.backend = backend
    self.planner = planner
    self.retreat = retreat
  }

  /// How the trials of a stage are computed here.
  /// - Throws: `BackendError.outOfMemory`, with the largest d that would fit, where a trial does not.
  public func plan(_ stage: Experiment.Stage) throws(BackendError) -> TrialPlan {
    let plan = planner.plan(stage, on: backend)
    let forecast = plan.forecast
    if forecast.fits(memory: planner.memory, largestAllocation: planner.largestAllocation) { return plan }
    let largest = stage.largestCoordinateCount(
      on: backend, route: plan.route, memory: planner.memory, largestAllocation: planner.largestAllocation)
    throw .outOfMemory(
      requested: forecast.bytes, available: planner.memory,
      device: "\(backend.description), for a trial of d = \(stage.problem.coordinateCount), n = \(stage.sampleCount) "
        + "(at this n/d it holds d up to \(largest) in \(backend.precision.rawValue)),")
  }
}

extension Backend {
  /// Of its numbers.
  var precision: Precision { Element.precision }
}

/// Runs the stages of a study on one device, and on another once that fails.
struct RetreatingDevice {
  private(set) var current: StudyDevice
  /// The devices that were left, and why.
  private(set) var left: String?

  init(_ device: StudyDevice) { current = device }

  var precision: Precision { current.backend.precision }

  /// Trials of a stage, their outcomes handed on in order; where the device fails and there is another, the failed trial
  /// anew over there, and all later ones.
  /// - Parameter trials: their numbers, ascending.
  /// - Parameter mayBegin: asked before each trial, by one thread at a time; the first no ends the run.
  /// - Parameter emit: gets the number of a trial, what it showed and the device that it ran on.
  mutating func run(
    _ trials: [Int], of stage: Experiment.Stage, mayBegin: (Int) -> Bool = { _ in true },
    emit: (Int, TrialOutcome, any Backend) throws -> Void
  ) throws {
    var next = 0
    var isEnding = false
    func runHere(_ backend: some Backend, _ plan: TrialPlan) throws {
      try runTrials(
        trials[next...], of: stage, on: backend, plan: plan,
        mayBegin: { trial in
          isEnding = isEnding || !mayBegin(trial)
          return !isEnding
        },
        emit: { outcome in
          try emit(trials[next], outcome, backend)
          next += 1
        })
    }
    while next < trials.count && !isEnding {
      do {
        try runHere(current.backend, try current.plan(stage))
      } catch let error as BackendError where error.isDeviceFailure {
        try leave(error)
      } catch  where current.backend.verification == "on" && Self.blamesTheData(error) {
        // The same input gives the same bits: data that are at fault fail again.
        do {
          let plan = try current.plan(stage)
          try runTrials(trials[next...next], of: stage, on: current.backend, plan: plan) { _ in }
        } catch let again where "\(again)" == "\(error)" {
          throw error
        } catch {}
        try leave(
          .device(call: "verification", status: 0, log: "a trial failed (\(error)), and not so when it was repeated"))
      }
    }
  }

  private mutating func leave(_ error: BackendError) throws {
    guard let other = current.retreat(error) else { throw error }
    left = (left.map { $0 + "; " } ?? "") + "\(current.backend.description): \(error)"
    current = other
  }

  /// Whether an error says of the data what a device that computes wrongly could make it say.
  private static func blamesTheData(_ error: any Error) -> Bool {
    switch error {
    case is RegressionError: true
    case let error as BackendError: !error.isDeviceFailure
    default: false
    }
  }
}
