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

extension String {
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
