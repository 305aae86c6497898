/// Elementary functions of four float64 numbers at once, on the ranges that random entries need, within about 1.5 units
/// in the last place. Products and sums are kept apart: a fused operation is a library call where the target lacks it.

/// ln u for normal u > 0.
///
/// u = 2^k·m with m in [√½, √2), ln m from s = f/(2 + f), f = m − 1, as in Sun's fdlibm `e_log.c`:
/// ln(1 + f) = f − (h − s(h + R(s²))), h = f²/2.
@inline(__always)
func logarithm(_ u: Reals) -> Reals {
  let bits = Bits(of: u)
  // Bits of √½, so that the exponent of the quotient is k; 1023 more keeps it positive.
  let shifted = bits &- 0x3FE6_A09E_667F_3BCD &+ 0x3FF0_0000_0000_0000
  let m = (bits &- (shifted & Bits(repeating: 0xFFF0_0000_0000_0000)) &+ 0x3FF0_0000_0000_0000).asReals
  let k = ((shifted &>> 52) | Bits(repeating: 0x4330_0000_0000_0000)).asReals - (0x1p52 + 1023)
  let f = m - 1
  let s = f / (f + 2)
  let z = s * s
  let w = z * z
  var odd = Reals(repeating: 0.1531383769920937332)
  odd = odd * w + 0.2222219843214978396
  odd = odd * w + 0.3999999999940941908
  var even = Reals(repeating: 0.1479819860511658591)
  even = even * w + 0.1818357216161805012
  even = even * w + 0.2857142874366239149
  even = even * w + 0.6666666666666735130
  let rest = odd * w + even * z
  let half = f * f * 0.5
  let correction = s * (half + rest) + k * 1.90821492927058770002e-10
  return k * 6.93147180369123816490e-01 - ((half - correction) - f)
}

/// cos 2πv and sin 2πv for 0 ≤ v ≤ 1.
///
/// v less the nearest quarter turn is exact, and at most an eighth of a turn remains for the polynomials of Sun's fdlibm
/// (`k_sin.c`, `k_cos.c`); the quarter picks which of the two is which, and the signs.
@inline(__always)
func cosineAndSine(turns v: Reals) -> (cosine: Reals, sine: Reals) {
  let rounder = 0x1.8p52
  let rounded = v * 4 + rounder
  let quarter = Bits(of: rounded)
  let x = (v - (rounded - rounder) * 0.25) * (2 * Double.pi)
  let z = x * x
  var sineSeries = Reals(repeating: 1.58969099521155010221e-10)
  sineSeries = sineSeries * z + -2.50507602534068634195e-08
  sineSeries = sineSeries * z + 2.75573137070700676789e-06
  sineSeries = sineSeries * z + -1.98412698298579493134e-04
  sineSeries = sineSeries * z + 8.33333333332248946124e-03
  sineSeries = sineSeries * z + -1.66666666666666324348e-01
  let sine = x + x * z * sineSeries
  var cosineSeries = Reals(repeating: -1.13596475577881948265e-11)
  cosineSeries = cosineSeries * z + 2.08757232129817482790e-09
  cosineSeries = cosineSeries * z + -2.75573143513906633035e-07
  cosineSeries = cosineSeries * z + 2.48015872894767294178e-05
  cosineSeries = cosineSeries * z + -1.38888888888741095749e-03
  cosineSeries = cosineSeries * z + 4.16666666666666019037e-02
  let half = z * 0.5
  let lead = 1 - half
  let cosine = lead + ((1 - lead - half) + z * z * cosineSeries)

  let exchange = Bits.zero &- (quarter & 1)
  let difference = (Bits(of: cosine) ^ Bits(of: sine)) & exchange
  let signs = Bits(repeating: 1 << 63)
  let cosineSign = ((quarter &+ 1) &<< 62) & signs
  let sineSign = (quarter &<< 62) & signs
  return (
    (Bits(of: cosine) ^ difference ^ cosineSign).asReals, (Bits(of: sine) ^ difference ^ sineSign).asReals
  )
}

/// e^y − 1 for 0 ≤ y ≤ 700.
///
/// y = k·ln 2 + r with |r| ≤ ½ ln 2, the Taylor series of e^r − 1 to r¹³ (the rest is below 10⁻¹⁷·|r|), and 2^k(e^r − 1) + (2^k − 1).
@inline(__always)
func exponentialMinusOne(_ y: Reals) -> Reals {
  let rounder = 0x1.8p52
  let rounded = y * 1.4426950408889634074 + rounder
  let k = rounded - rounder
  let r = (y - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10
  var series = Reals(repeating: 1 / 6_227_020_800)
  series = series * r + 1 / 479_001_600
  series = series * r + 1 / 39_916_800
  series = series * r + 1 / 3_628_800
  series = series * r + 1 / 362_880
  series = series * r + 1 / 40_320
  series = series * r + 1 / 5_040
  series = series * r + 1 / 720
  series = series * r + 1 / 120
  series = series * r + 1 / 24
  series = series * r + 1 / 6
  series = series * r + 0.5
  let small = r + r * r * series
  let power = ((Bits(of: rounded) &+ 1023) &<< 52).asReals
  return power * small + (power - 1)
}

/// √t for normal t > 0.
///
/// Newton's iteration for t^(−½) from the bits of t (a first guess within 3.5%), y ← y(3/2 − t y²/2) four times, and one
/// step on the root itself. `SIMD.squareRoot` takes the lanes one by one, and their whole history with them.
@inline(__always)
func squareRoot(_ t: Reals) -> Reals {
  let half = t * 0.5
  var y = (Bits(repeating: 0x5FE6_EB50_C7B5_37A9) &- (Bits(of: t) &>> 1)).asReals
  y = y * (1.5 - half * y * y)
  y = y * (1.5 - half * y * y)
  y = y * (1.5 - half * y * y)
  y = y * (1.5 - half * y * y)
  let root = t * y
  return root + (t - root * root) * (y * 0.5)
}
