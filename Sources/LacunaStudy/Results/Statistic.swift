import LacunaFiles
import RealModule

/// A mean over trials with its standard error, beside its deterministic equivalent.
///
/// Absent values (no trials, a single trial, no theory) are nil, and null in JSON.
public struct Statistic: Sendable, Equatable, Encodable {
  /// One a trial, in order; of trials that have none, none. Not written to files of the whole.
  public let values: [Double]
  @OrNull public var mean: Double?
  /// Sample standard deviation / √trials; nil for fewer than two trials.
  @OrNull public var standardError: Double? = nil
  /// The deterministic equivalent: the limit d → ∞.
  @OrNull public var theory: Double?
  /// The equivalent with its leading correction for finite d, which a simulation is compared with.
  @OrNull public var finiteSizeTheory: Double?
  /// The standard error that theory gives, where it knows the law: a few draws of a skewed one tend to understate it. Not
  /// written to files.
  public var expectedStandardError: Double?

  /// Whether theory speaks of what was simulated; not where it knows a limit alone, as the edge of a bulk. Not written
  /// to files.
  public var comparesWithTheory = true

  /// Summarises one value a trial.
  public init(of values: [Double], theory: Double? = nil, finiteSizeTheory: Double? = nil) {
    let count = Double(values.count)
    self.values = values
    self.theory = theory
    self.finiteSizeTheory = finiteSizeTheory
    mean = values.isEmpty ? nil : values.reduce(0, +) / count
    if let mean, values.count > 1 {
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      standardError = Double.sqrt(squares / (count - 1) / count)
    }
  }

  /// What a simulation is compared with: theory at this size, the limit where there is no correction.
  public var comparison: Double? { comparesWithTheory ? finiteSizeTheory ?? theory : nil }

  /// (theory − mean) / standard error, theory at this size: how far simulation lies from it. The standard error is the greater
  /// of the measured and the expected one.
  public var deviation: Double? {
    guard let mean, let standardError, let comparison, standardError > 0 else { return nil }
    return (comparison - mean) / max(standardError, expectedStandardError ?? 0)
  }

  enum CodingKeys: String, CodingKey {
    case mean, theory
    case standardError = "standard_error"
    case finiteSizeTheory = "theory_finite_size"
  }
}
