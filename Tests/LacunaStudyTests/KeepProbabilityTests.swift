import LacunaAlgebra
import LacunaFiles
import LacunaHost
import LacunaStudy
import Testing

/// `bernoulli: {keep}` with a probability a coordinate.
@Suite struct KeepProbabilityTests {
  private let host = HostBackend<Double>()

  private func run(_ text: String) throws -> [PointResult] {
    let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml"))
    return try experiment.simulate(try experiment.stages(device: host), on: host) { _ in }
  }

  private func text(_ data: String, keep: String, trials: Int, ridge: String, d: Int, n: Int, measure: String) -> String
  {
    """
    experiment: {trials: \(trials), seed: 5}
    data: {coordinates: \(d), samples: \(n), \(data)}
    model: {ridge: \(ridge), mask: {bernoulli: {keep: \(keep)}}}
    measure: [\(measure)]
    """
  }

  private static func masked(_ keep: String) -> String {
    study("model: isotropic", model: "ridge: 0.1, mask: {bernoulli: {keep: \(keep)}}")
  }

  static let accepted: [(String, MaskConfiguration)] = [
    ("[0, 1, 0.5, 0.25, 1, 0, 0.75, 0.1]", .bernoulli(.list([0, 1, 0.5, 0.25, 1, 0, 0.75, 0.1]))),
    ("{linear: [0, 1]}", .bernoulli(.linear(0, 1))), ("{file: /tmp/keep.csv}", .bernoulli(.file("/tmp/keep.csv"))),
  ]

  @Test(arguments: accepted) func readsAndWritesBack(keep: String, expected: MaskConfiguration) throws {
    let read = try configuration(Self.masked(keep))
    #expect(read.mask == expected)
    #expect(try configuration(resolvedYAML(read)) == read)
    let argument = read.mask.argument
    #expect(try MaskConfiguration(argument: argument) == expected)
    #expect(try MaskConfiguration(argument: argument, coordinateCount: 8) == expected)
    #expect(try configuration(study("model: isotropic"), "model.mask=\(argument)").mask == expected)
  }

  static let key = "model.mask.bernoulli.keep"
  static let refused = [
    Refused(masked("[0.5, 0.5]"), line: 2, key: key, says: "2 probabilities for 8", "{linear: [a, b]}"),
    Refused(masked("[0, 0, 0, 0, 0, 0, 0, 0]"), line: 2, key: key, says: "ever visible"),
    Refused(masked("[1, 1, 1, 1, 1, 1, 1, 1]"), line: 2, key: key, says: "ever hidden"),
    Refused(masked("[0, 1, 0, 0, 0, 0, 0, 1.5]"), line: 2, key: key + ".7", says: "out of range", "never hidden"),
    Refused(masked("[0, 1, 0, 0, 0, 0, 0, 1e-20]"), line: 2, key: key + ".7", says: "out of range"),
    Refused(masked("[0, 1, 0, 0, 0, 0, 0, half]"), line: 2, key: key + ".7", says: "no probability"),
    Refused(masked("{linear: [1, 1]}"), line: 2, key: key + ".linear", says: "ever hidden"),
    Refused(masked("{linear: [0.5]}"), line: 2, key: key + ".linear", says: "[first, last]"),
    Refused(masked("{linear: [0.5, 2]}"), line: 2, key: key + ".linear.1", says: "out of range"),
    Refused(masked("{linear: [0, 1], file: a.csv}"), line: 2, key: key, says: "several forms"),
    Refused(masked("{liner: [0, 1]}"), line: 2, key: key + ".liner", says: "\"linear\""),
    Refused(
      masked("{linear: [0.2, 0.9]}") + "measure: [spectrum]", line: 3, key: "measure",
      says: "spectrum is not measured"),
  ]

  @Test(arguments: refused) func refuses(_ refused: Refused) throws { try refused.check() }

  @Test func filesAreChecked() throws {
    let path = temporaryPath("keep.npy")
    for (values, says) in [
      ([0.5, 0.5, 0.5], "3 probabilities for 8 coordinates"), ([Double](repeating: 1, count: 8), "ever hidden"),
      ([0.5, 0, 0, 0, 0, 0, 0, 2], "number 8 is 2.0"),
    ] {
      try writeNPY(values, shape: [values.count], to: path)
      let error = #expect(throws: ModelError.self) { try run(Self.masked("{file: \"\(path)\"}")) }
      #expect(error?.description.contains(says) ?? false && error?.description.contains(Self.key) ?? false)
    }
    let keeps = [0.2, 0, 1, 0.5, 0.5, 0.9, 1, 0]
    try writeNPY(keeps, shape: [8], to: path)
    let list = try run(Self.masked("\(keeps)"))
    let file = try run(Self.masked("{file: \"\(path)\"}"))
    #expect(list[0][.generalizationError]?.values == file[0][.generalizationError]?.values)
  }

  /// A constant list at λ/(1 − p) is the scalar p, errors counted per time that a coordinate is hidden.
  @Test func constantListIsTheScalar() throws {
    let p = 0.6
    let data = "model: spiked, spikes: [{strength: 4.0}], noise: {variances: {linear: [0.2, 2.0]}}"
    let list = try run(
      text(
        data, keep: "\([Double](repeating: p, count: 40))", trials: 3, ridge: "\(0.05 / (1 - p))", d: 40, n: 30,
        measure: "errors, variance"))[0]
    let scalar = try run(
      text(data, keep: "\(p)", trials: 3, ridge: "0.05", d: 40, n: 30, measure: "errors, variance"))[0]
    for (name, factor) in [
      (QuantityName.trainingError, 1 - p), (.generalizationError, 1 - p), (.fullContextError, 1),
      (.predictorVariance, 1),
    ] {
      let (a, b) = (try #require(list[name]), try #require(scalar[name]))
      #expect(zip(a.values, b.values).allSatisfy { abs(factor * $0 - $1) < 1e-10 * $1 })
      #expect(abs(factor * (try #require(a.theory)) - (try #require(b.theory))) < 1e-10 * (try #require(b.theory)))
    }
    #expect(list.number(.bayesError) == scalar.number(.bayesError))
  }

  /// |mean − theory| ≤ 4 standard errors + 4/d relative.
  @Test(arguments: [
    ("model: spiked, spikes: [{strength: 9.0}, {strength: 3.0}], noise: {variances: {linear: [0.2, 2.0]}}", 100),
    ("model: spiked, spikes: [{strength: 9.0}, {strength: 3.0}], noise: {variances: {linear: [0.2, 2.0]}}", 300),
    ("model: ar1, correlation: 0.7", 100), ("model: ar1, correlation: 0.7", 300),
    ("model: block, blocks: 4, correlation: 0.6", 200), ("model: circulant, first_row: [1.0, 0.4, 0.15]", 200),
    ("model: power_law, exponent: 0.8", 200),
  ])
  func theoryAgrees(data: String, n: Int) throws {
    let d = 200
    let roles = (0..<d).map { k -> Double in
      if k % 4 < 2 { return k % 4 == 0 ? 1 : 0 }
      return 0.2 + 0.7 * Double(k) / Double(d)
    }
    for keep in ["{linear: [0.2, 0.95]}", "\(roles)"] {
      for result in try run(
        text(data, keep: keep, trials: 20, ridge: "[0.05, 1.0]", d: d, n: n, measure: "errors, variance"))
      {
        for name in [QuantityName.trainingError, .generalizationError, .predictorVariance] {
          let statistic = try #require(result[name])
          let (mean, theory) = (try #require(statistic.mean), try #require(statistic.theory))
          let bound = 4 * (try #require(statistic.standardError)) + 4 / Double(d) * theory
          #expect(abs(mean - theory) <= bound, "\(name), n = \(n), ridge \(result.ridge): \(mean), theory \(theory)")
          #expect(bound < 0.1 * theory)
        }
        #expect((result.number(.bayesError) == nil) == keep.hasPrefix("["))
      }
    }
  }
}
