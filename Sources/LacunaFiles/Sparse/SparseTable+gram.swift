import Dispatch

extension SparseTable {
  /// Rows of the Gram matrix of the columns, from the sparse rows alone.
  ///
  /// G_jk = Σ_r x_rj x_rk, summed over r in ascending order in float64, so that G_jk = G_kj to the bit. A row of G takes
  /// the rows of X that its column has entries in: Σ_r m_r² products in all, m_r the entries of row r. Divide by the
  /// number of samples for S = XᵀX/n.
  /// - Parameter rows: which rows of G.
  /// - Returns: rows.count × columns, row-major.
  public func gram(rows: Range<Int>) -> [Double] {
    var result = [Double](repeating: 0, count: rows.count * columns)
    result.withUnsafeMutableBufferPointer { target in
      guard let place = target.baseAddress else { return }
      accumulateGram(rows: rows, byColumn: transposed(), into: place)
    }
    return result
  }

  /// The whole Gram matrix in float32, a stretch of rows at a time in float64: d² · 4 bytes and a little.
  public func gramInFloat32() -> [Float] {
    let byColumn = transposed()
    let stretch = max(1, min(columns, (1 << 22) / columns))
    var block = [Double](repeating: 0, count: stretch * columns)
    return [Float](unsafeUninitializedCapacity: columns * columns) { target, count in
      for start in stride(from: 0, to: columns, by: stretch) {
        let rows = start..<min(start + stretch, columns)
        block.withUnsafeMutableBufferPointer { block in
          block.update(repeating: 0)
          accumulateGram(rows: rows, byColumn: byColumn, into: block.baseAddress!)
          for cell in 0..<(rows.count * columns) { target[count + cell] = Float(block[cell]) }
        }
        count += rows.count * columns
      }
    }
  }

  /// - Parameter byColumn: this matrix transposed.
  /// - Parameter target: zeros, one row of G after the other.
  private func accumulateGram(rows: Range<Int>, byColumn: SparseTable, into target: UnsafeMutablePointer<Double>) {
    let target = UncheckedPointer(target)
    // Small pieces, as some columns have far more entries than others.
    let piece = max(1, min(64, rows.count / 64))
    DispatchQueue.concurrentPerform(iterations: (rows.count + piece - 1) / piece) { index in
      let first = rows.lowerBound + index * piece
      for j in first..<min(first + piece, rows.upperBound) {
        let row = target.pointer + (j - rows.lowerBound) * columns
        for entry in byColumn.rowStarts[j]..<byColumn.rowStarts[j + 1] {
          let sample = Int(byColumn.columnIndices[entry])
          let weight = byColumn.values[entry]
          for other in rowStarts[sample]..<rowStarts[sample + 1] {
            row[Int(columnIndices[other])] += weight * values[other]
          }
        }
      }
    }
  }
}

/// Memory of which each thread writes a part of its own.
private struct UncheckedPointer: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Double>
  init(_ pointer: UnsafeMutablePointer<Double>) { self.pointer = pointer }
}
