import LacunaAlgebra
import MaskedRegression

extension FitResult {
  /// So many cells have a standard error without being asked for: their residuals are in memory at once.
  public static var largestStandardError: Int { 1 << 24 }

  /// The standard error of the mean leave-one-sample-out error over independent samples, s/√n.
  ///
  /// s² = Σ_i (m_i − m̄)²/(n − 1), m_i = (1/d) Σ_k r_ik² the mean square of sample i's residuals, each by the fit without it; with
  /// weights, of r_ik²/v_k, as ridges are compared. That the fits share samples is left out.
  /// - Returns: nil under masks without such residuals, of one sample, and of more than `largestStandardError` cells.
  /// - Throws: `BackendError`.
  public func standardError() throws -> Double? {
    let (n, d) = (sampleCount, coordinateCount)
    guard fit.validation == .leaveOneSampleOut, n > 1, n * d <= Self.largestStandardError else { return nil }
    let scales = standardizes ? fit.variances : nil
    let counted = Double(scales.map { $0.count { $0 > 0 } } ?? d)
    var squares: [Double] = []
    squares.reserveCapacity(n)
    guard counted > 0,
      try fit.residuals(
        ridge: best.ridge,
        { rows in
          for start in stride(from: 0, to: rows.count, by: d) {
            var sum = 0.0
            for k in 0..<d {
              let residual = Double(rows[start + k])
              if let scales {
                if scales[k] > 0 { sum += residual * (residual / scales[k]) }
              } else {
                sum += residual * residual
              }
            }
            squares.append(sum / counted)
          }
        })
    else { return nil }
    let mean = squares.reduce(0, +) / Double(n)
    let spread = squares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = (spread / Double(n - 1) / Double(n)).squareRoot()
    return error.isFinite ? error : nil
  }

  /// The share of the mean square that is predicted: 1 − Σ_k E_k / Σ_k v_k over the cells held out, E_k the error held out and v_k the
  /// mean square of coordinate k; with weights 1 − the mean of E_k/v_k, as ridges are compared.
  ///
  /// nil where errors are means over masks, in which cells that were not hidden count as 0, and where nothing varies.
  public var rSquared: Double? {
    guard fit.validation != .folds else { return nil }
    if standardizes { return finite(1 - standardizedError) }
    var (errors, squares) = (0.0, 0.0)
    for (k, error) in best.heldOut.enumerated() where !error.isNaN {
      let cells = Double(best.heldOutCells?[k] ?? 1)
      errors += cells * error
      squares += cells * fit.variances[k]
    }
    return squares > 0 ? finite(1 - errors / squares) : nil
  }
}
