import RealModule

/// The forward prediction filter of order d − 1 of a stationary process, (1, a_1, …), with its error variance: the first column of
/// Σ⁻¹ is coefficients/variance.
///
/// The Levinson–Durbin recursion, O(m²) up to the order m from which on reflections are rounding: where they have been so for 32 orders
/// the filter so far, the rest 0, is tried for the whole. It stands where its image Σa, by Fourier transform, is variance·e₁ to
/// 1e-14 of c₀; else the recursion goes on and tries again at twice the order.
/// Source: G. H. Golub, C. F. Van Loan, *Matrix Computations*, 4th edition, section 4.7.
struct PredictionFilter {
  /// Length d; zeros from `order` + 1 on.
  private(set) var coefficients: [Double]
  private(set) var variance: Double
  /// ln det Σ: the sum of the logarithms of the prediction variances of all orders.
  private(set) var logDeterminant: Double
  /// m.
  private(set) var order = 0
  /// Orders since a reflection was more than rounding.
  private var still = 0

  /// - Throws: `notPositiveDefinite` with the order of the first leading minor that is not positive.
  init(firstRow c: [Double]) throws(PopulationError) {
    let d = c.count
    coefficients = Array(repeating: 0, count: d)
    coefficients[0] = 1
    variance = c[0]
    logDeterminant = .log(c[0])
    var trial = 64
    while order < d - 1 {
      guard advance(c, until: trial) else {
        throw .notPositiveDefinite(
          reason: "the leading minor of order \(order + 2) of the Toeplitz matrix is not positive")
      }
      guard order < d - 1 else { break }
      if solves(c) {
        logDeterminant += Double(d - 1 - order) * .log(variance)
        return
      }
      trial = 2 * order
    }
    order = d - 1
  }

  /// Goes on to an order of at least `trial` where reflections have died out, or to the end; false where a minor is not positive.
  private mutating func advance(_ c: [Double], until trial: Int) -> Bool {
    let d = c.count
    var (variance, logDeterminant, done, still) = (variance, logDeterminant, order, still)
    defer { (self.variance, self.logDeterminant, order, self.still) = (variance, logDeterminant, done, still) }
    return coefficients.withUnsafeMutableBufferPointer { a in
      c.withUnsafeBufferPointer { c in
        while done < d - 1, done < trial || still < 32 {
          let order = done + 1
          var sum = SIMD4<Double>.zero
          var i = 0
          while i + 4 <= order {
            let left = SIMD4<Double>(a[i], a[i + 1], a[i + 2], a[i + 3])
            let right = SIMD4<Double>(c[order - i], c[order - i - 1], c[order - i - 2], c[order - i - 3])
            sum += left * right
            i += 4
          }
          var numerator = sum.sum()
          while i < order {
            numerator += a[i] * c[order - i]
            i += 1
          }
          let reflection = -numerator / variance
          let next = variance * (1 - reflection) * (1 + reflection)
          guard next > 1e-15 * c[0] else { return false }
          variance = next
          logDeterminant += .log(variance)
          still = abs(reflection) <= 4e-16 ? still + 1 : 0
          // a ← a + reflection · reversed(a), both ends at once.
          var low = 0
          var high = order
          while low < high {
            let (left, right) = (a[low], a[high])
            a[low] = left + reflection * right
            a[high] = right + reflection * left
            low += 1
            high -= 1
          }
          if low == high { a[low] *= 1 + reflection }
          done = order
        }
        return true
      }
    }
  }

  /// Whether Σa = variance·e₁.
  private func solves(_ c: [Double]) -> Bool {
    let image = TriangularConvolution(count: c.count).toeplitz(firstRow: c, times: coefficients)
    let bound = 1e-14 * c[0]
    return abs(image[0] - variance) <= bound && image.dropFirst().allSatisfy { abs($0) <= bound }
  }
}
