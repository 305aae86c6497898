/// 10⁰ … 10²², the powers of ten that float64 holds exactly.
private let exactPowers: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]

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
      exponent < 0 ? Double(mantissa) / exactPowers[-exponent] : Double(mantissa) * exactPowers[exponent]
    return (negative ? -magnitude : magnitude, i)
  }
  return Double(String(decoding: text[..<i], as: UTF8.self)).map { ($0, i) }
}
