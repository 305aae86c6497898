import DeterministicEquivalents
import LacunaAlgebra

/// `spiked`: Σ = diag(variances) + Σ_i strength_i · u_i u_iᵀ, with at least one spike.
struct SpikedModel: DataModel {
  var variances: DataConfiguration.Variances
  var spikes: [DataConfiguration.Spike]

  static let word = "spiked"
  static let keys = [DataKey.spikes, .variances]

  static func read(_ section: DataSection) throws(ConfigurationError) -> Self {
    Self(
      variances: try .init(section),
      spikes: try DataConfiguration.Spike.list(section.required(.spikes, like: "[{strength: 3.0}]"), section))
  }

  var entries: [(key: DataKey, value: YAMLValue)] {
    [(.spikes, .list(spikes.map(\.value))), (.variances, variances.value)]
  }

  func covariance(coordinateCount d: Int, seed: UInt64, on device: some Backend<Double>) throws -> CovarianceModel {
    try CovarianceModel(variances: variances.values(count: d), spikes: spikes, seed: seed)
  }
}

extension CovarianceModel {
  /// Σ = diag(variances) and the spikes, whose random directions come from the seed.
  init(variances: [Double], spikes: [DataConfiguration.Spike], seed: UInt64) throws {
    let strengths = spikes.map(\.strength)
    let directions = try spikes.enumerated().map { index, spike in
      try spike.direction.vector(count: variances.count, seed: seed, index: index)
    }
    self.init(
      population: directions.isEmpty
        ? try DiagonalPopulation(equalOr: variances)
        : try SpikedPopulation(variances: variances, strengths: strengths, directions: directions),
      structure: SpikedStructure(noise: variances, strengths: strengths, directions: directions))
  }
}

extension DiagonalPopulation {
  /// Equal variances are told once.
  fileprivate init(equalOr variances: [Double]) throws(PopulationError) {
    if let first = variances.first, variances.allSatisfy({ $0 == first }) {
      try self.init(isotropic: first, coordinateCount: variances.count)
    } else {
      try self.init(variances: variances)
    }
  }
}

extension DataConfiguration.Model {
  /// Σ = diag(variances) + Σ_i strength_i · u_i u_iᵀ.
  /// - Parameter spikes: at least one.
  /// - Parameter variances: of the noise.
  public static func spiked(
    _ spikes: [DataConfiguration.Spike], variances: DataConfiguration.Variances = .constant(1)
  ) -> Self { Self(SpikedModel(variances: variances, spikes: spikes)) }
}
