/// A symmetric tridiagonal matrix T on the host, in float64 whatever the device computes in.
public struct SymmetricTridiagonal: Sendable, Equatable {
  /// T_jj, m numbers.
  public var diagonal: [Double]
  /// T_j,j+1, m − 1 numbers (none for m = 0).
  public var offDiagonal: [Double]

  public var order: Int { diagonal.count }

  public init(diagonal: [Double], offDiagonal: [Double]) {
    precondition(offDiagonal.count == max(diagonal.count - 1, 0), "one off-diagonal entry between two neighbours")
    self.diagonal = diagonal
    self.offDiagonal = offDiagonal
  }

  /// What one pass down a vector w needs to have wᵀRw and ‖Rw‖² for R = (T + λI)⁻¹.
  ///
  /// T + λI = LDLᵀ and LᵀL = MEMᵀ, L and M unit lower bidiagonal, so that with y = L⁻¹w, v = D⁻¹y and x = M⁻¹v
  ///
  ///     wᵀRw = Σ_j y_j²/D_j,    ‖Rw‖² = vᵀ(LᵀL)⁻¹v = Σ_j x_j²/E_j:
  ///
  /// sums of positive terms, both by recurrences that run forward. E_j is formed without subtraction, as in the
  /// differential quotient-difference algorithm: E_j = s_j + l_j², s_1 = 1, s_(j+1) = s_j/E_j. It is at least the least
  /// eigenvalue of LᵀL, which is at least 1/cond(T + λI).
  /// Source for the recurrence: Fernando, Parlett, *Accurate singular values and differential qd algorithms*, 1994,
  /// doi:10.1007/s002110050024.
  public struct ShiftedFactors: Sendable {
    /// For each row j: (l_(j−1), 1/D_j, m_(j−1), 1/E_j), the entries below the first diagonal ones being 0.
    public let rows: [SIMD4<Double>]

    /// The vector h with wᵀRg = Σ_j y_j h_j for every w: h = D⁻¹L⁻¹g.
    public func weights(of g: [Double]) -> [Double] {
      precondition(g.count == rows.count, "a vector of the matrix's order")
      var y = 0.0
      return zip(rows, g).map { row, value in
        y = value - row.x * y
        return y * row.y
      }
    }
  }

  /// Factors T + λI.
  /// - Throws: `notPositiveDefinite` with the order of the first leading minor of T + λI whose pivot is not positive.
  public func factor(shift: Double) throws(BackendError) -> ShiftedFactors {
    var rows: [SIMD4<Double>] = []
    rows.reserveCapacity(order)
    var (below, belowSquare, coupling) = (0.0, 1.0, 0.0)
    for j in 0..<order {
      let pivot = diagonal[j] + shift - below * coupling
      guard pivot > 0, pivot.isFinite else { throw .notPositiveDefinite(leadingMinor: j + 1) }
      coupling = j + 1 < order ? offDiagonal[j] : 0
      let next = coupling / pivot
      let square = belowSquare + next * next
      let previous = rows.last.map { below * $0.w } ?? 0
      rows.append(SIMD4(below, 1 / pivot, previous, 1 / square))
      below = next
      belowSquare /= square
    }
    return ShiftedFactors(rows: rows)
  }
}
