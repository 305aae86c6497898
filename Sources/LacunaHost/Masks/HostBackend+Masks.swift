import LacunaAlgebra

extension HostBackend {
  public func performMaskRows(
    of x: HostMatrix<Element>, masks: MaskPattern, firstSample: Int, firstPair: Int,
    keeping side: MaskSide,
    into rows: HostMatrix<Element>
  ) throws(BackendError) {
    let painter = RowMasker<Element>(masks: masks, columns: x.columns, hidden: side == .hidden)
    let count = masks.count
    let base = UInt64(firstSample) &* UInt64(count)
    guard x.columns > 0 else { return }
    threads.loop(over: rows.rows, cost: 2 * x.columns) { range in
      painter.withMasking { mask in
        for t in range {
          let pair = firstPair + t
          mask(
            x.pointer + pair / count * x.columns, base &+ UInt64(pair), rows.pointer + t * x.columns
          )
        }
      }
    }
  }

  /// Sums the masks of each sample first: C = XᵀU with u_i = (Σ_m w_m m_im) ∘ x_i is one product a tile of samples.
  public func performAccumulateMaskedCross(
    of x: HostMatrix<Element>, masks: MaskPattern, firstSample: Int, scale: Element,
    into c: HostMatrix<Element>
  ) throws(BackendError) {
    let d = x.columns
    guard x.rows > 0, d > 0 else { return }
    let painter = RowMasker<Element>(masks: masks, columns: d, hidden: false)
    let count = masks.count
    let tile = try makeMatrix(rows: min(x.rows, max(256, (1 << 16) / d)), columns: d)
    var first = 0
    while first < x.rows {
      let rows = tile.firstRows(min(tile.rows, x.rows - first))
      let source = x.pointer + first * d
      threads.loop(over: rows.rows, cost: 2 * d * count) { range in
        withUnsafeTemporaryAllocation(of: Element.self, capacity: d) { buffer in
          let masked = buffer.baseAddress!
          painter.withMasking { mask in
            for i in range {
              let sum = rows.pointer + i * d
              sum.clear(count: d)
              for m in 0..<count {
                mask(
                  source + i * d, UInt64(firstSample + first + i) &* UInt64(count) &+ UInt64(m),
                  masked)
                addRow(masked, weight: Element(masks.weight(of: m)), to: sum, count: d)
              }
            }
          }
        }
      }
      let block = HostMatrix(of: x, firstRow: first, rows: rows.rows)
      try multiply(block, transposeA: true, rows, transposeB: false, alpha: scale, beta: 1, into: c)
      first += rows.rows
    }
  }
}

extension MaskPattern {
  func weight(of mask: Int) -> Double {
    if case .given(let masks) = self { masks.weights[mask] } else { 1 }
  }
}

@_specialize(where Element == Float)
@_specialize(where Element == Double)
func addRow<Element: HostScalar>(
  _ x: UnsafeMutablePointer<Element>, weight: Element, to sum: UnsafeMutablePointer<Element>,
  count: Int
) {
  for j in 0..<count { sum[j] += weight * x[j] }
}
