import Dispatch
import LacunaAlgebra

/// Some columns of a symmetric d × d matrix on the host, in float64, and what sparse rows make of them.
struct SparsePanel {
  /// The first column.
  let first: Int
  let width: Int
  /// d × width, row-major.
  let values: [Double]
  /// shift · matrix at these columns; empty without a shift.
  let shifted: [Double]

  /// Goes over a matrix in panels of columns that a cache holds.
  /// - Parameter matrix: d × d, symmetric.
  /// - Parameter shifted: d numbers, or none.
  static func forEach<Device: Backend>(
    of matrix: Device.Matrix, device: Device, shifted: [Double], _ body: (SparsePanel) throws -> Void
  ) throws {
    let d = matrix.rows
    let width = min(d, max(32, (1 << 20) / d))
    let storage = try device.makeMatrix(rows: d, columns: width)
    for first in stride(from: 0, to: d, by: width) {
      let count = min(width, d - first)
      let part = storage.reshaped(rows: d, columns: count)
      try device.copyColumns(of: matrix, from: first, to: part)
      let values = doubles(try device.download(part))
      try body(
        SparsePanel(
          first: first, width: count, values: values,
          shifted: shifted.isEmpty ? [] : Array(shifted[first..<first + count])))
    }
  }

  /// Adds Σ_k x_ik (x_i·Q_k) over the panel's columns k to each f_i.
  func addForms(of rows: SparseSamples, to forms: inout [Double]) {
    let pieces = Pieces(rows)
    forms.withUnsafeMutableBufferPointer { forms in
      nonisolated(unsafe) let forms = forms
      withPointers(rows) { matrix, starts, indices, entries in
        pieces.run { range in
          for i in range {
            let own = rows.entries(of: i, from: first)
            var sum = 0.0
            for k in own..<starts[i + 1] {
              let column = Int(indices[k]) - first
              if column >= width { break }
              var product = 0.0
              for j in starts[i]..<starts[i + 1] { product += entries[j] * matrix[Int(indices[j]) * width + column] }
              sum += entries[k] * product
            }
            forms[i] += sum
          }
        }
      }
    }
  }

  /// Sums over R = XQ at the panel's columns, and over the residuals r_ik = (R_ik/q_k)/(c_i + R_ik²/(n q_k)).
  /// - Parameter rows: n × d.
  /// - Parameter complements: c, n numbers.
  /// - Parameter diagonal: q, d numbers.
  /// - Parameter scales: D², d numbers.
  /// - Parameter forms: Σ_k D_k² R_ik² is added, n numbers.
  /// - Returns: Σ_i R_ik² and Σ_i r_ik² of the panel's columns, in a fixed order.
  func residualSums(
    of rows: SparseSamples, complements: [Double], diagonal: [Double], scales: [Double], forms: inout [Double]
  ) -> (squares: [Double], residuals: [Double]) {
    let n = Double(rows.sampleCount)
    let pieces = Pieces(rows)
    let width = self.width
    var sums = [Double](repeating: 0, count: pieces.count * 2 * width)
    sums.withUnsafeMutableBufferPointer { sums in
      forms.withUnsafeMutableBufferPointer { forms in
        nonisolated(unsafe) let (forms, sums) = (forms, sums)
        withPointers(rows) { matrix, starts, indices, entries in
          pieces.run { range in
            let squares = sums.baseAddress! + pieces.index(of: range) * 2 * width
            let residuals = squares + width
            withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { buffer in
              let r = buffer.baseAddress!
              for i in range {
                if shifted.isEmpty {
                  r.update(repeating: 0, count: width)
                } else {
                  for k in 0..<width { r[k] = -shifted[k] }
                }
                multiply(starts[i]..<starts[i + 1], matrix, indices, entries, into: r)
                let c = complements[i]
                var form = 0.0
                for k in 0..<width {
                  let (value, q) = (r[k], diagonal[first + k])
                  let square = value * value
                  let residual = (value / q) / (c + square / (n * q))
                  form += scales[first + k] * square
                  squares[k] += square
                  residuals[k] += residual * residual
                }
                forms[i] += form
              }
            }
          }
        }
      }
    }
    var total = (squares: [Double](repeating: 0, count: width), residuals: [Double](repeating: 0, count: width))
    for piece in 0..<pieces.count {
      for k in 0..<width {
        total.squares[k] += sums[piece * 2 * width + k]
        total.residuals[k] += sums[(piece * 2 + 1) * width + k]
      }
    }
    return total
  }

  /// r ← r + Σ x_j Q_j over some entries, four rows of the panel at a time.
  @inline(__always)
  private func multiply(
    _ range: Range<Int>, _ matrix: UnsafePointer<Double>, _ indices: UnsafePointer<Int32>,
    _ entries: UnsafePointer<Double>, into r: UnsafeMutablePointer<Double>
  ) {
    let width = self.width
    var j = range.lowerBound
    while j + 4 <= range.upperBound {
      let (a, b, c, e) = (entries[j], entries[j + 1], entries[j + 2], entries[j + 3])
      let p = matrix + Int(indices[j]) * width
      let q = matrix + Int(indices[j + 1]) * width
      let s = matrix + Int(indices[j + 2]) * width
      let t = matrix + Int(indices[j + 3]) * width
      for k in 0..<width { r[k] += (a * p[k] + b * q[k]) + (c * s[k] + e * t[k]) }
      j += 4
    }
    while j < range.upperBound {
      let a = entries[j]
      let p = matrix + Int(indices[j]) * width
      for k in 0..<width { r[k] += a * p[k] }
      j += 1
    }
  }

  /// Pointers to the panel and to the rows, which many threads read.
  private func withPointers(
    _ rows: SparseSamples,
    _ body: (UnsafePointer<Double>, UnsafePointer<Int>, UnsafePointer<Int32>, UnsafePointer<Double>) -> Void
  ) {
    values.withUnsafeBufferPointer { matrix in
      rows.rowStarts.withUnsafeBufferPointer { starts in
        rows.columnIndices.withUnsafeBufferPointer { indices in
          rows.values.withUnsafeBufferPointer { entries in
            // No entry is read of rows that have none.
            body(
              matrix.baseAddress!, starts.baseAddress!, indices.baseAddress ?? UnsafePointer(bitPattern: 8)!,
              entries.baseAddress ?? UnsafePointer(bitPattern: 8)!)
          }
        }
      }
    }
  }
}

/// Ranges of rows that threads take in turn; the cut depends on the rows alone, and so do all sums.
private struct Pieces {
  let rowCount, height: Int
  var count: Int { (rowCount + height - 1) / height }

  init(_ rows: SparseSamples) {
    rowCount = rows.sampleCount
    height = max(16, (rows.sampleCount + 63) / 64)
  }

  func index(of range: Range<Int>) -> Int { range.lowerBound / height }

  func run(_ body: (Range<Int>) -> Void) {
    withoutActuallyEscaping(body) { body in
      // The ranges are apart from each other, and so is what their work touches.
      nonisolated(unsafe) let work = body
      DispatchQueue.concurrentPerform(iterations: count) { index in
        work(index * height..<min((index + 1) * height, rowCount))
      }
    }
  }
}
