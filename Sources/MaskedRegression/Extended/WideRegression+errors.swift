import LacunaAlgebra

/// Errors of one fit at one ridge, and what of each coordinate the others leave.
package struct WideErrors {
  package var training, leaveOneOut, gcv: [Double]
  /// (1/Q_kk)/(S_kk + λ): the share of a coordinate's mean square that the others do not explain, of 0 where it has none.
  package var unexplained: [Double]
}

extension WideRegression {
  /// Sums over samples for each coordinate, beside scratch for one cell.
  final class Sums {
    /// Σ R_ik², Σ C_ik with C_ik = c_i Q_kk + R_ik²/n, Σ (R_ik/C_ik)²: the last are leave-one-sample-out residuals.
    let squares, denominators, leftOut: WideNumbers
    let scratch: WideNumbers
    let arithmetic: WideArithmetic
    let inverseCount: WideArithmetic.Number

    init(count: Int, arithmetic: WideArithmetic, inverseCount: WideArithmetic.Number) {
      self.arithmetic = arithmetic
      self.inverseCount = inverseCount
      squares = WideNumbers(count: count, limbs: arithmetic.limbs)
      denominators = WideNumbers(count: count, limbs: arithmetic.limbs)
      leftOut = WideNumbers(count: count, limbs: arithmetic.limbs)
      scratch = WideNumbers(count: 3, limbs: arithmetic.limbs)
    }

    func clear() {
      for k in 0..<squares.count { for sum in [squares, denominators, leftOut] { arithmetic.set(sum[k], to: 0) } }
    }

    /// Takes in cell k of a sample.
    /// - Parameter r: (XQ)_ik.
    /// - Parameter q: Q_kk.
    /// - Parameter complement: c_i = 1 − x_iᵀQx_i/n − (1/n with an intercept).
    /// - Returns: the residual of the fit without the sample.
    func add(_ k: Int, r: WideArithmetic.Number, q: WideArithmetic.Number, complement: WideArithmetic.Number) -> Double
    {
      let a = arithmetic
      let (square, denominator, residual) = (scratch[0], scratch[1], scratch[2])
      a.multiply(r, r, into: square)
      a.add(squares[k], square)
      a.multiply(complement, q, into: denominator)
      a.accumulate(denominator, square, inverseCount)
      a.add(denominators[k], denominator)
      let (top, topExponent) = a.split(r)
      if top == 0 { return 0 }
      let (bottom, bottomExponent) = a.split(denominator)
      a.set(residual, to: top / bottom, exponent: topExponent - bottomExponent)
      a.accumulate(leftOut[k], residual, residual)
      return a.double(residual)
    }
  }

  /// Training, leave-one-sample-out and generalised cross-validation errors of every coordinate.
  ///
  ///     E_tr,k = Σ_i R_ik²/(n Q_kk²),  E_loo,k = Σ_i (R_ik/C_ik)²/n,  GCV_k = E_tr,k / (Σ_i C_ik/(n Q_kk))²
  ///
  /// with R = XQ, C_ik = c_i Q_kk + R_ik²/n: C_ik and R_ik in wide arithmetic where doubles do not do.
  /// - Parameter receive: is handed each leave-one-sample-out residual with its sample and coordinate.
  package func errors(ridge: Double, _ receive: (Int, Int, Double) -> Void = { _, _, _ in }) throws
    -> WideErrors
  {
    let d = coordinateCount
    guard scales.largest.contains(where: { $0 > 0 }) else {
      let zeros = [Double](repeating: 0, count: d)
      return WideErrors(training: zeros, leaveOneOut: zeros, gcv: zeros, unexplained: zeros)
    }
    try solve(ridge: ridge)
    let sums = Sums(count: d, arithmetic: arithmetic, inverseCount: inverseCount[0])
    let diagonal = WideNumbers(count: d, limbs: arithmetic.limbs)
    if isDual {
      try addColumns(sums, diagonal, receive)
    } else {
      for k in 0..<d { arithmetic.copy(inverse[k * d + k], to: diagonal[k]) }
      if try !addRowsInDoubles(sums, diagonal, receive) {
        sums.clear()
        try addRows(0..<sampleCount, sums, diagonal, receive)
      }
    }
    return finish(sums, diagonal, ridge: ridge)
  }

  func addRows(
    _ range: some Sequence<Int>, _ sums: Sums, _ diagonal: WideNumbers, _ receive: (Int, Int, Double) -> Void
  ) throws {
    let a = arithmetic
    let (d, q) = (coordinateCount, inverse)
    let z = WideNumbers(count: d, limbs: a.limbs)
    let r = WideNumbers(count: d + 2, limbs: a.limbs)
    let (form, complement) = (r[d], r[d + 1])
    for i in range {
      try Interruption.check()
      a.set(form, to: 0)
      for k in 0..<d { cell(i, k, into: z[k]) }
      for k in 0..<d {
        a.set(r[k], to: 0)
        for j in 0..<d { a.accumulate(r[k], q[k * d + j], z[j]) }
        a.accumulate(form, r[k], z[k])
      }
      a.set(complement, to: 1)
      a.accumulate(complement, form, inverseCount[0], subtract: true)
      if centered { a.add(complement, inverseCount[0], subtract: true) }
      for k in 0..<d { receive(i, k, sums.add(k, r: r[k], q: diagonal[k], complement: complement)) }
    }
  }

  /// R = MX diag(w)⁻¹, c_i = λM_ii, λw_kQ_kk = 1 − x_kᵀMx_k/(n w_k).
  private func addColumns(_ sums: Sums, _ diagonal: WideNumbers, _ receive: (Int, Int, Double) -> Void) throws {
    let a = arithmetic
    let (n, d, m) = (sampleCount, coordinateCount, inverse)
    let z = WideNumbers(count: n, limbs: a.limbs)
    let r = WideNumbers(count: n + 3, limbs: a.limbs)
    let complements = WideNumbers(count: n, limbs: a.limbs)
    let (form, rest, scratch) = (r[n], r[n + 1], r[n + 2])
    for i in 0..<n {
      a.multiply(ridges[0], m[i * n + i], into: complements[i])
      if centered { a.add(complements[i], inverseCount[0], subtract: true) }
    }
    for k in 0..<d {
      try Interruption.check()
      a.set(form, to: 0)
      for i in 0..<n { cell(i, k, into: z[i]) }
      for i in 0..<n {
        a.set(r[i], to: 0)
        for j in 0..<n { a.accumulate(r[i], m[i * n + j], z[j]) }
        if weights != nil {
          a.copy(r[i], to: scratch)
          a.multiply(scratch, inverseWeights[k], into: r[i])
        }
        a.accumulate(form, r[i], z[i])
      }
      a.set(rest, to: 1)
      a.accumulate(rest, form, inverseCount[0], subtract: true)
      a.multiply(rest, ridges[1], into: diagonal[k])
      if weights != nil {
        a.copy(diagonal[k], to: scratch)
        a.multiply(scratch, inverseWeights[k], into: diagonal[k])
      }
      for i in 0..<n { receive(i, k, sums.add(k, r: r[i], q: diagonal[k], complement: complements[i])) }
    }
  }

  private func finish(_ sums: Sums, _ diagonal: WideNumbers, ridge: Double) -> WideErrors {
    let a = arithmetic
    let n = sampleCount
    var errors = WideErrors(training: [], leaveOneOut: [], gcv: [], unexplained: [])
    for k in 0..<coordinateCount {
      let (square, squareExponent) = a.split(sums.squares[k])
      let (q, qExponent) = a.split(diagonal[k])
      let (c, cExponent) = a.split(sums.denominators[k])
      let (left, leftExponent) = a.split(sums.leftOut[k])
      let none = square == 0
      let training = square / (q * q) / Double(n)
      let exponent = squareExponent - 2 * qExponent
      // What the limit leaves of an interpolating fit is of the order of the stand-in's square.
      func number(_ fraction: Double, _ exponent: Int) -> Double {
        let negligible = none || ridge == 0 && exponent < 2 * Int(least[k].exponent) - 250
        return negligible ? 0 : scaled(fraction, exponent: exponent)
      }
      errors.training.append(number(training, exponent))
      errors.leaveOneOut.append(number(left / Double(n), leftExponent))
      errors.gcv.append(number(square / (c * c) * Double(n), squareExponent - 2 * cExponent))
      let size = meanSquare(k)
      errors.unexplained.append(
        size == 0 ? 1 : scaled(1 / q / (size + ridge * (weights?[k] ?? 1)), exponent: -qExponent))
    }
    return errors
  }

  private func meanSquare(_ k: Int) -> Double {
    (0..<sampleCount).reduce(0) {
      let z = scales.centered(rows[$1 * coordinateCount + k], k)
      return $0 + z * z
    } / Double(sampleCount)
  }

  /// Â, d × d, row-major: −Q_kj/Q_kk, through the samples Â_kj = x_kᵀ(MX)_j/(w_j (n − x_kᵀMx_k/w_k)).
  package func predictor(ridge: Double) throws -> [Double] {
    let d = coordinateCount
    var matrix = [Double](repeating: 0, count: d * d)
    guard scales.largest.contains(where: { $0 > 0 }) else { return matrix }
    try solve(ridge: ridge)
    let a = arithmetic
    func quotient(_ top: WideArithmetic.Number, _ bottom: WideArithmetic.Number) -> Double {
      let ((x, e), (y, f)) = (a.split(top), a.split(bottom))
      return scaled(x / y, exponent: e - f)
    }
    guard isDual else {
      for k in 0..<d {
        for j in 0..<d where j != k { matrix[k * d + j] = 0 - quotient(inverse[k * d + j], inverse[k * d + k]) }
      }
      return matrix
    }
    let n = sampleCount
    let z = WideNumbers(count: n * d, limbs: a.limbs)
    let y = WideNumbers(count: n, limbs: a.limbs)
    let forms = WideNumbers(count: d * d, limbs: a.limbs)
    let rest = WideNumbers(count: 2, limbs: a.limbs)
    for i in 0..<n { for k in 0..<d { cell(i, k, into: z[i * d + k]) } }
    for j in 0..<d {
      for i in 0..<n {
        a.set(y[i], to: 0)
        for l in 0..<n { a.accumulate(y[i], inverse[i * n + l], z[l * d + j]) }
        if weights != nil {
          a.copy(y[i], to: rest[1])
          a.multiply(rest[1], inverseWeights[j], into: y[i])
        }
      }
      for k in 0..<d { for i in 0..<n { a.accumulate(forms[k * d + j], z[i * d + k], y[i]) } }
    }
    for k in 0..<d {
      a.set(rest[0], to: Double(n))
      a.add(rest[0], forms[k * d + k], subtract: true)
      for j in 0..<d where j != k { matrix[k * d + j] = quotient(forms[k * d + j], rest[0]) }
    }
    return matrix
  }
}
