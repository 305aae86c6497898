import LacunaAlgebra
import LacunaFiles

/// Gathers the trials of each unit as they end, and writes its line.
struct UnitWriter {
  private let plan: StudyPlan
  private let open: () throws -> RecordFile
  private var file: RecordFile?
  private var outcomes: [TrialOutcome] = []
  private let host = hostName()
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant

  /// - Parameter open: makes the file before the first line.
  init(_ plan: StudyPlan, open: @escaping () throws -> RecordFile) {
    self.plan = plan
    self.open = open
    last = clock.now
  }

  /// Takes a trial in; those of a unit come one after the other.
  /// - Returns: whether it ended a unit.
  mutating func add(
    _ outcome: TrialOutcome, trial: Int, stage: Int, of measures: [any Measure], on backend: any Backend
  ) throws -> Bool {
    let planned = plan.stages[stage]
    let unit = trial / planned.trialsPerUnit
    outcomes.append(outcome)
    guard outcomes.count == planned.trials(of: unit).count else { return false }
    let now = clock.now
    let record = UnitRecord(
      head: UnitRecord.Head(
        study: plan.study, numerics: plan.numerics, precision: plan.precision, stage: stage, index: unit,
        device: backend.description, host: host, verification: backend.verification,
        seconds: last.duration(to: now) / .seconds(1), time: secondsSince1970()), outcomes: outcomes)
    let file = try file ?? open()
    self.file = file
    try file.append(try record.line(measures), count: outcomes.count)
    (last, outcomes) = (now, [])
    return true
  }

  func close() { file?.close() }
}
