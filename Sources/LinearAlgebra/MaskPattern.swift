/// Which coordinates of a sample are visible, for each of the `count` masks that every sample is seen through.
///
/// Drawn masks are functions of the stream alone: the *pair* p = i·M + m stands for mask m (of M = `count`) of sample i, and
/// nothing is stored. With d coordinates, coordinate j of pair p is visible
///
/// - `bernoulli`: iff word w_(j mod 4) of block p·⌈d/4⌉ + ⌊j/4⌋ is below ⌊keep·2³²⌋;
/// - `fixedSize`: iff `KeyedPermutation` number p sends j below `visible`, so exactly that many are;
/// - `given`: as its row m says, the same for all samples.
///
/// Words and blocks are those of `RandomStream`; all backends agree on every mask bit for bit.
public enum MaskPattern: Sendable, Hashable {
  /// Each coordinate visible on its own with probability `keep` in [0, 1], to 2⁻³².
  case bernoulli(keep: Double, count: Int, stream: RandomStream)
  /// Exactly `visible` coordinates, 0 … d, every set of them as likely as any other.
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

  /// ⌊keep·2³²⌋: a word below it makes a coordinate visible.
  public static func threshold(keep: Double) -> UInt64 { UInt64(keep * 0x1p32) }

  /// Whether one coordinate is visible: the reference that fast generators are tested against.
  ///
  /// - Parameter sample: i ≥ 0.
  /// - Parameter mask: m, 0 ..< `count`.
  /// - Parameter coordinate: j, 0 ..< `coordinateCount`.
  public func isVisible(sample: Int, mask: Int, coordinate: Int, coordinateCount: Int) -> Bool {
    let pair = UInt64(sample) &* UInt64(count) &+ UInt64(mask)
    switch self {
    case .bernoulli(let keep, _, let stream):
      let block = pair &* UInt64((coordinateCount + 3) / 4) &+ UInt64(coordinate / 4)
      return UInt64(stream.block(block)[coordinate % 4]) < Self.threshold(keep: keep)
    case .fixedSize(let visible, _, let stream):
      let permutation = KeyedPermutation(count: coordinateCount, stream: stream, index: pair)
      return permutation(coordinate) < visible
    case .given(let masks):
      return masks[mask, coordinate]
    }
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
}

/// The part of a sample that a mask leaves.
public enum MaskSide: Sendable, Hashable {
  case visible, hidden
}
