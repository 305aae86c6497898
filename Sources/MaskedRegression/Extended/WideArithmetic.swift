/// Arithmetic on floating-point numbers of a few hundred bits, for the few fits whose digits float64 does not hold.
///
/// A number takes `limbs` + 1 words of a buffer: first (exponent << 1 | sign), or `zero`; then the significand's limbs, the
/// least first. Its value is ±(M / 2^(64·limbs)) · 2^exponent with the top bit of M set. Results are truncated: an operation
/// errs by less than `limbs` + 2 units of the last limb but one. Exponents do not overflow.
///
/// Source: the schoolbook algorithms, Brent, Zimmermann, *Modern Computer Arithmetic*, 2010, sections 1.3, 3.1 to 3.4.
final class WideArithmetic {
  typealias Number = UnsafeMutablePointer<UInt64>

  let limbs: Int
  /// Words from one number of a buffer to the next.
  var stride: Int { limbs + 1 }
  /// The header of 0, whose limbs are not read.
  static let zero = UInt64(bitPattern: Int64.min)

  private let product: Number
  private let workspace: WideNumbers

  init(limbs: Int) {
    self.limbs = limbs
    product = .allocate(capacity: 2 * limbs)
    product.initialize(repeating: 0, count: 2 * limbs)
    workspace = WideNumbers(count: 2, limbs: limbs)
  }

  deinit { product.deallocate() }

  // MARK: To and from doubles

  /// a ← value · 2^exponent, exactly.
  func set(_ a: Number, to value: Double, exponent: Int = 0) {
    guard value != 0 else {
      a[0] = Self.zero
      return
    }
    for j in 1..<limbs { a[j] = 0 }
    a[limbs] = Self.significand(value)
    a[0] = Self.header(exponent: Int(value.exponent) + 1 + exponent, sign: value < 0 ? 1 : 0)
  }

  func copy(_ a: Number, to b: Number) { b.update(from: a, count: stride) }

  func isZero(_ a: Number) -> Bool { a[0] == Self.zero }

  func isPositive(_ a: Number) -> Bool { a[0] != Self.zero && a[0] & 1 == 0 }

  func negate(_ a: Number) { if a[0] != Self.zero { a[0] ^= 1 } }

  /// a ← a · 2^exponent.
  func shift(_ a: Number, by exponent: Int) {
    if a[0] != Self.zero { a[0] = UInt64(bitPattern: Int64(bitPattern: a[0]) + Int64(2 * exponent)) }
  }

  /// The number as fraction · 2^exponent, the fraction below 1 in magnitude and at least ½, or 0.
  func split(_ a: Number) -> (fraction: Double, exponent: Int) {
    guard a[0] != Self.zero else { return (0, 0) }
    // 2^64 is one of the numbers that rounding a limb can give.
    let magnitude = Double(a[limbs]) * 0x1p-64
    return (a[0] & 1 == 1 ? -magnitude : magnitude, Self.exponent(a[0]))
  }

  func double(_ a: Number) -> Double {
    let (fraction, exponent) = split(a)
    return scaled(fraction, exponent: exponent)
  }

  // MARK: Sums of products

  /// sum ← sum ± a·b.
  func accumulate(_ sum: Number, _ a: Number, _ b: Number, subtract: Bool = false) {
    let (first, second) = (a[0], b[0])
    if first == Self.zero || second == Self.zero { return }
    let m = limbs
    let p = product
    for j in m - 1..<2 * m { p[j] = 0 }
    // Products below limb m − 2 of the 2m are left out.
    for i in 0..<m {
      let factor = a[i + 1]
      var carry: UInt64 = 0
      var j = max(0, m - 2 - i)
      if i + j == m - 2 {
        carry = factor.multipliedFullWidth(by: b[j + 1]).high
        j += 1
      }
      while j < m {
        let (high, low) = factor.multipliedFullWidth(by: b[j + 1])
        let (one, overflow) = p[i + j].addingReportingOverflow(low)
        let (two, more) = one.addingReportingOverflow(carry)
        p[i + j] = two
        carry = high &+ (overflow ? 1 : 0) &+ (more ? 1 : 0)
        j += 1
      }
      p[i + m] = carry
    }
    var exponent = Self.exponent(first) + Self.exponent(second)
    if p[2 * m - 1] >> 63 == 0 {
      exponent -= 1
      for j in Swift.stride(from: 2 * m - 1, to: m - 1, by: -1) { p[j] = p[j] << 1 | p[j - 1] >> 63 }
    }
    add(sum, p + m, exponent: exponent, sign: (first ^ second ^ (subtract ? 1 : 0)) & 1)
  }

  /// sum ← sum ± a·b of two doubles, the product exact.
  func accumulate(_ sum: Number, _ a: Double, _ b: Double) {
    if a == 0 || b == 0 { return }
    var (high, low) = Self.significand(a).multipliedFullWidth(by: Self.significand(b))
    var exponent = Int(a.exponent) + Int(b.exponent) + 2
    if high >> 63 == 0 {
      exponent -= 1
      high = high << 1 | low >> 63
      low <<= 1
    }
    for j in 0..<limbs - 2 { product[j] = 0 }
    product[limbs - 2] = low
    product[limbs - 1] = high
    add(sum, product, exponent: exponent, sign: (a < 0) != (b < 0) ? 1 : 0)
  }

  /// sum ← sum ± a.
  func add(_ sum: Number, _ a: Number, subtract: Bool = false) {
    if a[0] == Self.zero { return }
    add(sum, a + 1, exponent: Self.exponent(a[0]), sign: (a[0] ^ (subtract ? 1 : 0)) & 1)
  }

  /// inverse ← 1/a by Newton's iteration r ← r + r(1 − ar); a ≠ 0.
  func invert(_ a: Number, into inverse: Number) {
    let (fraction, exponent) = split(a)
    set(inverse, to: 1 / fraction, exponent: -exponent)
    let (rest, step) = (workspace[0], workspace[1])
    var digits = 48
    while digits < 64 * limbs {
      set(rest, to: 1)
      accumulate(rest, a, inverse, subtract: true)
      copy(inverse, to: step)
      accumulate(inverse, step, rest)
      digits *= 2
    }
  }

  /// target ← a·b; target is neither.
  func multiply(_ a: Number, _ b: Number, into target: Number) {
    target[0] = Self.zero
    accumulate(target, a, b)
  }

  // MARK: Limbs

  @inline(__always) private static func header(exponent: Int, sign: UInt64) -> UInt64 {
    UInt64(bitPattern: Int64(exponent) << 1) | sign
  }

  @inline(__always) private static func exponent(_ header: UInt64) -> Int { Int(Int64(bitPattern: header) >> 1) }

  /// The significand of a double in the top bits of a limb.
  @inline(__always) private static func significand(_ value: Double) -> UInt64 {
    UInt64(value.magnitude.significand * 0x1p63)
  }

  /// sum ← sum + (−1)^sign · m · 2^exponent, m normalised limbs.
  private func add(_ sum: Number, _ m: Number, exponent: Int, sign: UInt64) {
    let n = limbs
    let s = sum + 1
    let header = sum[0]
    if header == Self.zero {
      s.update(from: m, count: n)
      sum[0] = Self.header(exponent: exponent, sign: sign)
      return
    }
    let own = Self.exponent(header)
    let distance = own - exponent
    if header & 1 == sign {
      var carry: UInt64 = 0
      if distance >= 0 {
        for j in 0..<max(0, n - distance / 64) {
          carry = Self.sum(s, j, s[j], Self.shifted(m, j, distance, n), carry)
        }
        for j in max(0, n - distance / 64)..<n where carry > 0 { carry = Self.sum(s, j, s[j], 0, carry) }
      } else {
        for j in 0..<n { carry = Self.sum(s, j, Self.shifted(s, j, -distance, n), m[j], carry) }
      }
      var top = max(own, exponent)
      if carry > 0 {
        top += 1
        for j in 0..<n - 1 { s[j] = s[j] >> 1 | s[j + 1] << 63 }
        s[n - 1] = s[n - 1] >> 1 | 1 << 63
      }
      sum[0] = Self.header(exponent: top, sign: sign)
      return
    }
    // Signs differ: the smaller magnitude off the larger.
    if distance > 0 || (distance == 0 && !Self.isLess(s, m, n)) {
      var borrow: UInt64 = 0
      for j in 0..<n { borrow = Self.difference(s, j, s[j], Self.shifted(m, j, distance, n), borrow) }
      normalize(sum, exponent: own, sign: header & 1)
    } else {
      var borrow: UInt64 = 0
      for j in 0..<n { borrow = Self.difference(s, j, m[j], Self.shifted(s, j, -distance, n), borrow) }
      normalize(sum, exponent: exponent, sign: sign)
    }
  }

  /// Limb j of m shifted right by so many bits; reads limbs j and above only.
  @inline(__always) private static func shifted(_ m: Number, _ j: Int, _ bits: Int, _ n: Int) -> UInt64 {
    let (word, bit) = (j + bits >> 6, UInt64(bits & 63))
    if word >= n { return 0 }
    if bit == 0 { return m[word] }
    return m[word] >> bit | (word + 1 < n ? m[word + 1] << (64 - bit) : 0)
  }

  @inline(__always) private static func sum(_ s: Number, _ j: Int, _ a: UInt64, _ b: UInt64, _ carry: UInt64) -> UInt64
  {
    let (one, overflow) = a.addingReportingOverflow(b)
    let (two, more) = one.addingReportingOverflow(carry)
    s[j] = two
    return overflow || more ? 1 : 0
  }

  @inline(__always) private static func difference(
    _ s: Number, _ j: Int, _ a: UInt64, _ b: UInt64, _ borrow: UInt64
  ) -> UInt64 {
    let (one, overflow) = a.subtractingReportingOverflow(b)
    let (two, more) = one.subtractingReportingOverflow(borrow)
    s[j] = two
    return overflow || more ? 1 : 0
  }

  @inline(__always) private static func isLess(_ a: Number, _ b: Number, _ n: Int) -> Bool {
    for j in Swift.stride(from: n - 1, through: 0, by: -1) where a[j] != b[j] { return a[j] < b[j] }
    return false
  }

  private func normalize(_ a: Number, exponent: Int, sign: UInt64) {
    let m = a + 1
    var words = 0
    while words < limbs && m[limbs - 1 - words] == 0 { words += 1 }
    guard words < limbs else {
      a[0] = Self.zero
      return
    }
    let bits = UInt64(m[limbs - 1 - words].leadingZeroBitCount)
    if words > 0 || bits > 0 {
      for j in Swift.stride(from: limbs - 1, through: 0, by: -1) {
        let source = j - words
        let upper = source >= 0 ? m[source] << bits : 0
        m[j] = upper | (bits > 0 && source >= 1 ? m[source - 1] >> (64 - bits) : 0)
      }
    }
    a[0] = Self.header(exponent: exponent - 64 * words - Int(bits), sign: sign)
  }
}

/// fraction · 2^exponent, 0 or infinite only where no double is near.
func scaled(_ fraction: Double, exponent: Int) -> Double {
  fraction == 0 ? 0 : Double(sign: .plus, exponent: max(-4000, min(4000, exponent)), significand: fraction)
}
