/// Text on a figure, in gnuplot's enhanced notation: `E_{gen}`, `10^{-3}`, `{/:Italic d}`, Greek as itself.
///
/// A literal is taken as notation, what is interpolated into it as plain words:
///
///     let name = "pixel_0_0"
///     let label: FigureText = "E_{gen} of \(name)"   // the underscores of the name are drawn as such
public struct FigureText: Sendable, Hashable {
  let enhanced: String

  /// Text in gnuplot's enhanced notation.
  public init(enhanced: String) { self.enhanced = Self.printable(enhanced) }

  /// Text drawn letter for letter.
  public init(plain: String) {
    enhanced = Self.printable(plain).reduce(into: "") { text, character in
      if "\\{}^_@&~".contains(character) { text.append("\\") }
      text.append(character)
    }
  }

  /// A number as it was written, its power of ten set as one: `2.5e-7` becomes 2.5·10^{−7}. Anything else is drawn letter for letter.
  public init(number text: String) {
    let parts = text.split(separator: "e", omittingEmptySubsequences: false)
    guard Double(text) != nil, parts.count == 2, let exponent = Int(parts[1]) else {
      self.init(plain: text)
      return
    }
    let power = "10^{\(exponent < 0 ? "−" : "")\(exponent.magnitude)}"
    self.init(enhanced: (parts[0] == "1" ? "" : parts[0].replacing("-", with: "−") + "·") + power)
  }

  /// Line breaks and other controls become spaces.
  private static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
  }

  /// The shortest digits that mean this number: `0.1`, `2`, `2.5·10^{−7}`.
  static func decimal(_ number: Double) -> String {
    let parts = number.description.split(separator: "e")
    var mantissa = String(parts[0])
    if mantissa.hasSuffix(".0") { mantissa.removeLast(2) }
    let signed = { (text: String) in text.hasPrefix("-") ? "−" + text.dropFirst() : text }
    guard parts.count == 2, let exponent = Int(parts[1]) else { return signed(mantissa) }
    let power = "10^{\(signed(String(exponent)))}"
    return mantissa == "1" ? power : signed(mantissa) + "·" + power
  }

  /// About how many letters wide the text is drawn, a superscript or subscript counting 0.8.
  var width: Double {
    var width = 0.0
    var small = false
    var rest = Substring(enhanced)
    while let character = rest.popFirst() {
      switch character {
      case "\\":
        if rest.popFirst() != nil { width += 1 }
      case "{":
        // A font change, {/:Italic x}, takes no room itself.
        if rest.first == "/" { rest = rest.drop { $0 != " " && $0 != "}" }.dropFirst() }
      case "}": small = false
      case "^", "_": small = rest.first == "{"
      default: width += small ? 0.8 : 1
      }
    }
    return width
  }
}

extension FigureText: ExpressibleByStringInterpolation {
  public struct StringInterpolation: StringInterpolationProtocol {
    var enhanced = ""

    public init(literalCapacity: Int, interpolationCount: Int) {}

    public mutating func appendLiteral(_ literal: String) { enhanced += literal }

    public mutating func appendInterpolation(_ text: FigureText) { enhanced += text.enhanced }

    /// A number in its shortest form, with a power of ten where that has one.
    public mutating func appendInterpolation(_ number: Double) { enhanced += FigureText.decimal(number) }

    public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      enhanced += FigureText(plain: value.description).enhanced
    }
  }

  public init(stringLiteral value: String) { self.init(enhanced: value) }

  public init(stringInterpolation: StringInterpolation) { self.init(enhanced: stringInterpolation.enhanced) }
}
