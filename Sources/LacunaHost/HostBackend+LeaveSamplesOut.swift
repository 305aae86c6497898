import LacunaAlgebra

extension HostBackend {
  public func performLeaveSamplesOut(
    _ r: HostMatrix<Element>, complements: HostMatrix<Element>, diagonal: HostMatrix<Element>,
    sampleCount: Int
  ) throws(BackendError) {
    residualsWithoutSample(
      r.pointer, complements.pointer, diagonal.pointer, rows: r.rows, columns: r.columns,
      sampleCount: Element(sampleCount), threads: threads)
  }
}

/// r_ik ← (r_ik / q_k) / (c_i + r_ik² / (n q_k)) = r_ik / (c_i q_k + r_ik² / n).
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func residualsWithoutSample<Element: HostScalar>(
  _ r: UnsafeMutablePointer<Element>, _ complements: UnsafeMutablePointer<Element>,
  _ diagonal: UnsafeMutablePointer<Element>, rows: Int, columns: Int, sampleCount: Element,
  threads: HostThreads
) {
  let inverseCount = 1 / sampleCount
  threads.loop(over: rows, cost: 4 * columns) { range in
    for i in range {
      let row = r + i * columns
      let complement = complements[i]
      for k in 0..<columns {
        row[k] = row[k] / (complement * diagonal[k] + row[k] * row[k] * inverseCount)
      }
    }
  }
}
