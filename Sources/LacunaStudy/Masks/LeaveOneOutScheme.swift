import DeterministicEquivalents
import LacunaAlgebra

/// `leave_one_out`: one coordinate at a time is hidden and predicted from all the others.
struct LeaveOneOutScheme: MaskScheme {
  static let word = "leave_one_out"
  static let example: String? = nil

  static func read(_ field: ConfigurationField, _ context: MaskContext) throws(ConfigurationError) -> any MaskScheme {
    LeaveOneOutScheme()
  }

  var entries: [(key: String, value: YAMLValue)] { [] }
  var isLeaveOneOut: Bool { true }

  func drawing(coordinateCount d: Int, key: String) throws -> MaskConfiguration.Drawing? { nil }

  func theory(of model: CovarianceModel, on device: some Backend<Double>) throws -> MaskTheory.Evaluation? { nil }

  var resolventForm: ResolventForm? { ResolventForm(gain: 1, moments: nil) }

  func predictorBulk(of population: any Population, sampleCount: Int, ridge: Double) throws -> BulkMeasure? {
    try population.predictorBulk(sampleCount: sampleCount, ridge: ridge)
  }

  func visibleShare(coordinateCount d: Int) -> Double? { 1 - 1 / Double(d) }

  /// Its routes say what they hold.
  func storedNumbers(order d: Double, block: Double) -> Double { 0 }
}

extension MaskConfiguration {
  /// One coordinate at a time is hidden and predicted from all the others.
  public static let leaveOneOut = MaskConfiguration(LeaveOneOutScheme())
}
