import LacunaAlgebra

/// How the samples of each fold scatter about their mean, of which the scatter of any of them together about any place is made:
///
///     Σ (x − a)(x − a)ᵀ = Σ_f [ Σ_{x∈f} (x − m_f)(x − m_f)ᵀ + n_f (m_f − a)(m_f − a)ᵀ ],
///
/// a sum in which nothing cancels. Without an intercept m_f and a are 0.
struct FoldMoments<Device: Backend> {
  let device: Device
  let centered: Bool
  let counts: [Int]
  private let means: [[Double]]
  /// Lower triangles, d × d.
  private let scatters: [Device.Matrix]

  /// Two passes over the samples: means, and the scatter about them. Takes d² numbers a fold.
  init(_ fit: DataFit<Device>, folds: [[Int]]) throws {
    let (device, d) = (fit.device, fit.coordinateCount)
    var (means, scatters): ([[Double]], [Device.Matrix]) = ([], [])
    for rows in folds {
      let mean = try device.makeMatrix(rows: 1, columns: d)
      if fit.centered {
        let share = 1 / Device.Element(rows.count)
        try fit.forEachPiece(of: rows) { block, ones in
          try device.multiply(ones, transposeA: false, block, transposeB: false, alpha: share, beta: 1, into: mean)
        }
      }
      let scatter = try device.makeMatrix(rows: d, columns: d)
      try fit.forEachPiece(of: rows) { block, _ in
        if fit.centered { try device.takeOff(mean, from: block) }
        try device.accumulateGram(of: block, scale: 1, into: scatter)
      }
      means.append(doubles(try device.download(mean)))
      scatters.append(scatter)
    }
    self.device = device
    centered = fit.centered
    counts = folds.map(\.count)
    self.means = means
    self.scatters = scatters
  }

  func sampleCount(of folds: [Int]) -> Int { folds.reduce(0) { $0 + counts[$1] } }

  /// The mean of the samples of some folds.
  func mean(of folds: [Int]) -> [Double] {
    let total = Double(sampleCount(of: folds))
    var mean = [Double](repeating: 0, count: means[0].count)
    for fold in folds {
      for (k, own) in means[fold].enumerated() { mean[k] += Double(counts[fold]) / total * own }
    }
    return mean
  }

  /// Σ (x − a)(x − a)ᵀ over the samples of some folds, its lower triangle.
  func scatter(of folds: [Int], about place: [Double]) throws -> Device.Matrix {
    let d = place.count
    let sum = try device.makeMatrix(rows: d, columns: d)
    for fold in folds { try device.add(scatters[fold], alpha: 1, beta: 1, to: sum) }
    if centered {
      let shifts = folds.flatMap { fold in
        zip(means[fold], place).map { Double(counts[fold]).squareRoot() * ($0 - $1) }
      }
      try device.accumulateGram(
        of: try device.makeMatrix(elements(shifts), rows: folds.count, columns: d), scale: 1, into: sum)
    }
    return sum
  }
}
