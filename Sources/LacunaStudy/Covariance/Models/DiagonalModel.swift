import LacunaAlgebra

/// `diagonal`: Σ = diag(variances), with spikes or without.
struct DiagonalModel: DataModel {
  var variances: DataConfiguration.Variances
  var spikes: [DataConfiguration.Spike]

  static let word = "diagonal"
  static let keys = [DataKey.spikes, .variances]

  static func read(_ section: DataSection) throws(ConfigurationError) -> Self {
    let noise = Self(variances: try .init(section), spikes: [])
    guard let field = section[.spikes] else { return noise }
    if case .list(let items) = field.node.content, items.isEmpty { return noise }
    return Self(variances: noise.variances, spikes: try DataConfiguration.Spike.list(field, section))
  }

  var entries: [(key: DataKey, value: YAMLValue)] {
    (spikes.isEmpty ? [] : [(.spikes, .list(spikes.map(\.value)))]) + [(.variances, variances.value)]
  }

  func covariance(coordinateCount d: Int, seed: UInt64, on device: some Backend<Double>) throws -> CovarianceModel {
    try CovarianceModel(variances: variances.values(count: d), spikes: spikes, seed: seed)
  }
}

extension DataConfiguration.Model {
  /// Σ = diag(variances), and spikes where there are any.
  public static func diagonal(
    _ variances: DataConfiguration.Variances = .constant(1), spikes: [DataConfiguration.Spike] = []
  ) -> Self { Self(DiagonalModel(variances: variances, spikes: spikes)) }
}
