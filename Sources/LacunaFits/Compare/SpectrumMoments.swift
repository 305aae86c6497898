import LacunaAlgebra
import RealModule

/// How many directions the rows of a table spread over, by the eigenvalues s_j ≥ 0 of S.
///
///     effective rank        exp(−Σ p_j log p_j),  p_j = s_j/Σ s
///     participation ratio   (Σ s_j)²/Σ s_j²
///     log-determinant       Σ log s_j, −∞ (nil) where S has no full rank
///
/// The first two are d for equal eigenvalues, 1 for a single direction, and do not depend on the unit.
/// Source: O. Roy, M. Vetterli, EUSIPCO 2007, 606, for the effective rank.
public struct SpectrumMoments: Sendable, Equatable {
  public var effectiveRank, participationRatio: Double
  public var logDeterminant: Double?
  /// Eigenvalues above max(n, d) · ε times the largest.
  public var rank: Int

  /// - Parameter eigenvalues: of S, or of the samples' Gram: those beyond min(n, d) are zero.
  /// - Parameter n: samples.
  /// - Parameter d: coordinates.
  /// - Returns: nil where all are zero.
  public init?(eigenvalues: [Double], sampleCount n: Int, coordinateCount d: Int) {
    let largest = eigenvalues.max() ?? 0
    guard largest > 0 else { return nil }
    let floor = largest * Double(max(n, d)) * Double.ulpOfOne
    let values = eigenvalues.filter { $0 > floor }
    let sum = values.reduce(0, +)
    let entropy = values.reduce(0.0) { $0 - $1 / sum * Double.log($1 / sum) }
    effectiveRank = Double.exp(entropy)
    participationRatio = sum / values.reduce(0) { $0 + $1 * ($1 / sum) }
    rank = values.count
    logDeterminant = rank == d ? values.reduce(0) { $0 + Double.log($1) } : nil
  }

  /// Of rows, by whichever Gram is smaller.
  ///
  /// - Parameter values: n × d, row-major, finite.
  /// - Parameter n: samples.
  /// - Parameter centered: whether the columns' means are taken off.
  /// - Parameter device: where it is computed, in float64 or S loses half of its digits.
  /// - Returns: nil for rows of zeros.
  /// - Throws: `BackendError`.
  public static func of<Device: Backend>(
    _ values: [Double], sampleCount n: Int, centered: Bool, on device: Device
  ) throws(BackendError) -> SpectrumMoments? {
    let d = values.count / n
    var x = values
    if centered {
      var means = [Double](repeating: 0, count: d)
      for i in 0..<n { for k in 0..<d { means[k] += values[i * d + k] / Double(n) } }
      for i in 0..<n { for k in 0..<d { x[i * d + k] -= means[k] } }
    }
    let isDual = n < d
    let gram = try device.makeMatrix(rows: min(n, d), columns: min(n, d))
    try device.clear(gram)
    let scale = 1 / Device.Element(n)
    if isDual {
      let rows = try device.makeMatrix(Device.Element.nearest(x), rows: n, columns: d)
      try device.accumulateSampleGram(of: rows, scale: scale, into: gram)
    } else {
      let height = max(1, (1 << 20) / d)
      for first in stride(from: 0, to: n, by: height) {
        let end = min(first + height, n)
        let rows = try device.makeMatrix(
          Device.Element.nearest(Array(x[first * d..<end * d])), rows: end - first, columns: d)
        try device.accumulateGram(of: rows, scale: scale, into: gram)
      }
    }
    try device.symmetrize(gram)
    return SpectrumMoments(
      eigenvalues: try device.eigenvalues(of: gram), sampleCount: n, coordinateCount: d)
  }
}
