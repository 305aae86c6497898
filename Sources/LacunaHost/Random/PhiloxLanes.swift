import LacunaAlgebra

typealias Reals = SIMD4<Double>
typealias Bits = SIMD4<UInt64>

extension Bits {
  @inline(__always) init(of x: Reals) { self = unsafeBitCast(x, to: Bits.self) }
  @inline(__always) var asReals: Reals { unsafeBitCast(self, to: Reals.self) }
  static var lowWord: UInt64 { 0xFFFF_FFFF }
}

/// Four Philox blocks side by side, each 32-bit word in the low half of a 64-bit lane, where one instruction of every
/// x86-64 and ARM64 multiplies it to 64 bits. The high halves carry what overflowed and are masked at the end.
struct PhiloxLanes {
  private let stream: RandomStream

  @inline(__always) init(_ stream: RandomStream) { self.stream = stream }

  /// Words w₀…w₃ of blocks `first`, `first + 1`, `first + 2`, `first + 3`; the high halves of the lanes are zero.
  @inline(__always) func blocks(from first: UInt64) -> (Bits, Bits, Bits, Bits) {
    let index = Bits(repeating: first) &+ Bits(0, 1, 2, 3)
    var x = index
    var y = index &>> 32
    var z = Bits(repeating: stream.stream)
    var w = Bits(repeating: stream.stream &>> 32)
    var key0 = Bits(repeating: stream.seed)
    var key1 = Bits(repeating: stream.seed &>> 32)
    let multiplier0 = UInt64(Philox.multiplier0)
    let multiplier1 = UInt64(Philox.multiplier1)
    for _ in 0..<10 {
      let p0 = (x & Bits.lowWord) &* multiplier0
      let p1 = (z & Bits.lowWord) &* multiplier1
      x = (p1 &>> 32) ^ y ^ key0
      z = (p0 &>> 32) ^ w ^ key1
      y = p1
      w = p0
      key0 = key0 &+ UInt64(Philox.weyl0)
      key1 = key1 &+ UInt64(Philox.weyl1)
    }
    return (x & Bits.lowWord, y & Bits.lowWord, z & Bits.lowWord, w & Bits.lowWord)
  }

  /// The uniforms u and v of four blocks, in the bits that a precision reads.
  @inline(__always) func uniforms<Element: HostScalar>(
    from first: UInt64, _ precision: Element.Type
  ) -> (u: Reals, v: Reals) {
    let (w0, w1, w2, w3) = blocks(from: first)
    return Element.self == Float.self
      ? (Self.uniform(w0), Self.uniform(w2)) : (Self.uniform(w0, w1), Self.uniform(w2, w3))
  }

  /// (⌊(high·2³² + low)/2¹²⌋ + ½)·2⁻⁵², by way of the bits of a number in [1, 2); every step is exact.
  @inline(__always) private static func uniform(_ high: Bits, _ low: Bits) -> Reals {
    let bits = (high &<< 20) | (low &>> 12)
    return ((bits | Bits(repeating: 0x3FF0_0000_0000_0000)).asReals - 1) + 0x1p-53
  }

  /// (word + ½)·2⁻³², by way of the bits of a number in [2⁵², 2⁵³); every step is exact.
  @inline(__always) private static func uniform(_ word: Bits) -> Reals {
    ((word | Bits(repeating: 0x4330_0000_0000_0000)).asReals - (0x1p52 - 0.5)) * 0x1p-32
  }
}
