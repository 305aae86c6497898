extension SymmetricBand {
  /// What one pass down a vector w needs to have wᵀRw and ‖Rw‖² for R = (B + λI)⁻¹.
  ///
  /// B + λI = LLᵀ and LᵀL = MMᵀ, L and M lower triangular with B's diagonals, so that with y = L⁻¹w and x = M⁻¹y
  ///
  ///     wᵀRw = ‖y‖²,    ‖Rw‖² = yᵀ(LᵀL)⁻¹y = ‖x‖²:
  ///
  /// sums of squares, both by recurrences that run forward. In blocks of b rows, L_j on the diagonal and C_j, upper triangular,
  /// left of it, and M_j and N_j likewise,
  ///
  ///     y_j = L_j⁻¹w_j − L_j⁻¹C_j y_(j−1),    x_j = M_j⁻¹y_j − M_j⁻¹N_j x_(j−1):
  ///
  /// four products with b × b matrices for all columns at once.
  public struct ShiftedFactors: Sendable {
    /// m and b.
    public let order, width: Int
    /// For each block L_j⁻¹, −L_j⁻¹C_j, M_j⁻¹ and −M_j⁻¹N_j, b × b each, row-major; a last block that is short ends in the rows of
    /// an identity.
    public fileprivate(set) var blocks: [Double]

    /// Of blocks of b rows.
    public var blockCount: Int { (order + width - 1) / width }

    /// The vector h = L⁻¹g, with wᵀRg = Σ_i y_i h_i for every w.
    public func weights(of g: [Double]) -> [Double] {
      precondition(g.count == order, "a vector of the matrix's order")
      var h = g
      for j in 0..<blockCount {
        let (start, rows) = (j * width, min(width, order - j * width))
        let matrix = 4 * j * width * width
        h.replaceSubrange(
          start..<start + rows,
          with: (0..<rows).map { i in
            var sum = 0.0
            for k in 0...i { sum += blocks[matrix + i * width + k] * g[start + k] }
            guard j > 0 else { return sum }
            for k in 0..<width { sum += blocks[matrix + width * width + i * width + k] * h[start - width + k] }
            return sum
          })
      }
      return h
    }
  }

  /// Factors B + λI; O(mb²).
  /// - Throws: `notPositiveDefinite` with the order of the first leading minor of B + λI whose pivot is not positive; with m where
  ///   rounding alone leaves it positive.
  public func factor(shift: Double) throws(BackendError) -> ShiftedFactors {
    let square = width * width
    var factors = ShiftedFactors(order: order, width: width, blocks: [])
    let count = factors.blockCount
    factors.blocks = [Double](repeating: 0, count: 4 * square * count)
    // L_j and C_j of every block.
    var lower = [Double](repeating: 0, count: square * count)
    var left = lower
    for j in 0..<count { copyBlock(j, shift: shift, &lower, &left) }
    let failure = factors.blocks.withUnsafeMutableBufferPointer { blocks -> Int? in
      lower.withUnsafeMutableBufferPointer { lower -> Int? in
        left.withUnsafeMutableBufferPointer { left -> Int? in
          let step = FactorStep(width: width)
          for j in 0..<count {
            if let pivot = step.run(
              lower.baseAddress! + j * square, left.baseAddress! + j * square, blocks.baseAddress! + 4 * j * square,
              isFirst: j == 0)
            {
              return min(j * width + pivot, order - 1) + 1
            }
          }
          return second(lower.baseAddress!, left.baseAddress!, blocks.baseAddress!, count: count, step: step)
        }
      }
    }
    if let failure { throw .notPositiveDefinite(leadingMinor: failure) }
    return factors
  }

  /// The block of B + λI on the diagonal and the one left of it.
  private func copyBlock(_ j: Int, shift: Double, _ lower: inout [Double], _ left: inout [Double]) {
    let start = j * width * width
    for i in 0..<width {
      let row = j * width + i
      guard row < order else {
        lower[start + i * (width + 1)] = 1
        continue
      }
      for t in 0...min(width, row) {
        let entry = entries[row * (width + 1) + t]
        if t <= i { lower[start + i * width + i - t] = entry } else { left[start + i * width + width + i - t] = entry }
      }
      lower[start + i * (width + 1)] += shift
    }
  }

  /// M from LᵀL, block by block: those of one row of blocks are formed where they are factored.
  private func second(
    _ lower: UnsafeMutablePointer<Double>, _ left: UnsafeMutablePointer<Double>, _ blocks: UnsafeMutablePointer<Double>,
    count: Int, step: FactorStep
  ) -> Int? {
    let (b, square) = (width, width * width)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * square) { space in
      let (diagonal, coupling) = (space.baseAddress!, space.baseAddress! + square)
      for j in 0..<count {
        diagonal.update(repeating: 0, count: 2 * square)
        let l = lower + j * square
        for t in 0..<b {
          for i in 0...t {
            let factor = l[t * b + i]
            for k in 0...i { diagonal[i * b + k] += factor * l[t * b + k] }
            // Row t of C_j starts on the diagonal.
            if j > 0 { for k in t..<b { coupling[i * b + k] += factor * left[j * square + t * b + k] } }
          }
        }
        if j + 1 < count {
          let next = left + (j + 1) * square
          for t in 0..<b {
            for i in t..<b {
              let factor = next[t * b + i]
              for k in t...i { diagonal[i * b + k] += factor * next[t * b + k] }
            }
          }
        }
        if step.run(diagonal, coupling, blocks + 4 * j * square + 2 * square, isFirst: j == 0) != nil { return order }
      }
      return nil
    }
  }
}

/// One block row of a factor of a block tridiagonal matrix whose blocks left of the diagonal are upper triangular.
private struct FactorStep {
  let width: Int

  /// D becomes L_j, with LLᵀ = D − CCᵀ once C is divided by the factor of the block row above; `inverses` gets L_j⁻¹ and −L_j⁻¹C.
  /// The inverse of the block row above stands four blocks before.
  /// - Returns: the row of the first pivot that is not positive, or nil.
  func run(
    _ d: UnsafeMutablePointer<Double>, _ c: UnsafeMutablePointer<Double>, _ inverses: UnsafeMutablePointer<Double>,
    isFirst: Bool
  ) -> Int? {
    let b = width
    if !isFirst {
      let above = inverses - 4 * b * b
      // C ← C L⁻ᵀ, from the last column of each row on.
      for i in 0..<b {
        for k in stride(from: b - 1, through: i, by: -1) {
          var sum = 0.0
          for t in i...k { sum += c[i * b + t] * above[k * b + t] }
          c[i * b + k] = sum
        }
      }
      for i in 0..<b {
        for k in 0...i {
          var sum = 0.0
          for t in i..<b { sum += c[i * b + t] * c[k * b + t] }
          d[i * b + k] -= sum
        }
      }
    }
    for i in 0..<b {
      for k in 0...i {
        var sum = d[i * b + k]
        for t in 0..<k { sum -= d[i * b + t] * d[k * b + t] }
        if k < i {
          d[i * b + k] = sum / d[k * (b + 1)]
        } else {
          guard sum > 0, sum.isFinite else { return i }
          d[i * (b + 1)] = sum.squareRoot()
        }
      }
    }
    invert(d, inverses)
    if isFirst { return nil }
    let product = inverses + b * b
    for i in 0..<b {
      for t in 0...i {
        let factor = inverses[i * b + t]
        for k in t..<b { product[i * b + k] -= factor * c[t * b + k] }
      }
    }
    return nil
  }

  /// L⁻¹, row by row.
  private func invert(_ l: UnsafeMutablePointer<Double>, _ inverse: UnsafeMutablePointer<Double>) {
    let b = width
    for i in 0..<b {
      let pivot = 1 / l[i * (b + 1)]
      for t in 0..<i {
        let factor = l[i * b + t] * pivot
        for k in 0...t { inverse[i * b + k] -= factor * inverse[t * b + k] }
      }
      inverse[i * (b + 1)] = pivot
    }
  }
}
