/// Which colours the groups of a figure take.
public enum Palette: Sendable, Equatable {
  /// Unordered things: colours told apart by hue for the colour-blind (after Okabe and Ito) and by lightness in grey.
  case distinct
  /// That many ordered groups, dark to light (viridis, without its palest end): ridges, aspect ratios.
  case sequential(Int)

  /// Red, green and blue, 0 … 1, of a group.
  package func color(_ group: Int) -> SIMD3<Double> {
    switch self {
    case .distinct:
      let colors = Self.distinctColors
      return Self.components(colors[(group % colors.count + colors.count) % colors.count])
    case .sequential(let count):
      let last = Self.viridis.count - 1
      let place = count > 1 ? Double(min(max(group, 0), count - 1)) / Double(count - 1) * Double(last) : 0
      let lower = min(Int(place), last - 1)
      let part = place - Double(lower)
      return Self.components(Self.viridis[lower]) * (1 - part) + Self.components(Self.viridis[lower + 1]) * part
    }
  }

  /// `#rrggbb`, mixed with white by `tint`, 0 … 1.
  package func hexadecimal(_ group: Int, tint: Double = 0) -> String {
    let color = color(group) * (1 - tint) + SIMD3(repeating: tint)
    let digits = (0..<3).map { channel in
      let byte = String(Int((color[channel] * 255).rounded()), radix: 16)
      return byte.count == 1 ? "0" + byte : byte
    }
    return "#" + digits.joined()
  }

  /// How many groups differ before colours come round again.
  package var count: Int {
    switch self {
    case .distinct: Self.distinctColors.count
    case .sequential(let count): max(count, 1)
    }
  }

  private static let distinctColors = [0x00_5A9C, 0xD5_5E00, 0x2B_2B2B, 0x2B_B288, 0x6A_1B6E, 0xEB_B000]

  /// Samples of viridis at 0, 0.1 … 0.8 (van der Walt and Smith, 2015, CC0).
  private static let viridis = [
    0x44_0154, 0x48_2475, 0x41_4487, 0x35_5F8D, 0x2A_788E, 0x21_918C, 0x22_A884, 0x44_BF70, 0x7A_D151,
  ]

  private static func components(_ color: Int) -> SIMD3<Double> {
    SIMD3(Double(color >> 16), Double(color >> 8 & 0xFF), Double(color & 0xFF)) / 255
  }
}

/// How a group is drawn beyond its colour, so that it is known without it.
enum GroupStyle {
  /// gnuplot's filled circle, square, triangles and diamond, and their open twins.
  private static let filled = [7, 5, 9, 13, 11, 15]
  private static let open = [6, 4, 8, 12, 10, 14]
  /// Lengths of strokes and gaps; empty is a solid line.
  private static let dashes = ["", "(9,4)", "(2.5,3)", "(9,3,2.5,3)", "(14,4)", "(6,2.5,2,2.5,2,2.5)"]

  static func marker(_ group: Int, open isOpen: Bool) -> Int {
    let index = (group % filled.count + filled.count) % filled.count
    return isOpen ? open[index] : filled[index]
  }

  static func dash(_ group: Int) -> String {
    let dash = dashes[(group % dashes.count + dashes.count) % dashes.count]
    return dash.isEmpty ? "dt 1" : "dt \(dash)"
  }
}
