import DeterministicEquivalents
import LacunaAlgebra

/// `toeplitz`: Σ_ij = first_row[|i−j|].
struct ToeplitzModel: DataModel {
  var firstRow: DataConfiguration.FirstRow

  static let word = "toeplitz"
  static let keys = [DataKey.firstRow]

  static func read(_ section: DataSection) throws(ConfigurationError) -> Self {
    Self(firstRow: try .init(section, circulant: false))
  }

  var entries: [(key: DataKey, value: YAMLValue)] { [(.firstRow, firstRow.value)] }

  func covariance(coordinateCount d: Int, seed: UInt64, on device: some Backend<Double>) throws -> CovarianceModel {
    let population = try ToeplitzPopulation(firstRow: firstRow.values(count: d, circulant: false))
    return CovarianceModel(
      population: population,
      structure: CirculantStructure(eigenvalues: try population.circulantEmbedding(), coordinateCount: d))
  }
}

extension DataConfiguration.Model {
  /// Σ_ij = first row[|i−j|]; lags that are not given are 0.
  public static func toeplitz(_ firstRow: DataConfiguration.FirstRow) -> Self {
    Self(ToeplitzModel(firstRow: firstRow))
  }
}
