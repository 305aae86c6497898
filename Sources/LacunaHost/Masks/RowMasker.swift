import LacunaAlgebra

/// Writes rows seen through their masks: the masks of `MaskPattern.visibility`, 64 coordinates a word.
struct RowMasker<Element: HostScalar>: Sendable {
  private let words: MaskWords
  /// Keep what the mask hides instead of what it shows.
  private let hidden: Bool

  init(masks: MaskPattern, columns: Int, hidden: Bool) {
    words = MaskWords(masks, columns: columns)
    self.hidden = hidden
  }

  /// Calls the body with what masks one row after the other: (x, pair, out).
  func withMasking(_ body: ((UnsafePointer<Element>, UInt64, UnsafeMutablePointer<Element>) -> Void) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: words.count + words.scratchCount) { memory in
      let row = memory.baseAddress!
      body { x, pair, out in
        words.draw(pair: pair, into: row, scratch: row + words.count)
        keep(x, out, words.columns, row, inverted: hidden ? .max : 0)
      }
    }
  }
}

/// out ← x or 0, by its bits: a branch on a random mask would be mispredicted half the time, and 0·NaN is NaN.
///
/// Eight lanes of 32 bits at a time, four coordinates of float64 or eight of float32, each lane told by its bit of the word.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func keep<Element: HostScalar>(
  _ x: UnsafePointer<Element>, _ out: UnsafeMutablePointer<Element>, _ columns: Int, _ words: UnsafePointer<UInt64>,
  inverted: UInt64
) {
  typealias Lanes = SIMD8<UInt32>
  let isWide = MemoryLayout<Element>.size == 8
  let step = isWide ? 4 : 8
  let own = isWide ? Lanes(1, 1, 2, 2, 4, 4, 8, 8) : Lanes(1, 2, 4, 8, 16, 32, 64, 128)
  let zero = Lanes(repeating: 0)
  var j = 0
  while j + step <= columns {
    let bits = UInt32(truncatingIfNeeded: (words[j / 64] ^ inverted) &>> UInt64(j % 64))
    let source = UnsafeRawPointer(x + j).loadUnaligned(as: Lanes.self)
    let isOff = (own & bits) .== zero
    UnsafeMutableRawPointer(out + j).storeBytes(of: source.replacing(with: zero, where: isOff), as: Lanes.self)
    j += step
  }
  while j < columns {
    let isKept = (words[j / 64] ^ inverted) &>> UInt64(j % 64) & 1 != 0
    out[j] = isKept ? x[j] : 0
    j += 1
  }
}
