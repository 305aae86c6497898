import RealModule

/// The deterministic equivalent of regression over M masks drawn anew for each sample.
///
/// In a mask that counts for row k another coordinate is visible with probability p₁, two others with p₂. A sample has J masks that
/// count, J binomial in M; its J masked copies are their mean, of covariance A_J = p₁²Σ + E/J, E = (p₂ − p₁²)Σ + (p₁ − p₂)D,
/// D = diag Σ, and J − 1 contrasts of covariance E, uncorrelated with the mean and with the target: independent vectors of few
/// classes b, each of covariance S_b, N_b in number, weighing w_b: nP_J means with J/(nM) each, and contrasts with 1/(nM).
///
///     Q̄ = (λ + Σ_b N_b w_b c_b S_b)⁻¹ = (αΣ + δD + λ)⁻¹,   c_b = 1/(1 + w_b tr S_bQ̄),   ā_k = τ (e_k − Q̄_·k/Q̄_kk),
///
/// τ = p₁ Σ_J P_J (J/M) c_J/α, which is 1/p₁ for Bernoulli masks. With r_b the mean squares that ā leaves of each class,
/// K(B)_b = N_b (w_bc_b)² tr Q̄BQ̄S_b and V_a = Σ_b K(S_a)_b (r_b + V_b), an error under the quadratic form T of a new sample gains
/// Σ_b K(T)_b (r_b + V_b), and the training error is Σ_b N_b w_b c_b² (r_b + V_b). All S_b being in the span of Σ and D, V is two
/// numbers a row. M → ∞ gives `BernoulliEquivalent`. Limits n, d → ∞: each row's regression has one coordinate less, O(1/d).
/// Source: as for one class of vectors, F. Rubio, X. Mestre, 2011, doi:10.1016/j.spl.2011.01.004.
public struct DrawnMaskEquivalent: Sendable {
  /// How often the loss counts a coordinate, and what it sees then.
  public struct Moments: Sendable, Equatable {
    /// The probability that a mask counts for a row: that it hides k, or 1 where the loss counts every coordinate.
    public var counted: Double
    /// p₁.
    public var single: Double
    /// p₂.
    public var pair: Double

    public init(counted: Double, single: Double, pair: Double) {
      self.counted = counted
      self.single = single
      self.pair = pair
    }

    /// Each coordinate visible with probability p, the loss over hidden ones.
    public init(keep p: Double) { self.init(counted: 1 - p, single: p, pair: p * p) }
  }

  /// The error over masks of each row, by the probability that one counts.
  public let generalizationErrors: [Double]
  /// The mean of the loss of each row, without its penalty.
  public let trainingErrors: [Double]
  /// The error of each coordinate where every other one is visible.
  public let fullContextErrors: [Double]
  /// E|â_k − Eâ_k|² of each row, over samples and masks.
  public let rowVariances: [Double]
  /// The mean over coordinates of (δΣ_kk + λ)/α, the ridge that the population sees.
  public let effectiveRidge: Double
  /// tr αΣQ̄ and tr (αΣQ̄)².
  public let degreesOfFreedom1: Double
  public let degreesOfFreedom2: Double

  public var generalizationError: Double { blockSum(generalizationErrors) / Double(generalizationErrors.count) }
  public var trainingError: Double { blockSum(trainingErrors) / Double(trainingErrors.count) }
  public var fullContextError: Double { blockSum(fullContextErrors) / Double(fullContextErrors.count) }
  /// E‖Â − EÂ‖²_F/d.
  public var predictorVariance: Double { blockSum(rowVariances) / Double(rowVariances.count) }

  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n ≥ 1.
  /// - Parameter maskCount: M ≥ 1, masks a sample.
  /// - Parameter moments: of the masks; p₂ < p₁.
  /// - Parameter ridge: λ > 0 of the loss over masks; or 0, with more masked copies than coordinates.
  /// - Throws: `PopulationError.invalidArgument`, `.noConvergence`; what the population throws.
  public init(
    population: some MatrixRidgePopulation, sampleCount: Int, maskCount: Int, moments: Moments, ridge: Double
  ) throws(PopulationError) {
    try requirePositive(sampleCount, "sample count")
    try requirePositive(maskCount, "mask count")
    guard ridge >= 0, ridge.isFinite else {
      throw .invalidArgument(name: "ridge", value: ridge, requirement: "zero or a positive number")
    }
    guard moments.counted > 0, moments.counted <= 1, moments.pair >= 0, moments.single > moments.pair else {
      throw .invalidArgument(
        name: "probability that a pair is visible", value: moments.pair, requirement: "below that of a single one")
    }
    let variances = population.variances
    let d = variances.count
    let copies = Double(sampleCount) * Double(maskCount) * moments.counted
    guard ridge > 0 || copies > Double(d) else {
      throw .invalidArgument(
        name: "ridge", value: ridge, requirement: "positive where there are fewer masked copies than coordinates")
    }
    let classes = MaskedClasses(sampleCount: sampleCount, maskCount: maskCount, moments: moments)
    let state = try Self.solve(population, classes, ridge: ridge)

    let (alpha, delta) = (state.mixing.signal, state.mixing.hidden)
    let tau = state.mixing.cross / alpha
    let system = classes.fluctuation(state.shrinkage, traces: state.traces)
    // τp₁ − 1, which is 0 unless pairs are seen more or less often than independent ones.
    let excess = -classes.covariance.sigma * state.mixing.noise / alpha
    var generalization = variances
    var training = variances
    var fullContext = variances
    var spread = variances
    for k in 0..<d {
      let r = state.resolvent[k]
      let scale = 1 / (r * r)
      let own = state.covariance[k] * scale
      let plain = state.diagonal[k] * scale - variances[k]
      let explained = state.explained[k] / r
      // (e_k − fτ(e_k − y)) Σ (…)ᵀ, y = Q̄_·k/Q̄_kk.
      func form(_ kept: Double) -> Double {
        let rest = 1 - kept
        return rest * rest * variances[k] + 2 * rest * kept * explained + kept * kept * own
      }
      let square = tau * tau
      let mixed = MaskedClasses.Pair(
        sigma: square * (variances[k] - 2 * explained + own), diagonal: square * plain)
      let mean = form(1 + excess)
      let contrast = classes.covariance.dot(mixed)
      let found = system.solve(mean: mean, contrast: contrast)
      generalization[k] =
        moments.counted * (mean + contrast + classes.testForm.dot(found.pair))
      training[k] = found.training
      fullContext[k] = form(tau) + found.pair.sigma
      spread[k] = found.square
    }
    generalizationErrors = generalization
    trainingErrors = training
    fullContextErrors = fullContext
    rowVariances = spread
    effectiveRidge = blockSum(variances.map { (delta * $0 + ridge) / alpha }) / Double(d)
    degreesOfFreedom1 = alpha * state.traces.sigma
    degreesOfFreedom2 = alpha * alpha * state.traces.sigmaSigma
  }

  /// Q̄ at the fixed point, by its diagonals and traces.
  private struct State {
    var mixing: MaskedClasses.Mixing
    var shrinkage: MaskedClasses.Shrinkage
    /// diag Q̄, diag ΣQ̄, diag Q̄ΣQ̄ and diag Q̄DQ̄.
    var resolvent: [Double]
    var explained: [Double]
    var covariance: [Double]
    var diagonal: [Double]
    var traces: MaskedClasses.Traces
  }

  /// Newton's iteration in (α, δ) from above, which steps of the plain iteration guard: c_b grow with λ and fall with α and δ.
  private static func solve(
    _ population: some MatrixRidgePopulation, _ classes: MaskedClasses, ridge: Double
  ) throws(PopulationError) -> State {
    var shrinkage = classes.shrinkage(of: .init(sigma: 0, diagonal: 0))
    var mixing = classes.mixing(shrinkage)
    var previous = Double.infinity
    for _ in 0..<200 {
      let state = try evaluate(population, classes, mixing, ridge: ridge)
      shrinkage = state.shrinkage
      let next = classes.mixing(shrinkage)
      // x − G(t(x)) with x = (α, δ).
      let value = MaskedClasses.Pair(sigma: mixing.signal - next.signal, diagonal: mixing.hidden - next.hidden)
      let step = classes.newtonStep(value, shrinkage, traces: state.traces)
      let moved = max(abs(step.sigma) / mixing.signal, abs(step.diagonal) / mixing.hidden)
      let accepted =
        moved.isFinite && mixing.signal - step.sigma > 0.05 * mixing.signal
        && mixing.hidden - step.diagonal > 0.05 * mixing.hidden
      if moved <= 1e-14 || (moved <= 1e-9 && moved >= previous) { return state }
      previous = accepted ? moved : .infinity
      mixing = next
      if accepted {
        mixing.signal = state.mixing.signal - step.sigma
        mixing.hidden = state.mixing.hidden - step.diagonal
      }
    }
    throw .noConvergence(what: "the equivalent of drawn masks")
  }

  private static func evaluate(
    _ population: some MatrixRidgePopulation, _ classes: MaskedClasses, _ mixing: MaskedClasses.Mixing, ridge: Double
  ) throws(PopulationError) -> State {
    let (alpha, delta) = (mixing.signal, mixing.hidden)
    let resolvent = try population.resolvent(hidden: delta, shift: ridge)
    let diagonals = try resolvent.diagonals(signal: alpha)
    let (r, g) = (diagonals.resolvent, diagonals.resolventCovarianceResolvent)
    let variances = population.variances
    let squares = try resolvent.offDiagonalSquares(signal: alpha, weights: [variances.map { _ in 1 }, variances])
    let square = zip(squares[0], r).map { $0 + $1 * $1 }
    let h = r.indices.map { squares[1][$0] + variances[$0] * r[$0] * r[$0] }
    func weighted(_ x: [Double]) -> Double { blockSum(zip(variances, x).map { $0 * $1 }) }
    let sigma = blockSum(diagonals.covarianceResolvent)
    let sigmaDiagonal = weighted(g)
    // αQ̄ΣQ̄ + δQ̄DQ̄ + λQ̄² = Q̄, times Σ.
    let traces = MaskedClasses.Traces(
      sigma: sigma, diagonal: weighted(r),
      sigmaSigma: max(0, (sigma - delta * sigmaDiagonal - ridge * blockSum(g)) / alpha), sigmaDiagonal: sigmaDiagonal,
      diagonalDiagonal: weighted(h), squareSigma: blockSum(g), squareDiagonal: weighted(square))
    let shrinkage = classes.shrinkage(of: .init(sigma: traces.sigma, diagonal: traces.diagonal))
    var own = classes.mixing(shrinkage)
    own.signal = alpha
    own.hidden = delta
    return State(
      mixing: own, shrinkage: shrinkage, resolvent: r, explained: diagonals.covarianceResolvent, covariance: g,
      diagonal: h, traces: traces)
  }
}
