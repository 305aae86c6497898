import LinearAlgebra

/// Writes one row seen through one mask: the same masks as `MaskPattern.isVisible`, several coordinates at a time.
struct RowMasker<Element: HostScalar>: Sendable {
  let masks: MaskPattern
  let columns: Int
  /// Keep what the mask hides instead of what it shows.
  let hidden: Bool

  func mask(_ x: UnsafePointer<Element>, pair: UInt64, into out: UnsafeMutablePointer<Element>) {
    switch masks {
    case .bernoulli(let keep, _, let stream):
      maskBernoulli(
        x, out, columns, stream: stream, firstBlock: pair &* UInt64((columns + 3) / 4),
        threshold: MaskPattern.threshold(keep: keep), hidden: hidden)
    case .fixedSize(let visible, _, let stream):
      let permutation = KeyedPermutation(count: max(columns, 1), stream: stream, index: pair)
      maskFixedSize(x, out, columns, permutation, visible: UInt32(visible), hidden: hidden)
    case .given(let given):
      let first = Int(pair % UInt64(given.count)) * columns
      given.visible.withUnsafeBufferPointer { visible in
        maskGiven(x, out, columns, visible.baseAddress! + first, hidden: hidden)
      }
    }
  }
}

/// Eight coordinates, the words of two blocks, at a time: what limits a block is the latency of its ten rounds, and two
/// hide each other's. Scalar multiplications to 64 bits outrun what vectors without AVX offer.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func maskBernoulli<Element: HostScalar>(
  _ x: UnsafePointer<Element>, _ out: UnsafeMutablePointer<Element>, _ columns: Int, stream: RandomStream,
  firstBlock: UInt64, threshold: UInt64, hidden: Bool
) {
  var block = firstBlock
  var j = 0
  while j < columns {
    var first = PhiloxState(block: block, stream)
    var second = PhiloxState(block: block &+ 1, stream)
    var k0 = UInt32(truncatingIfNeeded: stream.seed)
    var k1 = UInt32(truncatingIfNeeded: stream.seed >> 32)
    for _ in 0..<10 {
      first.round(k0, k1)
      second.round(k0, k1)
      k0 &+= Philox.weyl0
      k1 &+= Philox.weyl1
    }
    let words = (first.c0, first.c1, first.c2, first.c3, second.c0, second.c1, second.c2, second.c3)
    if j + 8 <= columns {
      keep(x + j, out + j, if: (words.0 < threshold) != hidden)
      keep(x + j + 1, out + j + 1, if: (words.1 < threshold) != hidden)
      keep(x + j + 2, out + j + 2, if: (words.2 < threshold) != hidden)
      keep(x + j + 3, out + j + 3, if: (words.3 < threshold) != hidden)
      keep(x + j + 4, out + j + 4, if: (words.4 < threshold) != hidden)
      keep(x + j + 5, out + j + 5, if: (words.5 < threshold) != hidden)
      keep(x + j + 6, out + j + 6, if: (words.6 < threshold) != hidden)
      keep(x + j + 7, out + j + 7, if: (words.7 < threshold) != hidden)
    } else {
      withUnsafeBytes(of: words) { bytes in
        let word = bytes.assumingMemoryBound(to: UInt64.self)
        for e in 0..<columns - j { keep(x + j + e, out + j + e, if: (word[e] < threshold) != hidden) }
      }
    }
    block &+= 2
    j += 8
  }
}

/// One block between rounds, each 32-bit word in a 64-bit register.
private struct PhiloxState {
  var c0, c1, c2, c3: UInt64

  @inline(__always) init(block: UInt64, _ stream: RandomStream) {
    c0 = block & 0xFFFF_FFFF
    c1 = block >> 32
    c2 = stream.stream & 0xFFFF_FFFF
    c3 = stream.stream >> 32
  }

  @inline(__always) mutating func round(_ k0: UInt32, _ k1: UInt32) {
    let p0 = UInt64(Philox.multiplier0) &* c0
    let p1 = UInt64(Philox.multiplier1) &* c2
    c0 = (p1 >> 32) ^ c1 ^ UInt64(k0)
    c2 = (p0 >> 32) ^ c3 ^ UInt64(k1)
    c1 = p1 & 0xFFFF_FFFF
    c3 = p0 & 0xFFFF_FFFF
  }
}

/// Eight coordinates walk through the permutation together, until the image of each is in range.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func maskFixedSize<Element: HostScalar>(
  _ x: UnsafePointer<Element>, _ out: UnsafeMutablePointer<Element>, _ columns: Int, _ permutation: KeyedPermutation,
  visible: UInt32, hidden: Bool
) {
  typealias Lanes = SIMD8<UInt32>
  let count = Lanes(repeating: UInt32(columns))
  var j = 0
  while j < columns {
    // Lanes beyond the row repeat coordinate 0.
    var image = Lanes(0, 1, 2, 3, 4, 5, 6, 7) &+ UInt32(j)
    image.replace(with: 0, where: image .>= count)
    image = walk(image, permutation)
    while true {
      let outside = image .>= count
      guard any(outside) else { break }
      image.replace(with: walk(image, permutation), where: outside)
    }
    withUnsafeBytes(of: image) { bytes in
      let lane = bytes.assumingMemoryBound(to: UInt32.self).baseAddress!
      for e in 0..<min(8, columns - j) { keep(x + j + e, out + j + e, if: (lane[e] < visible) != hidden) }
    }
    j += 8
  }
}

@inline(__always)
private func walk(_ value: SIMD8<UInt32>, _ permutation: KeyedPermutation) -> SIMD8<UInt32> {
  let low = permutation.lowBits
  var right = value & (1 << low - 1)
  var left = value &>> low
  round(&left, &right, permutation.rounds.0, permutation)
  round(&left, &right, permutation.rounds.1, permutation)
  round(&left, &right, permutation.rounds.2, permutation)
  round(&left, &right, permutation.rounds.3, permutation)
  return left &<< low | right
}

@inline(__always)
private func round(
  _ left: inout SIMD8<UInt32>, _ right: inout SIMD8<UInt32>, _ keys: SIMD4<UInt32>, _ permutation: KeyedPermutation
) {
  left ^= (right &* keys.x &+ keys.y) &>> (32 - permutation.highBits)
  right ^= (left &* keys.z &+ keys.w) &>> (32 - permutation.lowBits)
}

@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func maskGiven<Element: HostScalar>(
  _ x: UnsafePointer<Element>, _ out: UnsafeMutablePointer<Element>, _ columns: Int, _ visible: UnsafePointer<Bool>,
  hidden: Bool
) {
  for j in 0..<columns { keep(x + j, out + j, if: visible[j] != hidden) }
}

/// target ← source or 0, by its bits: a branch on a random mask would be mispredicted half the time, and 0·NaN is NaN.
@inline(__always)
private func keep<Element: HostScalar>(
  _ source: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>, if kept: Bool
) {
  if MemoryLayout<Element>.size == 8 {
    let bits = UnsafeRawPointer(source).load(as: UInt64.self)
    UnsafeMutableRawPointer(target).storeBytes(of: bits & (0 &- (kept ? 1 : 0)), as: UInt64.self)
  } else {
    let bits = UnsafeRawPointer(source).load(as: UInt32.self)
    UnsafeMutableRawPointer(target).storeBytes(of: bits & (0 &- (kept ? 1 : 0)), as: UInt32.self)
  }
}
