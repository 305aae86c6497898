import RealModule

/// The two edges of a bulk and what lies beyond the upper one, without the spectrum between them: a few sums over the nodes where
/// `SpectrumEquivalent` takes thousands.
public struct SpectrumEdges: Sendable {
  /// The bulk that the edges are those of.
  public let bulk: BulkMeasure
  private let greatest: BulkEdge

  /// - Throws: `unsupported` for the bulk of a dense Σ under the joint predictor; `noConvergence` where the upper edge is not found.
  public init(of bulk: BulkMeasure) throws(PopulationError) {
    guard bulk.pencil == nil else {
      throw .unsupported(
        reason: "edges alone are solved for where Σ and diag R are diagonal together: take the whole spectrum")
    }
    guard let edge = bulk.greatestEdge() else { throw .noConvergence(what: "the upper edge of the spectrum") }
    self.bulk = bulk
    greatest = edge
  }

  /// The end of the uppermost interval of the continuous spectrum, in z.
  public var upper: Double { greatest.z }

  /// The end of the lowermost one, found by a scan upwards from a bound and held against the distribution function; nil where the equation
  /// did not settle.
  public var lower: Double? {
    // The search for a hard edge at 0 ends above it.
    bulk.leastEdge().map { $0.endsSearch ? bulk.shifts.first?.value ?? 0 : $0.z }
  }

  /// The densities of the predictor's eigenvalues, each solved for from the last: 0 at an atom, not a number where the equation did not
  /// converge.
  /// - Parameter eigenvalues: μ < a, in order.
  public func predictorDensities(at eigenvalues: [Double]) -> [Double] {
    var guess: Complex?
    return eigenvalues.map { eigenvalue in
      let z = 1 / (1 - eigenvalue / bulk.gain)
      if bulk.atoms.contains(where: { abs($0.z - z) <= 1e-12 * z }) { return 0 }
      guard let found = bulk.density(at: z, guess: guess) else { return .nan }
      guess = found.contraction.value
      return found.density * z * z / bulk.gain
    }
  }

  /// The law of the greatest eigenvalue, where the variances that the bulk was made of are the columns' own mean squares; nil where it is
  /// not known: fewer than two eigenvalues in the uppermost interval, or an edge less sharp than its own displacement.
  ///
  /// The lengths of the columns are then given, and what scatters is their correlations. Where the edge moves by more than its own scale
  /// for that, as where few coordinates make it, the law of a population of these variances takes its place: it lies further out, and is
  /// exceeded more seldom.
  /// Source: <doc:FiniteSize>; for correlations N. S. Pillai, J. Yin, *Edge universality of correlation matrices*, 2012,
  /// doi:10.1214/12-AOS1022.
  public var greatestEigenvalue: GreatestEigenvalue? {
    guard let interval = bulk.interval(below: greatest) else { return nil }
    let mass = bulk.distribution(at: greatest) - bulk.distribution(at: interval.lower)
    func law(knowing hasKnownVariances: Bool) -> ExtremeEigenvalue.Law? {
      ExtremeEigenvalue(bulk: bulk, frame: nil, hasKnownVariances: hasKnownVariances)
        .law(of: interval, mass: mass, isUpper: true)
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
  /// - Parameter z: beyond the upper edge.
  /// - Returns: nil where z is not beyond the edge.
  public func spreadSpike(at z: Double) -> SpreadSpike? {
    guard z > greatest.z, case .outside(let c)? = bulk.contraction(at: z, guess: Complex(greatest.contraction)) else {
      return nil
    }
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
