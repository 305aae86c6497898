import LacunaAlgebra

/// A block of leave-one-sample-out residuals, its first sample and its first coordinate.
typealias ResidualReceiver<Device: Backend> = (Device.Matrix, Int, Int) throws -> Void

/// One ridge at a time on given samples through the d × d Gram: n ≥ d.
///
/// With R = XQ and h_ik = (x_iᵀQx_i − R_ik²/Q_kk)/n, the residual of cell (i, k) under the fit without sample i, whose
/// objective is the sum of squares + nλ|a|², is (R_ik/Q_kk)/(1 − h_ik). With an intercept (centring) 1/n joins h_ik, and the
/// identity stays exact: the intercept is refitted without sample i too.
struct PrimalEvaluation<Device: Backend> {
  let regression: PrimalRegression<Device>
  let samples: SampleBlocks<Device>
  let centered: Bool
  private let scratch: Device.Matrix
  private let residuals: Device.Matrix
  /// 1 less the intercept's share of a leverage, and 1 − h_i of a block.
  private let shares: Device.Matrix
  private let complements: Device.Matrix
  private let leverages: Device.Matrix
  private let sums: Device.Matrix
  private var device: Device { regression.device }

  /// - Parameter samples: columns centred where asked.
  init(device: Device, samples: SampleBlocks<Device>, coordinateCount d: Int, centered: Bool) throws {
    let n = samples.sampleCount
    let gram = try device.makeMatrix(rows: d, columns: d)
    for block in samples.blocks { try device.accumulateGram(of: block, scale: 1 / Device.Element(n), into: gram) }
    regression = try PrimalRegression(device: device, gram: gram, sampleCount: n)
    self.samples = samples
    self.centered = centered
    scratch = try device.makeMatrix(rows: d, columns: d)
    let height = samples.height
    residuals = try device.makeMatrix(rows: height, columns: d)
    let share = 1 - (centered ? 1 / Double(n) : 0)
    shares = try device.makeVector([Device.Element](repeating: Device.Element(share), count: height))
    complements = try device.makeVector(height)
    leverages = try device.makeVector(height)
    sums = try device.makeVector(d)
  }

  /// - Parameter receive: is handed all residuals, block by block.
  func errors(ridge: Double, _ receive: ResidualReceiver<Device>) throws -> FitErrors {
    let n = Double(samples.sampleCount)
    let (q, diagonal) = try regression.resolvent(ridge: ridge, scratch: scratch)
    let training = try regression.trainingErrors(ridge: ridge, resolvent: q, diagonal: diagonal)
    let diagonalVector = try device.makeVector(elements(diagonal))
    var total = [Double](repeating: 0, count: diagonal.count)
    try samples.forEachBlock { block, first in
      let r = residuals.firstRows(block.rows)
      func part(_ vector: Device.Matrix) -> Device.Matrix { vector.reshaped(rows: 1, columns: block.rows) }
      try device.multiply(block, transposeA: false, q, transposeB: false, alpha: 1, beta: 0, into: r)
      try device.rowDots(block, r, weights: nil, into: part(leverages))
      try device.copy(part(shares), to: part(complements))
      try device.add(part(leverages), alpha: -1 / Device.Element(n), beta: 1, to: part(complements))
      try device.leaveSamplesOut(
        r, complements: part(complements), diagonal: diagonalVector, sampleCount: samples.sampleCount)
      try device.columnDots(r, r, weights: nil, into: sums)
      for (k, sum) in doubles(try device.download(sums)).enumerated() { total[k] += sum }
      try receive(r, first, 0)
    }
    let trace = Double(diagonal.count) - ridge * diagonal.reduce(0, +)
    let share = 1 - trace / n - (centered ? 1 / n : 0)
    return FitErrors(
      ridge: ridge, training: training, heldOut: total.map { $0 / n }, gcv: training.map { $0 / (share * share) })
  }

  /// −diag(Q)⁻¹Q with a zero diagonal, over Q.
  func predictor(ridge: Double) throws -> Device.Matrix {
    let (a, diagonal) = try regression.resolvent(ridge: ridge, scratch: scratch)
    try device.scale(a, rows: try device.makeVector(elements(diagonal.map { -1 / $0 })), columns: nil)
    try device.setDiagonal(of: a, to: try device.makeVector(diagonal.count))
    return a
  }
}
