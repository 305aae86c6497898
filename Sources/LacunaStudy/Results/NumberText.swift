import RealModule

/// Numbers as people read them.
package enum NumberText {
  /// A number to so many significant digits: plain where that is short, else with an exponent.
  package static func format(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    guard value != 0 else { return "0" }
    var exponent = Int(Double.log10(abs(value)).rounded(.down))
    // In two steps: neither power of ten overflows, however small the value.
    let shift = digits - 1 - exponent
    var scaled = (abs(value) * Double.exp10(Double(shift / 2)) * Double.exp10(Double(shift - shift / 2))).rounded()
    if scaled >= Double.exp10(Double(digits)) {
      exponent += 1
      scaled /= 10
    }
    let sign = value < 0 ? "−" : ""
    var figures = "\(Int(scaled))"
    if (-4..<digits).contains(exponent) {
      let decimals = digits - 1 - exponent
      if decimals > 0 {
        figures = String(repeating: "0", count: max(0, decimals + 1 - figures.count)) + figures
        figures.insert(".", at: figures.index(figures.endIndex, offsetBy: -decimals))
      }
      return sign + figures
    }
    if digits > 1 { figures.insert(".", at: figures.index(after: figures.startIndex)) }
    return sign + figures + "e\(exponent)"
  }

  /// A number to at most three significant digits, without trailing zeros: 0.001, 2, 1.5.
  package static func brief(_ value: Double) -> String {
    let text = format(value, digits: 3)
    let parts = text.split(separator: "e", maxSplits: 1)
    guard parts[0].contains(".") else { return text }
    var mantissa = parts[0]
    while mantissa.hasSuffix("0") { mantissa.removeLast() }
    if mantissa.hasSuffix(".") { mantissa.removeLast() }
    return mantissa + (parts.count > 1 ? "e" + parts[1] : "")
  }

  /// "1.2345 ± 0.0021": the mean to the digits its error supports.
  package static func format(mean: Double, error: Double?) -> String {
    guard let error, error > 0, error.isFinite, mean.isFinite else { return format(mean, digits: 5) }
    let magnitude = mean == 0 ? 0 : Int(Double.log10(abs(mean)).rounded(.down))
    let uncertain = Int(Double.log10(error).rounded(.down))
    let digits = min(max(magnitude - uncertain + 2, 2), 8)
    return format(mean, digits: digits) + " ± " + format(error, digits: 2)
  }

  /// One decimal and a sign.
  package static func signed(_ value: Double) -> String {
    guard abs(value) < 1e15 else { return (value < 0 ? "−" : "+") + format(abs(value), digits: 3) }
    let tenths = Int((abs(value) * 10).rounded())
    return (value < 0 && tenths > 0 ? "−" : "+") + "\(tenths / 10).\(tenths % 10)"
  }
}
