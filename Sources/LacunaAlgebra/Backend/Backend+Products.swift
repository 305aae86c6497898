extension Backend {
  /// c ← alpha · op(a) · op(b) + beta · c, op the transpose where asked; with beta = 0 the old c is never read.
  public func multiply(
    _ a: Matrix, transposeA: Bool, _ b: Matrix, transposeB: Bool, alpha: Element, beta: Element, into c: Matrix
  ) throws(BackendError) {
    let (rows, inner) = transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
    let (innerB, columns) = transposeB ? (b.columns, b.rows) : (b.rows, b.columns)
    try Shapes.require(
      inner == innerB, "multiply", expected: "equal inner sides",
      actual: "\(rows) × \(inner) times \(innerB) × \(columns)")
    try Shapes.require("result", c, rows: rows, columns: columns, for: "multiply")
    try performMultiply(a, transposeA: transposeA, b, transposeB: transposeB, alpha: alpha, beta: beta, into: c)
  }

  /// Lower triangle of S ← S + scale · XᵀX (X: block × d, S: d × d). The strict upper triangle is neither read nor written.
  ///
  /// Law: accumulating over row blocks equals the Gram of the stacked rows.
  public func accumulateGram(of x: Matrix, scale: Element, into s: Matrix) throws(BackendError) {
    try Shapes.require("sum", s, rows: x.columns, columns: x.columns, for: "accumulateGram")
    try performAccumulateGram(of: x, scale: scale, into: s)
  }

  /// Lower triangle of K ← K + scale · XXᵀ (X: n × columns, K: n × n), the Gram of the samples.
  public func accumulateSampleGram(of x: Matrix, scale: Element, into k: Matrix) throws(BackendError) {
    try Shapes.require("sum", k, rows: x.rows, columns: x.rows, for: "accumulateSampleGram")
    try performAccumulateSampleGram(of: x, scale: scale, into: k)
  }
}

/// Masked samples (see `MaskPattern`; nothing of n·M rows is ever stored).
extension Backend {
  /// rows_t ← m ∘ x_i, or with `hidden` (1 − m) ∘ x_i: samples seen through their masks, a row a pair.
  ///
  /// With M = masks.count, row t is number r = firstPair + t of the x.rows·M pairs of x: it shows row ⌊r/M⌋ of x, which is
  /// sample firstSample + ⌊r/M⌋ of the pattern, through its mask r mod M. Weights of given masks play no part here.
  ///
  /// Law: an entry is that of x, bit for bit, or 0, as `MaskPattern.visibility` says.
  /// - Throws: `dimensionMismatch` where the pairs lie outside x, widths differ, or given masks have another width.
  public func maskRows(
    of x: Matrix, masks: MaskPattern, firstSample: Int, firstPair: Int, keeping side: MaskSide, into rows: Matrix
  ) throws(BackendError) {
    let pairs = x.rows * masks.count
    try Shapes.require(
      rows.columns == x.columns && firstPair >= 0 && rows.rows <= pairs - firstPair, "maskRows",
      expected: "at most \(pairs) rows of \(x.columns), of \(x.rows) samples",
      actual: "\(rows.shape) from pair \(firstPair)")
    try Shapes.requireMasks(masks, width: x.columns, firstSample: firstSample, for: "maskRows")
    try performMaskRows(
      of: x, masks: masks, firstSample: firstSample, firstPair: firstPair, keeping: side, into: rows)
  }

  /// Lower triangle of G ← G + scale · Σ_i Σ_m w_m (m_im ∘ x_i)(m_im ∘ x_i)ᵀ, the mask-aggregated Gram (G: d × d).
  ///
  /// Row i of x is sample firstSample + i of the pattern; w_m is the weight of a given mask, 1 for drawn ones. The strict
  /// upper triangle is neither read nor written. Memory does not grow with x.rows or M.
  ///
  /// Law: the sum written out; accumulating over row blocks, each with its first sample, equals the whole at once.
  public func accumulateMaskedGram(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into g: Matrix
  ) throws(BackendError) {
    let operation = "accumulateMaskedGram"
    try Shapes.require("sum", g, rows: x.columns, columns: x.columns, for: operation)
    try Shapes.requireMasks(masks, width: x.columns, firstSample: firstSample, for: operation)
    try performAccumulateMaskedGram(of: x, masks: masks, firstSample: firstSample, scale: scale, into: g)
  }

  /// C ← C + scale · Σ_i Σ_m w_m x_i (m_im ∘ x_i)ᵀ, all of it (C: d × d): what the visible say of every coordinate.
  public func accumulateMaskedCross(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into c: Matrix
  ) throws(BackendError) {
    let operation = "accumulateMaskedCross"
    try Shapes.require("sum", c, rows: x.columns, columns: x.columns, for: operation)
    try Shapes.requireMasks(masks, width: x.columns, firstSample: firstSample, for: operation)
    try performAccumulateMaskedCross(of: x, masks: masks, firstSample: firstSample, scale: scale, into: c)
  }
}
