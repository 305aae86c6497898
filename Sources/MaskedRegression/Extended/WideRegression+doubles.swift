extension WideRegression {
  /// What an error of every sample may be, relative to the error of a coordinate, for the sample to be left to doubles.
  private static var tolerance: Double { 1e-10 }

  /// Takes in all rows, in doubles where they do: with Q rounded from wide arithmetic an entry of R = XQ errs by
  ///
  ///     δR_ik ≤ γ Σ_j |x_ij Q_jk|,   γ = (4 + 2√d) ε/2,
  ///
  /// and with it c_i and both residuals. Rows whose c_i does not keep ten digits are taken in wide arithmetic.
  /// - Returns: false where the sum of what the other rows may err is above the tolerance in some coordinate, or numbers
  ///   leave the range of doubles; the sums are then of no use.
  func addRowsInDoubles(_ sums: Sums, _ diagonal: WideNumbers, _ receive: (Int, Int, Double) -> Void) throws -> Bool {
    let a = arithmetic
    let (n, d) = (sampleCount, coordinateCount)
    let unit = scales.unit
    guard n > 4 * d, abs(unit) < 1000, let q = doubleInverse(unit: unit) else { return false }
    let factor = scaled(1, exponent: -unit)
    let back = scaled(1, exponent: unit)
    let count = Double(n)
    let gamma = (4 + 2 * Double(d).squareRoot()) * Double.ulpOfOne / 2
    var z = [Double](repeating: 0, count: d)
    var (r, size) = (z, z)
    var (squares, denominators, leftOut, doubt, leftOutDoubt) = (z, z, z, z, z)
    var suspicious: [Int] = []
    for i in 0..<n {
      for k in 0..<d {
        z[k] = scales.centered(rows[i * d + k], k) * factor
        r[k] = 0
        size[k] = 0
      }
      for j in 0..<d where z[j] != 0 {
        let value = z[j]
        q.withUnsafeBufferPointer { q in
          for k in 0..<d {
            let product = value * q[j * d + k]
            r[k] += product
            size[k] += abs(product)
          }
        }
      }
      var (form, formSize) = (0.0, 0.0)
      for k in 0..<d {
        form += z[k] * r[k]
        formSize += abs(z[k]) * size[k]
      }
      let complement = 1 - form / count - (centered ? 1 / count : 0)
      let error = 2 * gamma * formSize / count + Double.ulpOfOne
      guard error < Self.tolerance * complement else {
        suspicious.append(i)
        continue
      }
      for k in 0..<d {
        let square = r[k] * r[k]
        let denominator = complement * q[k * d + k] + square / count
        let residual = r[k] / denominator
        squares[k] += square
        denominators[k] += denominator
        leftOut[k] += residual * residual
        // The square of r within the denominator at most doubles what an error of r does.
        doubt[k] += 2 * abs(r[k]) * gamma * size[k]
        leftOutDoubt[k] += 2 * abs(residual) * (3 * gamma * size[k] / denominator + abs(residual) * error / complement)
        receive(i, k, residual * back)
      }
    }
    // A wide row costs as much as hundreds in doubles; where most are, all may as well be.
    try addRows(suspicious, sums, diagonal, receive)
    let number = WideNumbers(count: 1, limbs: a.limbs)
    for k in 0..<d {
      for (sum, part, exponent) in [
        (sums.squares, squares[k], -2 * unit), (sums.denominators, denominators[k], -2 * unit),
        (sums.leftOut, leftOut[k], 2 * unit),
      ] {
        guard part.isFinite else { return false }
        a.set(number[0], to: part, exponent: exponent)
        a.add(sum[k], number[0])
      }
      guard scales.largest[k] > 0 else { continue }
      let total = a.split(sums.squares[k])
      let leftOutTotal = a.split(sums.leftOut[k])
      guard doubt[k] < Self.tolerance * scaled(total.fraction, exponent: total.exponent + 2 * unit),
        leftOutDoubt[k] < Self.tolerance * scaled(leftOutTotal.fraction, exponent: leftOutTotal.exponent - 2 * unit)
      else { return false }
    }
    return true
  }

  /// Q · 2^(2·unit) in doubles; nil where its diagonal leaves the range in which squares keep their digits.
  private func doubleInverse(unit: Int) -> [Double]? {
    let d = coordinateCount
    var q = [Double](repeating: 0, count: d * d)
    for index in 0..<d * d {
      let (fraction, exponent) = arithmetic.split(inverse[index])
      q[index] = scaled(fraction, exponent: exponent + 2 * unit)
    }
    for k in 0..<d where !(q[k * d + k] > 0x1p-200 && q[k * d + k] < 0x1p200) { return nil }
    for k in 0..<d where scales.largest[k] > 0 && Int(scales.largest[k].exponent) < unit - 200 { return nil }
    return q
  }
}
