import RealModule

/// The law of the greatest eigenvalue of a spectrum without spikes: z = center + scale · t, t of the Tracy–Widom law of real matrices.
public struct GreatestEigenvalue: Sendable, Equatable {
  /// In z.
  public let center: Double
  public let scale: Double

  /// What t exceeds once in twenty times.
  /// Source: F. Bornemann, *On the numerical evaluation of distributions in random matrix theory*, 2010, arXiv:0904.1581.
  static let fivePercentQuantile = 0.979_316

  /// What the greatest eigenvalue exceeds once in twenty times, in z.
  public var fivePercentPlace: Double { center + Self.fivePercentQuantile * scale }
}

extension SpectrumEquivalent {
  /// The law of the greatest eigenvalue, where the variances that the bulk was made of are the columns' own mean squares; nil where it is
  /// not known: fewer than two eigenvalues in the uppermost interval, or an edge less sharp than its own displacement.
  ///
  /// The lengths of the columns are then given, and what scatters is their correlations. Where the edge moves by more than its own scale
  /// for that, as where few coordinates make it, the law of a population of these variances takes its place: it lies further out, and is
  /// exceeded more seldom.
  /// Source: <doc:FiniteSize>; for correlations N. S. Pillai, J. Yin, *Edge universality of correlation matrices*, 2012,
  /// doi:10.1214/12-AOS1022.
  public var greatestEigenvalue: GreatestEigenvalue? {
    guard let component = components.last else { return nil }
    func law(knowing hasKnownVariances: Bool) -> ExtremeEigenvalue.Law? {
      ExtremeEigenvalue(bulk: bulk, frame: nil, hasKnownVariances: hasKnownVariances).law(of: component, isUpper: true)
    }
    guard let law = law(knowing: true) ?? law(knowing: false) else { return nil }
    return GreatestEigenvalue(center: law.center, scale: law.scale)
  }

  /// A spike that is spread evenly over the coordinates, as an eigenvalue outside the bulk tells of it.
  public struct SpreadSpike: Sendable, Equatable {
    /// θ.
    public var strength: Double
    /// Squared overlap of the unit eigenvector v of the symmetric B (of S for the Gram) with D^½u/|D^½u|.
    public var symmetrized: Double
    /// Squared overlap of the right eigenvector D^(−½)v/|D^(−½)v| of Â with u.
    public var right: Double
  }

  /// The spike whose outlier stands at z, all u_k² being 1/d: with g = (1/d) Σ_k D_k G_kk and x_k² = D_k G_kk²/d,
  ///
  ///     θ = −1/(c g),   symmetrized = d g²/(N Σ_k D_k),   N = Σ_k x_k² − c′(Σ_k x_k² D_k v_k + θ g²),
  ///
  /// v the variances of the bulk, and the length of D^(−½)v as in `OutlierEquivalent.Overlap.right`.
  /// - Parameter z: beyond the uppermost edge.
  /// - Returns: nil where z is not beyond the edge.
  public func spreadSpike(at z: Double) -> SpreadSpike? {
    guard bulk.pencil == nil, let edge = components.last?.upper, z > edge.z,
      case .outside(let c)? = bulk.contraction(at: z, guess: Complex(edge.contraction))
    else { return nil }
    var (metric, form, plain, length, covariance, right, inverse) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for node in bulk.nodes {
      let b = 1 / (c * node.scaled + node.shift - z)
      let share = node.weight / bulk.weight
      metric += share * node.metric
      form += share * node.metric * b
      plain += share * b
      length += share * node.metric * b * b
      covariance += share * node.metric * node.scaled * b * b
      right += share * b * b
      inverse += node.weight * node.scaled * b * b / node.metric
    }
    let strength = -1 / (c * form)
    guard strength > 0, strength.isFinite else { return nil }
    let sums = bulk.realSums(c, z)
    let curvature = -1 / (c * c) + sums.second
    covariance += strength * form * form
    let norm = length - sums.slope / curvature * covariance
    let spread = covariance / (-Double(bulk.sampleCount) * curvature)
    return SpreadSpike(
      strength: strength, symmetrized: form * form / (metric * norm),
      right: plain * plain / (right + spread * inverse))
  }
}
