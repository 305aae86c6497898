import Foundation
import LacunaAlgebra
import LacunaFiles
import LacunaHost
import LacunaStudy
import Testing

/// Mask schemes in simulation, and beside their theory.
@Suite struct MaskSimulationTests {
  private let host = HostBackend<Double>()

  private func run(_ text: String) throws -> [PointResult] {
    let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml"))
    return try experiment.simulate(try experiment.stages(device: host), on: host) { _ in }
  }

  private func text(_ data: String, mask: String, trials: Int, ridge: String = "0.05", d: Int = 60, n: Int = 90)
    -> String
  {
    """
    experiment: {trials: \(trials), seed: 3}
    data: {coordinates: \(d), samples: \(n), \(data)}
    model: {ridge: \(ridge), mask: \(mask)}
    measure: [errors, variance]
    """
  }

  /// AR(1) with correlation 0.8 and variances 0.5 … 2, d = 300, n = 450: theory to the digits an independent
  /// prototype printed, and simulation within 3 standard errors of it.
  @Test(arguments: [("0.5", 0.30309, 1e-5), ("0.85", 0.067209, 1e-6)])
  func checkedTable(keep: String, expected: Double, digit: Double) throws {
    let d = 300
    let scale = (0..<d).map { (0.5 + 1.5 * Double($0) / Double(d - 1)).squareRoot() }
    let powers = (0..<d).map { k in (0..<k).reduce(1.0) { product, _ in product * 0.8 } }
    let path = temporaryPath("chain.npy")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try writeNPY(
      (0..<d * d).map { scale[$0 / d] * scale[$0 % d] * powers[abs($0 / d - $0 % d)] }, shape: [d, d], to: path)
    let result = try run(
      text("model: file, file: \"\(path)\"", mask: "{bernoulli: {keep: \(keep)}}", trials: 8, d: d, n: 450))[0]
    let theory = try #require(result[.generalizationError]?.theory)
    let mean = try #require(result[.generalizationError]?.mean)
    let error = try #require(result[.generalizationError]?.standardError)
    #expect(abs(theory - expected) <= 0.51 * digit)
    #expect(abs(mean - theory) <= 3 * error)
    #expect(error < 0.005 * theory)
    let training = try #require(result[.trainingError])
    #expect(abs(try #require(training.mean) - (try #require(training.theory))) < 0.01 * (try #require(training.theory)))
  }

  /// |mean − theory| ≤ 4 standard errors + 4/d relative.
  @Test(arguments: [
    ("model: ar1, correlation: 0.7", "{partition: {blocks: 2}}"),
    ("model: ar1, correlation: 0.7", "{partition: {blocks: 30}}"),
    ("model: spiked, spikes: [{strength: 4.0}], noise: {variances: {linear: [0.2, 2.0]}}", "{bernoulli: {keep: 0.7}}"),
    ("model: spiked, spikes: [{strength: 4.0}], noise: {variances: {linear: [0.2, 2.0]}}", "{partition: {blocks: 3}}"),
    ("model: circulant, first_row: [1.0, 0.4, 0.15]", "{bernoulli: {keep: 0.4}}"),
    ("model: isotropic", "{bernoulli: {keep: 0.8}}"),
  ])
  func theoryAgrees(data: String, mask: String) throws {
    for result in try run(text(data, mask: mask, trials: 20, ridge: "[0.05, 1.0]", d: 200, n: 300)) {
      for name in [QuantityName.trainingError, .generalizationError, .fullContextError, .predictorVariance] {
        let statistic = try #require(result[name])
        let (mean, theory) = (try #require(statistic.mean), try #require(statistic.theory))
        let bound = 4 * (try #require(statistic.standardError)) + 4 / 200 * theory
        #expect(abs(mean - theory) <= bound, "\(mean), theory \(theory)")
        #expect(bound < 0.1 * theory)
      }
      // Its own effective ridge where there is one, that of leave-one-out nowhere.
      #expect((result.number(.effectiveRidge) != nil) == mask.contains("bernoulli"))
    }
  }

  /// Partitions to order 1/n: within 4 standard errors of many small trials, where the limit is not; entries that are not Gaussian,
  /// and masks whose next order is not known, have the limit alone.
  @Test func partitionsToOrder1() throws {
    let chain = "model: ar1, correlation: 0.7"
    for n in [30, 90] {
      let text = text(chain, mask: "{partition: {blocks: 3}}", trials: 400, ridge: "[0.05, 0.5]", d: 60, n: n)
      for result in try run(text) {
        for name in [QuantityName.trainingError, .generalizationError, .fullContextError] {
          let statistic = try #require(result[name])
          let (mean, error) = (try #require(statistic.mean), try #require(statistic.standardError))
          let (limit, corrected) = (try #require(statistic.theory), try #require(statistic.finiteSizeTheory))
          #expect(
            abs(mean - corrected) <= 4 * error + 4 / Double(60 * n) * mean, "\(name) \(mean), \(error): \(corrected)")
          if n == 30, name == .trainingError, result.ridge < 0.1 {
            #expect(abs(mean - limit) > 4 * error, "\(mean): \(limit)")
          }
        }
        #expect(result[.predictorVariance]?.finiteSizeTheory == nil)
      }
    }
    let light = "\(chain), noise: {law: rademacher}"
    for mask in ["{bernoulli: {keep: 0.6}}", "{partition: {blocks: 3}}"] {
      for data in [chain, light] where !(data == chain && mask.contains("partition")) {
        let statistic = try #require(try run(text(data, mask: mask, trials: 2))[0][.generalizationError])
        #expect(statistic.finiteSizeTheory == nil && statistic.theory != nil && statistic.deviation != nil)
      }
    }
  }

  /// Where all variances are equal, Bernoulli masks are a ridge of (qσ² + λ/(pq))/p on S: κ and the degrees of freedom are the
  /// leave-one-out predictor's there.
  @Test func effectiveRidgeUnderMasks() throws {
    let (p, ridge) = (0.6, 0.05)
    let equivalent = ((1 - p) + ridge / (p * (1 - p))) / p
    let data = "model: ar1, correlation: 0.7"
    let plain = try run(
      text(data, mask: "leave_one_out", trials: 1, ridge: "\(equivalent)")
        .replacing("measure: [errors, variance]", with: ""))[0]
    for mask in ["{bernoulli: {keep: \(p)}}"] {
      let masked = try run(text(data, mask: mask, trials: 1, ridge: "\(ridge)"))[0]
      for (a, b) in [
        (plain.number(.effectiveRidge), masked.number(.effectiveRidge)),
        (plain.number(.degreesOfFreedom1), masked.number(.degreesOfFreedom1)),
        (plain.number(.degreesOfFreedom2), masked.number(.degreesOfFreedom2)),
      ] {
        let (expected, found) = (try #require(a), try #require(b))
        #expect(abs(expected - found) < 1e-8 * expected)
      }
    }
  }

  /// Variance over draws of a ridge regression's coefficients, at blocks of one the leave-one-out predictor: E_gen tr(ΣR²)/n,
  /// R = (Σ + κ)⁻¹, written out for unequal variances.
  @Test func varianceOfSingleBlocks() throws {
    let (d, n) = (60, 90)
    let text = text(
      "model: diagonal, noise: {variances: {linear: [0.2, 2.0]}}", mask: "{partition: {blocks: \(d)}}", trials: 40)
    let result = try run(text)[0]
    let plain = try run(
      text.replacing("{partition: {blocks: \(d)}}", with: "leave_one_out")
        .replacing("measure: [errors, variance]", with: ""))[0]
    let kappa = try #require(plain.number(.effectiveRidge))
    let spread = (0..<d).reduce(0.0) { sum, k in
      let v = 0.2 + 1.8 * Double(k) / Double(d - 1)
      return sum + v / ((v + kappa) * (v + kappa) * Double(n))
    }
    let expected = spread * (try #require(plain[.generalizationError]?.theory))
    let variance = try #require(result[.predictorVariance])
    // One coordinate less in each context.
    #expect(abs(try #require(variance.theory) - expected) < 3 / Double(d) * expected)
    let bound = 4 * (try #require(variance.standardError)) + 4 / Double(d) * expected
    #expect(abs(try #require(variance.mean) - expected) < bound && bound < 0.2 * expected)
  }

  /// Drawn masks against theory for just so many: |mean − theory| ≤ 4 standard errors + 4/d relative, in all four quantities.
  @Test(arguments: [
    ("model: ar1, correlation: 0.7", "{random: {keep: 0.6, masks: 1}}"),
    ("model: ar1, correlation: 0.7", "{random: {keep: 0.6, masks: 4}}"),
    ("model: ar1, correlation: 0.7", "{random: {visible: 150, masks: 3}}"),
    ("model: ar1, correlation: 0.7", "{random: {visible: 80, masks: 2, loss: all}}"),
    (
      "model: spiked, spikes: [{strength: 4.0}], noise: {variances: {linear: [0.2, 2.0]}}",
      "{random: {keep: 0.7, masks: 2}}"
    ),
    ("model: diagonal, noise: {variances: {linear: [0.2, 2.0]}}", "{random: {keep: 0.4, masks: 3, loss: all}}"),
    ("model: block, blocks: 20, correlation: 0.6", "{random: {keep: 0.5, masks: 8}}"),
  ])
  func finitelyManyMasks(data: String, mask: String) throws {
    for n in [100, 300] {
      for result in try run(text(data, mask: mask, trials: 8, ridge: "[0.1, 0.5]", d: 200, n: n)) {
        for name in [QuantityName.trainingError, .generalizationError, .fullContextError, .predictorVariance] {
          let statistic = try #require(result[name])
          let (mean, theory) = (try #require(statistic.mean), try #require(statistic.theory))
          let bound = 4 * (try #require(statistic.standardError)) + 4 / 200 * theory
          #expect(abs(mean - theory) <= bound, "\(name) \(n) \(result.ridge) \(mean), theory \(theory)")
          #expect(bound < 0.15 * theory && statistic.deviation != nil && statistic.finiteSizeTheory == nil)
        }
        #expect(result.number(.effectiveRidge) != nil)
      }
    }
  }

  /// M masks drawn for each sample approach the closed form over all masks, from above, as M grows.
  @Test func drawnMasksApproachTheLimit() throws {
    func error(_ mask: String) throws -> Double {
      try #require(try run(text("model: ar1, correlation: 0.8", mask: mask, trials: 6))[0][.generalizationError]?.mean)
    }
    let limit = try error("{bernoulli: {keep: 0.6}}")
    let gaps = try [1, 4, 16, 64].map { try error("{random: {keep: 0.6, masks: \($0)}}") - limit }
    // The excess is quadratic in the predictor's deviation, so it falls about as 1/M.
    for (more, fewer) in zip(gaps, gaps.dropFirst()) { #expect(fewer > 0 && fewer < 0.5 * more) }
    #expect(gaps[3] < 0.03 * limit)
  }

  /// A partition written as a file of masks errs alike, each mask counting a block's share.
  @Test func masksFromAFile() throws {
    let d = 12
    let path = temporaryPath("masks.csv")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let rows = (0..<3).map { b in (0..<d).map { $0 / 4 == b ? "0" : "1" }.joined(separator: ",") }
    try (rows.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    let data = "model: ar1, correlation: 0.8"
    let explicit = try run(
      text(data, mask: "{explicit: {file: \"\(path)\", weights: [1, 1, 1]}}", trials: 2, ridge: "0.1", d: d))[0]
    let partition = try run(text(data, mask: "{partition: {blocks: 3}}", trials: 2, ridge: "0.3", d: d))[0]
    for name in [QuantityName.trainingError, .generalizationError] {
      let (left, right) = (try #require(explicit[name]?.mean), try #require(partition[name]?.mean))
      #expect(abs(3 * left - right) < 1e-12)
    }
    for (bad, says) in [
      ("0,1,1\n", "3 coordinates"),
      (rows[0] + "\n" + String(repeating: "1,", count: d - 1) + "1\n", "mask 2 hides nothing"),
      (String(repeating: "0,", count: d - 1) + "0\n", "hides everything"),
      (String(repeating: "0,", count: d - 1) + "2\n", "column 12 is 2"), (rows[0] + "\n", "1 masks and 3 weights"),
    ] {
      try bad.write(toFile: path, atomically: true, encoding: .utf8)
      do {
        _ = try run(text(data, mask: "{explicit: {file: \"\(path)\", weights: [1, 1, 1]}}", trials: 1, d: d))
        Issue.record("accepted: \(says)")
      } catch let error as ModelError {
        #expect(error.description.contains(says) && error.description.contains("model.mask.explicit.file"))
      }
    }
  }
}
