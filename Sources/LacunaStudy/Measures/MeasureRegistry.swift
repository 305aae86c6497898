/// The measures there are; errors come with everything else, asked for or not.
public enum MeasureRegistry {
  public static let all: [any Measure.Type] = [
    ErrorMeasure.self, VarianceMeasure.self, SpectrumMeasure.self, RecoveryMeasure.self, PrincipalMeasure.self,
    GramMeasure.self,
  ]
}
