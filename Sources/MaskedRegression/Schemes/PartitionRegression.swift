import LacunaAlgebra

/// Regression under partition masks: blocks B hidden together, each predicted from all other coordinates.
///
///     Â_{B,Bᶜ} = −(Q_BB)⁻¹ Q_{B,Bᶜ},   Â_BB = 0,   Q = (S + λI)⁻¹
///
/// so one inverse of order d and one of each block's order give every regression. Several partitions (passes) give the mean of
/// their predictors, whose errors are those of predicting each coordinate with every other visible.
public struct PartitionRegression<Device: Backend> {
  private let regression: PrimalRegression<Device>
  private let device: Device
  private let scratch: Device.Matrix

  /// - Parameter device: where the work is done.
  /// - Parameter gram: S, d × d, lower triangle.
  /// - Parameter sampleCount: n.
  public init(device: Device, gram: Device.Matrix, sampleCount: Int) throws {
    self.device = device
    regression = try PrimalRegression(device: device, gram: gram, sampleCount: sampleCount)
    scratch = try device.makeMatrix(rows: gram.rows, columns: gram.rows)
  }

  /// - Parameter passes: at least one partition of the d coordinates.
  /// - Parameter ridge: λ.
  /// - Throws: `RegressionError` as `PrimalRegression.resolvent`.
  public func fit(_ passes: [Partition], ridge: Double) throws -> SchemePredictor<Device> {
    precondition(!passes.isEmpty, "at least one pass")
    let (q, _) = try regression.resolvent(ridge: ridge, scratch: scratch)
    let d = regression.coordinateCount
    let resolvent = try device.download(q)
    var total = [Double](repeating: 0, count: d * d)
    var training = [Double](repeating: 0, count: d)
    for partition in passes {
      for block in partition.blocks {
        let (rows, inverseDiagonal) = try residualRows(block, resolvent: resolvent, order: d)
        for (i, k) in block.enumerated() {
          var square = 0.0
          for j in 0..<d {
            let value = Double(rows[i * d + j])
            square += value * value
            total[k * d + j] += value
          }
          // (Q_BB⁻¹ (QSQ)_BB Q_BB⁻¹)_kk with QSQ = Q − λQ².
          training[k] = inverseDiagonal[i] - ridge * square
        }
      }
    }
    let matrix = try device.makeMatrix(
      total.indices.map { e in
        Device.Element(e / d == e % d ? 0 : -total[e] / Double(passes.count))
      }, rows: d, columns: d)
    if passes.count > 1 {
      try device.symmetrize(regression.gram)
      training = try SchemeErrors(device: device, coordinateCount: d).forms(
        of: matrix, covariance: GramCovariance(device: device, gram: regression.gram))
    }
    return SchemePredictor(matrix: matrix, training: training)
  }

  /// (Q_BB)⁻¹ Q_{B,·}, b × d, exactly the identity inside the block, and diag (Q_BB)⁻¹.
  private func residualRows(
    _ block: [Int], resolvent: [Device.Element], order d: Int
  ) throws(BackendError) -> (rows: [Device.Element], inverseDiagonal: [Double]) {
    let b = block.count
    var rows: [Device.Element] = []
    rows.reserveCapacity(b * d)
    for k in block { rows += resolvent[k * d..<(k + 1) * d] }
    let core = try device.makeMatrix(
      block.flatMap { k in block.map { resolvent[k * d + $0] } }, rows: b, columns: b)
    _ = try device.invertPositiveDefinite(core)
    try device.symmetrize(core)
    let vector = try device.makeVector(b)
    try device.diagonal(of: core, into: vector)
    let product = try device.makeMatrix(rows: b, columns: d)
    try device.multiply(
      core, transposeA: false, try device.makeMatrix(rows, rows: b, columns: d), transposeB: false, alpha: 1, beta: 0,
      into: product)
    var result = try device.download(product)
    for i in 0..<b {
      for (l, j) in block.enumerated() { result[i * d + j] = l == i ? 1 : 0 }
    }
    return (result, try device.download(vector).map { Double($0) })
  }
}
