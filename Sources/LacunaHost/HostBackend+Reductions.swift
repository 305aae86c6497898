import LacunaAlgebra

extension HostBackend {
  public func performRowDots(
    _ a: HostMatrix<Element>, _ b: HostMatrix<Element>, weights: HostMatrix<Element>?,
    into out: HostMatrix<Element>
  ) throws(BackendError) {
    sumAlongRows(
      a.pointer, b.pointer, weights?.pointer, out.pointer, rows: a.rows, columns: a.columns,
      threads: threads)
  }

  public func performColumnDots(
    _ a: HostMatrix<Element>, _ b: HostMatrix<Element>, weights: HostMatrix<Element>?,
    into out: HostMatrix<Element>
  ) throws(BackendError) {
    sumAlongColumns(
      a.pointer, b.pointer, weights?.pointer, out.pointer, rows: a.rows, columns: a.columns,
      threads: threads)
  }
}

/// Eight elements in float64, whatever they are stored in: every sum is a float64 sum.
@inline(__always)
private func loadDoubles<Element: HostScalar>(_ x: UnsafeMutablePointer<Element>) -> SIMD8<Double> {
  SIMD8<Double>(UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Element>.self))
}

/// out_i ← Σ_j w_j a_ij b_ij: eight partial sums a row, added in a fixed order.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func sumAlongRows<Element: HostScalar>(
  _ a: UnsafeMutablePointer<Element>, _ b: UnsafeMutablePointer<Element>,
  _ weights: UnsafeMutablePointer<Element>?,
  _ out: UnsafeMutablePointer<Element>, rows: Int, columns: Int, threads: HostThreads
) {
  threads.loop(over: rows, cost: columns) { range in
    for i in range {
      let x = a + i * columns
      let y = b + i * columns
      var sums = SIMD8<Double>.zero
      var j = 0
      if let weights {
        while j + 8 <= columns {
          sums += loadDoubles(x + j) * loadDoubles(y + j) * loadDoubles(weights + j)
          j += 8
        }
      } else {
        while j + 8 <= columns {
          sums += loadDoubles(x + j) * loadDoubles(y + j)
          j += 8
        }
      }
      var total = sums.sum()
      while j < columns {
        total += Double(x[j]) * Double(y[j]) * (weights.map { Double($0[j]) } ?? 1)
        j += 1
      }
      out[i] = Element(total)
    }
  }
}

/// out_j ← Σ_i w_i a_ij b_ij: each column is summed from the first row to the last.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func sumAlongColumns<Element: HostScalar>(
  _ a: UnsafeMutablePointer<Element>, _ b: UnsafeMutablePointer<Element>,
  _ weights: UnsafeMutablePointer<Element>?,
  _ out: UnsafeMutablePointer<Element>, rows: Int, columns: Int, threads: HostThreads
) {
  // A strip of columns a task: wide enough for whole cache lines, its sums within the first cache.
  let width = 512
  let strips = (columns + width - 1) / width
  threads.loop(over: strips, cost: width * rows) { range in
    withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { sums in
      for strip in range {
        let first = strip * width
        let count = min(width, columns - first)
        sums.update(repeating: 0)
        for i in 0..<rows {
          addProducts(
            a + i * columns + first, b + i * columns + first, weights.map { Double($0[i]) },
            to: sums.baseAddress!,
            count: count)
        }
        for j in 0..<count { out[first + j] = Element(sums[j]) }
      }
    }
  }
}

@inline(__always)
private func addProducts<Element: HostScalar>(
  _ x: UnsafeMutablePointer<Element>, _ y: UnsafeMutablePointer<Element>, _ weight: Double?,
  to sums: UnsafeMutablePointer<Double>, count: Int
) {
  let factor = weight ?? 1
  var j = 0
  while j + 8 <= count {
    let old = UnsafeRawPointer(sums + j).loadUnaligned(as: SIMD8<Double>.self)
    let new = old + loadDoubles(x + j) * loadDoubles(y + j) * factor
    UnsafeMutableRawPointer(sums + j).storeBytes(of: new, as: SIMD8<Double>.self)
    j += 8
  }
  while j < count {
    sums[j] += Double(x[j]) * Double(y[j]) * factor
    j += 1
  }
}
