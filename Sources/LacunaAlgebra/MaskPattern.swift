/// Which coordinates of a sample are visible, for each of the `count` masks that every sample is seen through.
///
/// Drawn masks are functions of the stream alone: the *pair* p = i·M + m stands for mask m (of M = `count`) of sample i, and
/// nothing is stored. Coordinate j of d has under pair p a number u_j, uniform on 0 ..< 2³², and is visible
///
/// - `bernoulli`: iff u_j < ⌊keep·2³²⌋;
/// - `fixedSize`: iff u_j is among the `visible` smallest of u_0 … u_(d−1), of equal ones those of lower j first;
/// - `given`: as its row m says, the same for all samples.
///
/// **Bits.** The numbers are drawn plane by plane, 32 coordinates a word, since a few leading bits decide nearly all of them.
/// *Plane* s of u_j, s = 0 the most significant bit, is bit j mod 32 (from the least significant) of word w_(s mod 4) of block
/// 8·(p·⌈d/32⌉ + ⌊j/32⌋) + ⌊s/4⌋ of `RandomStream`, so that words can be compared whole. All backends agree on every mask
/// bit for bit.
public enum MaskPattern: Sendable, Hashable {
  /// Each coordinate visible on its own with probability ⌊keep·2³²⌋·2⁻³², keep in [0, 1].
  case bernoulli(keep: Double, count: Int, stream: RandomStream)
  /// Exactly `visible` coordinates, 0 … d, every set of them as likely as any other (to d²·2⁻³², the chance of equal u).
  case fixedSize(visible: Int, count: Int, stream: RandomStream)
  /// Masks shared by all samples.
  case given(GivenMasks)

  /// M, the masks of one sample.
  public var count: Int {
    switch self {
    case .bernoulli(_, let count, _), .fixedSize(_, let count, _): count
    case .given(let masks): masks.count
    }
  }

  /// ⌊keep·2³²⌋: a number below it makes a coordinate visible.
  public static func threshold(keep: Double) -> UInt64 { UInt64(keep * 0x1p32) }

  /// Which coordinates a mask shows, one by one from their numbers: the reference that fast generators are tested against.
  ///
  /// - Parameter sample: i ≥ 0.
  /// - Parameter mask: m, 0 ..< `count`.
  /// - Returns: `coordinateCount` values, true is visible.
  public func visibility(sample: Int, mask: Int, coordinateCount d: Int) -> [Bool] {
    let pair = UInt64(sample) &* UInt64(count) &+ UInt64(mask)
    switch self {
    case .bernoulli(let keep, _, let stream):
      let threshold = Self.threshold(keep: keep)
      return Self.numbers(stream, pair: pair, coordinateCount: d).map { UInt64($0) < threshold }
    case .fixedSize(let visible, _, let stream):
      let numbers = Self.numbers(stream, pair: pair, coordinateCount: d)
      let order = (0..<d).sorted { (numbers[$0], $0) < (numbers[$1], $1) }
      var result = [Bool](repeating: false, count: d)
      for j in order.prefix(visible) { result[j] = true }
      return result
    case .given(let masks):
      return (0..<d).map { masks[mask, $0] }
    }
  }

  /// u_0 … u_(d−1) of a pair.
  private static func numbers(_ stream: RandomStream, pair: UInt64, coordinateCount d: Int) -> [UInt32] {
    var numbers = [UInt32](repeating: 0, count: d)
    let words = (d + 31) / 32
    for word in 0..<words {
      let first = 8 &* (pair &* UInt64(words) &+ UInt64(word))
      for plane in 0..<32 {
        let bits = stream.block(first &+ UInt64(plane / 4))[plane % 4]
        for j in 32 * word..<min(32 * word + 32, d) {
          numbers[j] |= (bits >> UInt32(j % 32) & 1) << UInt32(31 - plane)
        }
      }
    }
    return numbers
  }
}

/// Masks written out, each with a weight.
public struct GivenMasks: Sendable, Hashable {
  public let coordinateCount: Int
  /// count × coordinateCount, row-major; true is visible.
  public let visible: [Bool]
  /// w_m ≥ 0, by which mask m counts in sums over masks.
  public let weights: [Double]

  public var count: Int { weights.count }

  /// - Precondition: as many rows as weights, every weight finite and not negative.
  public init(visible: [Bool], weights: [Double]) {
    precondition(!weights.isEmpty && visible.count % weights.count == 0, "a row of the same length for each weight")
    precondition(weights.allSatisfy { $0 >= 0 && $0.isFinite }, "weights are finite and not negative")
    coordinateCount = visible.count / weights.count
    self.visible = visible
    self.weights = weights
  }

  public subscript(mask: Int, coordinate: Int) -> Bool { visible[mask * coordinateCount + coordinate] }

  /// A row of ⌈coordinateCount/32⌉ words a mask: bit j mod 32 of word ⌊j/32⌋ is set where coordinate j is visible.
  package var words: [UInt32] {
    let width = (coordinateCount + 31) / 32
    var words = [UInt32](repeating: 0, count: count * width)
    for m in 0..<count {
      for j in 0..<coordinateCount where self[m, j] { words[m * width + j / 32] |= 1 << UInt32(j % 32) }
    }
    return words
  }
}

/// The part of a sample that a mask leaves.
public enum MaskSide: Sendable, Hashable {
  case visible, hidden
}
