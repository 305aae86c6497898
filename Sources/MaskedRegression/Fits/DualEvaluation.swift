import LacunaAlgebra

/// One ridge at a time on given samples through the n × n Gram of the samples: n < d, or n = d where they are centred.
///
/// 1 − x_iᵀQx_i/n = λM_ii, and the factor λ divides out of every residual and of the cross-validation.
struct DualEvaluation<Device: Backend> {
  let regression: DualRegression<Device>
  private var device: Device { regression.device }
  private var sampleCount: Int { regression.sampleCount }
  private var coordinateCount: Int { regression.coordinateCount }

  /// - Parameter samples: n × d, columns centred where asked.
  /// - Parameter scale: tr K, of its columns' mean squares.
  init(device: Device, samples: Device.Matrix, scale: Double, centered: Bool) throws {
    let deflation = centered ? (scale > 0 ? scale / Double(samples.rows) : 1) : 0
    regression = try DualRegression(device: device, samples: samples, deflation: deflation)
    try regression.refresh()
  }

  /// - Parameter receive: is handed all residuals, block by block.
  func errors(ridge: Double, _ receive: ResidualReceiver<Device>) throws -> FitErrors {
    let n = Double(sampleCount)
    // With columns that sum to zero the intercept's share cancels the null vector's part of M.
    let share = regression.deflation > 0 ? 1 / (n * (regression.deflation + ridge)) : 0
    let complements = try regression.invert(ridge: ridge).map { $0 - share }
    let complementVector = try device.makeVector(elements(complements))
    var leaveOneOut: [Double] = []
    // E_tr/λ².
    var scaled: [Double] = []
    try regression.forEachBlock(times: regression.inverse) { block in
      let (p, squares) = try regression.diagonals(of: block, ridge: ridge)
      scaled += zip(p, squares).map { p, square in square / (n * p * p) }
      try device.leaveSamplesOut(
        block.product, complements: complementVector, diagonal: try device.makeVector(elements(p)),
        sampleCount: sampleCount)
      try device.columnDots(block.product, block.product, weights: nil, into: block.vector)
      leaveOneOut += doubles(try device.download(block.vector)).map { $0 / n }
      try receive(block.product, 0, block.first)
    }
    let complement = complements.reduce(0, +) / n
    return FitErrors(
      ridge: ridge, training: scaled.map { ridge * ridge * $0 }, heldOut: leaveOneOut,
      gcv: scaled.map { $0 / (complement * complement) })
  }

  /// Â = diag(s) XᵀMX with a zero diagonal, s_k = 1/(n p_k), in blocks of rows.
  /// - Parameter body: called with a block of rows and the number of the first.
  func predictor(ridge: Double, _ body: (Device.Matrix, Int) throws -> Void) throws {
    let scales = try scales(ridge: ridge)
    let d = coordinateCount
    let product = try device.makeMatrix(rows: sampleCount, columns: d)
    try device.multiply(
      regression.inverse, transposeA: false, regression.samples, transposeB: false, alpha: 1, beta: 0, into: product)
    let height = min(d, max(1, (1 << 20) / d))
    let storage = try device.makeMatrix(rows: height, columns: d)
    let columns = try device.makeMatrix(rows: sampleCount, columns: height)
    for first in stride(from: 0, to: d, by: height) {
      let count = min(height, d - first)
      let rows = storage.firstRows(count)
      let x = columns.reshaped(rows: sampleCount, columns: count)
      try device.copyColumns(of: regression.samples, from: first, to: x)
      try device.multiply(x, transposeA: true, product, transposeB: false, alpha: 1, beta: 0, into: rows)
      try device.scale(
        rows, rows: try device.makeVector(elements(Array(scales[first..<first + count]))), columns: nil)
      try body(rows, first)
    }
  }

  /// 1/(n p_k), with M at this ridge.
  private func scales(ridge: Double) throws -> [Double] {
    _ = try regression.invert(ridge: ridge)
    var scales: [Double] = []
    try regression.forEachBlock(times: regression.inverse) { block in
      scales += try regression.diagonals(of: block, ridge: ridge).scaled.map { 1 / (Double(sampleCount) * $0) }
    }
    return scales
  }

  /// g_k = Lᵀx_k of M = LLᵀ, a block of coordinates at a time from the first.
  /// - Parameter body: called with the g_k as rows, n each, and the number of the first.
  /// - Returns: s.
  func factors(ridge: Double, _ body: (Device.Matrix, Int) throws -> Void) throws -> [Double] {
    _ = try regression.invert(ridge: ridge)
    _ = try device.factorPositiveDefinite(regression.inverse)
    try device.clearUpperTriangle(of: regression.inverse)
    let storage = try device.makeMatrix(
      rows: dualBlockColumns(sampleCount: sampleCount, coordinateCount: coordinateCount), columns: sampleCount)
    var scales: [Double] = []
    try regression.forEachColumns { first, x in
      let turned = storage.firstRows(x.columns)
      try device.multiply(
        x, transposeA: true, regression.inverse, transposeB: false, alpha: 1, beta: 0, into: turned)
      let squares = try device.makeVector(x.columns)
      try device.rowDots(turned, turned, weights: nil, into: squares)
      // ‖g_k‖² = x_kᵀMx_k.
      let explained = doubles(try device.download(squares))
      scales += try regression.scaledDiagonal(explained: explained, first: first, ridge: ridge).map {
        1 / (Double(sampleCount) * $0)
      }
      try body(turned, first)
    }
    return scales
  }
}
