import LacunaAlgebra

extension DataFit {
  /// Â, d × d, row-major: row k predicts coordinate k from the others; its diagonal is zero.
  public func predictor(ridge: Double) throws -> [Device.Element] {
    let a: Device.Matrix
    let factors: [Double]
    switch route {
    case .primal(let primal, _, let scratch):
      let (q, diagonal) = try primal.resolvent(ridge: ridge, scratch: scratch)
      a = q
      factors = diagonal.map { -1 / $0 }
    case .dual(let dual):
      let scales = try dualScales(dual, ridge: ridge)
      a = try device.makeMatrix(rows: coordinateCount, columns: coordinateCount)
      let product = try device.makeMatrix(rows: sampleCount, columns: coordinateCount)
      try device.multiply(
        dual.inverse, transposeA: false, dual.samples, transposeB: false, alpha: 1, beta: 0, into: product)
      try device.multiply(
        dual.samples, transposeA: true, product, transposeB: false, alpha: 1, beta: 0, into: a)
      factors = scales
    }
    try device.scale(a, rows: try device.makeVector(factors.map { Device.Element($0) }), columns: nil)
    try device.setDiagonal(of: a, to: try device.makeVector(coordinateCount))
    return try device.download(a)
  }

  /// 1/(n p_k), with `inverse` at this ridge.
  private func dualScales(_ dual: DualRegression<Device>, ridge: Double) throws -> [Double] {
    _ = try dual.invert(ridge: ridge)
    var scales: [Double] = []
    try dual.forEachBlock(times: dual.inverse) { block in
      scales += try dual.diagonals(of: block, ridge: ridge).scaled.map { 1 / (Double(sampleCount) * $0) }
    }
    return scales
  }

  /// Whether the predictor has a form of n numbers a coordinate: it comes from the Gram of the samples.
  public var isFactored: Bool {
    if case .dual = route { return true }
    return false
  }

  /// The predictor as n + 1 numbers a coordinate: Â_kj = s_k g_k·g_j for j ≠ k, and 0 for j = k.
  ///
  /// With M = (K + λI)⁻¹ = LLᵀ, g_k = Lᵀx_k and s_k = 1/(n p_k). A row x, its means taken off, is predicted in O(nd):
  /// x̂_k = s_k (g_k·z − ‖g_k‖² x_k), z = Σ_j g_j x_j.
  /// - Parameter body: called with the g_k of some coordinates, row-major, n each, from the first coordinate to the last.
  /// - Returns: s.
  /// - Precondition: `isFactored`.
  public func factors(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> [Double] {
    guard case .dual(let dual) = route else { preconditionFailure("a predictor without factors") }
    _ = try dual.invert(ridge: ridge)
    _ = try device.factorPositiveDefinite(dual.inverse)
    try device.clearUpperTriangle(of: dual.inverse)
    let storage = try device.makeMatrix(
      rows: dualBlockColumns(sampleCount: sampleCount, coordinateCount: coordinateCount), columns: sampleCount)
    var scales: [Double] = []
    try dual.forEachColumns { first, x in
      let turned = storage.firstRows(x.columns)
      try device.multiply(x, transposeA: true, dual.inverse, transposeB: false, alpha: 1, beta: 0, into: turned)
      let squares = try device.makeVector(x.columns)
      try device.rowDots(turned, turned, weights: nil, into: squares)
      // ‖g_k‖² = x_kᵀMx_k.
      let explained = try device.download(squares).map(Double.init)
      scales += try dual.scaledDiagonal(explained: explained, first: first, ridge: ridge).map {
        1 / (Double(sampleCount) * $0)
      }
      try body(try device.download(turned))
    }
    return scales
  }

  /// Every coordinate of new samples predicted from the sample's others, row by row; Â is applied, never formed.
  /// - Parameter values: rows × d, row-major.
  /// - Returns: rows × d; the means of the columns are in it where the fit has an intercept.
  public func predictions(of values: [Double], ridge: Double) throws -> [Double] {
    let d = coordinateCount
    precondition(values.count % d == 0, "rows of \(d) coordinates")
    let rows = values.count / d
    let x = try device.makeMatrix(
      values.indices.map { Device.Element(values[$0] - means[$0 % d]) }, rows: rows, columns: d)
    let out = try device.makeMatrix(rows: rows, columns: d)
    // x̂ = s ∘ (xP − diag(P) ∘ x), with P = XᵀMX and s = 1/(n p), or P = Q and s = −1/diag Q.
    let scales: [Double]
    let diagonal: [Double]
    switch route {
    case .primal(let primal, _, let scratch):
      let (q, diagonalOfQ) = try primal.resolvent(ridge: ridge, scratch: scratch)
      try device.multiply(x, transposeA: false, q, transposeB: false, alpha: 1, beta: 0, into: out)
      scales = diagonalOfQ.map { -1 / $0 }
      diagonal = diagonalOfQ
    case .dual(let dual):
      let n = Double(sampleCount)
      scales = try dualScales(dual, ridge: ridge)
      // x_kᵀMx_k = n (1 − p_k).
      diagonal = scales.map { n - 1 / $0 }
      let inner = try device.makeMatrix(rows: rows, columns: sampleCount)
      let solved = try device.makeMatrix(rows: rows, columns: sampleCount)
      try device.multiply(x, transposeA: false, dual.samples, transposeB: true, alpha: 1, beta: 0, into: inner)
      try device.multiply(inner, transposeA: false, dual.inverse, transposeB: false, alpha: 1, beta: 0, into: solved)
      try device.multiply(solved, transposeA: false, dual.samples, transposeB: false, alpha: 1, beta: 0, into: out)
    }
    try device.scale(x, rows: nil, columns: try device.makeVector(diagonal.map { Device.Element($0) }))
    try device.add(x, alpha: -1, beta: 1, to: out)
    try device.scale(out, rows: nil, columns: try device.makeVector(scales.map { Device.Element($0) }))
    return try device.download(out).enumerated().map { means[$0 % d] + Double($1) }
  }
}
