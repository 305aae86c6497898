import DeterministicEquivalents
import LacunaAlgebra
import LacunaHost
import LacunaStudy
import Testing

/// Spectra, outliers, overlaps and thresholds under weights of the penalty.
@Suite struct WeightedSpectrumTests {
  private let host = HostBackend<Double>()

  private func results(_ text: String) throws -> (results: [PointResult], stages: [Experiment.Stage]) {
    let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml"))
    let stages = try experiment.stages(device: host)
    return (try experiment.simulate(stages, on: host) { _ in }, stages)
  }

  private func text(_ weights: String, strength: Double = 2, n: Int, d: Int = 300, trials: Int = 8) -> String {
    """
    experiment: {trials: \(trials), seed: 4}
    data:
      {model: spiked, coordinates: \(d), samples: \(n), spikes: [{strength: \(strength)}],
       noise: {variances: {geometric: [0.2, 3.0]}}}
    model: {ridge: 0.1, weights: \(weights)}
    measure: [errors, spectrum, recovery]
    """
  }

  /// The outlier and its overlap within 4 standard errors + 6/d of theory, and the whole spectrum near it.
  @Test(arguments: ["{geometric: [3.0, 0.2]}", "variance", "self"], [150, 600])
  func theoryAgrees(weights: String, n: Int) throws {
    let result = try results(text(weights, strength: 6, n: n)).results[0]
    for name in [QuantityName.outlier, .overlap] {
      let statistic = try #require(result[name])
      let (mean, theory) = (try #require(statistic.mean), try #require(statistic.theory))
      #expect(
        abs(mean - theory) <= 4 * (try #require(statistic.standardError)) + 6 / 300 * theory,
        "\(weights), n = \(n), \(name): \(mean) ± \(statistic.standardError ?? 0), theory \(theory)")
    }
    // Weights of the data scatter with few samples, and theory does not say how the spectrum does.
    let isTold = n >= 300 || !["variance", "self"].contains(weights)
    let distance = result.number(.kolmogorovSmirnov)
    #expect((distance != nil) == isTold && distance ?? 0 < 0.02)
    #expect(try #require(result.number(.threshold)) < 6)
  }

  /// At the threshold itself theory has no overlap, a little above it has one; under weights as without.
  @Test(arguments: ["{geometric: [3.0, 0.2]}", "variance"]) func thresholdIsWhereTheSpikeLeaves(weights: String) throws
  {
    let first = try results(text(weights, n: 600, d: 100, trials: 1)).results[0]
    let threshold = try #require(first.number(.threshold))
    for (factor, leaves) in [(0.98, false), (1.02, true)] {
      let result = try results(text(weights, strength: threshold * factor, n: 600, d: 100, trials: 1)).results[0]
      #expect((result[.outlier]?.theory != nil) == leaves)
      // Weights of variances have a little of the spike in them.
      let own = try #require(result.number(.threshold))
      #expect(abs(own / threshold - 1) < 0.02)
    }
  }

  /// The eigenvalues of Â do not depend on units: those of a diagonal Σ weighed by its variances are the isotropic ones.
  @Test func unitsDoNotMatter() throws {
    func top(_ noise: String, _ weights: String) throws -> [Double] {
      let text = """
        experiment: {trials: 2, seed: 4}
        data: {model: diagonal, coordinates: 40, samples: 60, noise: {variances: \(noise)}}
        model: {ridge: 0.1, weights: \(weights)}
        measure: [spectrum]
        """
      return try #require(try results(text).results[0][.topEigenvalue]?.values)
    }
    let weighed = try top("{geometric: [0.01, 100]}", "{geometric: [0.01, 100]}")
    let isotropic = try top("1.0", "uniform")
    #expect(zip(weighed, isotropic).allSatisfy { abs($0 - $1) < 1e-10 })
    let learned = try top("{geometric: [0.01, 100]}", "self")
    let plain = try top("1.0", "self")
    #expect(zip(learned, plain).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
