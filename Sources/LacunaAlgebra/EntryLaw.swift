import RealModule

/// The law of the independent entries that data are made of: mean 0, variance 1.
///
/// Index e of a stream reads these bits (`RandomStream` names the words, and u, v, the uniforms of a block):
///
/// - `gaussian`: block ⌊e/2⌋ by Box–Muller, √(−2 ln u)·cos 2πv for even e and √(−2 ln u)·sin 2πv for odd e.
/// - `rademacher`: bit e mod 32 of word ⌊e/32⌋ mod 4 of block ⌊e/128⌋; a set bit is −1, a clear bit +1.
/// - `studentT(ν)`: block e, √((ν−2)·(u^(−2/ν) − 1))·cos 2πv. Exact for every ν > 2
///   (Bailey, *Polar generation of random variates with the t-distribution*, Math. Comp. 62, 1994).
/// - `sparse(p)`: word w = w_(e mod 4) of block ⌊e/4⌋; ±p^(−½) with probability p/2 each, else 0: with
///   t = ⌊p·2³¹⌋, + where w < t, − where t ≤ w < 2t.
public enum EntryLaw: Sendable, Hashable {
  case gaussian
  case rademacher
  /// Degrees of freedom above 2; scaled to unit variance.
  case studentT(degreesOfFreedom: Double)
  /// Density in (0, 1].
  case sparse(density: Double)

  /// The value at one index of a stream, in float64: the reference that fast generators are tested against.
  public func value(at index: UInt64, of stream: RandomStream) -> Double {
    switch self {
    case .gaussian:
      let (u, v) = stream.uniforms(index / 2)
      let radius = Double.sqrt(-2 * Double.log(u))
      let (cosine, sine) = Self.cosineAndSine(turns: v)
      return index % 2 == 0 ? radius * cosine : radius * sine
    case .rademacher:
      let word = stream.block(index / 128)[Int(index / 32 % 4)]
      return word >> UInt32(index % 32) & 1 == 1 ? -1 : 1
    case .studentT(let degrees):
      let (u, v) = stream.uniforms(index)
      let square = (degrees - 2) * Double.expMinusOne(-2 / degrees * Double.log(u))
      return Double.sqrt(square) * Self.cosineAndSine(turns: v).cosine
    case .sparse(let density):
      let word = stream.block(index / 4)[Int(index % 4)]
      let threshold = Self.sparseThreshold(density: density)
      return word < threshold
        ? 1 / Double.sqrt(density)
        : word < 2 &* threshold || threshold == 1 << 31
          ? -1 / Double.sqrt(density) : 0
    }
  }

  /// The value from the bits that a precision reads: in float32 a uniform has the first word of its half alone.
  public func value(at index: UInt64, of stream: RandomStream, precision: Precision) -> Double {
    guard precision == .float32 else { return value(at: index, of: stream) }
    func uniforms(_ block: UInt64) -> (Double, Double) {
      let w = stream.block(block)
      return ((Double(w.x) + 0.5) * 0x1p-32, (Double(w.z) + 0.5) * 0x1p-32)
    }
    switch self {
    case .gaussian:
      let (u, v) = uniforms(index / 2)
      let (cosine, sine) = Self.cosineAndSine(turns: v)
      return Double.sqrt(-2 * Double.log(u)) * (index % 2 == 0 ? cosine : sine)
    case .studentT(let degrees):
      let (u, v) = uniforms(index)
      let square = (degrees - 2) * Double.expMinusOne(-2 / degrees * Double.log(u))
      return Double.sqrt(square) * Self.cosineAndSine(turns: v).cosine
    case .rademacher, .sparse:
      return value(at: index, of: stream)
    }
  }

  /// The fourth moment less 3: 0 for Gaussian entries, infinite for Student-t of four degrees of freedom or fewer.
  public var excessKurtosis: Double {
    switch self {
    case .gaussian: 0
    case .rademacher: -2
    case .studentT(let degrees): degrees > 4 ? 6 / (degrees - 4) : .infinity
    case .sparse(let density): 1 / density - 3
    }
  }

  /// cos 2πv and sin 2πv, 0 ≤ v ≤ 1: v less the nearest quarter turn is exact, so the angle is rounded only when small.
  private static func cosineAndSine(turns v: Double) -> (cosine: Double, sine: Double) {
    let quarter = (4 * v).rounded()
    let angle = 2 * Double.pi * (v - quarter / 4)
    let (c, s) = (Double.cos(angle), Double.sin(angle))
    switch quarter {
    case 1: return (-s, c)
    case 2: return (-c, -s)
    case 3: return (s, -c)
    default: return (c, s)
    }
  }

  /// t = ⌊p·2³¹⌋ of the sparse law.
  public static func sparseThreshold(density: Double) -> UInt32 { UInt32(density * 0x1p31) }
}
