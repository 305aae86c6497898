import DeterministicEquivalents
import LacunaAlgebra

/// `block`: unit variances, one correlation inside each of the blocks and none between them.
struct BlockModel: DataModel {
  /// Between 1 and d.
  var blocks: Int
  var correlation: Double

  static let word = "block"
  static let keys = [DataKey.correlation, blocksKey]
  private static let blocksKey = DataKey(name: "blocks")

  static func read(_ section: DataSection) throws(ConfigurationError) -> Self {
    let d = section.coordinates
    let blocks = try section.required(blocksKey, like: "10").integer(in: 1...d, example: "\(min(10, d))")
    let field = try section.required(.correlation, like: "0.3")
    let correlation = try field.number(.correlation)
    let size = (d + blocks - 1) / blocks
    if size > 1, correlation <= -1 / Double(size - 1) {
      throw field.failure(
        "Σ is not positive definite: blocks of \(size) coordinates need a correlation above -1/\(size - 1)",
        "raise it, or take more blocks")
    }
    return Self(blocks: blocks, correlation: correlation)
  }

  var entries: [(key: DataKey, value: YAMLValue)] {
    [(.correlation, .number(correlation)), (Self.blocksKey, .integer(blocks))]
  }

  func covariance(coordinateCount d: Int, seed: UInt64, on device: some Backend<Double>) throws -> CovarianceModel {
    let population = try BlockPopulation(coordinateCount: d, blocks: blocks, correlation: correlation)
    return CovarianceModel(
      population: population, structure: BlockStructure(bounds: population.bounds, correlation: correlation))
  }
}

extension DataConfiguration.Model {
  /// Unit variances, one correlation inside each of the blocks and none between them.
  public static func block(blocks: Int, correlation: Double) -> Self {
    Self(BlockModel(blocks: blocks, correlation: correlation))
  }
}
