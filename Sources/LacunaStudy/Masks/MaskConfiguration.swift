import LacunaAlgebra
import MaskedRegression

/// Which coordinates are hidden in a training example: `model.mask` of a study, `--mask` of a fit.
///
/// Written as YAML, `{partition: {blocks: 4, order: random, passes: 2}}`, or in one word, `partition:4:2`; both are read
/// wherever a mask is asked for. Each scheme has a file beside this one, with the function here that makes it.
public struct MaskConfiguration: Sendable, Equatable {
  let scheme: any MaskScheme

  init(_ scheme: any MaskScheme) { self.scheme = scheme }

  /// Every scheme there is; a new one is a type and its line here.
  static let schemes: [any MaskScheme.Type] = [
    LeaveOneOutScheme.self, ObservedScheme.self, PartitionScheme.self, BernoulliScheme.self, RandomScheme.self,
    SharedScheme.self, ExplicitScheme.self,
  ]

  public static func == (a: MaskConfiguration, b: MaskConfiguration) -> Bool { a.scheme.isEqual(to: b.scheme) }

  /// The word that chooses it.
  public var word: String { type(of: scheme).word }

  /// Whether it hides one coordinate at a time, and predicts it from all others.
  public var isLeaveOneOut: Bool { scheme.isLeaveOneOut }

  /// Draws the masks of one training from a stream.
  public typealias Drawing = @Sendable (RandomStream) -> any TrainingMasks

  /// How the masks of one training are drawn; a file of masks is read here.
  /// - Parameter d: coordinates.
  /// - Parameter key: of the mask, for messages.
  /// - Returns: nil where there are no masks to draw: leave-one-out masks, and missing cells.
  /// - Throws: `ModelError` or `DataFileError` for a file, `PartitionError` for blocks of other data.
  public func drawing(coordinateCount d: Int, key: String) throws -> Drawing? {
    try scheme.drawing(coordinateCount: d, key: "\(key).\(word)")
  }

  /// The kind of fit that data of one's own are given.
  /// - Parameter d: coordinates.
  /// - Parameter seed: of masks that are drawn.
  /// - Parameter key: of the mask, for messages.
  /// - Throws: as `drawing`.
  public func fitMask(coordinateCount d: Int, seed: UInt64, key: String) throws -> any FitMask {
    try scheme.fitMask(coordinateCount: d, seed: seed, key: "\(key).\(word)")
  }

  /// Whether data of one's own may have missing cells.
  public var allowsMissingCells: Bool { scheme.allowsMissingCells }

  /// p, the share of the coordinates that a mask shows on average; nil where masks differ in it.
  public func visibleShare(coordinateCount d: Int) -> Double? { scheme.visibleShare(coordinateCount: d) }

  /// M, masks drawn for each sample; nil where masks are fixed or all of them are meant.
  public var drawnMasks: Int? { scheme.drawnMasks }
}
