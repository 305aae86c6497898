import RealModule

/// The spectrum with the leading effect of finite d where D is constant: the diagonal of (S + λI)⁻¹ fluctuates.
///
/// At finite d that diagonal is D(1 + δξ_k), ξ_k of mean 0 and variance 1, with δ² = (2/n)(RΣR/R)²_kk/(1 − df₂/n) for Gaussian
/// entries (for Σ = I, n < d, λ → 0 the variance of a Beta law). The fluctuations smear atoms and the sharp edge near λD over
/// a relative width δ = O(d^(−½)), far more than the O(1/d) of all else. To second order in δ they add a self-energy:
///
///     G = (cΣ′ + λD − e)⁻¹,   e = z + v t,   t = tr G/d,   ρ = Im(t + v′t²/2)/π,   v = (zδ)²,
///
/// and the distribution function is −Im Φ/π of the stationary functional
/// Φ = tr ln(cΣ′ + λD − e)/d − (n/d)(ln c − c) + vt²/2. Where λ is a matrix that fluctuates too, v is that of
/// `MetricFluctuation`.
struct FiniteSizeResolvent {
  var contraction: Complex
  var shifted: Complex
  var trace: Complex

  /// Solves for c and e at real z, from the half-plane down; nil where it does not converge.
  init?(_ bulk: BulkMeasure, _ fluctuation: MetricFluctuation, at z: Double) {
    let variance = fluctuation.variance(at: z)
    var e = Complex(z, variance.squareRoot())
    guard let start = bulk.contraction(at: e) else { return nil }
    var c = start
    var sums = bulk.sums(c, e)
    for _ in 0..<400 {
      let value = c + c * sums.first - Complex(1)
      let rest = e - Complex(z) - sums.trace * variance
      // Newton's step for the pair, taken where it stays in the half-planes; else one step of the contraction in e.
      let ratio = Double(bulk.sampleCount) / bulk.weight
      let valueByC = Complex(1) + sums.first - c * sums.second
      let valueByE = c * sums.slope
      let restByC = sums.slope * (variance * ratio)
      let restByE = Complex(1) - sums.square * variance
      let determinant = valueByC * restByE - valueByE * restByC
      let stepC = (value * restByE - valueByE * rest) / determinant
      let stepE = (valueByC * rest - value * restByC) / determinant
      let (nextC, nextE) = (c - stepC, e - stepE)
      if nextC.imaginary < 0, nextE.imaginary > 0, nextC.real.isFinite, nextE.real.isFinite {
        (c, e) = (nextC, nextE)
      } else {
        e = (e + Complex(z) + sums.trace * variance) * 0.5
        guard let moved = bulk.contraction(at: e) else { return nil }
        c = moved
      }
      sums = bulk.sums(c, e)
      if stepC.modulus <= 1e-12 * c.modulus, stepE.modulus <= 1e-12 * e.modulus {
        (contraction, shifted, trace) = (c, e, sums.trace)
        return
      }
      // Outside the support the solution is real and the half-planes are only approached.
      if e.imaginary <= 1e-13 * z, c.imaginary >= -1e-13 * c.modulus {
        (contraction, shifted, trace) = (c, e, sums.trace)
        return
      }
    }
    return nil
  }

  /// ρ(z).
  func density(_ fluctuation: MetricFluctuation, at z: Double) -> Double {
    let correction = trace * trace * fluctuation.halfSlope(at: z)
    return max(0, (trace + correction).imaginary / .pi)
  }

  /// The fraction of eigenvalues below z.
  func distribution(_ bulk: BulkMeasure, _ fluctuation: MetricFluctuation, at z: Double) -> Double {
    var angle = 0.0
    for node in bulk.nodes {
      let real = contraction.real * node.scaled + node.shift - shifted.real
      let imaginary = contraction.imaginary * node.scaled - shifted.imaginary
      angle += node.weight * .atan2(y: min(imaginary, -0.0), x: real)
    }
    angle /= bulk.weight
    let own = Double.atan2(y: min(contraction.imaginary, -0.0), x: contraction.real)
    angle -= Double(bulk.sampleCount) / bulk.weight * (own - contraction.imaginary)
    let variance = fluctuation.variance(at: z)
    angle += (trace * trace).imaginary * variance / 2
    return min(1, max(0, -angle / .pi))
  }
}

extension SpectrumEquivalent {
  /// The density at finite d where D is constant, its fluctuations included; elsewhere `density(at:)`.
  /// Atoms are part of it, smeared. Not a number where the equations did not converge.
  public func finiteSizeDensity(at z: Double) -> Double {
    guard let fluctuation = bulk.fluctuation else { return density(at: z) }
    return FiniteSizeResolvent(bulk, fluctuation, at: z)?.density(fluctuation, at: z) ?? .nan
  }

  /// The distribution function at finite d where D is constant, the fluctuations of D included; elsewhere
  /// `distribution(at:)`. What drawn spectra are to be compared with. Not a number where the equations did not converge.
  public func finiteSizeDistribution(at z: Double) -> Double {
    guard let fluctuation = bulk.fluctuation else { return distribution(at: z) }
    return FiniteSizeResolvent(bulk, fluctuation, at: z)?.distribution(bulk, fluctuation, at: z) ?? .nan
  }

  /// `finiteSizeDensity(at:)` in the predictor's eigenvalue μ.
  public func finiteSizePredictorDensity(at eigenvalue: Double) -> Double {
    place(of: eigenvalue).map { finiteSizeDensity(at: $0) * $0 * $0 / bulk.gain } ?? 0
  }

  /// `finiteSizeDistribution(at:)` in the predictor's eigenvalue μ.
  public func finiteSizePredictorDistribution(at eigenvalue: Double) -> Double {
    place(of: eigenvalue).map { finiteSizeDistribution(at: $0) } ?? 1
  }
}
