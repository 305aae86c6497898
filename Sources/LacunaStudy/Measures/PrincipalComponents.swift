import LacunaAlgebra
import MaskedRegression

/// Probabilistic principal components as a rival on the same hidden cells, at several ranks.
///
/// At rank r the model is Σ̂ = V(Λ − σ²)Vᵀ + σ²I, V and Λ the r leading eigenpairs of the Gram S and σ² the mean of the other
/// eigenvalues; its conditional mean predicts a hidden coordinate from all others. By Woodbury's identity Σ̂⁻¹ is, up to
/// the factor σ⁻², which cancels,
///
///     T = I − V diag(1 − σ²/Λ) Vᵀ,   Â = I − diag(T)⁻¹T,   E_gen = (1/d) Σ_k (TΣT)_kk / T_kk².
///
/// Source: M. E. Tipping, C. M. Bishop, *Probabilistic principal component analysis*, 1999, doi:10.1111/1467-9868.00196.
package final class PrincipalComponents<Device: Backend> {
  private let device: Device
  private let vector: Device.Matrix
  private var vectors: Device.Matrix
  private var weighted: Device.Matrix

  package init(device: Device, coordinateCount d: Int) throws {
    self.device = device
    vector = try device.makeVector(d)
    vectors = try device.makeMatrix(rows: 0, columns: d)
    weighted = vectors
  }

  /// E_gen under Σ at every rank.
  /// - Parameter ranks: ascending, each below d.
  /// - Parameter gram: S, lower triangle; destroyed.
  /// - Parameter scratch: d × d, destroyed.
  package func errors(
    ranks: [Int], gram: Device.Matrix, scratch: Device.Matrix, covariance: any CovarianceOperator<Device>
  ) throws -> [PrincipalRankError] {
    let d = gram.rows
    let greatest = ranks.last ?? 0
    if vectors.rows < greatest {
      vectors = try device.makeMatrix(rows: greatest, columns: d)
      weighted = try device.makeMatrix(rows: greatest, columns: d)
    }
    try device.diagonal(of: gram, into: vector)
    let trace = try device.doubles(vector).reduce(0, +)
    let values = try device.leadingEigenpairs(of: gram, into: vectors.firstRows(greatest))
    return try ranks.map { rank in
      let noise = max(0, trace - values[..<rank].reduce(0, +)) / Double(d - rank)
      let leading = weighted.firstRows(rank)
      if rank > 0 {
        try device.copy(vectors.firstRows(rank), to: leading)
        let weights = try device.makeVector(values[..<rank].map { Device.Element(1 - noise / $0) })
        try device.scale(leading, rows: weights, columns: nil)
        try device.multiply(
          vectors.firstRows(rank), transposeA: true, leading, transposeB: false, alpha: -1, beta: 0, into: scratch)
      } else {
        try device.clear(scratch)
      }
      try device.addDiagonal(1, to: scratch)
      try device.diagonal(of: scratch, into: vector)
      let diagonal = try device.doubles(vector)
      try covariance.forms(of: scratch, into: vector)
      let forms = try device.doubles(vector)
      return PrincipalRankError(
        rank: rank, error: mean(zip(forms, diagonal).map { $0 / ($1 * $1) }))
    }
  }
}

/// E_gen of principal components at one rank in one trial.
package struct PrincipalRankError: Codable, Sendable, Equatable {
  package var rank: Int
  package var error: Double
}

/// Ranks to try: 0, 1, 2, 3, 4, 6, 8, 12, 16 … up to three quarters of min(n, d): beyond, σ² would rest on few eigenvalues.
package func principalRanks(sampleCount n: Int, coordinateCount d: Int) -> [Int] {
  let last = 3 * min(n, d) / 4
  var ranks = [0]
  var (low, high) = (1, 2)
  while low < last {
    ranks.append(low)
    (low, high) = (high, high == 2 ? 3 : 2 * low)
  }
  if last > 0 { ranks.append(last) }
  return ranks
}
