import LacunaAlgebra

/// What one trial showed: at each ridge the observation of each measure of the stage.
typealias TrialOutcome = [[any Sendable]]

/// The trials of one stage on one device: storage allocated once, used for every trial.
final class StageTrial<Device: Backend> {
  private let stage: Experiment.Stage
  private let data: TrialData<Device>

  /// - Parameter route: to the errors of leave-one-out masks; nil under other masks.
  init(device: Device, stage: Experiment.Stage, route: ErrorRoute?) throws {
    self.stage = stage
    data = try TrialData(
      device: device, problem: stage.problem, route: route, parts: stage.needs(stage.problem.shape).parts)
  }

  func run(_ trial: Int) throws -> TrialOutcome {
    data.begin(trial)
    for measure in stage.measures { try measure.prepare(data) }
    return try stage.ridges.indices.map { r in
      try stage.measures.map { try Self.observe($0, data, ridge: r) }
    }
  }

  private static func observe<M: Measure>(_ measure: M, _ data: TrialData<Device>, ridge r: Int) throws
    -> any Sendable
  { try measure.observe(data, ridge: r) }
}

/// What the trials of a stage gave so far, in their order.
struct StageOutcomes {
  private let stage: Experiment.Stage
  private var logs: [any ObservationLog]
  private var trials = 0

  init(_ stage: Experiment.Stage) {
    self.stage = stage
    logs = stage.measures.map { $0.log(ridgeCount: stage.ridges.count) }
  }

  /// Takes one trial in.
  /// - Returns: its lines, one a ridge.
  mutating func add(_ outcome: TrialOutcome, trial: Int) -> [TrialRecord] {
    trials += 1
    return outcome.enumerated().map { r, observations in
      TrialRecord(
        parameters: stage.problem.parameters, sampleCount: stage.sampleCount,
        coordinateCount: stage.problem.coordinateCount, ridge: stage.ridges[r], trial: trial,
        quantities: logs.indices.flatMap { logs[$0].add(observations[$0], ridge: r) })
    }
  }

  /// One result a ridge.
  var results: [PointResult] {
    stage.ridges.indices.map { r in
      PointResult(
        parameters: stage.problem.parameters, sampleCount: stage.sampleCount,
        coordinateCount: stage.problem.coordinateCount, ridge: stage.ridges[r], trials: trials,
        measured: zip(stage.measures, logs).map { measure, log in
          PointResult.Measured(
            measure: type(of: measure).word, quantities: log.quantities(ridge: r), warnings: measure.warnings(ridge: r))
        })
    }
  }
}
