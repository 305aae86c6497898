import DeterministicEquivalents

/// The deterministic equivalents of a mask scheme's mean errors, limits d → ∞; nil where there is no theory.
public struct MaskTheory: Sendable, Equatable {
  public var training: Double?
  public var generalization: Double?
  /// The error with every other coordinate visible.
  public var fullContext: Double?
  /// E‖Â − EÂ‖²_F/d.
  public var variance: Double?
  /// The errors to order 1/n, for Gaussian data; nil where they are not known.
  public var finiteSize: FiniteSize?
  /// κ, where it is one number: under Bernoulli masks the mean over coordinates of γ_k/(pc), see `BernoulliEquivalent`.
  public var effectiveRidge: Double?
  public var degreesOfFreedom1: Double?
  public var degreesOfFreedom2: Double?
  /// Whether every coordinate is predicted, and predicts: Bayes' error is then the mean over all.
  public var isWhole = true
  /// Why there is no theory; nil where there is.
  public var refusal: PopulationError?

  /// Errors with their terms of order 1/n.
  public struct FiniteSize: Sendable, Equatable {
    public var training: Double?
    public var generalization: Double?
    public var fullContext: Double?
  }

  /// None, for a reason.
  static func absent(_ reason: String, isWhole: Bool = true) -> MaskTheory {
    MaskTheory(isWhole: isWhole, refusal: .unsupported(reason: reason))
  }

  static func tooLarge(_ d: Int, upTo order: Int, isWhole: Bool = true) -> MaskTheory {
    absent(
      "under these masks it takes eigensolves of order d for this covariance, of at most \(order) coordinates, not \(d)",
      isWhole: isWhole)
  }

  static func ridgeTooGreat(_ ridge: Double, isWhole: Bool = true) -> MaskTheory {
    absent("a ridge of \(ridge) is beyond 1e100 variances; a smaller one does", isWhole: isWhole)
  }

  /// The theory of one scheme on one Σ at any n and λ.
  typealias Evaluation = (_ sampleCount: Int, _ ridge: Double) throws -> MaskTheory
  /// The same where it holds no device, so that a study keeps it for lines between its points.
  typealias Line = @Sendable (_ sampleCount: Int, _ ridge: Double) throws -> MaskTheory

  /// The greatest ridge, in variances of coordinates, whose square and inverse square the equivalents can form.
  static let greatestRidge = 1e100

  /// The largest d of which a dense eigensolve is asked for theory alone.
  static let largestDense = 4000
  /// The same where each step of an iteration takes one.
  static let largestIterated = 1000
}

extension MaskTheory {
  /// What there is, or why there is none: of a point that theory does not cover there are simulations.
  /// - Throws: what `make` throws of anything else.
  init(_ make: () throws -> MaskTheory) throws {
    do {
      self = try make()
    } catch let error as PopulationError {
      switch error {
      case .unsupported, .noConvergence: self = MaskTheory(isWhole: false, refusal: error)
      default: throw error
      }
    }
  }
}
