/// One point of an experiment: a model at one n and one ridge, simulated over trials, or theory alone.
public struct PointResult: Sendable, Equatable, Codable {
  /// The swept keys and their values here; empty where nothing is swept.
  public var parameters: [String: String]
  /// n.
  public var sampleCount: Int
  /// d.
  public var coordinateCount: Int
  /// λ on S = XᵀX/n.
  public var ridge: Double
  public var trials: Int
  public var trainingError: Statistic
  public var generalizationError: Statistic
  /// Under masks other than leave-one-out: the error with every other coordinate visible, whatever the masks hid in training.
  public var fullContextError: Statistic?
  /// E‖Â − EÂ‖²_F/d, from half the squared distance of the predictors of trials 2t and 2t + 1, where it is measured.
  public var predictorVariance: Statistic?
  /// E_* = (1/d) Σ_k 1/(Σ⁻¹)_kk: what no predictor can beat with every other coordinate visible.
  public var bayesError: Double
  /// κ(λ) and the degrees of freedom at it: of leave-one-out masks; of Bernoulli masks, and drawn ones as their limit, those
  /// of `BernoulliEquivalent`, κ a mean over coordinates; absent under all other masks, where each context has its own.
  public var effectiveRidge: Double?
  public var degreesOfFreedom1: Double?
  public var degreesOfFreedom2: Double?
  /// What else was measured; absent where it was not asked for.
  public var spectrum: SpectrumResult?
  public var recovery: RecoveryResult?
  public var principal: PrincipalResult?

  enum CodingKeys: String, CodingKey {
    case parameters, ridge, trials, spectrum, recovery
    case principal = "pca"
    case sampleCount = "n"
    case coordinateCount = "d"
    case trainingError = "training_error"
    case generalizationError = "generalization_error"
    case fullContextError = "full_context_error"
    case predictorVariance = "predictor_variance"
    case bayesError = "bayes_error"
    case effectiveRidge = "effective_ridge"
    case degreesOfFreedom1 = "degrees_of_freedom_1"
    case degreesOfFreedom2 = "degrees_of_freedom_2"
  }
}

/// The measured errors of one trial at one point: a line of `trials.jsonl`.
public struct TrialRecord: Sendable, Equatable, Codable {
  public var parameters: [String: String]
  public var sampleCount: Int
  public var coordinateCount: Int
  public var ridge: Double
  /// Counted from 0; with the seed and n it names the random stream.
  public var trial: Int
  public var trainingError: Double
  public var generalizationError: Double
  /// The greatest eigenvalue of Â, where the spectrum is measured.
  public var topEigenvalue: Double?
  /// The first spike's extreme eigenvalue and squared overlaps, where recovery is measured.
  public var outlier: Double?
  public var overlap: Double?
  public var principalOverlap: Double?
  /// Principal components, where they are measured: the ranks and their errors.
  public var principalRanks: [Int]?
  public var principalErrors: [Double]?
  /// Under masks other than leave-one-out: with every other coordinate visible.
  public var fullContextError: Double?
  /// ‖Â − Â′‖²_F/(2d), Â′ of the trial before: in every second trial, where variance is measured.
  public var predictorVariance: Double?

  enum CodingKeys: String, CodingKey {
    case parameters, ridge, trial, outlier, overlap
    case topEigenvalue = "top_eigenvalue"
    case principalOverlap = "pca_overlap"
    case principalRanks = "pca_ranks"
    case principalErrors = "pca_generalization_errors"
    case fullContextError = "full_context_error"
    case predictorVariance = "predictor_variance"
    case sampleCount = "n"
    case coordinateCount = "d"
    case trainingError = "training_error"
    case generalizationError = "generalization_error"
  }
}

/// Everything a run found: `metrics.json`, and what `--json` prints.
public struct Summary: Sendable, Codable {
  public var name: String
  public var points: [PointResult]
  /// What computed it; nil for theory alone.
  public var device: String?
  /// Why the device asked for first was left in the middle of the run; nil where it was not.
  public var deviceFallback: String?
  public var precision: String
  public var seed: UInt64
  public var runtimeSeconds: Double
  public var version: String

  public init(
    name: String, points: [PointResult], device: String?, deviceFallback: String? = nil, precision: String,
    seed: UInt64, runtimeSeconds: Double,
    version: String
  ) {
    self.name = name
    self.points = points
    self.device = device
    self.deviceFallback = deviceFallback
    self.precision = precision
    self.seed = seed
    self.runtimeSeconds = runtimeSeconds
    self.version = version
  }

  enum CodingKeys: String, CodingKey {
    case name, points, device, precision, seed, version
    case deviceFallback = "device_fallback"
    case runtimeSeconds = "runtime_seconds"
  }
}
