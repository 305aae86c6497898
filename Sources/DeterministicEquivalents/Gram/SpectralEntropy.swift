import RealModule

/// The entropy of the eigenvalues of S through tr S(S + λ)⁻¹ ≍ df₁ at all λ.
///
/// With T = tr Σ, m = T/d and L = Σ_i s_i ln(s_i/m),
///
///     L ≍ T ln((m + κ₀)/m) + ∫_κ₀^∞ (T/(m + κ) − df₁ b) dκ,   b = 1 − df₂/n = dλ/dκ,
///
/// κ₀ the ridgeless κ. In u = ln(κ − κ₀) the integrand is analytic for |Im u| < π and falls like e^(−|u|) on both sides: the
/// trapezoidal rule with steps of 0.7 errs by e^(−2π²/0.7) < 1e-12. The fluctuations of L follow from those of ℓ(λ) = ln det(S + λ),
///
///     Cov(ℓ, ℓ′) = −2 ln(1 − tr(ΣRΣR′)/n),   Cov(tr S, ℓ) = (2/n) tr Σ²R,   L = tr S + ∫₀^∞ (tr S/(m + λ) − ℓ) dλ + const,
///
/// for Gaussian entries (Bai and Silverstein 2004).
struct SpectralEntropy {
  let effectiveRank: Prediction

  private struct Node {
    var kappa: Double
    /// dκ of the rule.
    var weight: Double
    /// df₂, and 1 − df₂/n.
    var second: Double
    var remaining: Double
    /// tr Σ²R = T − κ df₁.
    var tail: Double
    /// What finite size adds to the mean of ℓ.
    var shift: Double?
    var term: Double
  }

  init(
    population: any Population, powers: PowerTraces, sampleCount: Int, excessKurtosis: Double
  ) throws(PopulationError) {
    let d = Double(population.coordinateCount)
    let n = Double(sampleCount)
    let trace = powers.first
    let mean = trace / d
    let floor =
      sampleCount < population.coordinateCount
      ? try EffectiveRidge(population: population, sampleCount: sampleCount, ridge: 0).value
      : 0
    let step = 0.7
    let far = 1e5 * powers.second.squareRoot()

    func node(_ index: Int) throws(PopulationError) -> Node {
      let offset = mean * Double.exp(Double(index) * step)
      let kappa = floor + offset
      let traces = try population.resolventTraces(effectiveRidge: kappa)
      let share = (n - d + kappa * traces.resolvent) / n
      let remaining = max(share + kappa * traces.resolventCovarianceResolvent / n, .leastNormalMagnitude)
      // T − κ df₁ cancels where κ is far above Σ; the series in 1/κ does not.
      let tail =
        kappa > far ? (powers.second - powers.third / kappa) / kappa : trace - kappa * traces.first
      return Node(
        kappa: kappa, weight: step * offset, second: traces.second, remaining: remaining, tail: tail,
        shift: try logDeterminantShift(
          population, effectiveRidge: kappa, remaining: remaining, sampleCount: sampleCount,
          excessKurtosis: excessKurtosis),
        term: step * offset * (trace / (mean + kappa) - traces.first * remaining))
    }

    var nodes: [Node] = []
    for direction in [1, -1] {
      var index = direction == 1 ? 0 : -1
      var quiet = 0
      while quiet < 3, abs(index) < 2000 {
        let next = try node(index)
        let isQuiet = abs(next.term) <= 1e-12 * trace && (direction == -1 || next.kappa > 10 * far)
        quiet = isQuiet ? quiet + 1 : 0
        nodes.append(next)
        index += direction
      }
    }

    let offset = Double.log(onePlus: floor / mean)
    let entropySum = trace * offset + nodes.reduce(0) { $0 + $1.term }
    let limit = d * .exp(-entropySum / trace)
    guard nodes.allSatisfy({ $0.shift != nil }) else {
      effectiveRank = Prediction(limit: limit, finiteSize: nil)
      return
    }
    let shifted = nodes.reduce(entropySum) { $0 - $1.weight * $1.remaining * ($1.shift ?? 0) }

    // L = tr S·(1 + offset + Σ w/(m + κ)) − Σ w b ℓ: coefficients of tr S and of each ℓ.
    let common = nodes.reduce(offset) { $0 + $1.weight / (mean + $1.kappa) }
    let traceVariance = 2 * powers.second / n
    let mixed = nodes.map { 2 / n * $0.tail }
    let weights = nodes.map { $0.weight * $0.remaining }
    let mixedSum = zip(weights, mixed).reduce(0) { $0 + $1.0 * $1.1 }
    // Y = L − tr S.
    let covariance = common * traceVariance - mixedSum
    var variance = common * common * traceVariance - 2 * common * mixedSum
    for i in nodes.indices {
      for j in 0...i {
        let sum =
          i == j
          ? nodes[i].second
          : (nodes[j].tail - nodes[i].tail) / (nodes[i].kappa - nodes[j].kappa)
        let term = -2 * Double.log(onePlus: -min(sum / n, 1 - 1e-15)) * weights[i] * weights[j]
        variance += i == j ? term : 2 * term
      }
    }
    // ln(effective rank) = ln d + ln(tr S/T) − L/tr S to second order in the fluctuations.
    let ratio = shifted / trace
    let relative = traceVariance / (trace * trace)
    let logarithm = -relative / 2 - ratio * (1 + relative) + (traceVariance + covariance) / (trace * trace)
    let spread = (ratio * ratio * traceVariance - 2 * ratio * covariance + variance) / (trace * trace)
    effectiveRank = Prediction(limit: limit, finiteSize: d * .exp(logarithm) * (1 + spread / 2))
  }
}
