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
    let matrix = try device.makeMatrix(rows: d, columns: d)
    var training = [Double](repeating: 0, count: d)
    for partition in passes {
      for block in partition.blocks {
        let (rows, inverseDiagonal) = try residualRows(block, resolvent: q)
        let squares = try device.doubleRowDots(rows, rows)
        // (Q_BB⁻¹ (QSQ)_BB Q_BB⁻¹)_kk with QSQ = Q − λQ²; the rows are the identity inside the block.
        for (i, k) in block.enumerated() { training[k] = inverseDiagonal[i] - ridge * (1 + squares[i]) }
        let sum = try device.makeMatrix(rows: block.count, columns: d)
        try device.gather(of: matrix, rows: block, into: sum)
        try device.add(rows, alpha: -1 / Device.Element(passes.count), beta: 1, to: sum)
        try device.scatterRows(of: sum, to: matrix, at: block)
      }
    }
    if passes.count > 1 {
      try device.symmetrize(regression.gram)
      training = try SchemeErrors(device: device, coordinateCount: d).forms(
        of: matrix, covariance: GramCovariance(device: device, gram: regression.gram))
    }
    return SchemePredictor(matrix: matrix, training: training)
  }

  /// (Q_BB)⁻¹ Q_{B,·}, b × d, with zeros for the identity inside the block, and diag (Q_BB)⁻¹.
  private func residualRows(
    _ block: [Int], resolvent: Device.Matrix
  ) throws(BackendError) -> (rows: Device.Matrix, inverseDiagonal: [Double]) {
    let (b, d) = (block.count, resolvent.columns)
    let core = try device.makeMatrix(rows: b, columns: b)
    try device.gather(of: resolvent, rows: block, columns: block, into: core)
    _ = try device.invertPositiveDefinite(core)
    try device.symmetrize(core)
    let vector = try device.makeVector(b)
    try device.diagonal(of: core, into: vector)
    let rows = try device.makeMatrix(rows: b, columns: d)
    try device.gather(of: resolvent, rows: block, into: rows)
    let product = try device.makeMatrix(rows: b, columns: d)
    try device.multiply(core, transposeA: false, rows, transposeB: false, alpha: 1, beta: 0, into: product)
    var visible = [Device.Element](repeating: 1, count: d)
    for k in block { visible[k] = 0 }
    try device.scale(product, rows: nil, columns: try device.makeVector(visible))
    return (product, try device.download(vector).map { Double($0) })
  }
}
