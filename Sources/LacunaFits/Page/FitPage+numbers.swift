import MaskedRegression
import RealModule

/// Numbers as the page writes them.
extension FitPage {
  /// Three digits.
  func number(_ value: Double) -> String { value.isFinite ? briefly(value) : "–" }

  /// As many decimals as the standard error beside it has with two digits.
  func number(_ value: Double, of error: Double) -> String {
    guard value.isFinite, error > 0, error.isFinite else { return number(value) }
    let decimals = 1 - Int(Double.log10(error).rounded(.down))
    guard (0...9).contains(decimals), abs(value) < 1e6 else { return number(value) }
    return fixed(value, decimals: decimals)
  }

  /// A value with its standard error.
  func number(_ value: Double, plusMinus error: Double?) -> String {
    error.map { "\(number(value, of: $0)) ± \(number($0, of: $0))" } ?? number(value)
  }

  /// A share of 1: three decimals, near 1 two digits of what is left.
  func share(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e6 else { return number(value) }
    var decimals = 3
    if value > 0.99, value < 1 {
      while (1 - value) * Double.pow(10, decimals) < 10, decimals < 9 { decimals += 1 }
    }
    return fixed(value, decimals: decimals)
  }

  private func fixed(_ value: Double, decimals: Int) -> String {
    let power = Double.pow(10, decimals)
    let digits = "\(Int64((abs(value) * power).rounded()))"
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let text = decimals == 0 ? padded : "\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
    return (value < 0 && digits != "0" ? "−" : "") + text
  }
}
