import LacunaStudy

typealias TextTable = LacunaStudy.TextTable

/// A number to so many significant digits: plain where that is short, else with an exponent.
func format(_ value: Double, digits: Int) -> String { NumberText.format(value, digits: digits) }

/// A number to at most three significant digits, without trailing zeros: 0.001, 2, 1.5.
func formatBriefly(_ value: Double) -> String { NumberText.brief(value) }

/// "1.2345 ± 0.0021": the mean to the digits its error supports.
func format(mean: Double, error: Double?) -> String { NumberText.format(mean: mean, error: error) }

/// One decimal and a sign.
func signed(_ value: Double) -> String { NumberText.signed(value) }

/// Bytes for a person, to three digits, in the unit that keeps them between 1 and 1024.
func memoryText(_ bytes: Int?) -> String {
  guard let bytes else { return "–" }
  var (value, unit) = (Double(bytes), 0)
  // What three digits would round up to 1024 is one of the next unit.
  while value >= 1023.5, unit < 4 { (value, unit) = (value / 1024, unit + 1) }
  let number = value >= 1000 ? "\(Int(value.rounded()))" : format(value, digits: 3)
  return (unit == 0 ? "\(bytes)" : number) + [" B", " KiB", " MiB", " GiB", " TiB"][unit]
}

extension String {
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
