/// A counter-based random stream: every value is a pure function of (seed, stream, index).
///
/// **Generator.** Philox4x32-10 (Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011,
/// doi:10.1145/2063384.2063405). One *block* is the four 32-bit words w₀…w₃ of
///
///     philox(counter: (block low, block high, stream low, stream high), key: (seed low, seed high))
///
/// where low and high are the two halves of a 64-bit number.
///
/// **Bits to uniforms.** A block holds two 64-bit strings, a = w₀·2³² + w₁ and b = w₂·2³² + w₃.
/// In float64 the uniforms are u = (⌊a/2¹²⌋ + ½)·2⁻⁵² and v = (⌊b/2¹²⌋ + ½)·2⁻⁵², strictly inside (0, 1).
/// In float32 they are u = (w₀ + ½)·2⁻³² and v = (w₂ + ½)·2⁻³², so float32 values are the float64 values to within
/// float32 rounding of the angle and radius.
///
/// **Uniforms to values.** The entry laws (`EntryLaw`) say which block an index reads and what becomes of it.
/// Backends agree on the bits exactly and on the values to a few units in the last place.
public struct RandomStream: Sendable, Hashable {
  public var seed: UInt64
  public var stream: UInt64

  public init(seed: UInt64, stream: UInt64) {
    self.seed = seed
    self.stream = stream
  }

  /// What a stream is for: a number below 4 that stands in its upper bits, so that no two uses ever share a value.
  public enum Purpose: UInt64, Sendable {
    case samples = 0
    case spikeDirections = 1
    case masks = 2
    case probes = 3
  }

  /// The stream for one purpose and one index below 2⁶¹ (a trial, a spike).
  ///
  /// Its number is purpose·2⁴⁸ + index for an index below 2⁴⁸, and 2⁶³ + purpose·2⁶¹ + index from there on.
  public init(seed: UInt64, purpose: Purpose, index: Int) {
    precondition(index >= 0 && index < 1 << 61, "an index below 2⁶¹")
    let number = index < 1 << 48 ? purpose.rawValue << 48 : 1 << 63 | purpose.rawValue << 61
    self.init(seed: seed, stream: number | UInt64(index))
  }

  /// The stream of the same seed and index for another purpose.
  /// - Precondition: this one was made for a purpose and an index.
  public func sibling(for purpose: Purpose) -> RandomStream {
    let bits: UInt64 = stream >> 63 == 0 ? 48 : 61
    return RandomStream(seed: seed, purpose: purpose, index: Int(stream & (1 << bits - 1)))
  }

  /// The four words of one block.
  public func block(_ index: UInt64) -> SIMD4<UInt32> {
    Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
        UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)),
      key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
  }

  /// The two float64 uniforms of one block.
  public func uniforms(_ index: UInt64) -> (Double, Double) {
    let w = block(index)
    func uniform(_ high: UInt32, _ low: UInt32) -> Double {
      let bits = (UInt64(high) << 32 | UInt64(low)) >> 12
      return (Double(bits) + 0.5) * 0x1p-52
    }
    return (uniform(w.x, w.y), uniform(w.z, w.w))
  }
}

/// The Philox4x32-10 block function.
public enum Philox {
  public static let multiplier0: UInt32 = 0xD251_1F53
  public static let multiplier1: UInt32 = 0xCD9E_8D57
  public static let weyl0: UInt32 = 0x9E37_79B9
  public static let weyl1: UInt32 = 0xBB67_AE85

  /// Ten rounds over a counter of four words under a key of two.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let p0 = UInt64(multiplier0) * UInt64(c.x)
      let p1 = UInt64(multiplier1) * UInt64(c.z)
      c = SIMD4(
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c.y ^ k.x, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c.w ^ k.y, UInt32(truncatingIfNeeded: p0))
      k.x &+= weyl0
      k.y &+= weyl1
    }
    return c
  }
}
