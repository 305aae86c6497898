/// A number to three digits, for sentences and labels.
package func briefly(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return "\(value)" }
  var (mantissa, exponent) = (abs(value), 0)
  while mantissa >= 9.995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  while mantissa < 0.9995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  let isPlain = (-3...4).contains(exponent)
  let power = isPlain ? (0..<abs(exponent)).reduce(1.0) { power, _ in power * 10 } : 1
  let digits = (mantissa * 100).rounded()
  let rounded = exponent < 0 ? digits / (100 * power) : digits * power / 100
  let text = "\(rounded)"
  return (value < 0 ? "−" : "") + (text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    + (isPlain ? "" : "e\(exponent)")
}
