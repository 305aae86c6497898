import RealModule

/// How unusual a row's score is among those of samples that their own fit did not see.
///
/// Scores are s_i = Σ_k r_ik²/σ_k². A new row of the same distribution as the n samples is above them all with probability
/// 1/(n + 1) whatever that distribution, so that p = (1 + r)/(n + 1), r the number of samples whose score is at least the row's,
/// is uniform on its steps.
///
/// Of Gaussian rows the score is a sum of squares with unequal weights, Σ_j λ_j z_j², whose tail is near that of c·χ²_ν with the
/// same mean m and variance v: c = v/(2m), ν = 2m²/v. Mean and variance are those of the n scores.
/// Source: F. E. Satterthwaite, Biometrics Bulletin 2, 110 (1946).
public struct ScoreTail: Sendable {
  private let sorted: [Double]
  private let scale, degrees: Double

  /// - Parameter scores: of the fit's samples, at least one.
  public init(scores: [Double]) {
    sorted = scores.sorted()
    let n = Double(scores.count)
    let mean = scores.reduce(0, +) / n
    let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(n - 1, 1)
    scale = variance / (2 * mean)
    degrees = 2 * mean * mean / variance
  }

  /// (1 + r)/(n + 1).
  public func rank(of score: Double) -> Double {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < score { low = middle + 1 } else { high = middle }
    }
    return Double(1 + sorted.count - low) / Double(sorted.count + 1)
  }

  /// P(c·χ²_ν ≥ score); nil where the scores do not scatter.
  public func gaussianTail(of score: Double) -> Double? {
    guard degrees.isFinite, degrees > 0, scale > 0 else { return nil }
    return upperGamma(degrees / 2, score / (2 * scale))
  }
}

/// Q(a, x) = Γ(a, x)/Γ(a), the regularised upper incomplete gamma function, a > 0, x ≥ 0.
///
/// The series of P = 1 − Q below a + 1, Lentz's continued fraction above; relative error about 10⁻¹³ but for a ≫ 10⁴, where the
/// logarithm of the prefactor loses digits.
/// Source: Numerical Recipes, 3rd edition, section 6.2.
func upperGamma(_ a: Double, _ x: Double) -> Double {
  guard x > 0 else { return 1 }
  guard x.isFinite else { return 0 }
  let logarithm = a * Double.log(x) - x - Double.logGamma(a)
  if x < a + 1 {
    var (term, sum, k) = (1 / a, 1 / a, a)
    repeat {
      k += 1
      term *= x / k
      sum += term
    } while term > sum * Double.ulpOfOne
    return max(0, 1 - sum * Double.exp(logarithm))
  }
  let tiny = 1e-300
  var b = x + 1 - a
  var c = 1 / tiny
  var d = 1 / b
  var h = d
  var i = 1.0
  while i < 1e6 {
    let an = -i * (i - a)
    b += 2
    d = an * d + b
    if abs(d) < tiny { d = tiny }
    c = b + an / c
    if abs(c) < tiny { c = tiny }
    d = 1 / d
    let factor = d * c
    h *= factor
    if abs(factor - 1) < Double.ulpOfOne { break }
    i += 1
  }
  return Double.exp(logarithm) * h
}
