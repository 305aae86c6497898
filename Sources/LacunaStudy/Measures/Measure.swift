import LacunaAlgebra
import LacunaFigures

/// Something that is measured of every trial of a study, with its theory: a type a measure, listed in `MeasureRegistry`.
///
/// A value of it belongs to one problem (Σ, n and the ridges) and holds its theory there. For each trial `prepare` is called
/// once and then `observe` at one ridge after the other, on one thread; what several measures need of a trial they get from
/// `TrialData`, which makes it once. Result files, tables and figures are made from the quantities that it gives.
public protocol Measure: Sendable {
  /// What one trial shows at one ridge: written down by the process that ran it, and read by the one that sums up.
  associatedtype Observation: Codable, Sendable

  /// What chooses it in a configuration's `measure`.
  static var word: String { get }

  /// Whether there is something to measure where coordinates are hidden so.
  static func isMeasured(under mask: MaskConfiguration) -> Bool

  /// Why it cannot be measured of such data, and what to do about it; nil where it can.
  static func refusal(of data: DataConfiguration) -> (reason: String, remedy: String)?

  /// What it asks of a trial, and takes beside.
  static func needs(_ shape: TrialShape) -> TrialNeeds

  /// How many trials it sees something of only together, those of numbers kt … kt + k − 1: 1 or 2.
  static var trialsTogether: Int { get }

  /// What the reader of its table should know; nil where the headings say it all.
  static func note(_ points: [PointResult]) -> String?

  /// Its figures of a whole study; none where a single point is no figure.
  static func figures(_ study: StudyResults) throws -> [StudyFigure]

  /// Computes its theory at every ridge of a problem.
  /// - Throws: what can be refused before any trial runs.
  init(_ problem: Experiment.Problem) throws

  /// Why theory is silent at a ridge, or lacks something, for the person at the terminal and the result files.
  func warnings(ridge r: Int) -> [String]

  /// What does not depend on the ridge, while the storage of resolvents is free: `TrialData.once` keeps it for `observe`.
  func prepare<Device: Backend>(_ data: TrialData<Device>) throws

  /// One trial at one ridge.
  /// - Parameter data: of the trial.
  /// - Parameter r: of the problem's ridges.
  func observe<Device: Backend>(_ data: TrialData<Device>, ridge r: Int) throws -> Observation

  /// What a line of `trials.jsonl` says of it.
  func record(_ observation: Observation) -> [Quantity]

  /// The trials at one ridge summed up beside theory: one observation a trial, in order; none for theory alone.
  func quantities(_ observations: [Observation], ridge r: Int) -> [Quantity]
}

extension Measure {
  public static func isMeasured(under mask: MaskConfiguration) -> Bool { true }
  public static func refusal(of data: DataConfiguration) -> (reason: String, remedy: String)? { nil }
  public static func needs(_ shape: TrialShape) -> TrialNeeds { TrialNeeds() }
  public static var trialsTogether: Int { 1 }
  public static func note(_ points: [PointResult]) -> String? { nil }
  public static func figures(_ study: StudyResults) throws -> [StudyFigure] { [] }
  public func warnings(ridge r: Int) -> [String] { [] }
  public func prepare<Device: Backend>(_ data: TrialData<Device>) throws {}

  /// Its observations of the trials of a stage, none yet.
  func log(ridgeCount: Int) -> any ObservationLog { MeasureLog(self, ridgeCount: ridgeCount) }
}

/// A figure with its name as a file.
public struct StudyFigure: Sendable {
  public var name: String
  public var figure: Figure

  public init(name: String, figure: Figure) {
    self.name = name
    self.figure = figure
  }
}

/// What a measure saw in the trials of a stage so far, in their order.
protocol ObservationLog {
  /// - Returns: what the line of the trial says.
  mutating func add(_ observation: any Sendable, ridge r: Int) -> [Quantity]
  func quantities(ridge r: Int) -> [Quantity]
}

private struct MeasureLog<M: Measure>: ObservationLog {
  private let measure: M
  private var observations: [[M.Observation]]

  init(_ measure: M, ridgeCount: Int) {
    self.measure = measure
    observations = Array(repeating: [], count: ridgeCount)
  }

  mutating func add(_ observation: any Sendable, ridge r: Int) -> [Quantity] {
    guard let own = observation as? M.Observation else { preconditionFailure("the observation of another measure") }
    observations[r].append(own)
    return measure.record(own)
  }

  func quantities(ridge r: Int) -> [Quantity] { measure.quantities(observations[r], ridge: r) }
}
