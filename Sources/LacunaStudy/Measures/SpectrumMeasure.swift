/// The eigenvalues of Â at a point, beside theory. All in μ, eigenvalues of the joint predictor itself.
public struct SpectrumResult: Sendable, Equatable, Codable {
  /// [lower, upper] of every interval of the bulk, ascending; nil where theory has no spectrum for this covariance.
  public var edgesTheory: [[Double]]?
  /// See `SpectralDistance`; nil without trials or theory.
  public var kolmogorovSmirnov: Double?
  public var wasserstein1: Double?
  /// The distance from theory at this d, where it corrects the spectrum.
  public var finiteSizeKolmogorovSmirnov: Double?
  /// The five greatest, each its mean over trials, descending.
  public var topEigenvalues: [Double]
  /// All of them, a row a trial, ascending: `eigenvalues.npy`, not JSON.
  public var eigenvalues: [[Double]] = []

  enum CodingKeys: String, CodingKey {
    case edgesTheory = "edges_theory"
    case kolmogorovSmirnov = "kolmogorov_smirnov"
    case wasserstein1 = "wasserstein_1"
    case finiteSizeKolmogorovSmirnov = "kolmogorov_smirnov_finite_size"
    case topEigenvalues = "top_eigenvalues"
  }
}

/// How the spikes show at a point. The single numbers are those of the first spike.
public struct RecoveryResult: Sendable, Equatable, Codable {
  /// θ_c in the joint predictor.
  public var thresholdTheory: Double?
  /// The ridge at which θ_c is lowest, and that θ_c; nil for a spike of negative strength.
  public var lowestThresholdTheory: LowestThreshold?
  /// The edge of the bulk on the spike's side, in μ.
  public var edgeTheory: Double?
  /// The extreme eigenvalue of Â on the spike's side; its theory is nil where no outlier leaves the bulk, its theory at
  /// finite size then the mean extreme of the bulk.
  public var outlier: Statistic
  /// Its distance from the edge, positive outside the bulk.
  public var gap: Statistic
  /// Squared overlap of the symmetrised eigenvectors with D^½u/|D^½u|.
  public var overlap: Statistic
  /// The overlaps of all spikes, in the order of the configuration, where there are several.
  public var overlaps: [Statistic]?
  /// The same for principal components: θ_c, the extreme eigenvalue of S, the overlap of its eigenvectors with u.
  public var principalThresholdTheory: Double?
  public var principalOutlier: Statistic
  public var principalOverlap: Statistic

  enum CodingKeys: String, CodingKey {
    case outlier, gap, overlap, overlaps
    case thresholdTheory = "threshold_theory"
    case lowestThresholdTheory = "lowest_threshold_theory"
    case edgeTheory = "edge_theory"
    case principalThresholdTheory = "pca_threshold_theory"
    case principalOutlier = "pca_outlier"
    case principalOverlap = "pca_overlap"
  }
}

/// The ridge that reveals a spike soonest: 0 where θ_c grows with the ridge from the first, nil where it falls without end.
public struct LowestThreshold: Sendable, Equatable, Codable {
  public var ridge: Double?
  public var threshold: Double
}

/// Probabilistic principal components on the same hidden cells.
public struct PrincipalResult: Sendable, Equatable, Codable {
  /// The rank of least mean error among those tried, chosen in hindsight: principal components at their best. Where each
  /// trial chose its own by the bulk's edge, the one chosen most often.
  public var rank: Int
  /// At that rank. Theory is the deterministic equivalent where coordinates are alike; elsewhere there is none.
  public var generalizationError: Statistic
  /// Error of principal components less that of the joint predictor, trial by trial: above 0 the latter is better. No theory of
  /// its own: the difference of two limits has neither's accuracy at finite d.
  public var advantage: Statistic
  /// Every rank tried.
  public var ranks: [RankError]

  public struct RankError: Sendable, Equatable, Codable {
    public var rank: Int
    public var generalizationError: Statistic

    enum CodingKeys: String, CodingKey {
      case rank
      case generalizationError = "generalization_error"
    }
  }

  enum CodingKeys: String, CodingKey {
    case rank, advantage, ranks
    case generalizationError = "generalization_error"
  }
}
