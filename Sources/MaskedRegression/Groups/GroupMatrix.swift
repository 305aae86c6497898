import LacunaAlgebra

/// C of some groups, block by block on one diagonal, and its inverse.
///
///     C = I − X_G Q X_Gᵀ/n  (− 11ᵀ/n with an intercept),   R_ik = (C⁻¹V)_ik/q_k / (1 + v_kᵀC⁻¹v_k/(n q_k)),   V = (XQ)_G
///
/// are the residuals of group G under the fit without it, all coordinates from one factorisation of order |G|. The samples'
/// Gram gives C/λ = M_GG and V = (MX)_G, p = λq in place of q: λ divides out.
struct GroupMatrix<Device: Backend> {
  let batch: GroupBatches.Batch
  /// C⁻¹, m × m.
  let inverse: Device.Matrix
  /// ‖C⁻¹‖_F²/|G| of each group: the mean square of what it makes of a direction.
  let gains: [Double]

  /// - Parameter matrix: m × m, what C is made of between all samples of the batch; overwritten.
  /// - Parameter identity: 1, or 0 where the matrix has it already.
  /// - Parameter share: what an intercept takes off each entry.
  /// - Throws: `numericallySingular` where nothing of a group is left but rounding.
  init(
    _ batch: GroupBatches.Batch, matrix: Device.Matrix, identity: Double, share: Double, ridge: Double,
    on device: Device
  ) throws {
    let m = batch.samples.count
    var entries = doubles(try device.download(matrix))
    var kept = [Double](repeating: 0, count: m * m)
    for group in batch.groups {
      for i in group {
        for j in group where j <= i {
          let value = (entries[i * m + j] + entries[j * m + i]) / 2 - share + (i == j ? identity : 0)
          (kept[i * m + j], kept[j * m + i]) = (value, value)
        }
      }
    }
    entries = kept
    try device.upload(elements(entries), to: matrix, firstRow: 0)
    try invertGram(matrix, ridge: ridge, on: device) { _ in nil }
    try device.symmetrize(matrix)
    let squares = try device.doubleRowDots(matrix, matrix)
    self.batch = batch
    inverse = matrix
    gains = batch.groups.map { group in squares[group].reduce(0, +) / Double(group.count) }
  }

  /// Residuals of the groups left out, from V and C⁻¹V.
  /// - Parameter v: m × coordinates, row-major.
  /// - Parameter solved: C⁻¹V, likewise.
  /// - Parameter diagonal: q of these coordinates.
  /// - Parameter n: samples of the fit.
  func residuals(
    v: [Double], solved: [Double], diagonal: ArraySlice<Double>, sampleCount n: Int, coordinates: Range<Int>
  ) -> ResidualTile {
    let width = coordinates.count
    let q = Array(diagonal)
    var values = [Double](repeating: 0, count: v.count)
    var factors = [Double](repeating: 0, count: width)
    v.withUnsafeBufferPointer { v in
      solved.withUnsafeBufferPointer { y in
        for group in batch.groups {
          for k in 0..<width { factors[k] = 0 }
          for i in group { for k in 0..<width { factors[k] += v[i * width + k] * y[i * width + k] } }
          for k in 0..<width { factors[k] = 1 / (q[k] + factors[k] / Double(n)) }
          for i in group { for k in 0..<width { values[i * width + k] = y[i * width + k] * factors[k] } }
        }
      }
    }
    return ResidualTile(samples: batch.samples, coordinates: coordinates, values: values)
  }

  /// The relative error that an error of C leaves in its inverse, signs differing, and the first sample of the group.
  /// - Parameter errors: ‖δC‖_F of each group.
  func take(errors: [Double], into worst: inout WorstError) {
    for (group, range) in batch.groups.enumerated() {
      worst.take(2 * errors[group] * gains[group].squareRoot(), sample: batch.samples[range.lowerBound])
    }
  }
}
