import RealModule

/// The n-th roots of unity e^(−2πi k/n), each to about one unit in the last place of 1.
///
/// A root is the product of one from a coarse and one from a fine table of about √n entries, so that long tables cost
/// one complex product an entry; the tables themselves reduce the angle to an octant in whole numbers first.
struct RootsOfUnity {
  private let count: Int
  private let step: Int
  private let fine: [(Double, Double)]
  private let coarse: [(Double, Double)]

  init(count: Int) {
    self.count = count
    let step = max(1, Int(Double.sqrt(Double(count))))
    self.step = step
    fine = (0..<step).map { Self.root($0, of: count) }
    coarse = (0...count / step).map { Self.root(min($0 * step, count), of: count) }
  }

  /// e^(−2πi k/n), real and imaginary part.
  subscript(k: Int) -> (Double, Double) {
    let (high, low) = k.quotientAndRemainder(dividingBy: step)
    let (a, b) = coarse[high]
    let (c, d) = fine[low]
    return low == 0 ? (a, b) : high == 0 ? (c, d) : (a * c - b * d, a * d + b * c)
  }

  /// One root from the library's sine and cosine of an angle within [0, π/4].
  static func root(_ k: Int, of n: Int) -> (Double, Double) {
    // Angle 2π·k/n = (π/2)·quarter + (π/2)·rest/n.
    let (quarter, rest) = (4 * k).quotientAndRemainder(dividingBy: n)
    let mirrored = 2 * rest > n
    let angle = Double.pi / 2 * (Double(mirrored ? n - rest : rest) / Double(n))
    let (c, s) =
      mirrored ? (Double.sin(angle), Double.cos(angle)) : (Double.cos(angle), Double.sin(angle))
    switch quarter % 4 {
    case 0: return (c, -s)
    case 1: return (-s, -c)
    case 2: return (-c, s)
    default: return (s, c)
    }
  }
}
