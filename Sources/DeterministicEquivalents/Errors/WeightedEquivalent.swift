import LacunaAlgebra
import RealModule

/// A population that is one of its own structure, or of another, in other units.
public protocol RescalablePopulation: Population {
  associatedtype Rescaled: Population

  /// diag(f) Σ diag(f).
  /// - Parameter factors: f, d numbers above 0.
  func rescaled(by factors: [Double]) throws(PopulationError) -> Rescaled
}

extension ErrorEquivalent {
  /// The errors where the penalty is λ Σ_j w_j a_j²: with Γ = λ diag(w),
  ///
  ///     Q̄ = (cΣ + Γ)⁻¹,   c = 1/(1 + tr(ΣQ̄)/n),   E_k = (Q̄ΣQ̄)_kk / ((1 − (c²/n) tr(ΣQ̄ΣQ̄)) Q̄_kk²).
  ///
  /// These are the errors of the population in coordinates over √w, times w: Q̄ = w^(−½) (κ/λ) R w^(−½) with its κ and R.
  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n ≥ 1.
  /// - Parameter ridge: λ ≥ 0, in units of the variances over w.
  /// - Parameter weights: w, d numbers above 0.
  /// - Throws: `dimensionMismatch`, `invalidArgument` for weights that are none; what the population and `EffectiveRidge` throw.
  public init(
    population: some RescalablePopulation, sampleCount: Int, ridge: Double, weights: [Double]
  ) throws(PopulationError) {
    let d = population.coordinateCount
    guard weights.count == d else {
      throw .dimensionMismatch(argument: "weights", expected: d, actual: weights.count)
    }
    if let k = weights.firstIndex(where: { !($0 > 0 && $0.isFinite) }) {
      throw .invalidArgument(name: "weight of coordinate \(k + 1)", value: weights[k], requirement: "a positive number")
    }
    let rescaled = try population.rescaled(by: weights.map { 1 / $0.squareRoot() })
    try self.init(rescaled: rescaled, sampleCount: sampleCount, ridge: ridge, weights: weights)
  }

  /// The same of a population that is in coordinates over √w already.
  package init(
    rescaled: some Population, sampleCount: Int, ridge: Double, weights: [Double]
  ) throws(PopulationError) {
    let own = try ErrorEquivalent(population: rescaled, sampleCount: sampleCount, ridge: ridge)
    let floors = try rescaled.precisionDiagonal()
    self.init(
      own, generalizationErrors: zip(own.generalizationErrors, weights).map { $0 * $1 },
      trainingErrors: zip(own.trainingErrors, weights).map { $0 * $1 },
      bayesError: blockSum(zip(floors, weights).map { $1 / $0 }) / Double(weights.count))
  }
}

/// The self-weighted ridge: w_k = E_k(λ diag(w)), the errors that the weights themselves lead to.
///
/// The fixed point of `ErrorEquivalent` at weights, from the variances; what the fit's leave-one-sample-out errors tend to. In
/// float64 logarithms of weights and errors agree to 1e-10.
public struct SelfWeightedEquivalent: Sendable {
  /// w, length d.
  public let weights: [Double]
  /// The errors at these weights; their generalisation errors are w.
  public let errors: ErrorEquivalent
  /// How often the errors were computed.
  public let rounds: Int

  /// The same where every coordinate is like every other, but for O(1/d): one weight for all, at no more than a plain theory's cost.
  /// - Parameter population: Σ, whose coordinates are equal.
  /// - Parameter sampleCount: n ≥ 1.
  /// - Parameter ridge: λ ≥ 0, a pure number.
  /// - Throws: `unsupported` where coordinates are not equal; else as the other.
  public init(equalCoordinates population: some Population, sampleCount: Int, ridge: Double) throws(PopulationError) {
    guard population.hasEqualCoordinates else {
      throw .unsupported(reason: "one weight for all where coordinates differ")
    }
    let d = population.coordinateCount
    let variance = blockSum(population.variances) / Double(d)
    var iteration = AndersonIteration(goal: 1e-12, rounding: 1e-9)
    var last: ErrorEquivalent?
    var used = variance
    let found = try iteration.solve(from: [0]) { logarithms throws(PopulationError) -> [Double]? in
      used = variance * Double.exp(logarithms[0])
      let errors = try ErrorEquivalent(population: population, sampleCount: sampleCount, ridge: ridge * used)
      last = errors
      return [Double.log(errors.generalizationError / variance)]
    }
    guard let last, found != nil, iteration.converged else {
      throw .noConvergence(what: "the weights of a self-weighted ridge")
    }
    weights = Array(repeating: used, count: d)
    errors = last
    rounds = iteration.rounds
  }

  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n ≥ 1.
  /// - Parameter ridge: λ ≥ 0, a pure number.
  /// - Throws: `noConvergence` where the weights do not settle; what `ErrorEquivalent` throws.
  public init(population: some RescalablePopulation, sampleCount: Int, ridge: Double) throws(PopulationError) {
    let variances = population.variances
    var iteration = AndersonIteration(goal: 1e-10, rounding: 1e-8)
    var last: ErrorEquivalent?
    var used = variances
    let found = try iteration.solve(from: variances.map { _ in 0 }) { logarithms throws(PopulationError) -> [Double]? in
      used = zip(variances, logarithms).map { $0 * Double.exp($1) }
      let errors = try ErrorEquivalent(
        population: population, sampleCount: sampleCount, ridge: ridge, weights: used)
      last = errors
      return zip(errors.generalizationErrors, variances).map { Double.log($0 / $1) }
    }
    guard let last, found != nil, iteration.converged else {
      throw .noConvergence(what: "the weights of a self-weighted ridge")
    }
    weights = used
    errors = last
    rounds = iteration.rounds
  }
}

extension DiagonalPopulation: RescalablePopulation {
  public func rescaled(by factors: [Double]) throws(PopulationError) -> DiagonalPopulation {
    try requireFactors(factors)
    return try DiagonalPopulation(variances: zip(variances, factors).map { $0 * $1 * $1 })
  }
}

extension SpikedPopulation: RescalablePopulation {
  /// θuuᵀ becomes θ|fu|² times the unit vector along fu.
  public func rescaled(by factors: [Double]) throws(PopulationError) -> SpikedPopulation {
    var (strengths, directions) = (strengths, directions)
    let noise = try noise.rescaled(by: factors)
    for j in strengths.indices {
      let scaled = zip(directions[j], factors).map { $0 * $1 }
      let square = blockSum(scaled.map { $0 * $0 })
      strengths[j] *= square
      directions[j] = scaled.map { $0 / square.squareRoot() }
    }
    return try SpikedPopulation(noise: noise, strengths: strengths, directions: directions)
  }
}

extension CirculantPopulation: RescalablePopulation {
  /// - Throws: `unsupported` for factors that differ: the product is no circulant.
  public func rescaled(by factors: [Double]) throws(PopulationError) -> CirculantPopulation {
    try requireFactors(factors)
    guard factors.allSatisfy({ $0 == factors[0] }) else {
      throw .unsupported(reason: "a circulant covariance with weights that differ; a dense covariance would do")
    }
    return CirculantPopulation(eigenvalues: eigenvalues.map { $0 * factors[0] * factors[0] })
  }
}

extension DensePopulation: RescalablePopulation {
  /// One more eigensolve.
  public func rescaled(by factors: [Double]) throws(PopulationError) -> DensePopulation {
    try requireFactors(factors)
    return try rescaled(by: factors, on: backend)
  }

  private func rescaled<B: Backend<Double>>(
    by factors: [Double], on backend: B
  ) throws(PopulationError) -> DensePopulation {
    let d = coordinateCount
    let covariance = try onBackend { () throws(BackendError) in
      // F V sqrt(s) on both sides of a product with itself.
      let roots = try backend.makeMatrix(eigenvectors, rows: d, columns: d)
      try backend.scale(
        roots, rows: try backend.makeVector(eigenvalues.map { $0.squareRoot() }),
        columns: try backend.makeVector(factors))
      let product = try backend.makeMatrix(rows: d, columns: d)
      try backend.multiply(roots, transposeA: true, roots, transposeB: false, alpha: 1, beta: 0, into: product)
      return try backend.download(product)
    }
    return try DensePopulation(covariance: covariance, coordinateCount: d, backend: backend)
  }
}

extension Population {
  fileprivate func requireFactors(_ factors: [Double]) throws(PopulationError) {
    guard factors.count == coordinateCount else {
      throw .dimensionMismatch(argument: "factors", expected: coordinateCount, actual: factors.count)
    }
  }
}
