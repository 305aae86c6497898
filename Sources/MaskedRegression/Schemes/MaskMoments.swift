/// How often coordinates are hidden and seen together under a random mask: all that its closed forms need.
///
/// For coordinate k and others j ≠ l: `hidden` = P(k hidden), and given that, `single` = P(j visible) and
/// `pair` = P(j and l visible).
public struct MaskMoments: Sendable, Equatable {
  public var hidden: Double
  public var single: Double
  public var pair: Double

  public init(hidden: Double, single: Double, pair: Double) {
    self.hidden = hidden
    self.single = single
    self.pair = pair
  }

  /// Bernoulli masks: each coordinate visible with probability `keep`, in (0, 1).
  public init(keep: Double) {
    self.init(hidden: 1 - keep, single: keep, pair: keep * keep)
  }

  /// Exactly `visible` of d coordinates visible, 1 ≤ visible < d.
  public init(visible: Int, of d: Int) {
    let (r, n) = (Double(visible), Double(d))
    self.init(
      hidden: (n - r) / n, single: r / (n - 1), pair: d > 2 ? r * (r - 1) / ((n - 1) * (n - 2)) : 0)
  }

  /// The same masks where the loss counts every coordinate, hidden or not, and no coordinate reads itself.
  public static func everywhere(keep: Double) -> MaskMoments { MaskMoments(hidden: 1, single: keep, pair: keep * keep) }

  /// As `everywhere(keep:)` for masks of fixed size.
  public static func everywhere(visible: Int, of d: Int) -> MaskMoments {
    let (r, n) = (Double(visible), Double(d))
    return MaskMoments(hidden: 1, single: r / n, pair: r * (r - 1) / (n * (n - 1)))
  }
}
