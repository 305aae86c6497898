import MaskedRegression

/// `observed`: the missing cells of given data.
struct ObservedScheme: MaskScheme {
  static let word = "observed"
  static let example: String? = nil
  static let shorthands = [MaskShorthand(keys: [], note: "missing cells")]

  static func read(_ field: ConfigurationField, _ context: MaskContext) throws(ConfigurationError) -> any MaskScheme {
    guard context.hasOwnData else {
      throw field.failure(
        "simulated data have no missing cells", "use lacuna fit --mask observed on data that have, or random masks")
    }
    return ObservedScheme()
  }

  var entries: [(key: String, value: YAMLValue)] { [] }

  func drawing(coordinateCount d: Int, key: String) throws -> MaskConfiguration.Drawing? { nil }

  func fitMask(coordinateCount d: Int, seed: UInt64, key: String) throws -> any FitMask { ObservedFitMask() }

  var allowsMissingCells: Bool { true }

  /// No trial runs under it.
  func storedNumbers(order d: Double, block: Double) -> Double { 0 }
}

extension MaskConfiguration {
  /// The missing cells of given data.
  public static let observed = MaskConfiguration(ObservedScheme())
}
