/// Entries summed per block: sums of blocks, each short, keep rounding near √(d/1024)·ε at any d.
private let blockLength = 1024

/// Σ_k x_k, in blocks.
func blockSum(_ x: [Double]) -> Double {
  x.withUnsafeBufferPointer { x in
    accumulate(count: x.count) { start, end in
      var sum = SIMD4<Double>.zero
      var k = start
      while k + 4 <= end {
        sum += SIMD4(x[k], x[k + 1], x[k + 2], x[k + 3])
        k += 4
      }
      while k < end {
        sum.x += x[k]
        k += 1
      }
      return SIMD4(sum.sum(), 0, 0, 0)
    }.x
  }
}

/// Σ of a four-component summand over blocks of the indices 0..<count.
func accumulate(count: Int, _ block: (_ start: Int, _ end: Int) -> SIMD4<Double>) -> SIMD4<Double> {
  accumulate(0..<count, block)
}

/// Σ of a four-component summand over blocks of a range of indices.
func accumulate(_ range: Range<Int>, _ block: (_ start: Int, _ end: Int) -> SIMD4<Double>) -> SIMD4<Double> {
  var total = SIMD4<Double>.zero
  var start = range.lowerBound
  while start < range.upperBound {
    let end = min(start + blockLength, range.upperBound)
    total += block(start, end)
    start = end
  }
  return total
}

/// The resolvent traces of a Σ with the given eigenvalues, in O(d).
func diagonalTraces(of eigenvalues: [Double], effectiveRidge: Double) -> ResolventTraces {
  let sums = eigenvalues.withUnsafeBufferPointer { values in
    accumulate(count: values.count) { start, end in
      var first = SIMD4<Double>.zero
      var second = SIMD4<Double>.zero
      var resolvent = SIMD4<Double>.zero
      var mixed = SIMD4<Double>.zero
      var k = start
      while k < end {
        // The last group is padded with zeros whose resolvent counts for nothing.
        let live = end - k
        let value =
          live >= 4
          ? SIMD4(values[k], values[k + 1], values[k + 2], values[k + 3])
          : SIMD4(values[k], live > 1 ? values[k + 1] : 0, live > 2 ? values[k + 2] : 0, 0)
        var inverse = 1 / (value + effectiveRidge)
        if live < 4 { inverse.replace(with: 0, where: SIMD4<Int64>(0, 1, 2, 3) .>= SIMD4(repeating: Int64(live))) }
        let share = value * inverse
        first += share
        second += share * share
        resolvent += inverse
        mixed += share * inverse
        k += 4
      }
      return SIMD4(first.sum(), second.sum(), resolvent.sum(), mixed.sum())
    }
  }
  return ResolventTraces(
    first: sums.x, second: sums.y, resolvent: sums.z, resolventCovarianceResolvent: sums.w)
}
