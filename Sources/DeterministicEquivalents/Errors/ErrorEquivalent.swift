/// The deterministic equivalent of the errors of the hollow joint predictor at (Σ, n, λ), per coordinate and mean.
///
///     E_gen,k = (RΣR)_kk / (R_kk² (1 − df₂/n)),   E_tr,k = (λ/κ)² E_gen,k,   E_*,k = 1/(Σ⁻¹)_kk
///
/// with R = (Σ + κI)⁻¹ at the effective ridge κ. 1 − df₂/n is formed as λ/κ + κ tr(RΣR)/n, a sum of positive terms.
/// Leave-one-coordinate-out masks; a simulation at finite d differs by O(1/d), each regression having d − 1 features.
/// Source: A. Wortsman Zurich, F. Gerace, B. Loureiro, Y. M. Lu, *A Random Matrix Theory of Masked Self-Supervised
/// Regression*, arXiv:2601.23208 (2026).
public struct ErrorEquivalent: Sendable {
  /// κ, the ridge that the population sees.
  public let effectiveRidge: Double
  /// df₁ = tr Σ(Σ+κ)⁻¹.
  public let degreesOfFreedom1: Double
  /// df₂ = tr Σ²(Σ+κ)⁻².
  public let degreesOfFreedom2: Double
  /// E_gen,k, length d.
  public let generalizationErrors: [Double]
  /// E_tr,k, length d.
  public let trainingErrors: [Double]
  /// The mean over coordinates of `generalizationErrors`.
  public let generalizationError: Double
  /// The mean over coordinates of `trainingErrors`.
  public let trainingError: Double
  /// The mean over coordinates of 1/(Σ⁻¹)_kk, the error of the best linear prediction.
  public let bayesError: Double

  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n ≥ 1.
  /// - Parameter ridge: λ ≥ 0; 0 is the limit λ → 0⁺.
  /// - Throws: what `EffectiveRidge` throws.
  public init(population: some Population, sampleCount: Int, ridge: Double) throws(PopulationError) {
    let root = try EffectiveRidge(
      population: population, sampleCount: sampleCount, ridge: ridge)
    let d = Double(population.coordinateCount)
    effectiveRidge = root.value
    degreesOfFreedom1 = root.traces.first
    degreesOfFreedom2 = root.traces.second
    let remaining = remainingVariance(root, sampleCount: sampleCount)
    let fraction = root.shrinkage * root.shrinkage
    var errors = try conditionalErrors(population, effectiveRidge: root.value)
    for k in errors.indices { errors[k] /= remaining }
    generalizationErrors = errors
    generalizationError = blockSum(errors) / d
    for k in errors.indices { errors[k] *= fraction }
    trainingErrors = errors
    trainingError = generalizationError * fraction
    var floors = try population.precisionDiagonal()
    for k in floors.indices { floors[k] = 1 / floors[k] }
    bayesError = blockSum(floors) / d
  }

  /// The same with the errors in other units.
  init(_ other: ErrorEquivalent, generalizationErrors: [Double], trainingErrors: [Double], bayesError: Double) {
    effectiveRidge = other.effectiveRidge
    degreesOfFreedom1 = other.degreesOfFreedom1
    degreesOfFreedom2 = other.degreesOfFreedom2
    self.generalizationErrors = generalizationErrors
    self.trainingErrors = trainingErrors
    let d = Double(generalizationErrors.count)
    generalizationError = blockSum(generalizationErrors) / d
    trainingError = blockSum(trainingErrors) / d
    self.bayesError = bayesError
  }
}

/// 1 − df₂/n.
func remainingVariance(_ root: EffectiveRidge, sampleCount: Int) -> Double {
  root.shrinkage + root.value * root.traces.resolventCovarianceResolvent / Double(sampleCount)
}

/// (RΣR)_kk / R_kk²: the errors, under Σ, of predicting each coordinate from the others with the population's predictor at κ.
func conditionalErrors(_ population: some Population, effectiveRidge: Double) throws(PopulationError) -> [Double] {
  let diagonals = try population.resolventDiagonals(effectiveRidge: effectiveRidge)
  var errors = diagonals.resolventCovarianceResolvent
  for k in errors.indices { errors[k] /= diagonals.resolvent[k] * diagonals.resolvent[k] }
  return errors
}
