/// What a joint predictor says of the cells of a row given only some of them.
///
/// Â = I − diag(Q)⁻¹Q with Q = (S + Γ)⁻¹. For hidden cells h and observed ones o, in units of differences from the means,
///
///     x_h = −(Q_hh)⁻¹ Q_ho x_o = (I − Â_hh)⁻¹ Â_ho x_o                  the conditional mean, diag Q cancels
///     v_k = σ_k² [(I − Â_hh)⁻¹]_kk                                    its variance, σ_k² that of one hidden cell
///     r_k = (x − Âx)_k / (1 − t_k),  t_k = Â_kh (I − Â_hh)⁻¹ Â_hk    an observed cell less its mean given the other observed ones
///
/// where x has its gaps filled; the variance of r_k is σ_k²/(1 − t_k). (I − Â_hh) is Q_hh times a diagonal: elimination needs no
/// pivots.
package struct GapSystem {
  package let hidden, shown: [Int]
  /// (I − Â_hh)⁻¹ Â_ho, |h| × |o|.
  private let weights: [Double]
  /// [(I − Â_hh)⁻¹]_kk.
  package let inflation: [Double]
  /// 1 − t_k of each shown coordinate.
  package let remainders: [Double]

  /// - Parameter hidden: coordinates, ascending.
  /// - Parameter shown: those that are observed; with none only the variances are found.
  /// - Parameter entries: some entries of row k of Â, given k and the columns.
  /// - Returns: nil where rounding leaves nothing of the system.
  package init?(hidden: [Int], shown: [Int], entries: (Int, [Int]) -> [Double]) {
    self.hidden = hidden
    self.shown = shown
    let (h, s) = (hidden.count, shown.count)
    // [I − Â_hh | I | Â_ho], eliminated.
    let width = 2 * h + s
    var rows = [Double](repeating: 0, count: h * width)
    for (a, k) in hidden.enumerated() {
      let row = entries(k, hidden + shown)
      for b in 0..<h { rows[a * width + b] = (a == b ? 1 : 0) - row[b] }
      rows[a * width + h + a] = 1
      for b in 0..<s { rows[a * width + 2 * h + b] = row[h + b] }
    }
    guard Self.eliminate(&rows, order: h, width: width) else { return nil }
    var weights = [Double](repeating: 0, count: h * s)
    for a in 0..<h { for b in 0..<s { weights[a * s + b] = rows[a * width + 2 * h + b] } }
    self.weights = weights
    inflation = (0..<h).map { rows[$0 * width + h + $0] }
    remainders = shown.enumerated().map { b, k in
      let row = entries(k, hidden)
      var t = 0.0
      for a in 0..<h { t += row[a] * weights[a * s + b] }
      return 1 - t
    }
    guard inflation.allSatisfy({ $0 > 0 && $0.isFinite }), remainders.allSatisfy({ $0 > 0 && $0 <= 1 + 1e-9 }) else {
      return nil
    }
  }

  /// Gauss–Jordan on the first columns of rows of a width.
  private static func eliminate(_ rows: inout [Double], order h: Int, width: Int) -> Bool {
    rows.withUnsafeMutableBufferPointer { rows in
      for p in 0..<h {
        let pivot = rows[p * width + p]
        guard pivot > Double(h) * Double.ulpOfOne else { return false }
        for j in p..<width { rows[p * width + j] /= pivot }
        for i in 0..<h where i != p {
          let factor = rows[i * width + p]
          guard factor != 0 else { continue }
          for j in p..<width { rows[i * width + j] -= factor * rows[p * width + j] }
        }
      }
      return true
    }
  }

  /// The conditional mean of each hidden coordinate.
  /// - Parameter x: a row less the means.
  package func means(of x: ArraySlice<Double>) -> [Double] {
    let s = shown.count
    return hidden.indices.map { a in
      var sum = 0.0
      for b in 0..<s { sum += weights[a * s + b] * x[x.startIndex + shown[b]] }
      return sum
    }
  }
}
