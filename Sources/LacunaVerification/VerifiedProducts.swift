import LacunaAlgebra

/// Products and masked samples.
extension VerifiedBackend {
  /// Cv = α·op(A)(op(B)v) + β·Cv.
  public func performMultiply(
    _ a: Matrix, transposeA: Bool, _ b: Matrix, transposeB: Bool, alpha: Element, beta: Element, into c: Matrix
  ) throws(BackendError) {
    let operation = "multiply"
    let v = probe(c.columns)
    let right: [Double]
    let rightSize: Double
    if transposeB {
      let found = try observeColumns(b, times: [v], for: operation)
      (right, rightSize) = (found.products[0], found.marks.norm)
    } else {
      let found = try observe(b, times: [v], for: operation)
      (right, rightSize) = (found.products[0], found.marks.norm)
    }
    let product: [Double]
    let leftSize: Double
    if transposeA {
      let found = try observeColumns(a, times: [right], for: operation)
      (product, leftSize) = (found.products[0], found.marks.norm)
    } else {
      let found = try observe(a, times: [right], for: operation)
      (product, leftSize) = (found.products[0], found.marks.norms.largest)
    }
    let old = beta == 0 ? nil : try observe(c, for: operation).marks
    try base.multiply(
      a.base, transposeA: transposeA, b.base, transposeB: transposeB, alpha: alpha, beta: beta, into: c.base)
    let (scale, factor) = (Double(alpha), Double(beta))
    var rows = product.map { scale * $0 }
    if let old { for i in rows.indices { rows[i] += factor * old.rows[i] } }
    let size = abs(scale) * leftSize * rightSize + abs(factor) * (old?.norm ?? 0)
    c.known = .marks(Marks(part: .all, rows: rows, tolerance: 32 * epsilon * size, isExact: false, size: nil))
  }

  /// Sv + scale · Xᵀ(Xv).
  public func performAccumulateGram(of x: Matrix, scale: Element, into s: Matrix) throws(BackendError) {
    let operation = "accumulateGram"
    let old = try symmetricMarks(of: s, for: operation)
    let observed = try observe(x, for: operation).marks
    let product = try base.probeColumns(x.base, part: .all, vectors: [observed.rows])[0]
    try base.accumulateGram(of: x.base, scale: scale, into: s.base)
    s.known = .marks(
      gramMarks(old, adding: product, scale: Double(scale), terms: x.rows, size: observed.norm))
  }

  /// Kv + scale · X(Xᵀv).
  public func performAccumulateSampleGram(of x: Matrix, scale: Element, into k: Matrix) throws(BackendError) {
    let operation = "accumulateSampleGram"
    let old = try symmetricMarks(of: k, for: operation)
    let sums = try base.probeColumns(x.base, part: .all, vectors: [probe(x.rows)])[0]
    let observed = try observe(x, times: [sums], for: operation)
    try base.accumulateSampleGram(of: x.base, scale: scale, into: k.base)
    k.known = .marks(
      gramMarks(
        old, adding: observed.products[0], scale: Double(scale), terms: x.columns, size: observed.marks.norm))
  }

  /// - Parameter terms: of each entry's sum.
  /// - Parameter size: ‖X‖_F.
  private func gramMarks(_ old: Marks, adding product: [Double], scale: Double, terms: Int, size: Double) -> Marks {
    let rows = zip(old.rows, product).map { $0 + scale * $1 }
    let order = Double(max(rows.count, 1))
    let reach = abs(scale) * size * size / order + rows.largest + old.largest
    return old.predicted(
      rows, tolerance: old.tolerance + 32 * epsilon * (order.squareRoot() + Double(terms).squareRoot()) * reach,
      part: .symmetric)
  }

  /// Twice, since a mask is no linear map of the rows.
  public func performMaskRows(
    of x: Matrix, masks: MaskPattern, firstSample: Int, firstPair: Int, keeping side: MaskSide, into rows: Matrix
  ) throws(BackendError) {
    try twice(into: rows, reading: [x], "maskRows") { (out) throws(BackendError) in
      try base.maskRows(
        of: x.base, masks: masks, firstSample: firstSample, firstPair: firstPair, keeping: side, into: out)
    }
  }

  /// Cv + scale · Xᵀu, u_i = Σ_m w_m (m_im ∘ x_i)·v, from the marks of masked rows.
  public func performAccumulateMaskedCross(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into c: Matrix
  ) throws(BackendError) {
    let operation = "accumulateMaskedCross"
    let pairs = x.rows * masks.count
    let old = try observe(c, for: operation).marks
    var sums = [Double](repeating: 0, count: x.rows)
    var size = 0.0
    let tile = try makeMatrix(rows: min(pairs, max(1, (1 << 20) / max(x.columns, 1))), columns: x.columns)
    for first in stride(from: 0, to: pairs, by: max(tile.rows, 1)) {
      let rows = tile.firstRows(min(tile.rows, pairs - first))
      try maskRows(of: x, masks: masks, firstSample: firstSample, firstPair: first, keeping: .visible, into: rows)
      let marks = try marks(of: rows, for: operation)
      for (t, mark) in marks.rows.enumerated() {
        let (i, m) = (first + t).quotientAndRemainder(dividingBy: masks.count)
        let weight = if case .given(let given) = masks { given.weights[m] } else { 1.0 }
        sums[i] += weight * mark
      }
      size += marks.norm * marks.norm
    }
    let found = try observeColumns(x, times: [sums], for: operation)
    try base.accumulateMaskedCross(of: x.base, masks: masks, firstSample: firstSample, scale: scale, into: c.base)
    let factor = Double(scale)
    let rows = zip(old.rows, found.products[0]).map { $0 + factor * $1 }
    let weights = if case .given(let given) = masks { given.weights.largest } else { 1.0 }
    let reach = abs(factor) * weights * found.marks.norm * size.squareRoot() * Double(masks.count).squareRoot()
    c.known = .marks(
      old.predicted(rows, tolerance: 32 * epsilon * (reach + old.norm), part: .all))
  }
}
