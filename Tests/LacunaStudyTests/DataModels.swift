import LacunaAlgebra
import LacunaStudy
import RealModule
import Testing

/// Every data model with its Σ written out by definition.
struct DataModel: Sendable, CustomTestStringConvertible {
  var testDescription: String
  /// Lines of the `data` section beside coordinates and samples.
  var yaml: String
  /// Σ_ij at d coordinates less its spikes, whose directions the seed draws.
  var covariance: @Sendable (_ i: Int, _ j: Int, _ d: Int) -> Double

  init(
    _ name: String, _ yaml: String,
    _ covariance: @escaping @Sendable (Int, Int, Int) -> Double = { i, j, _ in i == j ? 1 : 0 }
  ) {
    testDescription = name
    self.yaml = yaml
    self.covariance = covariance
  }

  static let all: [DataModel] = [
    DataModel("isotropic", "model: isotropic"),
    DataModel("spiked", "model: spiked, spikes: [{strength: 5.0}, {strength: 2.0, direction: {sparse: 6}}]"),
    DataModel("negative spike", "model: spiked, spikes: [{strength: -0.7}, {strength: 3.0}]"),
    DataModel(
      "diagonal", "model: diagonal, noise: {variances: {linear: [0.1, 3.0]}}",
      { i, j, d in i == j ? 0.1 + 2.9 * Double(i) / Double(d - 1) : 0 }),
    DataModel(
      "diagonal and spike", "model: diagonal, noise: {variances: {geometric: [0.2, 3.0]}}, spikes: [{strength: 8.0}]",
      { i, j, d in i == j ? 0.2 * Double.pow(15, Double(i) / Double(d - 1)) : 0 }),
    DataModel(
      "ar1", "model: ar1, correlation: 0.7",
      { i, j, _ in (0..<abs(i - j)).reduce(1.0) { product, _ in product * 0.7 } }),
    DataModel(
      "toeplitz", "model: toeplitz, first_row: [1.0, 0.5, 0.2]",
      { i, j, _ in [1.0, 0.5, 0.2, 0][min(abs(i - j), 3)] }),
    DataModel(
      "circulant", "model: circulant, first_row: [1.0, 0.4, 0.15]",
      { i, j, d in [1.0, 0.4, 0.15, 0][min(abs(i - j), d - abs(i - j), 3)] }),
    DataModel(
      "block", "model: block, blocks: 4, correlation: 0.6",
      { i, j, d in i == j ? 1 : block(i, d) == block(j, d) ? 0.6 : 0 }),
    DataModel(
      "power law", "model: power_law, exponent: 0.8",
      { i, j, d in
        guard i == j else { return 0 }
        let weights = (1...d).map { Double.pow(Double($0), -0.8) }
        return weights[i] * Double(d) / weights.reduce(0, +)
      }),
  ]

  private static func block(_ i: Int, _ d: Int) -> Int { (0..<4).last { $0 * d / 4 <= i }! }

  func configuration(
    coordinates: Int, samples: [Int], ridges: String, trials: Int, law: String = "gaussian", seed: Int = 1
  ) throws -> ExperimentPoint {
    let noise =
      yaml.contains("noise: {")
      ? yaml.replacing("noise: {", with: "noise: {law: \(law), ") : yaml + ", noise: {law: \(law)}"
    let text = """
      experiment: {name: test, trials: \(trials), seed: \(seed)}
      data: {coordinates: \(coordinates), samples: \(samples), \(noise)}
      model: {ridge: \(ridges)}
      """
    return try loadExperiments(text: text, source: "test.yaml")[0]
  }
}
