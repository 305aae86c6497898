import DeterministicEquivalents
import LacunaAlgebra

/// `ar1`: Σ_ij = correlation^|i−j|.
struct AutoregressiveModel: DataModel {
  var correlation: Double

  static let word = "ar1"
  static let keys = [DataKey.correlation]

  static func read(_ section: DataSection) throws(ConfigurationError) -> Self {
    Self(correlation: try section.required(.correlation, like: "0.7").number(.correlation))
  }

  var entries: [(key: DataKey, value: YAMLValue)] { [(.correlation, .number(correlation))] }

  func covariance(coordinateCount d: Int, seed: UInt64, on device: some Backend<Double>) throws -> CovarianceModel {
    CovarianceModel(
      population: try AutoregressivePopulation(correlation: correlation, coordinateCount: d),
      structure: AutoregressiveStructure(correlation: correlation, coordinateCount: d))
  }
}

extension DataConfiguration.Model {
  /// Σ_ij = correlation^|i−j|, correlation in (−1, 1).
  public static func ar1(correlation: Double) -> Self { Self(AutoregressiveModel(correlation: correlation)) }
}
