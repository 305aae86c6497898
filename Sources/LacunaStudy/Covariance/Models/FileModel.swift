import DeterministicEquivalents
import LacunaAlgebra
import LacunaFiles

/// `file`: a dense Σ, d × d, read from a file.
struct FileModel: DataModel {
  /// Absolute.
  var path: String

  static let word = "file"
  static let keys = [fileKey]
  private static let fileKey = DataKey(name: "file")

  static func read(_ section: DataSection) throws(ConfigurationError) -> Self {
    Self(path: try section.path(section.required(fileKey, like: "covariance.npy")))
  }

  var entries: [(key: DataKey, value: YAMLValue)] { [(Self.fileKey, .text(path))] }

  func covariance(coordinateCount d: Int, seed: UInt64, on device: some Backend<Double>) throws -> CovarianceModel {
    let table = try readTable(path, .parameters)
    guard table.rows == d && table.columns == d else {
      throw ModelError.shape(path: path, expected: "\(d) × \(d)", actual: "\(table.rows) × \(table.columns)")
    }
    return CovarianceModel(
      population: try DensePopulation(covariance: table.values, coordinateCount: d, backend: device),
      structure: DenseStructure(covariance: table.values, coordinateCount: d))
  }
}

extension DataConfiguration.Model {
  /// A dense Σ, d × d, of the file at an absolute path.
  public static func file(_ path: String) -> Self { Self(FileModel(path: path)) }
}
