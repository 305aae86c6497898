import LacunaStudy
import Testing

@Suite struct NumberTextTests {
  @Test(
    "numbers at the ends of float64",
    arguments: [
      ("1e-310", "1.000e-310"), ("5e-324", "4.941e-324"), ("1.7976931348623157e308", "1.798e308"),
      ("-1e-300", "−1.000e-300"), ("9.9999e-310", "1.000e-309"), ("1234.6", "1235"), ("0.00012344", "0.0001234"),
      ("inf", "inf"),
    ])
  func ends(number: String, text: String) throws {
    // Read, not written as literals, of which the compiler warns that they lose digits.
    #expect(NumberText.format(try #require(Double(number)), digits: 4) == text)
  }

  @Test("a mean or an error that is not finite")
  func notFinite() {
    #expect(NumberText.format(mean: .infinity, error: 1) == "inf")
    #expect(NumberText.format(mean: 1, error: .infinity) == "1.0000")
    #expect(NumberText.format(mean: .nan, error: 1) == "nan")
    #expect(NumberText.signed(-.infinity) == "−inf")
  }
}
