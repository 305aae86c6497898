import DeterministicEquivalents
import LacunaAlgebra

/// `power_law`: eigenvalues k^−exponent, scaled to mean 1.
struct PowerLawModel: DataModel {
  var exponent: Double

  static let word = "power_law"
  static let keys = [exponentKey]
  private static let exponentKey = DataKey(name: "exponent")

  static func read(_ section: DataSection) throws(ConfigurationError) -> Self {
    Self(exponent: try section.required(exponentKey, like: "1.0").number(.nonNegative))
  }

  var entries: [(key: DataKey, value: YAMLValue)] { [(Self.exponentKey, .number(exponent))] }

  func covariance(coordinateCount d: Int, seed: UInt64, on device: some Backend<Double>) throws -> CovarianceModel {
    let population = try DiagonalPopulation.powerLaw(exponent: exponent, coordinateCount: d)
    return CovarianceModel(
      population: population, structure: SpikedStructure(noise: population.variances, strengths: [], directions: []))
  }
}

extension DataConfiguration.Model {
  /// Eigenvalues k^−exponent, exponent ≥ 0, scaled to mean 1.
  public static func powerLaw(exponent: Double) -> Self { Self(PowerLawModel(exponent: exponent)) }
}
