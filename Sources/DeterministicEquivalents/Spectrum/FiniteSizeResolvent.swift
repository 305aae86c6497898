import RealModule

/// The spectrum with the leading effect of finite d where D is constant: the diagonal of (S + λI)⁻¹ fluctuates.
///
/// At finite d that diagonal is D/(1 − δξ_k), ξ_k standard normal, with δ² = (2/n)(RΣR/R)²_kk/(1 − df₂/n) for Gaussian
/// entries (for Σ = I, n < d, λ → 0 the variance of a Beta law). The fluctuations add wξ_k, w = zδ, to the diagonal of
/// cΣ′ + λD − z (where λ is a matrix that fluctuates too, w² is that of `MetricFluctuation`) and smear atoms and the sharp edge near λD over a relative width δ = O(d^(−½)), far more than the O(1/d) of all else.
/// There the disorder is as large as what it disturbs, and the medium that replaces it is the one that no single
/// coordinate scatters in (coherent potential):
///
///     G = (cΣ′ + λD − e)⁻¹,   t = tr G/d,   t = E[1/(u + wξ)],   u = 1/t + e − z,   ρ = Im(t(1 + (e − z)w′/w))/π,
///
/// and the distribution function is −Im Φ/π of the stationary functional
/// Φ = tr ln(cΣ′ + λD − e)/d + E ln(t(u + wξ)) − (n/d)(ln c − c). Exact in the limit of δ → 0 at Σ = I; where Σ correlates
/// coordinates the ξ_k of neighbours are taken as independent.
/// Source: P. Soven, *Coherent-potential model of substitutional disordered alloys*, 1967, doi:10.1103/PhysRev.156.809.
struct FiniteSizeResolvent {
  private(set) var contraction: Complex
  /// e.
  private(set) var shifted: Complex
  /// t.
  private(set) var trace: Complex

  private var bulk: BulkMeasure
  private var z: Double
  /// w and w′/w.
  private var width: Double
  private var widening: Double

  /// Solves for c and e at real z > 0, from the half-plane down; nil where it does not converge.
  init?(_ bulk: BulkMeasure, _ fluctuation: MetricFluctuation, at z: Double) {
    self.bulk = bulk
    self.z = z
    let variance = fluctuation.variance(at: z)
    width = variance.squareRoot()
    widening = fluctuation.halfSlope(at: z) / variance
    var height = 8 * width
    shifted = Complex(z, height)
    guard let start = bulk.contraction(at: shifted) else { return nil }
    contraction = start
    trace = bulk.sums(start, shifted).trace
    guard solve(height: height) else { return nil }
    var ratio = 0.3
    let target = 1e-10 * z
    while height > target {
      let next = max(target, height * ratio)
      var trial = self
      trial.shifted.imaginary += next - height
      if trial.shifted.imaginary <= 0 { trial.shifted.imaginary = next }
      if trial.solve(height: next) {
        self = trial
        height = next
        ratio = max(0.1, ratio * ratio)
      } else {
        ratio = ratio.squareRoot()
        if ratio > 0.999 { return nil }
      }
    }
  }

  /// u at height η.
  private func local(height: Double) -> Complex {
    Complex(1) / trace + shifted - Complex(z, height)
  }

  /// Newton's iteration for the pair (c, e) at z + iη; false where it leaves the half-planes or does not settle.
  private mutating func solve(height: Double) -> Bool {
    let ratio = Double(bulk.sampleCount) / bulk.weight
    var previous = Double.infinity
    for _ in 0..<40 {
      let sums = bulk.sums(contraction, shifted)
      trace = sums.trace
      let u = local(height: height)
      guard trace.imaginary > 0, u.imaginary < 0 else { return false }
      let gauss = gaussianResolvent(u, width: width)
      let value = contraction + contraction * sums.first - Complex(1)
      let rest = gauss.value - trace
      let valueByC = Complex(1) + sums.first - contraction * sums.second
      let valueByE = contraction * sums.slope
      // du/dt = −1/t², dt/dc = −(n/d)·slope, dt/de = square.
      let byTrace = Complex(-1) - gauss.derivative / (trace * trace)
      let restByC = byTrace * sums.slope * -ratio
      let restByE = byTrace * sums.square + gauss.derivative
      let determinant = valueByC * restByE - valueByE * restByC
      let stepC = (value * restByE - valueByE * rest) / determinant
      let stepE = (valueByC * rest - value * restByC) / determinant
      contraction = contraction - stepC
      shifted = shifted - stepE
      guard contraction.imaginary < 0, shifted.imaginary > 0, shifted.real.isFinite else { return false }
      let moved = max(stepC.modulus / contraction.modulus, stepE.modulus / shifted.modulus)
      if moved <= 1e-13 || (moved <= 1e-9 && moved >= previous) {
        trace = bulk.sums(contraction, shifted).trace
        return true
      }
      previous = moved
    }
    return false
  }

  /// ρ(z).
  var density: Double {
    max(0, (trace * (Complex(1) + (shifted - Complex(z)) * widening)).imaginary / .pi)
  }

  /// The fraction of eigenvalues below z.
  var distribution: Double {
    var angle = 0.0
    for node in bulk.nodes {
      let real = contraction.real * node.scaled + node.shift - shifted.real
      let imaginary = contraction.imaginary * node.scaled - shifted.imaginary
      angle += node.weight * .atan2(y: min(imaginary, -0.0), x: real)
    }
    angle /= bulk.weight
    let own = Double.atan2(y: min(contraction.imaginary, -0.0), x: contraction.real)
    angle -= Double(bulk.sampleCount) / bulk.weight * (own - contraction.imaginary)
    angle += Double.atan2(y: max(trace.imaginary, 0), x: trace.real) + meanAngle
    return min(1, max(0, -angle / .pi))
  }

  /// E arg(u + wξ), by the trapezoidal rule with steps of 1/16 on |ξ| < 9, laid symmetrically about the place where the argument
  /// turns by π: what is unresolved there is odd and cancels.
  private var meanAngle: Double {
    let u = local(height: 0)
    let step = 1.0 / 16
    let turn = -u.real / width
    var xi = turn - ((turn + 9) / step).rounded(.down) * step + step / 2
    var (sum, weight) = (0.0, 0.0)
    while xi < 9 {
      let gauss = Double.exp(-xi * xi / 2)
      sum += gauss * .atan2(y: min(u.imaginary, -0.0), x: u.real + width * xi)
      weight += gauss
      xi += step
    }
    return sum / weight
  }
}

extension SpectrumEquivalent {
  /// The density at finite d where D is constant, its fluctuations included; elsewhere `density(at:)`.
  /// Atoms are part of it, smeared. Not a number where the equations did not converge.
  public func finiteSizeDensity(at z: Double) -> Double {
    guard let fluctuation = bulk.fluctuation else { return density(at: z) }
    return FiniteSizeResolvent(bulk, fluctuation, at: z)?.density ?? .nan
  }

  /// The distribution function at finite d where D is constant, the fluctuations of D included; elsewhere
  /// `distribution(at:)`. What drawn spectra are to be compared with. Not a number where the equations did not converge.
  public func finiteSizeDistribution(at z: Double) -> Double {
    guard let fluctuation = bulk.fluctuation else { return distribution(at: z) }
    return FiniteSizeResolvent(bulk, fluctuation, at: z)?.distribution ?? .nan
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
