import COpenBLAS
import LacunaAlgebra

extension HostBackend {
  /// Chunks of rows whose products stay in the second cache, each multiplied by one thread.
  public func performSampleResidualSums(
    of x: HostMatrix<Element>, resolvent q: HostMatrix<Element>, terms: ResidualTerms, rows: ResidualRowTerms?
  ) throws(BackendError) -> SampleResidualSums {
    let (m, d) = (x.rows, x.columns)
    var result = SampleResidualSums(coordinateCount: d)
    if rows != nil { result.rows = ResidualRowSums(coordinateCount: d, sampleCount: m) }
    guard m > 0, d > 0 else { return result }
    let order = try blasSize(d)
    let height = max(256, (1 << 15) / d)
    let stride = paddedStride(d)
    let inner = try blasSize(stride)
    _ = try blasSize(height)
    let chunks = (m + height - 1) / height
    let none = SampleResidualSums(coordinateCount: 0)
    var parts = [SampleResidualSums](repeating: none, count: chunks)
    let inverseSizes = terms.sizes.map { 1 / $0 }
    let scratch = try ThreadScratch<Element>(count: height * stride, threads: min(threads.count, chunks))
    let gemm = Element.routines.gemm
    parts.withUnsafeMutableBufferPointer { parts in
      nonisolated(unsafe) let parts = parts
      nonisolated(unsafe) let (samples, resolvent) = (x.pointer, q.pointer)
      BLASThreadCount.shared.during(1) {
        threads.loop(over: chunks, cost: height * d) { range in
          scratch.during { r in
            for chunk in range {
              let first = chunk * height
              let count = min(height, m - first)
              gemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(count), order, order, 1, samples + first * d, order,
                resolvent, order, 0, r, inner)
              parts[chunk] = sampleSums(
                samples + first * d, r, count: count, columns: d, stride: stride, terms: terms,
                inverseSizes: inverseSizes, rows: rows)
            }
          }
        }
      }
    }
    for (chunk, part) in parts.enumerated() { result.add(part, firstRow: chunk * height) }
    return result
  }

  /// Chunks of columns, as above.
  public func performCoordinateResidualSums(
    of x: HostMatrix<Element>, resolvent m: HostMatrix<Element>, terms: ResidualTerms
  ) throws(BackendError) -> CoordinateResidualSums {
    let (n, d) = (x.rows, x.columns)
    guard n > 0, d > 0 else { return CoordinateResidualSums(coordinateCount: d) }
    var result = CoordinateResidualSums(coordinateCount: 0)
    let (order, columns) = (try blasSize(n), try blasSize(d))
    let width = max(64, (1 << 15) / n / 8 * 8)
    let stride = paddedStride(width)
    let inner = try blasSize(stride)
    let chunks = (d + width - 1) / width
    var parts = [CoordinateResidualSums](repeating: CoordinateResidualSums(coordinateCount: 0), count: chunks)
    let inverseSizes = terms.sizes.map { 1 / $0 }
    // Columns are read where they are, but of rows that would all fall into the same sets of a cache.
    let isCopied = d % 64 == 0
    let scratch = try ThreadScratch<Element>(
      count: (isCopied ? 2 : 1) * n * stride, threads: min(threads.count, chunks))
    let gemm = Element.routines.gemm
    parts.withUnsafeMutableBufferPointer { parts in
      nonisolated(unsafe) let parts = parts
      nonisolated(unsafe) let (samples, resolvent) = (x.pointer, m.pointer)
      BLASThreadCount.shared.during(1) {
        threads.loop(over: chunks, cost: n * width) { range in
          scratch.during { y in
            let copy = y + n * stride
            for chunk in range {
              let first = chunk * width
              let count = min(width, d - first)
              if isCopied {
                for i in 0..<n { (copy + i * stride).update(from: samples + i * d + first, count: count) }
              }
              gemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, order, blasint(count), order, 1, resolvent, order,
                samples + first, columns, 0, y, inner)
              parts[chunk] = coordinateSums(
                isCopied ? copy : samples + first, y, rows: n, count: count, strides: (isCopied ? stride : d, stride),
                terms: terms, inverseSizes: inverseSizes)
            }
          }
        }
      }
    }
    for part in parts { result.append(part) }
    return result
  }
}

/// A row's length in memory: whole cache lines, and rows that do not all fall into the same sets of a cache.
private func paddedStride(_ columns: Int) -> Int {
  let whole = (columns + 7) / 8 * 8
  return whole % 64 == 0 ? whole + 8 : whole
}

/// Four elements in float64.
@inline(__always)
private func loadDoubles<Element: HostScalar>(_ x: UnsafePointer<Element>) -> SIMD4<Double> {
  SIMD4<Double>(UnsafeRawPointer(x).loadUnaligned(as: SIMD4<Element>.self))
}

@inline(__always)
private func loadDoubles(of x: UnsafePointer<Double>) -> SIMD4<Double> {
  UnsafeRawPointer(x).loadUnaligned(as: SIMD4<Double>.self)
}

/// - Parameter r: the rows' products, `stride` apart; their residuals where those are summed too.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func sampleSums<Element: HostScalar>(
  _ x: UnsafePointer<Element>, _ r: UnsafeMutablePointer<Element>, count: Int, columns d: Int, stride: Int,
  terms: ResidualTerms, inverseSizes: [Double], rows: ResidualRowTerms?
) -> SampleResidualSums {
  var sums = SampleResidualSums(coordinateCount: d)
  let n = Double(terms.sampleCount)
  withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { complements in
    terms.sizes.withUnsafeBufferPointer { sizes in
      inverseSizes.withUnsafeBufferPointer { inverseSizes in
        for i in 0..<count {
          let (a, b) = (x + i * d, r + i * stride)
          var (leverage, form, size) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
          var k = 0
          while k + 4 <= d {
            let (u, v) = (loadDoubles(a + k), loadDoubles(b + k))
            leverage += u * v
            form += v * v * loadDoubles(of: sizes.baseAddress! + k)
            size += u * u * loadDoubles(of: inverseSizes.baseAddress! + k)
            k += 4
          }
          var (h, w, s) = (leverage.sum(), form.sum(), size.sum())
          while k < d {
            let (u, v) = (Double(a[k]), Double(b[k]))
            h += u * v
            w += v * v * sizes[k]
            s += u * u * inverseSizes[k]
            k += 1
          }
          let complement = 1 - h / n - terms.share
          complements[i] = complement
          sums.add(row: i, complement: complement, form: w, size: s, terms: terms)
        }
      }
    }
    terms.diagonal.withUnsafeBufferPointer { diagonal in
      sums.squares.withUnsafeMutableBufferPointer { squares in
        sums.leftOut.withUnsafeMutableBufferPointer { leftOut in
          sumResiduals(
            r, rows: count, columns: d, stride: stride, rowFactors: UnsafePointer(complements.baseAddress!),
            columnFactors: diagonal.baseAddress!, inverseCount: 1 / n, squares: squares.baseAddress!,
            leftOut: leftOut.baseAddress!, residuals: rows == nil ? nil : r)
        }
      }
    }
  }
  if let rows {
    var found = ResidualRowSums(coordinateCount: d)
    found.add(r, count: count, stride: stride, terms: rows)
    sums.rows = found
  }
  return sums
}

/// - Parameter x: columns of the samples.
/// - Parameter strides: between rows of x and of y.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func coordinateSums<Element: HostScalar>(
  _ x: UnsafePointer<Element>, _ y: UnsafePointer<Element>, rows: Int, count: Int, strides: (x: Int, y: Int),
  terms: ResidualTerms, inverseSizes: [Double]
) -> CoordinateResidualSums {
  var sums = CoordinateResidualSums(coordinateCount: count)
  let n = Double(terms.sampleCount)
  terms.sizes.withUnsafeBufferPointer { sizes in
    inverseSizes.withUnsafeBufferPointer { inverseSizes in
      var k = 0
      while k + 4 <= count {
        var (explained, form, size) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
        for i in 0..<rows {
          let (u, v) = (loadDoubles(x + i * strides.x + k), loadDoubles(y + i * strides.y + k))
          explained += u * v
          form += v * v * sizes[i]
          size += u * u * inverseSizes[i]
        }
        for j in 0..<4 {
          sums.explained[k + j] = explained[j]
          sums.forms[k + j] = form[j]
          sums.sizes[k + j] = size[j]
        }
        k += 4
      }
      while k < count {
        for i in 0..<rows {
          let (u, v) = (Double(x[i * strides.x + k]), Double(y[i * strides.y + k]))
          sums.explained[k] += u * v
          sums.forms[k] += v * v * sizes[i]
          sums.sizes[k] += u * u * inverseSizes[i]
        }
        k += 1
      }
    }
  }
  let p = sums.explained.map { 1 - $0 / n }
  p.withUnsafeBufferPointer { p in
    terms.diagonal.withUnsafeBufferPointer { complements in
      sums.squares.withUnsafeMutableBufferPointer { squares in
        sums.leftOut.withUnsafeMutableBufferPointer { leftOut in
          sumResiduals(
            y, rows: rows, columns: count, stride: strides.y, rowFactors: complements.baseAddress!,
            columnFactors: p.baseAddress!, inverseCount: 1 / n, squares: squares.baseAddress!,
            leftOut: leftOut.baseAddress!)
        }
      }
    }
  }
  return sums
}

/// Σ_i r_ik² and Σ_i (r_ik/(c_i q_k + r_ik²/n))², four columns at a time down all rows.
/// - Parameter residuals: takes what is squared in the second sum; may be r.
@inline(__always)
private func sumResiduals<Element: HostScalar>(
  _ r: UnsafePointer<Element>, rows: Int, columns: Int, stride: Int, rowFactors c: UnsafePointer<Double>,
  columnFactors q: UnsafePointer<Double>, inverseCount: Double, squares: UnsafeMutablePointer<Double>,
  leftOut: UnsafeMutablePointer<Double>, residuals: UnsafeMutablePointer<Element>? = nil
) {
  var k = 0
  while k + 4 <= columns {
    let factor = loadDoubles(of: q + k)
    var (square, left) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    for i in 0..<rows {
      let value = loadDoubles(r + i * stride + k)
      let own = value * value
      let residual = value / (factor * c[i] + own * inverseCount)
      square += own
      left += residual * residual
      if let residuals {
        UnsafeMutableRawPointer(residuals + i * stride + k).storeBytes(
          of: SIMD4<Element>(residual), as: SIMD4<Element>.self)
      }
    }
    for j in 0..<4 { (squares[k + j], leftOut[k + j]) = (square[j], left[j]) }
    k += 4
  }
  while k < columns {
    var (square, left) = (0.0, 0.0)
    for i in 0..<rows {
      let value = Double(r[i * stride + k])
      let own = value * value
      let residual = value / (q[k] * c[i] + own * inverseCount)
      square += own
      left += residual * residual
      if let residuals { residuals[i * stride + k] = Element(residual) }
    }
    (squares[k], leftOut[k]) = (square, left)
    k += 1
  }
}
