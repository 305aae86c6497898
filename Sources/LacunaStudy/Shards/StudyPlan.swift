import LacunaAlgebra
import LacunaFiles

/// A further round of trials, planned from what the earlier ones showed: `plan-2.json` and on, as immutable as the plan itself.
struct StudyRound: Sendable, Codable {
  static let currentFormat = 1

  /// Of the file itself.
  var format = Self.currentFormat
  /// As in the plan.
  var study: String
  /// From 2.
  var round: Int
  /// Of each stage, those of earlier rounds among them.
  var trials: [Int]
}

/// What is to be computed of a study and how, the same for every process that takes a share of it: `plan.json`.
///
/// It is written once and never changed. Processes share its units out among them; a unit is a trial of a point, or where a
/// measure sees something of two trials only (`Measure.trialsTogether`) a pair of them.
package struct StudyPlan: Sendable, Equatable, Codable {
  /// A point, with every default written out.
  package struct Configuration: Sendable, Equatable, Codable {
    package struct Swept: Sendable, Equatable, Codable {
      package var key, value: String
    }

    package var swept: [Swept]
    /// As `resolvedYAML` writes it.
    package var yaml: String
  }

  /// The trials of one configuration at one n.
  package struct Stage: Sendable, Equatable, Codable {
    package var sampleCount, coordinateCount, trials, trialsPerUnit: Int
    package var course: Experiment.Stage.Course

    enum CodingKeys: String, CodingKey {
      case sampleCount = "n"
      case coordinateCount = "d"
      case trials, course
      case trialsPerUnit = "trials_per_unit"
    }

    package var unitCount: Int { (trials + trialsPerUnit - 1) / trialsPerUnit }

    /// The trials of a unit.
    package func trials(of unit: Int) -> Range<Int> {
      unit * trialsPerUnit..<min((unit + 1) * trialsPerUnit, trials)
    }
  }

  /// A file that a configuration names, as it was when the plan was made.
  package struct File: Sendable, Equatable, Codable {
    package var path, fingerprint: String
  }

  /// What a process takes and finishes as a whole.
  package struct Unit: Sendable, Hashable {
    package var stage, index: Int
  }

  static let currentFormat = 1

  /// Of the file itself.
  var format = Self.currentFormat
  package var name: String
  /// The fingerprint of configurations and files: what tells studies apart.
  package var study: String
  /// Of the program that made the plan.
  package var version: String
  /// See `numericsVersion`.
  package var numerics: Int
  package var precision: Precision
  package var configurations: [Configuration]
  package var files: [File]
  /// Of all configurations, in order; with the trials of all rounds so far.
  package var stages: [Stage]
  /// How small standard errors are to be; nil where trials are as configured.
  package var goal: TrialGoal?
  /// How many rounds of trials there are so far: see `StudyRound`.
  package var round = 1

  enum CodingKeys: String, CodingKey {
    case format, name, study, version, numerics, precision, configurations, files, stages, goal
  }

  /// In the order of stages and trials.
  package var units: [Unit] {
    stages.enumerated().flatMap { stage, planned in
      (0..<planned.unitCount).map { Unit(stage: stage, index: $0) }
    }
  }

  package func trialCount(_ units: some Sequence<Unit>) -> Int {
    units.reduce(0) { $0 + stages[$1.stage].trials(of: $1.index).count }
  }

  package var unitCount: Int { stages.reduce(0) { $0 + $1.unitCount } }

  /// The file.
  func text() throws -> String { try encodeJSON(self, pretty: true) + "\n" }

  func contains(_ unit: Unit) -> Bool {
    stages.indices.contains(unit.stage) && (0..<stages[unit.stage].unitCount).contains(unit.index)
  }

  /// A unit in words.
  package func name(of unit: Unit) -> String {
    let (stage, trials) = (stages[unit.stage], stages[unit.stage].trials(of: unit.index))
    let numbers =
      trials.count == 1 ? "trial \(trials.lowerBound)" : "trials \(trials.lowerBound)–\(trials.upperBound - 1)"
    return "\(numbers) of point \(unit.stage + 1) (n = \(stage.sampleCount), d = \(stage.coordinateCount))"
  }
}
