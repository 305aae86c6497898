import RealModule

/// The classes of independent vectors that the masked copies of samples are made of: see `DrawnMaskEquivalent`.
struct MaskedClasses {
  /// Coefficients of Σ and D, or values of a functional on them.
  struct Pair {
    var sigma: Double
    var diagonal: Double

    func dot(_ other: Pair) -> Double { sigma * other.sigma + diagonal * other.diagonal }
  }

  /// Traces with Q̄.
  struct Traces {
    /// tr ΣQ̄, tr DQ̄.
    var sigma, diagonal: Double
    /// tr ΣQ̄ΣQ̄, tr ΣQ̄DQ̄, tr DQ̄DQ̄.
    var sigmaSigma, sigmaDiagonal, diagonalDiagonal: Double
    /// tr Q̄ΣQ̄, tr Q̄DQ̄.
    var squareSigma, squareDiagonal: Double
  }

  /// c_J of the means, and that of contrasts.
  struct Shrinkage {
    var means: [Double]
    var contrast: Double
  }

  /// αΣ + δD, and what else is summed over classes.
  struct Mixing {
    /// α.
    var signal: Double
    /// δ.
    var hidden: Double
    /// p₁ Σ_J P_J (J/M) c_J.
    var cross: Double
    /// The coefficient of E: Σ_J P_J (c_J + (J−1)c′)/M.
    var noise: Double
  }

  /// E.
  let covariance: Pair
  /// p₂Σ + (p₁ − p₂)D, of a new masked sample.
  let testForm: Pair
  private let single: Double
  private let sampleCount: Double
  private let maskCount: Double
  /// J with its probability, those below 1e-18 of the greatest left out.
  private let counts: [(count: Double, probability: Double)]
  /// Contrasts a sample on average.
  private let contrasts: Double

  init(sampleCount: Int, maskCount: Int, moments: DrawnMaskEquivalent.Moments) {
    let (p1, p2) = (moments.single, moments.pair)
    covariance = Pair(sigma: p2 - p1 * p1, diagonal: p1 - p2)
    testForm = Pair(sigma: p2, diagonal: p1 - p2)
    single = p1
    self.sampleCount = Double(sampleCount)
    self.maskCount = Double(maskCount)
    counts = Self.binomial(maskCount, moments.counted)
    contrasts = counts.reduce(0) { $0 + $1.probability * ($1.count - 1) }
  }

  /// J ≥ 1 of M with probability h each.
  private static func binomial(_ m: Int, _ h: Double) -> [(count: Double, probability: Double)] {
    if h == 1 { return [(Double(m), 1)] }
    let total = Double(m)
    let center = total * h
    let width = 9.5 * (center * (1 - h)).squareRoot() + 40
    let low = max(1, Int(max(1, center - width)))
    let high = min(m, Int(center + width))
    return (low...high).map { j in
      let count = Double(j)
      let logarithm =
        Double.logGamma(total + 1) - .logGamma(count + 1) - .logGamma(total - count + 1) + count * .log(h)
        + (total - count) * .log(onePlus: -h)
      return (count, .exp(logarithm))
    }
  }

  /// A_J.
  private func mean(_ count: Double) -> Pair {
    Pair(sigma: single * single + covariance.sigma / count, diagonal: covariance.diagonal / count)
  }

  func shrinkage(of traces: Pair) -> Shrinkage {
    let unit = 1 / (sampleCount * maskCount)
    return Shrinkage(
      means: counts.map { 1 / (1 + $0.count * unit * mean($0.count).dot(traces)) },
      contrast: 1 / (1 + unit * covariance.dot(traces)))
  }

  func mixing(_ shrinkage: Shrinkage) -> Mixing {
    var (plain, noise) = (0.0, 0.0)
    for ((count, probability), c) in zip(counts, shrinkage.means) {
      plain += probability * count / maskCount * c
      noise += probability / maskCount * c
    }
    noise += contrasts / maskCount * shrinkage.contrast
    return Mixing(
      signal: single * single * plain + covariance.sigma * noise, hidden: covariance.diagonal * noise,
      cross: single * plain, noise: noise)
  }

  /// N_b(w_bc_b)² with S_b, for each class.
  private func forEach(_ shrinkage: Shrinkage, _ body: (_ square: Double, _ covariance: Pair, _ index: Int?) -> Void) {
    let unit = 1 / (sampleCount * maskCount)
    for (index, (count, probability)) in counts.enumerated() {
      let weight = count * unit * shrinkage.means[index]
      body(sampleCount * probability * weight * weight, mean(count), index)
    }
    let weight = unit * shrinkage.contrast
    body(sampleCount * contrasts * weight * weight, covariance, nil)
  }

  /// x ↦ (tr Q̄ΣQ̄x, tr Q̄DQ̄x).
  private func apply(_ traces: Traces, _ x: Pair) -> Pair {
    Pair(
      sigma: traces.sigmaSigma * x.sigma + traces.sigmaDiagonal * x.diagonal,
      diagonal: traces.sigmaDiagonal * x.sigma + traces.diagonalDiagonal * x.diagonal)
  }

  /// (I − H)⁻¹ value, H = Σ_b N_b(w_bc_b)² S_b (tr Q̄S_bQ̄ ·): how the mixing answers itself.
  func newtonStep(_ value: Pair, _ shrinkage: Shrinkage, traces: Traces) -> Pair {
    var (a, b, c, e) = (1.0, 0.0, 0.0, 1.0)
    forEach(shrinkage) { square, own, _ in
      let image = apply(traces, own)
      a -= square * own.sigma * image.sigma
      b -= square * own.sigma * image.diagonal
      c -= square * own.diagonal * image.sigma
      e -= square * own.diagonal * image.diagonal
    }
    let determinant = a * e - b * c
    return Pair(
      sigma: (e * value.sigma - b * value.diagonal) / determinant,
      diagonal: (a * value.diagonal - c * value.sigma) / determinant)
  }

  /// The solution V of a row, linear in what is left of its mean and contrast.
  struct Fluctuation {
    /// (V_Σ, V_D), training error and squared length, per unit of the mean form and of the contrast's.
    fileprivate var mean: (pair: Pair, training: Double, square: Double)
    fileprivate var contrast: (pair: Pair, training: Double, square: Double)

    func solve(mean m: Double, contrast e: Double) -> (pair: Pair, training: Double, square: Double) {
      (
        Pair(
          sigma: m * mean.pair.sigma + e * contrast.pair.sigma,
          diagonal: m * mean.pair.diagonal + e * contrast.pair.diagonal),
        m * mean.training + e * contrast.training, m * mean.square + e * contrast.square
      )
    }
  }

  func fluctuation(_ shrinkage: Shrinkage, traces: Traces) -> Fluctuation {
    /// r_b for a unit of the mean form, or of the contrast's.
    func unit(_ residual: (_ count: Double?) -> Double) -> (pair: Pair, training: Double, square: Double) {
      var source = Pair(sigma: 0, diagonal: 0)
      var (a, b, c, e) = (1.0, 0.0, 0.0, 1.0)
      forEach(shrinkage) { square, own, index in
        let image = apply(traces, own)
        let r = residual(index.map { counts[$0].count })
        source.sigma += square * image.sigma * r
        source.diagonal += square * image.diagonal * r
        a -= square * image.sigma * own.sigma
        b -= square * image.sigma * own.diagonal
        c -= square * image.diagonal * own.sigma
        e -= square * image.diagonal * own.diagonal
      }
      let determinant = a * e - b * c
      let pair = Pair(
        sigma: (e * source.sigma - b * source.diagonal) / determinant,
        diagonal: (a * source.diagonal - c * source.sigma) / determinant)
      var (training, length) = (0.0, 0.0)
      forEach(shrinkage) { square, own, index in
        let left = residual(index.map { counts[$0].count }) + own.dot(pair)
        length += square * (traces.squareSigma * own.sigma + traces.squareDiagonal * own.diagonal) * left
        // N w c² = N(wc)²/w.
        let weight = (index.map { counts[$0].count } ?? 1) / (sampleCount * maskCount)
        training += square / weight * left
      }
      return (pair, training, length)
    }
    return Fluctuation(mean: unit { $0 == nil ? 0 : 1 }, contrast: unit { 1 / ($0 ?? 1) })
  }
}
