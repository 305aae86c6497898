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
    try device.symmetrize(regression.gram)
    let condition = try device.condition(
      of: q, squares: try regression.diagonal(of: regression.gram).map { $0 + ridge })
    let d = regression.coordinateCount
    let matrix = try device.makeMatrix(rows: d, columns: d)
    var training = [Double](repeating: 0, count: d)
    for partition in passes {
      for block in partition.blocks {
        let rows = try residualRows(block, resolvent: q)
        if passes.count == 1 {
          for (k, error) in zip(block, try trainingErrors(block, rows: rows)) { training[k] = error }
        }
        let sum = try device.makeMatrix(rows: block.count, columns: d)
        try device.gather(of: matrix, rows: block, into: sum)
        try device.add(rows, alpha: -1 / Device.Element(passes.count), beta: 1, to: sum)
        try device.scatterRows(of: sum, to: matrix, at: block)
      }
    }
    if passes.count > 1 {
      training = try SchemeErrors(device: device, coordinateCount: d).forms(
        of: matrix, covariance: GramCovariance(device: device, gram: regression.gram))
    }
    return SchemePredictor(matrix: matrix, training: training, condition: condition)
  }

  /// (M̂SM̂ᵀ)_kk of the rows M̂ = I_B + rows: (M̂S)_kk + Σ_j rows_kj (M̂S)_kj, in which no ridge cancels however large it is.
  private func trainingErrors(_ block: [Int], rows: Device.Matrix) throws -> [Double] {
    let product = try device.makeMatrix(rows: rows.rows, columns: rows.columns)
    try device.gather(of: regression.gram, rows: block, into: product)
    try device.multiply(
      rows, transposeA: false, regression.gram, transposeB: false, alpha: 1, beta: 1, into: product)
    let own = try device.makeMatrix(rows: block.count, columns: block.count)
    try device.gather(of: product, rows: Array(block.indices), columns: block, into: own)
    let vector = try device.makeVector(block.count)
    try device.diagonal(of: own, into: vector)
    let forms = try device.doubleRowDots(rows, product)
    // A mean square: what is below 0 is rounding.
    return zip(try device.doubles(vector), forms).map { nonNegative($0 + $1) }
  }

  /// (Q_BB)⁻¹ Q_{B,·}, b × d, with zeros for the identity inside the block.
  private func residualRows(_ block: [Int], resolvent: Device.Matrix) throws(BackendError) -> Device.Matrix {
    let (b, d) = (block.count, resolvent.columns)
    let core = try device.makeMatrix(rows: b, columns: b)
    try device.gather(of: resolvent, rows: block, columns: block, into: core)
    _ = try device.invertPositiveDefinite(core)
    try device.symmetrize(core)
    let rows = try device.makeMatrix(rows: b, columns: d)
    try device.gather(of: resolvent, rows: block, into: rows)
    let product = try device.makeMatrix(rows: b, columns: d)
    try device.multiply(core, transposeA: false, rows, transposeB: false, alpha: 1, beta: 0, into: product)
    var visible = [Device.Element](repeating: 1, count: d)
    for k in block { visible[k] = 0 }
    try device.scale(product, rows: nil, columns: try device.makeVector(visible))
    return product
  }
}
