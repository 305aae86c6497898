import LacunaAlgebra
import LacunaFiles
import MaskedRegression

extension FitResult {
  /// Writes what of the model stands beside its coefficients.
  /// - Parameter archive: `model.npz`.
  func writeModel(_ summary: FitSummary, rows: ResidualRows?, to archive: NPZWriter) throws {
    let (n, d) = (sampleCount, coordinateCount)
    let roles = (request.mask as? RoleFitMask)?.roles
    let header = FittedModel.Header(
      format: FittedModel.format, version: FittedModel.version, sampleCount: n, coordinateCount: d,
      mask: request.maskName, validation: fit.validation.rawValue, ridge: best.ridge, weights: fit.weights.rawValue,
      centered: request.centered, precision: precision.rawValue, names: names, targets: roles?.targets ?? [],
      covariates: roles?.covariates ?? [], error: summary.best.heldOutError,
      standardError: rows?.standardError(groups: request.groups?.members),
      program: summary.version)
    let bytes = Array(try encodeJSON(header, pretty: false).utf8)
    try archive.write("header", bytes, shape: [bytes.count])
    try archive.write("means", fit.means, shape: [d])
    try archive.write("mean_squares", fit.variances, shape: [d])
    try archive.write("weights", try fit.penalty(ridge: best.ridge), shape: [d])
    try archive.write("held_out_errors", best.heldOut, shape: [d])
    try archive.write("residual_deviations", try residualDeviations(), shape: [d])
    if let scores = rows?.scores, roles == nil { try archive.write("scores", scores, shape: [n]) }
  }

  /// √E_k of errors held out where every other coordinate is seen; NaN of the others.
  private func residualDeviations() throws -> [Double] {
    guard fit.validation != .folds else { return [Double](repeating: .nan, count: coordinateCount) }
    let shares = try fit.gapShares(ridge: best.ridge)
    return best.heldOut.indices.map { (best.heldOut[$0] / (shares?[$0] ?? 1)).squareRoot() }
  }
}
