import DeterministicEquivalents
import LacunaAlgebra
import MaskedRegression

/// A way of hiding coordinates in training: how it is written, how it trains, its theory and what it takes.
///
/// One type a scheme, named once in `MaskConfiguration.schemes`; nothing else knows which schemes there are. What a study asks
/// of a scheme it asks through these requirements.
protocol MaskScheme: Sendable, Equatable {
  /// The word that chooses it in a configuration, `leave_one_out`; on the command line also with dashes.
  static var word: String { get }

  /// What its value looks like, `{keep: 0.5}`; nil for a scheme that is a word alone.
  static var example: String? { get }

  /// Its forms in one word, `bernoulli:KEEP`.
  static var shorthands: [MaskShorthand] { get }

  /// Reads its value.
  static func read(_ field: ConfigurationField, _ context: MaskContext) throws(ConfigurationError) -> any MaskScheme

  /// The keys of its value, defaults written out: `read` gives an equal scheme of them.
  var entries: [(key: String, value: YAMLValue)] { get }

  /// Whether it hides one coordinate at a time: the scheme that has routes of its own, theory as `ErrorEquivalent`, and no
  /// predictor formed for its errors.
  var isLeaveOneOut: Bool { get }

  /// How the masks of one training are drawn; files are read here.
  /// - Parameter key: of the scheme, for messages.
  /// - Returns: nil where there are no masks to draw: leave-one-out masks, and those that come with the data.
  /// - Throws: `ModelError`, `DataFileError`, `PartitionError`.
  func drawing(coordinateCount d: Int, key: String) throws -> MaskConfiguration.Drawing?

  /// The kind of fit that data of one's own are given.
  /// - Parameter key: of the scheme, for messages.
  /// - Throws: as `drawing`.
  func fitMask(coordinateCount d: Int, seed: UInt64, key: String) throws -> any FitMask

  /// Whether data may have missing cells.
  var allowsMissingCells: Bool { get }

  /// Theory of its errors on one Σ; nil for leave-one-out masks, whose theory is `ErrorEquivalent`.
  func theory(of model: CovarianceModel, on device: some Backend<Double>) throws -> MaskTheory.Evaluation?

  /// The same where it holds no device and is quick enough to draw lines with; nil elsewhere, and then `theory` is asked.
  func line(of model: CovarianceModel, on device: some Backend<Double>) throws -> MaskTheory.Line?

  /// Where one resolvent gives all rows of the predictor; nil elsewhere, and then there is no spectrum to measure.
  var resolventForm: ResolventForm? { get }

  /// The bulk of the predictor's spectrum.
  /// - Returns: nil where `resolventForm` is nil.
  func predictorBulk(of population: any Population, sampleCount: Int, ridge: Double) throws -> BulkMeasure?

  /// p, the share of the coordinates that a mask shows on average; nil where masks differ in it.
  func visibleShare(coordinateCount d: Int) -> Double?

  /// M, masks drawn for each sample; nil where masks are fixed or all of them are meant.
  var drawnMasks: Int? { get }

  /// Numbers that a trial holds at most, beside its block of samples and what Σ takes: of d × d matrices the Gram, resolvent,
  /// predictor and its errors, and what each scheme has besides.
  func storedNumbers(order d: Double, block: Double) -> Double

  /// M, where all M masked copies of the samples are passed over again in each step of an iteration; 0 in closed forms.
  var iteratedMasks: Int { get }
}

extension MaskScheme {
  static var shorthands: [MaskShorthand] { [] }
  var isLeaveOneOut: Bool { false }
  var allowsMissingCells: Bool { false }

  func fitMask(coordinateCount d: Int, seed: UInt64, key: String) throws -> any FitMask {
    guard let draw = try drawing(coordinateCount: d, key: key) else { return LeaveOneOutFitMask() }
    return SchemeFitMask(draw(RandomStream(seed: seed, purpose: .masks, index: 0)))
  }

  func theory(of model: CovarianceModel, on device: some Backend<Double>) throws -> MaskTheory.Evaluation? {
    { _, _ in .absent("none is known of these masks; the errors are simulated alone") }
  }
  func line(of model: CovarianceModel, on device: some Backend<Double>) throws -> MaskTheory.Line? { nil }
  var resolventForm: ResolventForm? { nil }
  func predictorBulk(of population: any Population, sampleCount: Int, ridge: Double) throws -> BulkMeasure? { nil }
  func visibleShare(coordinateCount d: Int) -> Double? { nil }
  var drawnMasks: Int? { nil }
  var iteratedMasks: Int { 0 }

  func isEqual(to other: any MaskScheme) -> Bool { other as? Self == self }
}

/// Â = gain · (I − diag(Q)⁻¹Q), Q one resolvent for all rows.
struct ResolventForm {
  var gain: Double
  /// Of the masks whose `RandomMaskRegression.resolvent` Q is; nil for Q = (S + λI)⁻¹.
  var moments: MaskMoments?
}

/// Where a scheme is read.
struct MaskContext {
  /// d; nil where it is not known yet, and what depends on it is not checked.
  var coordinates: Int?
  /// Where relative paths written in a file start, and those of overrides; nil keeps them as they are.
  var folder: String?
  var current: String?
  /// Whether the data are somebody's own, in which cells can be missing.
  var hasOwnData: Bool

  func path(_ field: ConfigurationField) throws(ConfigurationError) -> String {
    try field.path(folder: folder, current: current)
  }
}
