import DeterministicEquivalents
import LacunaAlgebra
import LacunaHost
import LacunaStudy
import Testing

/// Spectra and spikes at sizes where theory is near.
@Suite(.serialized) struct LargeSpectrumTests {
  private let host = HostBackend<Double>()

  /// One draw at d = 2000 for each data model, γ = 0.5 and 2: Kolmogorov–Smirnov below 0.01, over the continuous spectrum and,
  /// where D is constant, everywhere with the atom smeared. In float32, which moves an eigenvalue by about 1e-6.
  @Test(arguments: DataModel.all)
  func distributionOfEveryDataModel(model: DataModel) throws {
    var point = try model.configuration(coordinates: 2000, samples: [4000, 1000], ridges: "[0.1]", trials: 1)
    point.configuration.measures = ["spectrum"]
    let experiment = Experiment([point])
    let results = try experiment.simulate(try experiment.stages(device: host), on: HostBackend<Float>()) { _ in }
    for result in results {
      #expect(try #require(result.number(.kolmogorovSmirnov)) < 0.01, "n = \(result.sampleCount)")
      if let whole = result.number(.finiteSizeKolmogorovSmirnov) {
        #expect(whole < 0.01, "n = \(result.sampleCount), smeared")
      }
    }
  }

  private func recovery(_ text: String, _ overrides: String...) throws -> [PointResult] {
    let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml", overrides: overrides))
    return try experiment.simulate(try experiment.stages(device: host), on: host) { _ in }
  }

  /// Noise variances exp(linspace(−1.5, 1.5))/mean, n = 2d, λ = 0.05 and one spike, below its threshold at 0.42, just above
  /// and far above: eigenvalue and overlap within 3 standard errors of theory at d = 1500.
  @Test func unequalNoise() throws {
    let results = try recovery(
      """
      experiment: {trials: 6, seed: 1}
      data:
        model: spiked
        coordinates: 1500
        aspect_ratio: 0.5
        spikes: [{strength: 1.0}]
        noise: {variances: {geometric: [0.157187, 3.157187]}}
      model: {ridge: 0.05}
      measure: [recovery]
      """, "data.spikes.0.strength=0.3,0.45,0.6,1,3")
    for result in results {
      for name in [QuantityName.outlier, .overlap, .principalOverlap] {
        #expect(abs(try #require(result[name]?.deviation)) < 3, "\(result.parameters): \(name)")
      }
      #expect(abs(try #require(result.number(.recoveryEdge)) - 0.7818) < 1e-3)
    }
    #expect(try #require(results[0][.outlier]).theory == nil)
    // Where principal components see nothing, the masked regression does.
    #expect(try #require(results[2][.overlap]?.mean) > 0.25)
    #expect(try #require(results[2][.principalOverlap]?.mean) < 0.02)
    #expect(try #require(results[4][.principalOverlap]?.mean) > 0.4)
  }

  /// Both thresholds of the phase diagram: on either side of each, for three spreads of the noise, the spike is recovered or not.
  @Test(arguments: [0.0, 0.75, 1.5])
  func phaseBoundary(spread: Double) throws {
    let text = """
      experiment: {trials: 5, seed: 4}
      data:
        model: spiked
        coordinates: 500
        aspect_ratio: 0.5
        spikes: [{strength: 1.0}]
        noise: {variances: \(Self.variances(spread))}
      model: {ridge: 0.05}
      measure: [recovery]
      """
    let stage = try Experiment(try loadExperiments(text: text, source: "test.yaml")).stages(device: host)[0]
    let population = try #require(stage.model.population.spiked)
    let n = stage.sampleCount
    let masked = try #require(
      try OutlierEquivalent(predictorOf: population, sampleCount: n, ridge: stage.ridges[0]).threshold(of: 0))
    let principal = try #require(try OutlierEquivalent(gramOf: population, sampleCount: n).threshold(of: 0))
    // The masked regression never needs a stronger spike, and with equal noise as strong a one.
    #expect(spread == 0 ? abs(masked / principal - 1) < 1e-6 : masked < principal)
    for (threshold, overlap) in [
      (masked, QuantityName.overlap), (principal, .principalOverlap),
    ] {
      let results = try recovery(text, "data.spikes.0.strength=\(0.55 * threshold),\(1.7 * threshold)")
      #expect(try #require(results[0][overlap]?.mean) < 0.1)
      #expect(try #require(results[1][overlap]?.mean) > 0.1)
    }
  }

  /// The threshold of a spike on 20 of 500 coordinates, which is above that of a spread-out one.
  @Test func sparseThreshold() throws {
    let text = """
      experiment: {trials: 6, seed: 4}
      data:
        model: spiked
        coordinates: 500
        aspect_ratio: 0.5
        spikes: [{strength: 50.0, direction: {sparse: 20}}]
      model: {ridge: 0.05}
      measure: [recovery]
      """
    let stage = try Experiment(try loadExperiments(text: text, source: "test.yaml")).stages(device: host)[0]
    let population = try #require(stage.model.population.spiked)
    let threshold = try #require(
      try OutlierEquivalent(predictorOf: population, sampleCount: stage.sampleCount, ridge: stage.ridges[0])
        .threshold(of: 0))
    #expect(threshold > 1.05 * 0.5.squareRoot())
    let results = try recovery(text, "data.spikes.0.strength=\(0.6 * threshold),\(1.6 * threshold)")
    for result in results { #expect(abs(try #require(result.number(.threshold)) - threshold) < 1e-9) }
    #expect(try #require(results[0][.overlap]?.mean) < 0.1)
    let above = try #require(results[1][.overlap])
    let (mean, theory) = (try #require(above.mean), try #require(above.theory))
    let error = try #require(above.standardError)
    #expect(mean > 0.25 && abs(mean - theory) < 4 * error + 0.05)
  }

  /// From e^−h to e^h, mean about 1.
  private static func variances(_ spread: Double) -> String {
    switch spread {
    case 0: "1.0"
    case 0.75: "{geometric: [0.4308, 1.9307]}"
    default: "{geometric: [0.157187, 3.157187]}"
    }
  }
}
