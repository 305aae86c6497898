import LacunaAlgebra

/// One ridge at a time on given samples through the n × n Gram of the samples: n < d, or n = d where they are centred.
///
/// 1 − x_iᵀQx_i/n = λM_ii, and the factor λ divides out of every residual and of the cross-validation.
struct DualEvaluation<Device: Backend> {
  let regression: DualRegression<Device>
  /// diag K, and diag S.
  let sampleSquares, columnSquares: [Double]
  var device: Device { regression.device }
  var sampleCount: Int { regression.sampleCount }
  var coordinateCount: Int { regression.coordinateCount }

  /// - Parameter samples: n × d, columns centred where asked.
  /// - Parameter squares: the columns' mean squares.
  init(device: Device, samples: Device.Matrix, squares: [Double], centered: Bool) throws {
    let deflation = Self.deflation(squares: squares, sampleCount: samples.rows, centered: centered)
    try self.init(try DualRegression(device: device, samples: samples, deflation: deflation), squares: squares)
  }

  static func deflation(squares: [Double], sampleCount n: Int, centered: Bool) -> Double {
    let scale = squares.reduce(0, +)
    return centered ? (scale > 0 ? scale / Double(n) : 1) : 0
  }

  init(_ regression: DualRegression<Device>, squares: [Double]) throws {
    self.regression = regression
    try regression.refresh()
    sampleSquares = try regression.diagonal(of: regression.gram)
    columnSquares = squares
  }

  /// Errors from the residuals themselves, and what rounding may have made of them.
  ///
  ///     E_tr,k = λ² Σ_i Y_ik²/(n p_k²),    GCV_k = Σ_i Y_ik²/(n p_k²) / (Σ_i c_i/n + Σ_i Y_ik²/(n² p_k))²,   c = diag M
  func errors(ridge: Double) throws -> EstimatedErrors {
    let n = Double(sampleCount)
    var estimate = DigitEstimate(
      ulp: Double(Device.Element.ulpOfOne), sampleCount: sampleCount, coordinateCount: coordinateCount)
    let inverseDiagonal = try regression.invert(ridge: ridge)
    let complements = complements(inverseDiagonal, ridge: ridge)
    let sizes = sampleSquares.map { $0 + ridge }
    let vector = try device.makeVector(sampleCount)
    try device.rowDots(
      regression.inverse, regression.inverse, weights: try device.makeVector(elements(sizes)), into: vector)
    // ‖D M_i‖².
    let sampleForms = doubles(try device.download(vector))
    let norm = zip(sampleForms, sizes).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot()
    estimate.condition = max(1, norm)
    var worst = WorstError()
    var (products, ratios) = (0.0, 0.0)
    for i in complements.indices {
      let error =
        estimate.product(form: sampleForms[i], size: 1 / sizes[i]) * sampleForms[i].squareRoot()
        + estimate.unitRoundoff * inverseDiagonal[i]
      worst.take(error / abs(complements[i]), sample: i)
      products += sampleForms[i]
      ratios += sampleForms[i] / (complements[i] * complements[i])
    }
    let complement = complements.reduce(0, +) / n
    let sums = try regression.residualSums(
      terms: ResidualTerms(sampleCount: sampleCount, sizes: sizes, diagonal: complements))
    let p = try regression.scaledDiagonal(explained: sums.explained, first: 0, ridge: ridge)
    var (training, gcv): ([Double], [Double]) = ([], [])
    for k in 0..<coordinateCount {
      let (p, square, left) = (p[k], sums.squares[k], sums.leftOut[k])
      let scaled = square / (n * p * p)
      training.append(ridge * ridge * scaled)
      let share = complement + scaled * p / n
      gcv.append(scaled == 0 ? 0 : scaled / (share * share))
      guard columnSquares[k] > 0 else { continue }
      let product = estimate.product(form: sums.forms[k], size: sums.sizes[k])
      let own = 2 * estimate.complement(form: sums.forms[k], size: sums.sizes[k], count: n) / p
      worst.take(own + 2 * product * (products / square).squareRoot(), coordinate: k)
      worst.take(own + 6 * product * (ratios / left).squareRoot() / p, coordinate: k)
    }
    return EstimatedErrors(
      training: training, leaveOneOut: sums.leftOut.map { $0 / n }, gcv: gcv, relativeError: worst.value,
      sample: worst.sample, coordinate: worst.coordinate, predictorError: estimate.gramError * norm)
  }

  /// λ⁻¹ times what is left of each sample's leverage. With columns that sum to zero the intercept's share cancels the null
  /// vector's part of M.
  private func complements(_ inverseDiagonal: [Double], ridge: Double) -> [Double] {
    let share = regression.deflation > 0 ? 1 / (Double(sampleCount) * (regression.deflation + ridge)) : 0
    return inverseDiagonal.map { $0 - share }
  }

  /// Hands over all residuals of samples left out, in blocks of columns.
  func residuals(ridge: Double, _ receive: ResidualReceiver<Device>) throws {
    let complements = complements(try regression.invert(ridge: ridge), ridge: ridge)
    let complementVector = try device.makeVector(elements(complements))
    try regression.forEachBlock(times: regression.inverse) { block in
      let (p, _) = try regression.diagonals(of: block, ridge: ridge)
      try device.leaveSamplesOut(
        block.product, complements: complementVector, diagonal: try device.makeVector(elements(p)),
        sampleCount: sampleCount)
      try receive(block.product, 0, block.first)
    }
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
  func scales(ridge: Double) throws -> [Double] {
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
