import LacunaAlgebra

/// Masks as words of 64 coordinates, bit j mod 64 of word ⌊j/64⌋ set where coordinate j is visible: two of the words of
/// `MaskPattern` side by side, the first in the low half.
///
/// What `MaskPattern` says of numbers of 32 bits is found out plane by plane, 64 coordinates at once: a coordinate is decided
/// by the first plane in which it differs from the threshold, after eight planes all but one in 256 are. So four Philox blocks
/// serve 64 coordinates, and further ones are drawn where some coordinate needs them.
struct MaskWords: Sendable {
  let masks: MaskPattern
  let columns: Int
  /// ⌈columns/64⌉.
  let count: Int
  /// Words of given masks, a row a mask.
  private let given: [UInt64]

  init(_ masks: MaskPattern, columns: Int) {
    self.masks = masks
    self.columns = columns
    let count = (columns + 63) / 64
    self.count = count
    guard case .given(let source) = masks else {
      given = []
      return
    }
    var words = [UInt64](repeating: 0, count: source.count * count)
    for m in 0..<source.count {
      for j in 0..<columns where source[m, j] { words[m * count + j / 64] |= 1 << UInt64(j % 64) }
    }
    given = words
  }

  /// Words of memory that `draw` works in, beside the `count` it writes.
  var scratchCount: Int { if case .fixedSize = masks { count * 9 } else { 0 } }

  /// Writes the words of a pair. Bits beyond `columns` are undefined.
  func draw(pair: UInt64, into words: UnsafeMutablePointer<UInt64>, scratch: UnsafeMutablePointer<UInt64>) {
    // Blocks are counted by words of 32 coordinates, eight each.
    let first = 8 &* pair &* UInt64((columns + 31) / 32)
    switch masks {
    case .bernoulli(let keep, _, let stream):
      let threshold = MaskPattern.threshold(keep: keep)
      if threshold >> 32 != 0 {
        words.update(repeating: .max, count: count)
      } else {
        for w in 0..<count {
          words[w] = below(UInt32(threshold), stream, firstBlock: first &+ 16 &* UInt64(w))
        }
      }
    case .fixedSize(let visible, _, let stream):
      selectSmallest(visible, stream, firstBlock: first, into: words, scratch: scratch)
    case .given(let source):
      let mask = Int(pair % UInt64(source.count))
      for w in 0..<count { words[w] = given[mask * count + w] }
    }
  }

  /// Which of 64 coordinates have numbers below a threshold.
  @inline(__always)
  private func below(_ threshold: UInt32, _ stream: RandomStream, firstBlock: UInt64) -> UInt64 {
    var visible = SIMD2<UInt64>.zero
    var undecided = SIMD2<UInt64>(repeating: 0xFFFF_FFFF)
    // The bits of the threshold from the next plane on. With none left, what is undecided is not below.
    var rest = threshold
    for k in 0..<UInt64(8) {
      if rest == 0 || (k >= 2 && undecided == .zero) { break }
      let block = PhiloxPair(stream, firstBlock: firstBlock &+ k)
      compare(block.x, &rest, &undecided, &visible)
      compare(block.y, &rest, &undecided, &visible)
      compare(block.z, &rest, &undecided, &visible)
      compare(block.w, &rest, &undecided, &visible)
    }
    return PhiloxPair.joined(visible)
  }

  /// One plane against the next bit of the threshold.
  @inline(__always)
  private func compare(
    _ plane: SIMD2<UInt64>, _ rest: inout UInt32, _ undecided: inout SIMD2<UInt64>, _ visible: inout SIMD2<UInt64>
  ) {
    let bit = 0 &- UInt64(rest >> 31)
    visible |= undecided & ~plane & bit
    undecided &= ~(plane ^ bit)
    rest <<= 1
  }

  /// The r smallest numbers by halving: of the candidates those with a 0 in the next plane are smaller than the others; as
  /// many as fit are visible, or else the others are hidden.
  private func selectSmallest(
    _ r: Int, _ stream: RandomStream, firstBlock: UInt64, into words: UnsafeMutablePointer<UInt64>,
    scratch: UnsafeMutablePointer<UInt64>
  ) {
    let candidates = scratch
    let planes = scratch + count
    words.update(repeating: 0, count: count)
    candidates.update(repeating: .max, count: count)
    if columns % 64 != 0 { candidates[count - 1] = 1 << UInt64(columns % 64) - 1 }
    var (wanted, left) = (r, columns)
    var plane = 0
    while plane < 32, wanted > 0, wanted < left {
      if plane % 8 == 0 {
        for w in 0..<count where candidates[w] != 0 {
          for half in 0..<2 {
            let block = PhiloxPair(stream, firstBlock: firstBlock &+ UInt64(16 * w + plane / 4 + half))
            let row = planes + 4 * half * count + w
            row[0] = PhiloxPair.joined(block.x)
            row[count] = PhiloxPair.joined(block.y)
            row[2 * count] = PhiloxPair.joined(block.z)
            row[3 * count] = PhiloxPair.joined(block.w)
          }
        }
      }
      let current = planes + plane % 8 * count
      var zeros = 0
      for w in 0..<count { zeros += (candidates[w] & ~current[w]).nonzeroBitCount }
      if zeros <= wanted {
        for w in 0..<count {
          words[w] |= candidates[w] & ~current[w]
          candidates[w] &= current[w]
        }
        (wanted, left) = (wanted - zeros, left - zeros)
      } else {
        for w in 0..<count { candidates[w] &= ~current[w] }
        left = zeros
      }
      plane += 1
    }
    // All that is left; or, of equal numbers, the lower coordinates.
    var w = 0
    while wanted > 0 {
      while wanted < left, candidates[w].nonzeroBitCount > wanted {
        candidates[w] &= ~(1 << UInt64(63 - candidates[w].leadingZeroBitCount))
      }
      words[w] |= candidates[w]
      wanted -= candidates[w].nonzeroBitCount
      left -= candidates[w].nonzeroBitCount
      w += 1
    }
  }
}

/// Two Philox blocks side by side, those of one number in two neighbouring words of 32 coordinates, each 32-bit word in the low
/// half of a 64-bit lane, where one instruction of every x86-64 and ARM64 multiplies it to 64 bits. More at a time would not
/// fit the registers that every x86-64 has.
private struct PhiloxPair {
  /// Words w₀…w₃ of both blocks; the high halves of the lanes carry what overflowed.
  let x, y, z, w: SIMD2<UInt64>

  /// Blocks `firstBlock` and `firstBlock` + 8.
  @inline(__always) init(_ stream: RandomStream, firstBlock: UInt64) {
    typealias Pair = SIMD2<UInt64>
    let low = Pair(repeating: 0xFFFF_FFFF)
    let index = Pair(firstBlock, firstBlock &+ 8)
    var x = index
    var y = index &>> 32
    var z = Pair(repeating: stream.stream)
    var w = Pair(repeating: stream.stream >> 32)
    var key0 = stream.seed
    var key1 = stream.seed >> 32
    for _ in 0..<10 {
      let p0 = (x & low) &* UInt64(Philox.multiplier0)
      let p1 = (z & low) &* UInt64(Philox.multiplier1)
      x = (p1 &>> 32) ^ y ^ key0
      z = (p0 &>> 32) ^ w ^ key1
      y = p1
      w = p0
      key0 &+= UInt64(Philox.weyl0)
      key1 &+= UInt64(Philox.weyl1)
    }
    (self.x, self.y, self.z, self.w) = (x, y, z, w)
  }

  /// The low halves of both lanes as one word.
  @inline(__always) static func joined(_ lanes: SIMD2<UInt64>) -> UInt64 { lanes[0] & 0xFFFF_FFFF | lanes[1] << 32 }
}
