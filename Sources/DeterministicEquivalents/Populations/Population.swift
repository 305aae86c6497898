/// A population covariance Σ (coordinateCount × coordinateCount, positive definite) seen through what the theory asks of it.
///
/// R = (Σ + κI)⁻¹ throughout; κ ≥ 0 is in units of Σ. Each conformance says what its answers cost.
public protocol Population: Sendable {
  /// d, the order of Σ.
  var coordinateCount: Int { get }

  /// diag Σ.
  var variances: [Double] { get }

  /// The traces of the resolvent at κ; the cheapest call, which root finding repeats.
  func resolventTraces(effectiveRidge: Double) throws(PopulationError) -> ResolventTraces

  /// The diagonals of R and of RΣR at κ.
  func resolventDiagonals(effectiveRidge: Double) throws(PopulationError) -> ResolventDiagonals

  /// diag Σ⁻¹; its reciprocals are the errors of the best linear prediction of each coordinate from all others.
  func precisionDiagonal() throws(PopulationError) -> [Double]

  /// ln det(Σ + κI).
  func logDeterminant(effectiveRidge: Double) throws(PopulationError) -> Double

  /// The traces of the powers of Σ.
  func powerTraces() throws(PopulationError) -> PowerTraces

  /// The moments at κ that entries other than Gaussian bring in; nil where the way the data are mixed from independent
  /// entries is not known.
  func entryMoments(effectiveRidge: Double) throws(PopulationError) -> EntryMoments?

  /// The bulk of the joint predictor's spectrum at (n, λ).
  /// - Parameter sampleCount: n.
  /// - Parameter ridge: λ > 0, or λ = 0 with n > d.
  func predictorBulk(sampleCount: Int, ridge: Double) throws(PopulationError) -> BulkMeasure

  /// The bulk of the Gram's spectrum at n samples, for principal components.
  func gramBulk(sampleCount: Int) throws(PopulationError) -> BulkMeasure

  /// Whether each coordinate is like every other, but for O(1/d) at the ends of a chain, between sizes of blocks or along
  /// spread-out spikes: the diagonal of every function of Σ or S is then a constant.
  var hasEqualCoordinates: Bool { get }

  /// The variance of the coordinates where they are independent and alike but for directions few beside them; else nil.
  var independentVariance: Double? { get }

  /// The same Σ as noise with spikes; nil where it has none.
  var spiked: SpikedPopulation? { get }

  /// The same Σ as one that answers for diagonal ridges by its structure; nil where it has none for that.
  var matrixRidge: (any MatrixRidgePopulation)? { get }

  /// The bulk of the joint predictor's spectrum under Bernoulli masks.
  /// - Parameter n: samples.
  /// - Parameter p: in (0, 1), the probability that a coordinate is visible.
  /// - Parameter ridge: λ ≥ 0 of the loss over masks.
  /// - Throws: `unsupported` where Σ, Γ and D are not diagonal together: a dense Σ.
  func predictorBulk(sampleCount n: Int, keep p: Double, ridge: Double) throws(PopulationError) -> BulkMeasure
}

/// What the equation of the effective ridge and its derivative are made of, each computed as a sum without cancellation.
///
/// d − first = κ·resolvent and first − second = κ·resolventCovarianceResolvent: the differences that lose digits
/// when formed from the degrees of freedom themselves.
public struct ResolventTraces: Sendable, Equatable {
  /// df₁ = tr ΣR.
  public var first: Double
  /// df₂ = tr ΣRΣR.
  public var second: Double
  /// tr R.
  public var resolvent: Double
  /// tr RΣR.
  public var resolventCovarianceResolvent: Double

  public init(first: Double, second: Double, resolvent: Double, resolventCovarianceResolvent: Double) {
    self.first = first
    self.second = second
    self.resolvent = resolvent
    self.resolventCovarianceResolvent = resolventCovarianceResolvent
  }
}

/// The two diagonals that the per-coordinate errors are made of, each of length d.
public struct ResolventDiagonals: Sendable, Equatable {
  /// diag R.
  public var resolvent: [Double]
  /// diag RΣR.
  public var resolventCovarianceResolvent: [Double]

  public init(resolvent: [Double], resolventCovarianceResolvent: [Double]) {
    self.resolvent = resolvent
    self.resolventCovarianceResolvent = resolventCovarianceResolvent
  }
}

/// Σ_i m_i² and Σ_i m_i(M²)_ii for M = AᵀRA with diagonal m, the data being x = Az with independent entries z, AAᵀ = Σ.
public struct EntryMoments: Sendable, Equatable {
  public var second: Double
  public var third: Double

  public init(second: Double, third: Double) {
    self.second = second
    self.third = third
  }
}

extension Population {
  public func entryMoments(effectiveRidge: Double) throws(PopulationError) -> EntryMoments? { nil }

  public var hasEqualCoordinates: Bool { false }

  public var independentVariance: Double? { nil }

  public var spiked: SpikedPopulation? { nil }

  public var matrixRidge: (any MatrixRidgePopulation)? { nil }

  /// df₁ = tr Σ(Σ+κI)⁻¹ and df₂ = tr Σ²(Σ+κI)⁻².
  public func degreesOfFreedom(effectiveRidge: Double) throws(PopulationError) -> (first: Double, second: Double) {
    let traces = try resolventTraces(effectiveRidge: effectiveRidge)
    return (traces.first, traces.second)
  }

  /// diag Σ⁻¹ as the resolvent at κ = 0.
  public func precisionDiagonal() throws(PopulationError) -> [Double] {
    try resolventDiagonals(effectiveRidge: 0).resolvent
  }
}
