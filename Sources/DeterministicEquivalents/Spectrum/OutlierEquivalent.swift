import RealModule

/// The eigenvalues that spikes drive out of the bulk, their eigenvectors, and the strengths at which they leave it.
///
/// For Σ = diag(v) + U Θ Uᵀ and real z outside the bulk, outliers are the roots of det(I + c Θ U′ᵀG₀U′) = 0, U′ = D^½U.
/// The same equation serves the joint predictor and, with D = I and λ = 0, the principal components of the Gram.
/// Source: J. Baik, G. Ben Arous, S. Péché, *Phase transition of the largest eigenvalue for nonnull complex sample covariance
/// matrices*, 2005, doi:10.1214/009117905000000233; F. Benaych-Georges, R. R. Nadakuditi, *The eigenvalues and eigenvectors of
/// finite, low rank perturbations of large random matrices*, 2011, doi:10.1016/j.aim.2011.02.007.
public struct OutlierEquivalent: Sendable {
  /// Squared overlaps of one outlier's unit eigenvector with one spike u.
  public struct Overlap: Sendable, Equatable {
    /// The eigenvector v of the symmetric B (of S for the Gram) with D^½u/|D^½u|.
    public var symmetrized: Double
    /// The right eigenvector D^(−½)v/|D^(−½)v| of Â with u.
    public var right: Double
    /// The left eigenvector D^½v/|D^½v| of Â with u.
    public var left: Double
  }

  public struct Outlier: Sendable, Equatable {
    /// z, the eigenvalue of W, or of the Gram S.
    public var position: Double
    /// One for each spike, in the order given; 0 where nothing is learnt of it.
    public var overlaps: [Overlap]
    /// μ = 1 − 1/z, the eigenvalue of the joint predictor.
    public var predictorEigenvalue: Double { SpectrumEquivalent.predictorEigenvalue(position) }
  }

  /// An edge of the bulk.
  public struct Edge: Sendable, Equatable {
    /// z.
    public var position: Double
    /// Whether the bulk lies below it.
    public var isUpper: Bool
  }

  /// The bulk's spectrum.
  public let spectrum: SpectrumEquivalent
  /// Descending in z.
  public let outliers: [Outlier]
  /// Every edge of the bulk, ascending in z.
  public let edges: [Edge]

  /// The outliers of the joint predictor.
  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n.
  /// - Parameter ridge: λ > 0, or λ = 0 with n > d.
  /// - Throws: as `EffectiveRidge`; `noConvergence` as `SpectrumEquivalent`.
  public init(predictorOf population: SpikedPopulation, sampleCount: Int, ridge: Double) throws(PopulationError) {
    try self.init(SpikeFrame(predictorOf: population, sampleCount: sampleCount, ridge: ridge))
  }

  /// The outliers of the Gram: principal components.
  public init(gramOf population: SpikedPopulation, sampleCount: Int) throws(PopulationError) {
    try self.init(SpikeFrame(gramOf: population, sampleCount: sampleCount))
  }

  let frame: SpikeFrame

  init(_ frame: SpikeFrame) throws(PopulationError) {
    self.frame = frame
    spectrum = try SpectrumEquivalent(bulk: frame.bulk)
    edges = spectrum.components.flatMap {
      [Edge(position: $0.lower.z, isUpper: false), Edge(position: $0.upper.z, isUpper: true)]
    }
    outliers = frame.outliers(of: spectrum)
  }
}

extension SpikeFrame {
  /// The roots outside the bulk, descending.
  func outliers(of spectrum: SpectrumEquivalent) -> [OutlierEquivalent.Outlier] {
    guard !active.isEmpty, let first = spectrum.components.first, let last = spectrum.components.last else { return [] }
    let root = 1 + bulk.aspectRatio.squareRoot()
    let strength = active.reduce(0) { sum, j in
      sum + abs(strengths[j])
        * directions[j].indices.reduce(0) { $0 + metric[$1] * directions[j][$1] * directions[j][$1] }
    }
    let heaviest = heavy.reduce(0) { max($0, metric[$1] * ((noise.commonVariance ?? noise.variances[$1]) + ridge)) }
    let ceiling = bulk.bounds.upperBound + 1.01 * root * root * (strength + heaviest)
    var gaps: [OutlierGap] = []
    gaps.append(OutlierGap(lower: nil, upper: first.lower, limit: first.lower.z * 1e-6))
    for (below, above) in zip(spectrum.components, spectrum.components.dropFirst()) {
      gaps.append(OutlierGap(lower: below.upper, upper: above.lower, limit: 0))
    }
    gaps.append(OutlierGap(lower: last.upper, upper: nil, limit: ceiling))
    return gaps.flatMap { roots(in: $0, atoms: spectrum.atoms.map(\.position)) }.map { z, c, null in
      let x = eigenvector(null: null, contraction: c, z: z)
      return OutlierEquivalent.Outlier(position: z, overlaps: overlaps(eigenvector: x, contraction: c, z: z))
    }.sorted { $0.position > $1.position }
  }
}
