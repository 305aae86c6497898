import DeterministicEquivalents
import Foundation
import LacunaAlgebra
import LacunaFiles
import LacunaHost
import LacunaStudy
import Testing

/// What trials measure beyond the errors, against theory and against the definitions written out.
@Suite struct SpectralMeasureTests {
  private let host = HostBackend<Double>()

  private func points(_ text: String, _ overrides: String...) throws -> [PointResult] {
    let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml", overrides: overrides))
    return try experiment.simulate(try experiment.stages(device: host), on: host) { _ in }
  }

  /// Three draws at d = 400; the distance of theory's own spectrum from a sample of 1200 is of order 1/d, as eigenvalues
  /// repel each other. One of independent draws would be 0.04.
  @Test(arguments: DataModel.all)
  func spectrumOfEveryDataModel(model: DataModel) throws {
    var point = try model.configuration(coordinates: 400, samples: [200, 800], ridges: "[0.1]", trials: 3)
    point.configuration.measures = ["spectrum"]
    let experiment = Experiment([point])
    let results = try experiment.simulate(try experiment.stages(device: host), on: host) { _ in }
    for result in results {
      let distance = try #require(result.number(.kolmogorovSmirnov))
      let trials = result.rows(.eigenvalues)
      #expect(distance > 0)
      #expect(distance < 0.025, "n = \(result.sampleCount)")
      if let whole = result.number(.finiteSizeKolmogorovSmirnov) { #expect(whole < 0.04, "n = \(result.sampleCount)") }
      let range = trials.flatMap { $0 }
      let width = try #require(range.max()) - #require(range.min())
      #expect(try #require(result.number(.wasserstein1)) < 0.02 * width)
      #expect(trials.count == 3)
      for values in trials {
        #expect(values.count == 400 && values == values.sorted())
        // Â is hollow.
        #expect(abs(values.reduce(0, +)) < 1e-9 * 400)
      }
    }
  }

  /// The power sums of the eigenvalues against the traces of Â² and Â³, Â written out from samples drawn by hand.
  @Test func eigenvaluesAreThoseOfTheSymmetrizedPredictor() throws {
    let (n, d, ridge) = (50, 12, 0.2)
    let text = """
      experiment: {trials: 1, seed: 5}
      data: {model: ar1, correlation: 0.6, coordinates: \(d), samples: \(n)}
      model: {ridge: \(ridge)}
      measure: [spectrum]
      """
    let values = try #require(try points(text)[0].rows(.eigenvalues).first)
    // The same samples drawn by hand: x_1 = z_1, x_j = ρ x_(j−1) + √(1−ρ²) z_j.
    let stream = RandomStream(seed: 5, purpose: .samples, index: n << 20)
    var gram = [Double](repeating: 0, count: d * d)
    for i in 0..<n {
      var x = (0..<d).map { EntryLaw.gaussian.value(at: UInt64(i * d + $0), of: stream) }
      for j in 1..<d { x[j] = 0.6 * x[j - 1] + 0.8 * x[j] }
      for j in 0..<d { for k in 0..<d { gram[j * d + k] += x[j] * x[k] / Double(n) } }
    }
    for j in 0..<d { gram[j * d + j] += ridge }
    let q = inverse(gram, order: d)
    var squares = -Double(d)
    var cubes = 0.0
    let a = (0..<d * d).map { e in e / d == e % d ? 0 : -q[e] / q[e / d * d + e / d] }
    for j in 0..<d {
      for k in 0..<d {
        squares += q[j * d + k] * q[j * d + k] / (q[j * d + j] * q[k * d + k])
        for l in 0..<d { cubes += a[j * d + k] * a[k * d + l] * a[l * d + j] }
      }
    }
    #expect(abs(values.reduce(0) { $0 + $1 * $1 } - squares) < 1e-10 * squares)
    #expect(abs(values.reduce(0) { $0 + $1 * $1 * $1 } - cubes) < 1e-10 * squares * 2)
  }

  /// Gauss–Jordan, small and well-conditioned.
  private func inverse(_ matrix: [Double], order d: Int) -> [Double] {
    var a = matrix
    var b = (0..<d * d).map { $0 / d == $0 % d ? 1.0 : 0 }
    for p in 0..<d {
      let pivot = a[p * d + p]
      for k in 0..<d {
        a[p * d + k] /= pivot
        b[p * d + k] /= pivot
      }
      for i in 0..<d where i != p {
        let factor = a[i * d + p]
        for k in 0..<d {
          a[i * d + k] -= factor * a[p * d + k]
          b[i * d + k] -= factor * b[p * d + k]
        }
      }
    }
    return b
  }

  /// Unequal noise ψ_k = exp(linspace(−1.5, 1.5))/mean, n = 2d, λ = 0.05, one delocalised spike: θ_c is near 0.43, that of
  /// principal components near 2.
  private let unequalNoise = """
    experiment: {trials: 3, seed: 1}
    data:
      model: spiked
      coordinates: 600
      aspect_ratio: 0.5
      spikes: [{strength: 1.0}]
      noise: {variances: {geometric: [0.157187, 3.157187]}}
    model: {ridge: 0.05}
    measure: [recovery]
    """

  /// Simulation within 3.5 standard errors on both sides of both thresholds, and the masked predictor where principal components fail.
  @Test func recoveryBesidePrincipalComponents() throws {
    let results = try points(
      unequalNoise, "experiment.trials=6", "data.spikes.0.strength=0.1,1,3")
    for result in results {
      for name in [QuantityName.outlier, .overlap, .principalOverlap] {
        let statistic = try #require(result[name])
        let deviation = try #require(statistic.deviation)
        #expect(abs(deviation) < 3.5, "\(result.parameters): \(statistic)")
        #expect(try #require(statistic.standardError) < 0.03)
      }
    }
    #expect(try #require(results[0][.outlier]).theory == nil && results[0][.overlap]?.theory == 0)
    #expect(abs(try #require(results[1].number(.recoveryEdge)) - 0.7818) < 1e-3)
    #expect(try #require(results[1][.overlap]?.mean) > 0.5)
    #expect(try #require(results[1][.principalOverlap]?.mean) < 0.05)
    #expect(try #require(results[2][.principalOverlap]?.mean) > 0.3)
  }

  /// A negative spike shows at the lower end.
  @Test func negativeSpike() throws {
    let text = """
      experiment: {trials: 5, seed: 2}
      data: {model: spiked, coordinates: 400, aspect_ratio: 0.25, spikes: [{strength: -0.8}]}
      model: {ridge: 0.1}
      measure: [recovery, spectrum]
      """
    let result = try points(text)[0]
    let outlier = try #require(result[.outlier])
    #expect(try #require(result[.outlierGap]?.mean) > 0)
    #expect(try #require(outlier.mean) < #require(result.number(.recoveryEdge)))
    #expect(abs(try #require(outlier.deviation)) < 4)
    #expect(abs(try #require(result[.overlap]?.deviation)) < 4)
    let least = result.rows(.eigenvalues).map { $0[0] }
    #expect(least.count == 5)
    #expect(abs(try #require(outlier.mean) - least.reduce(0, +) / 5) < 1e-9)
  }

  /// With fewer samples than coordinates the null space has an atom, and a negative spike lies beyond it or in it: the least
  /// eigenvalue of the bulk is what theory of finite size says, with a spike below its threshold and above.
  @Test(arguments: [-0.3, -0.6, -0.9]) func negativeSpikeWithFewSamples(strength: Double) throws {
    let text = """
      experiment: {trials: 24, seed: 4}
      data: {model: spiked, coordinates: 300, aspect_ratio: 2, spikes: [{strength: \(strength)}]}
      model: {ridge: 0.1}
      measure: [recovery]
      """
    let outlier = try #require(try points(text)[0][.outlier])
    #expect(outlier.comparison != nil)
    #expect(abs(try #require(outlier.deviation)) < 4, "\(outlier)")
  }

  /// Below its threshold a spike leaves the extreme eigenvalue where that of noise alone is: the mean of forty, not only its
  /// limit, and the shift from the limit within a tenth.
  @Test(arguments: [0.5, 2], ["{geometric: [0.3, 2.0]}", "1.0"])
  func extremeEigenvalueBelowTheThreshold(aspect: Double, variances: String) throws {
    let text = """
      experiment: {trials: 40, seed: 7}
      data:
        model: spiked
        coordinates: 300
        aspect_ratio: \(aspect)
        spikes: [{strength: 0.05}]
        noise: {variances: \(variances)}
      model: {ridge: 0.1}
      measure: [recovery]
      """
    let result = try points(text)[0]
    let outlier = try #require(result[.outlier])
    let expected = try #require(outlier.comparison)
    #expect(outlier.theory == nil)
    #expect(abs(try #require(outlier.deviation)) < 4, "\(outlier)")
    let edge = try #require(result.number(.recoveryEdge))
    let shift = expected - edge
    #expect(shift != 0)
    let error = try #require(outlier.standardError)
    #expect(abs(try #require(outlier.mean) - expected) < max(0.1 * abs(shift), 3 * error), "\(outlier), \(edge)")
  }

  /// The names that result files promise.
  @Test func namesInFiles() throws {
    let result = try points(unequalNoise, "data.coordinates=60", "measure=spectrum,recovery,pca")[0]
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(try encodeJSON(result, pretty: false).utf8)) as? [String: Any])
    func keys(_ name: String) -> Set<String> { Set((object[name] as? [String: Any])?.keys.map { $0 } ?? []) }
    #expect(
      keys("spectrum").isSuperset(of: ["edges_theory", "kolmogorov_smirnov", "wasserstein_1", "top_eigenvalues"]))
    #expect(
      keys("recovery").isSuperset(of: [
        "threshold_theory", "lowest_threshold_theory", "outlier", "gap", "overlap", "pca_threshold_theory",
        "pca_overlap",
      ]))
    #expect(keys("pca").isSuperset(of: ["rank", "generalization_error", "advantage", "ranks"]))
    let recovery = try #require(object["recovery"] as? [String: Any])
    for name in ["outlier", "overlap", "pca_overlap"] {
      let statistic = try #require(recovery[name] as? [String: Any])
      #expect(Set(statistic.keys).isSuperset(of: ["mean", "standard_error", "theory"]))
    }
    // Over unequal noise θ_c only grows with the ridge.
    let lowest = try #require(recovery["lowest_threshold_theory"] as? [String: Double])
    #expect(lowest["ridge"] == 0)
    #expect(try #require(lowest["threshold"]) < #require(recovery["threshold_theory"] as? Double))
  }

  @Test func severalSpikes() throws {
    let text = """
      experiment: {trials: 5, seed: 2}
      data: {model: spiked, coordinates: 400, aspect_ratio: 0.25, spikes: [{strength: 6}, {strength: 3}]}
      model: {ridge: 0.1}
      measure: [recovery]
      """
    let result = try points(text)[0]
    guard case .list(let items) = result.quantity(.overlaps)?.content else {
      Issue.record("no overlaps of several spikes")
      return
    }
    let overlaps = items.compactMap { item in
      if case .measured(let statistic) = item { statistic } else { nil }
    }
    #expect(overlaps.count == 2 && overlaps[0] == result[.overlap])
    for overlap in overlaps {
      #expect(try #require(overlap.mean) > 0.5)
      #expect(abs(try #require(overlap.deviation)) < 4)
    }
  }
}

/// Distances between eigenvalues and a spectrum.
@Suite struct SpectralDistanceTests {
  private func isotropic(sampleCount: Int) -> BulkMeasure {
    BulkMeasure(
      nodes: [BulkMeasure.Node(scaled: 1.2, shift: 0.12, metric: 1.2, weight: 400)], sampleCount: sampleCount)
  }

  /// Quantiles of theory itself are as near as a sample of their number can be, and a shift is found to its size.
  @Test func quantilesOfTheory() throws {
    // Equal D without fluctuations.
    let theory = try SpectrumEquivalent(bulk: isotropic(sampleCount: 800))
    let values = (0..<400).map { theory.predictorQuantile((Double($0) + 0.5) / 400) }
    let none = SpectralDistance(of: values.reversed(), to: theory)
    #expect(abs(none.kolmogorovSmirnov - 0.5 / 400) < 1e-9)
    #expect(none.wasserstein1 < 0.01)
    let moved = SpectralDistance(of: values.map { $0 + 0.3 }, to: theory)
    #expect(abs(moved.wasserstein1 - 0.3) < 0.01)
    #expect(moved.kolmogorovSmirnov > 0.1)
    let halved = SpectralDistance(of: Array(values[..<200]), to: theory)
    #expect(abs(halved.kolmogorovSmirnov - 0.5) < 0.01)
  }

  /// n = d/2: half of all eigenvalues are an atom. A smeared one is judged by its mass, a missing one shows.
  @Test func atoms() throws {
    let theory = try SpectrumEquivalent(bulk: isotropic(sampleCount: 200))
    let atom = try #require(theory.predictorAtoms.first)
    #expect(abs(atom.mass - 0.5) < 1e-12)
    let bulk = (0..<200).map { theory.predictorQuantile(0.5 + (Double($0) + 0.5) / 400) }
    let smeared = (0..<200).map { atom.position + 1e-3 * (Double($0) - 99.5) }
    #expect(SpectralDistance(of: smeared + bulk, to: theory).kolmogorovSmirnov < 0.005)
    #expect(SpectralDistance(of: bulk, to: theory).kolmogorovSmirnov > 0.4)
  }
}
