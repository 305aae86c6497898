import MaskedRegression

/// The ridge penalties of an experiment.
public enum RidgeConfiguration: Sendable, Equatable {
  /// At least one λ, each finite and ≥ 0, in the order given; a path `{from, to, count}` comes expanded. 0 is the
  /// limit λ → 0: with n < d the regressions of least norm, and then it has to be written `ridgeless`.
  case list([Double])
  /// Chosen by the program: in a simulation the ridge that theory finds best.
  case auto

  /// `count` ridges evenly spaced in log λ, both ends included exactly.
  ///
  /// λ_i = from · (to/from)^(i/(count−1)), i = 0 … count−1.
  /// - Parameter from: λ > 0.
  /// - Parameter to: λ > from.
  /// - Parameter count: at least 2.
  public static func logPath(from: Double, to: Double, count: Int) -> [Double] {
    precondition(from > 0 && to > from && count >= 2, "a ridge path needs 0 < from < to and count ≥ 2")
    return geometricPath(from: from, to: to, count: count)
  }
}

/// The rank of principal components, `model.pca.rank`.
public enum PrincipalRank: Sendable, Equatable {
  /// A ladder of ranks up to three quarters of min(n, d); the one of least mean error, chosen in hindsight.
  case best
  /// In each trial the number of eigenvalues of S above the bulk that theory expects of the noise.
  case bulkEdge
  /// At least one rank, each below every n and below d; of several the one of least mean error, in hindsight.
  case list([Int])
}
