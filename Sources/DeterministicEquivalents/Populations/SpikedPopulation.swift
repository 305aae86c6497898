/// Independent noise with spikes: Σ = diag(v) + Σ_j θ_j u_j u_jᵀ. Every answer costs O(d r²), r the number of spikes.
///
/// With a = 1/(v + κ), G = Uᵀdiag(a)U and Θ = diag(θ), Woodbury's identity gives
///
///     R = diag(a) − diag(a) U M Uᵀ diag(a),   M = Θ (I + GΘ)⁻¹,
///
/// which holds for θ of either sign and for directions that are not orthogonal.
public struct SpikedPopulation: Population {
  /// diag(v), the noise under the spikes.
  public let noise: DiagonalPopulation
  /// θ_j, as given.
  public let strengths: [Double]
  /// u_j, unit vectors of length d.
  public let directions: [[Double]]

  public var coordinateCount: Int { noise.coordinateCount }

  /// - Parameter variances: v, positive, length d.
  /// - Parameter strengths: θ_j; negative ones are legal as long as Σ stays positive definite.
  /// - Parameter directions: u_j of length d, unit to 1e-6; they need not be orthogonal.
  /// - Throws: `dimensionMismatch` where lengths differ; `invalidArgument` for a strength that is not finite or a
  ///   direction that is not a unit vector; `notPositiveDefinite` where Σ is not.
  public init(variances: [Double], strengths: [Double], directions: [[Double]]) throws(PopulationError) {
    try self.init(noise: DiagonalPopulation(variances: variances), strengths: strengths, directions: directions)
  }

  /// Spikes over given noise.
  public init(noise: DiagonalPopulation, strengths: [Double], directions: [[Double]]) throws(PopulationError) {
    self.noise = noise
    self.strengths = strengths
    self.directions = directions
    try validate()
  }

  public var variances: [Double] {
    var result = noise.variances
    for (strength, direction) in zip(strengths, directions) {
      for k in result.indices { result[k] += strength * direction[k] * direction[k] }
    }
    return result
  }

  /// Those of the noise: spikes spread over many coordinates change them by O(1), and the few coordinates that a sparse one
  /// holds count as few.
  public func entryMoments(effectiveRidge: Double) -> EntryMoments? {
    noise.entryMoments(effectiveRidge: effectiveRidge)
  }

  public func resolventTraces(effectiveRidge ridge: Double) throws(PopulationError) -> ResolventTraces {
    var traces = noise.resolventTraces(effectiveRidge: ridge)
    let forms = spikeForms(effectiveRidge: ridge)
    let update = try update(forms)
    let hm = forms.squared * update.resolvent
    let lm = (forms.cubedNoise * update.resolvent).trace
    let hmTrace = hm.trace
    traces.first += ridge * hmTrace
    traces.second += ridge * (2 * lm + ridge * (hm * hm).trace)
    traces.resolvent -= hmTrace
    traces.resolventCovarianceResolvent += (update.covariance * forms.squared).trace - 2 * lm
    return traces
  }

  public func resolventDiagonals(effectiveRidge ridge: Double) throws(PopulationError) -> ResolventDiagonals {
    let forms = spikeForms(effectiveRidge: ridge)
    let update = try update(forms)
    var diagonals = noise.resolventDiagonals(effectiveRidge: ridge)
    var heavy: [Int] = []
    var loadings = Array(repeating: 0.0, count: strengths.count)
    for k in 0..<coordinateCount {
      for j in loadings.indices { loadings[j] = directions[j][k] }
      let a = diagonals.resolvent[k]
      let q = update.resolvent.form(loadings)
      if a * q > 0.5 {
        heavy.append(k)
        continue
      }
      let noise = diagonals.resolventCovarianceResolvent[k]
      diagonals.resolvent[k] = a * (1 - a * q)
      diagonals.resolventCovarianceResolvent[k] =
        noise * (1 - 2 * a * q) + a * a * update.covariance.form(loadings)
    }
    // Where a spike dominates a coordinate, 1 − a·q cancels: take that coordinate's variance given the others instead.
    // Σ_k a_k q_k = tr MG is at most the number of positive spikes, so these are few.
    for k in heavy {
      for j in loadings.indices { loadings[j] = directions[j][k] }
      let others = try self.update(spikeForms(effectiveRidge: ridge, excluding: k))
      let variance = noise.commonVariance ?? noise.variances[k]
      let resolvent = 1 / (ridge + variance + others.resolvent.form(loadings))
      diagonals.resolvent[k] = resolvent
      diagonals.resolventCovarianceResolvent[k] =
        (variance + others.covariance.form(loadings)) * resolvent * resolvent
    }
    return diagonals
  }
}
