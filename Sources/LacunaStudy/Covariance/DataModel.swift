import LacunaAlgebra

/// A family of population covariances: how it is written, and Σ as theory and devices see it.
///
/// One type a family, named once in `DataConfiguration.Model.families`; nothing else knows which families there are. The
/// structure that theory, routes and forecasts make use of is asked of `CovarianceModel` and its population.
protocol DataModel: Sendable, Equatable {
  /// The word that chooses it, `data.model`.
  static var word: String { get }

  /// The keys of `data` that it takes, beside those of every family.
  static var keys: [DataKey] { get }

  /// Reads its keys.
  static func read(_ section: DataSection) throws(ConfigurationError) -> Self

  /// Its keys with their values, defaults written out: reading them gives an equal value.
  var entries: [(key: DataKey, value: YAMLValue)] { get }

  /// Rank-one parts of Σ, in the order of `CovarianceModel.spikeDirections`.
  var spikes: [DataConfiguration.Spike] { get }

  /// Σ at d coordinates; files are read here.
  /// - Parameter seed: of the experiment, from which random directions are drawn.
  /// - Parameter device: solves the eigenproblem of a dense Σ.
  /// - Throws: `PopulationError` where Σ is not positive definite, `ModelError` or `DataFileError` for a file.
  func covariance(coordinateCount d: Int, seed: UInt64, on device: some Backend<Double>) throws -> CovarianceModel
}

extension DataModel {
  var spikes: [DataConfiguration.Spike] { [] }

  func isEqual(to other: any DataModel) -> Bool { other as? Self == self }
}

/// A key of `data` that belongs to some families.
struct DataKey: Sendable {
  /// Dotted, below `data`.
  var name: String
  /// What of it has several forms, one key each, of which an override replaces one by another; `*` is any index.
  var forms: [String] = []
  /// What of it is a list by nature, which a comma list on the command line sets rather than sweeps.
  var lists: [String] = []

  static let correlation = DataKey(name: "correlation")
}

/// The section `data` as a family reads it.
struct DataSection {
  var keys: ConfigurationSection
  var noise: ConfigurationSection?
  var coordinates: Int
  /// Where relative paths written in the file start, and those of overrides.
  var folder: String
  var current: String

  /// The value of a key, nil where it is not given.
  subscript(_ key: DataKey) -> ConfigurationField? {
    key.name.hasPrefix("noise.") ? noise?[String(key.name.dropFirst("noise.".count))] : keys[key.name]
  }

  /// The value of a key that must be given.
  /// - Parameter value: an example of it.
  func required(_ key: DataKey, like value: String) throws(ConfigurationError) -> ConfigurationField {
    try keys.required(key.name, example: "\(key.name): \(value)")
  }

  func path(_ field: ConfigurationField) throws(ConfigurationError) -> String {
    try field.path(folder: folder, current: current)
  }
}
