/// An estimate of the relative error that rounding leaves in a fit's errors, from what is computed anyway.
///
/// A Gram formed and inverted in arithmetic of unit roundoff u differs from the exact inverse of S + Δ, |Δ_jl| ≤ η D_j D_l with
/// D² = diag(S + λI) and η = u(8 + √n + √d), by a residual of uκ, κ = ‖DQD‖; so to first order, with g_k = ‖D q_k‖,
/// w_i = ‖D Qx_i‖ and s_i = ‖D⁻¹x_i‖,
///
///     |δQ_kk| ≤ η g_k²,    |δR_ik| ≤ (η w_i + 4uκ s_i) g_k,    |δc_i| ≤ (η w_i + 4uκ s_i) w_i/n + 4u.
///
/// The Gram of the samples has the same with the parts of samples and coordinates exchanged. The residual of an inverse made
/// from a Cholesky factor is of that size from one side only: without its term samples far from the others pass for exact.
/// Sources for the bounds: Demmel, *On floating point errors in Cholesky*, 1989; Higham, *Accuracy and Stability of
/// Numerical Algorithms*, 2002, theorem 10.3 and section 14.2.
struct DigitEstimate {
  let unitRoundoff: Double
  /// η.
  let gramError: Double
  /// κ; at least 1.
  var condition = 1.0

  /// - Parameter ulp: of 1, in the precision of the Gram.
  init(ulp: Double, sampleCount n: Int, coordinateCount d: Int) {
    unitRoundoff = ulp / 2
    gramError = unitRoundoff * (8 + Double(n).squareRoot() + Double(d).squareRoot())
  }

  /// The same as factors of w_i and s_i, and of 1 in a complement, for a row of the samples.
  var rounding: (form: Double, size: Double, complement: Double) {
    (gramError, 4 * unitRoundoff * condition, 4 * unitRoundoff)
  }

  /// δR_ik of a row or column of R, the other factor g_k apart.
  /// - Parameter form: w_i².
  /// - Parameter size: s_i².
  func product(form: Double, size: Double) -> Double {
    gramError * form.squareRoot() + 4 * unitRoundoff * condition * size.squareRoot()
  }

  /// |δ(1 − form)| of a form xᵀQx/n.
  func complement(form: Double, size: Double, count: Double) -> Double {
    product(form: form, size: size) * form.squareRoot() / count + 4 * unitRoundoff
  }
}

/// The worst of some relative errors.
struct WorstError {
  private(set) var value = 0.0
  private(set) var sample: Int?
  private(set) var coordinate: Int?

  /// One that is no number is the worst.
  mutating func take(_ error: Double, sample: Int? = nil, coordinate: Int? = nil) {
    guard !value.isNaN, !(error <= value) else { return }
    (value, self.sample, self.coordinate) = (error, sample, coordinate)
  }
}
