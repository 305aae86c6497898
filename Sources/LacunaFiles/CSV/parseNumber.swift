/// 10⁰ … 10²², the powers of ten that float64 holds exactly.
private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]

/// 5⁰ … 5²⁷, the powers of five that 64 bits hold.
private let powersOfFive: [UInt64] = (0...27).map { (0..<$0).reduce(1) { power, _ in power * 5 } }

/// Reads a decimal number, `[+-] digits [. digits] [e [+-] digits]`, at the start of `text`, whatever the locale.
///
/// - Returns: the nearest float64 (infinite where it overflows) and how many bytes it took; nil where no number stands.
func parseNumber(_ text: UnsafeBufferPointer<UInt8>) -> (value: Double, length: Int)? {
  let count = text.count
  var i = 0
  let negative = count > 0 && text[0] == UInt8(ascii: "-")
  if negative || (count > 0 && text[0] == UInt8(ascii: "+")) { i = 1 }
  var mantissa: UInt64 = 0
  var significant = 0
  var exponent = 0
  let integerStart = i
  while i < count {
    let digit = text[i] &- 0x30
    guard digit < 10 else { break }
    mantissa = mantissa &* 10 &+ UInt64(digit)
    if significant > 0 || digit != 0 { significant += 1 }
    i += 1
  }
  var digits = i - integerStart
  if i < count && text[i] == UInt8(ascii: ".") {
    i += 1
    let fractionStart = i
    while i < count {
      let digit = text[i] &- 0x30
      guard digit < 10 else { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      if significant > 0 || digit != 0 { significant += 1 }
      i += 1
    }
    exponent = fractionStart - i
    digits += i - fractionStart
  }
  guard digits > 0 else { return nil }
  if i < count && text[i] | 0x20 == UInt8(ascii: "e") {
    var j = i + 1
    var down = false
    if j < count && (text[j] == UInt8(ascii: "-") || text[j] == UInt8(ascii: "+")) {
      down = text[j] == UInt8(ascii: "-")
      j += 1
    }
    let exponentStart = j
    var written = 0
    while j < count {
      let digit = text[j] &- 0x30
      guard digit < 10 else { break }
      written = min(written * 10 + Int(digit), 1 << 40)
      j += 1
    }
    guard j > exponentStart else { return nil }
    exponent += down ? -written : written
    i = j
  }
  // Both factors exact: one correctly rounded operation (Clinger, 1990, doi:10.1145/93542.93557).
  if significant <= 19 && mantissa <= 1 << 53 && abs(exponent) <= 22 {
    let magnitude =
      exponent < 0 ? Double(mantissa) / powersOfTen[-exponent] : Double(mantissa) * powersOfTen[exponent]
    return (negative ? -magnitude : magnitude, i)
  }
  if significant <= 19 && exponent < 0 && exponent >= -27 {
    let magnitude = quotient(mantissa, power: -exponent)
    return (negative ? -magnitude : magnitude, i)
  }
  return Double(String(decoding: text[..<i], as: UTF8.self)).map { ($0, i) }
}

/// `mantissa · 10^(−power)`, correctly rounded: the long fractions that other programs write.
///
/// With both numbers shifted until their top bits are set, m·2ˢ and 5ᵖ·2ᵗ, the quotient ⌊m·2ˢ⁺⁶³ / 5ᵖ·2ᵗ⌋ has 63 or 64
/// bits, 10 or more beyond the 53 that stay; a remainder sets the last of them, so that rounding sees which side of a
/// tie the number lies on. Then 10^(−p) = 5^(−p) · 2^(−p), and scaling by a power of 2 is exact in this range.
/// - Parameter mantissa: any; 0 gives 0.
/// - Parameter power: 0 … 27.
private func quotient(_ mantissa: UInt64, power: Int) -> Double {
  let mantissaShift = mantissa.leadingZeroBitCount
  let divisor = powersOfFive[power]
  let divisorShift = divisor.leadingZeroBitCount
  let shifted = mantissa << mantissaShift
  let (quotient, remainder) = (divisor << divisorShift).dividingFullWidth((shifted >> 1, shifted << 63))
  let sticky = remainder == 0 ? quotient : quotient | 1
  return Double(sticky) * Double(sign: .plus, exponent: divisorShift - mantissaShift - 63 - power, significand: 1)
}
