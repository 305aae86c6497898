import LacunaAlgebra
import MaskedRegression

extension FitResult {
  /// So many cells of sparse samples have a standard error without being asked for: their residuals are in memory at once.
  public static var largestStandardError: Int { 1 << 24 }

  /// The standard error of the error held out that ridges are compared by, over independent samples, or over groups of them.
  /// - Returns: nil under masks without residuals of samples, of one sample or group, and of more than `largestStandardError` cells
  ///   of sparse samples.
  /// - Throws: `BackendError`.
  public func standardError() throws -> Double? {
    try (rows ?? scoredRows())?.standardError(groups: request.groups?.members, standardizes: standardizes)
  }

  /// What the residuals of samples left out say, with scores, those of sparse samples where they are no more than
  /// `largestStandardError` cells.
  func scoredRows() throws -> ResidualRows? {
    let (n, d) = (sampleCount, coordinateCount)
    var rows = rows
    if rows != nil, rows?.scores == nil { rows = try fit.scoredRows(best) }
    if rows == nil, fit.validation == .leaveOneSampleOut, n * d <= Self.largestStandardError {
      var found = ResidualRows(sampleCount: n, errors: best.heldOut, variances: fit.variances)
      var first = 0
      let hasResiduals = try fit.residuals(ridge: best.ridge) { cells in
        let samples = Array(first..<first + cells.count / d)
        found.add(ResidualTile(samples: samples, coordinates: 0..<d, values: cells.map { Double($0) }))
        first += samples.count
      }
      if hasResiduals { rows = found }
    }
    return rows
  }
}
