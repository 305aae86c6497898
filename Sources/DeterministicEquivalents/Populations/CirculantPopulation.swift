import LacunaAlgebra
import LacunaFourier

/// A circulant covariance: Σ_ij = c_((i−j) mod d), its eigenvalues the Fourier transform of the first row.
///
/// One transform at the start, then every answer costs O(d); R is circulant too, so its diagonal is constant.
public struct CirculantPopulation: Population {
  /// The eigenvalues in the order of the discrete Fourier transform, s_k = s_(d−k).
  public let eigenvalues: [Double]
  private let variance: Double

  public var coordinateCount: Int { eigenvalues.count }
  public var variances: [Double] { Array(repeating: variance, count: coordinateCount) }

  /// - Parameter firstRow: c_0 … c_(d−1); c_k and c_(d−k) may differ by 1e-10·c_0 and are averaged.
  /// - Throws: `notSymmetric` where they differ by more; `notPositiveDefinite` with the least eigenvalue where it is not
  ///   above 1e-14 of the greatest.
  public init(firstRow: [Double]) throws(PopulationError) {
    let d = firstRow.count
    try requirePositive(d, "length of the first row")
    try requirePositive([firstRow[0]])
    var row = firstRow
    for k in 1..<max(d, 1) {
      let difference = firstRow[k] - firstRow[d - k]
      guard abs(difference) <= 1e-10 * firstRow[0] else {
        throw .notSymmetric(row: 0, column: k, difference: difference)
      }
      row[k] = (firstRow[k] + firstRow[d - k]) / 2
    }
    let values = circulantEigenvalues(firstRow: row)
    let least = values.min() ?? 0
    guard least > 1e-14 * (values.max() ?? 0) else {
      throw .notPositiveDefinite(reason: "its least eigenvalue is \(least)")
    }
    eigenvalues = values
    variance = row[0]
  }

  /// A stationary covariance on a circle by its spectral density at d frequencies, in any order.
  init(eigenvalues: [Double]) {
    self.eigenvalues = eigenvalues
    variance = blockSum(eigenvalues) / Double(eigenvalues.count)
  }

  public func resolventTraces(effectiveRidge: Double) -> ResolventTraces {
    diagonalTraces(of: eigenvalues, effectiveRidge: effectiveRidge)
  }

  public func resolventDiagonals(effectiveRidge: Double) -> ResolventDiagonals {
    let traces = resolventTraces(effectiveRidge: effectiveRidge)
    let d = Double(coordinateCount)
    return ResolventDiagonals(
      resolvent: Array(repeating: traces.resolvent / d, count: coordinateCount),
      resolventCovarianceResolvent: Array(repeating: traces.resolventCovarianceResolvent / d, count: coordinateCount))
  }
}

/// The eigenvalues, in the order of the transform, of the symmetric circulant with this first row.
func circulantEigenvalues(firstRow: [Double]) -> [Double] {
  var real = firstRow
  var imaginary = Array(repeating: 0.0, count: firstRow.count)
  FourierTransform(count: firstRow.count).forward(real: &real, imaginary: &imaginary)
  // Rounding breaks the symmetry of the spectrum by a few units in the last place; average it back.
  for k in 1..<max((firstRow.count + 1) / 2, 1) {
    let mean = (real[k] + real[firstRow.count - k]) / 2
    real[k] = mean
    real[firstRow.count - k] = mean
  }
  return real
}
