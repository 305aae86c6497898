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

/// Sixteen coordinates, the words of four blocks, at a time.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func maskBernoulli<Element: HostScalar>(
  _ x: UnsafePointer<Element>, _ out: UnsafeMutablePointer<Element>, _ columns: Int, stream: RandomStream,
  firstBlock: UInt64, threshold: UInt64, hidden: Bool
) {
  let lanes = PhiloxLanes(stream)
  var block = firstBlock
  var j = 0
  while j < columns {
    let words = lanes.blocks(from: block)
    withUnsafeBytes(of: words) { bytes in
      let word = bytes.assumingMemoryBound(to: UInt64.self)
      for e in 0..<min(16, columns - j) {
        let visible = word[(e & 3) * 4 + e >> 2] < threshold
        out[j + e] = visible != hidden ? x[j + e] : 0
      }
    }
    block &+= 4
    j += 16
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
    for e in 0..<min(8, columns - j) {
      out[j + e] = (image[e] < visible) != hidden ? x[j + e] : 0
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
  for j in 0..<columns { out[j] = visible[j] != hidden ? x[j] : 0 }
}
