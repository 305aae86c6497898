import Dispatch
import LacunaAlgebra

/// A matrix of rank one that is taken off sparse rows: x_t ← x_t − a_t v.
///
/// XᵀX then loses uvᵀ + vuᵀ − w vvᵀ, with u = Xᵀa and w = aᵀa.
struct GramShift: Sendable {
  var u, v: [Double]
  var w: Double

  /// Of samples less the same row for all: a = 1.
  /// - Parameter rows: n × d.
  /// - Parameter shift: d numbers.
  static func ofColumns(_ rows: SparseSamples, _ shift: [Double]) -> GramShift {
    var sums = [Double](repeating: 0, count: rows.coordinateCount)
    for (column, value) in zip(rows.columnIndices, rows.values) { sums[Int(column)] += value }
    return GramShift(u: sums, v: shift, w: Double(rows.sampleCount))
  }

  /// Of the same matrix transposed: v = 1, a the shifts.
  static func ofSamples(_ rows: SparseSamples, _ shift: [Double]) -> GramShift {
    let projections = (0..<rows.sampleCount).map { i in
      (rows.rowStarts[i]..<rows.rowStarts[i + 1]).reduce(0.0) {
        $0 + rows.values[$1] * shift[Int(rows.columnIndices[$1])]
      }
    }
    return GramShift(
      u: projections, v: [Double](repeating: 1, count: rows.sampleCount), w: shift.reduce(0) { $0 + $1 * $1 })
  }
}

extension SparseSamples {
  /// Uploads the lower triangle of scale · XᵀX, less a shift, some rows at a time; zeros above it.
  ///
  /// G_jk = Σ_t x_tj x_tk, summed over t in ascending order in float64 and rounded once: half of Σ_t m_t² products, m_t the
  /// entries of row t.
  /// - Parameter columns: this matrix transposed.
  /// - Parameter shift: what is taken off the rows; nil for nothing.
  /// - Parameter matrix: d × d.
  func uploadGram<Device: Backend>(
    transposed columns: SparseSamples, shift: GramShift?, scale: Double, to matrix: Device.Matrix, device: Device
  ) throws(BackendError) {
    let d = coordinateCount
    let height = max(1, min(d, (1 << 21) / max(d, 1)))
    var block = [Double](repeating: 0, count: height * d)
    for first in stride(from: 0, to: d, by: height) {
      let rows = first..<min(first + height, d)
      if rows.count < height { block.removeLast((height - rows.count) * d) }
      block.withUnsafeMutableBufferPointer {
        $0.update(repeating: 0)
        fillGram(rows: rows, transposed: columns, shift: shift, scale: scale, into: $0)
      }
      try device.upload(elements(block), to: matrix, firstRow: first)
    }
  }

  /// - Parameter target: zeros, one row of G after the other.
  private func fillGram(
    rows: Range<Int>, transposed columns: SparseSamples, shift: GramShift?, scale: Double,
    into target: UnsafeMutableBufferPointer<Double>
  ) {
    guard let place = target.baseAddress else { return }
    // Each iteration writes rows of its own.
    nonisolated(unsafe) let target = place
    let d = coordinateCount
    rowStarts.withUnsafeBufferPointer { rowStarts in
      columnIndices.withUnsafeBufferPointer { indices in
        values.withUnsafeBufferPointer { values in
          nonisolated(unsafe) let (rowStarts, indices, values) = (rowStarts, indices, values)
          DispatchQueue.concurrentPerform(iterations: rows.count) { index in
            let j = rows.lowerBound + index
            let row = target + index * d
            for entry in columns.rowStarts[j]..<columns.rowStarts[j + 1] {
              let t = Int(columns.columnIndices[entry])
              let weight = columns.values[entry]
              for other in rowStarts[t]..<rowStarts[t + 1] {
                let k = Int(indices[other])
                if k > j { break }
                row[k] += weight * values[other]
              }
            }
            if let shift {
              let (u, v) = (shift.u[j], shift.v[j])
              for k in 0...j { row[k] -= u * shift.v[k] + v * (shift.u[k] - shift.w * shift.v[k]) }
            }
            for k in 0...j { row[k] *= scale }
          }
        }
      }
    }
  }
}
