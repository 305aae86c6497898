/// The measures there are; errors come with everything else, asked for or not.
public enum MeasureRegistry {
  public static let all: [any Measure.Type] = [
    ErrorMeasure.self, VarianceMeasure.self, SpectrumMeasure.self, RecoveryMeasure.self, PrincipalMeasure.self,
    GramMeasure.self,
  ]

  /// Their words.
  public static var words: [String] { all.map { $0.word } }

  /// The measures of a configuration, in the order of `all`.
  static func measures(of configuration: ExperimentConfiguration) -> [any Measure.Type] {
    all.filter { $0 == ErrorMeasure.self || configuration.measures.contains($0.word) }
  }
}
