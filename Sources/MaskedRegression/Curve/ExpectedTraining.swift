/// The training error that random-matrix theory expects of a fit, from the spectrum of its samples and the error of samples left out.
///
/// The equivalent has E_tr = (λ/κ)² E_gen with λ/κ = 1 − df₁/n. Of a finite number of coordinates each is regressed on one fewer, and
/// an intercept (c = 1) is one more:
///
///     E_tr = E_loo (1 − (df + c)/n)²,   df = df₁ − tr(QSQ)/tr Q,   df₁ = Σ s_j/(s_j + λ),
///
/// tr(QSQ)/tr Q the mean of (QSQ)_kk/Q_kk by which the own coordinate counts. The other way round it is generalised cross-validation:
/// the theory's error for given training errors. Source: A. Wortsman Zurich, F. Gerace, B. Loureiro, Y. M. Lu, arXiv:2601.23208 (2026).
public struct ExpectedTraining: Sendable, Equatable {
  /// λ > 0.
  public var ridge: Double
  /// Mean over the coordinates, in the units of the data.
  public var error: Double

  /// - Parameter spectrum: the eigenvalues of S that are not 0.
  /// - Parameter unit: what λ = 1 is in units of the spectrum.
  /// - Parameter d: coordinates that vary.
  /// - Returns: nil for a ridge of 0, or an error that is none.
  init?(
    ridge: Double, leaveOneOut: Double, spectrum: [Double], unit: Double, sampleCount n: Int, coordinateCount d: Int,
    centered: Bool
  ) {
    guard ridge > 0, leaveOneOut.isFinite, !spectrum.isEmpty else { return nil }
    let lambda = ridge * unit
    // λ tr Q and λ tr(QSQ), of directions without samples first.
    var (first, trace, own) = (0.0, Double(max(0, d - spectrum.count)), 0.0)
    for s in spectrum {
      let share = s / (s + lambda)
      first += share
      trace += 1 - share
      own += share * (1 - share)
    }
    guard trace > 0 else { return nil }
    let factor = 1 - (first - own / trace + (centered ? 1 : 0)) / Double(n)
    self.ridge = ridge
    error = leaveOneOut * factor * factor
  }
}
