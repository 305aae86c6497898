import LacunaAlgebra

/// How far spikes show in a symmetric matrix, one value a spike.
struct SpikeProjection: Codable, Sendable {
  /// The extreme eigenvalue on the spike's side: the greatest for a positive strength, the least for a negative one.
  private(set) var eigenvalues: [Double]
  /// Squared length of the target, scaled to length 1, in the span of the eigenvectors that belong to as many extreme
  /// eigenvalues as there are spikes of this sign.
  private(set) var overlaps: [Double]

  /// - Parameter matrix: symmetric, of which the lower triangle is read; the workspace of the trial is destroyed.
  /// - Parameter targets: one a spike, of any length.
  init<Device: Backend>(
    of matrix: Device.Matrix, on data: TrialData<Device>, strengths: [Double], targets: [[Double]]
  ) throws {
    let (device, work) = (data.device, data.workspace)
    eigenvalues = strengths.map { _ in .nan }
    overlaps = strengths.map { _ in .nan }
    for sign in [1.0, -1.0] {
      let spikes = strengths.indices.filter { (strengths[$0] < 0) == (sign < 0) }
      guard !spikes.isEmpty else { continue }
      let vectors = try device.makeMatrix(rows: spikes.count, columns: matrix.columns)
      try device.add(matrix, alpha: Device.Element(sign), beta: 0, to: work)
      let values = try device.leadingEigenpairs(of: work, into: vectors)
      let rows = try device.doubles(vectors)
      for spike in spikes {
        let target = targets[spike]
        var inside = 0.0
        for row in 0..<vectors.rows {
          let product = dot(Array(rows[row * target.count..<(row + 1) * target.count]), target)
          inside += product * product
        }
        overlaps[spike] = inside / dot(target, target)
        eigenvalues[spike] = sign * values[0]
      }
    }
  }
}
