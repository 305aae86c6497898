import DeterministicEquivalents
import LacunaAlgebra

/// `circulant`: Σ_ij = first_row[(j − i) mod d].
struct CirculantModel: DataModel {
  var firstRow: DataConfiguration.FirstRow

  static let word = "circulant"
  static let keys = [DataKey.firstRow]

  static func read(_ section: DataSection) throws(ConfigurationError) -> Self {
    Self(firstRow: try .init(section, circulant: true))
  }

  var entries: [(key: DataKey, value: YAMLValue)] { [(.firstRow, firstRow.value)] }

  func covariance(coordinateCount d: Int, seed: UInt64, on device: some Backend<Double>) throws -> CovarianceModel {
    let population = try CirculantPopulation(firstRow: firstRow.values(count: d, circulant: true))
    return CovarianceModel(
      population: population, structure: CirculantStructure(eigenvalues: population.eigenvalues, coordinateCount: d))
  }
}

extension DataConfiguration.Model {
  /// Σ_ij = first row[(j − i) mod d], symmetric; see `DataConfiguration.FirstRow.expanded`.
  public static func circulant(_ firstRow: DataConfiguration.FirstRow) -> Self {
    Self(CirculantModel(firstRow: firstRow))
  }
}
