import LacunaAlgebra

/// `isotropic`: Σ = vI, v = `noise.variances`.
struct IsotropicModel: DataModel {
  var variance: Double

  static let word = "isotropic"
  static let keys = [DataKey.variances]

  static func read(_ section: DataSection) throws(ConfigurationError) -> Self {
    let variances = try DataConfiguration.Variances(section)
    if case .constant(let variance) = variances { return Self(variance: variance) }
    throw ConfigurationError(
      location: section[.variances]?.keyLocation ?? section.keys.location, key: "data.noise.variances",
      reason: "the model isotropic takes one variance", remedy: "write a number, or choose the model diagonal")
  }

  var entries: [(key: DataKey, value: YAMLValue)] { [(.variances, .number(variance))] }

  func covariance(coordinateCount d: Int, seed: UInt64, on device: some Backend<Double>) throws -> CovarianceModel {
    try CovarianceModel(variances: [Double](repeating: variance, count: d), spikes: [], seed: seed)
  }
}

extension DataConfiguration.Model {
  /// Σ = I.
  public static let isotropic = isotropic(variance: 1)

  /// Σ = vI, v > 0.
  public static func isotropic(variance: Double) -> Self { Self(IsotropicModel(variance: variance)) }
}
