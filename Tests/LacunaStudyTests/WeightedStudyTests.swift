import DeterministicEquivalents
import Foundation
import LacunaAlgebra
import LacunaFiles
import LacunaHost
import LacunaStudy
import Testing

/// `model.weights` of studies: what it takes and refuses, simulation beside theory.
@Suite struct WeightedStudyTests {
  private let host = HostBackend<Double>()

  private static func weighted(_ weights: String, rest: String = "") -> String {
    study("model: isotropic", model: "ridge: 0.1, weights: \(weights)\(rest)")
  }

  static let accepted: [(String, WeightConfiguration)] = [
    ("uniform", .uniform), ("variance", .variance), ("self", .selfWeighted),
    ("[1, 2, 3, 4, 5, 6, 7, 1e-3]", .list([1, 2, 3, 4, 5, 6, 7, 1e-3])), ("{linear: [0.5, 2]}", .linear(0.5, 2)),
    ("{geometric: [0.5, 2]}", .geometric(0.5, 2)),
    ("{file: /tmp/w.csv}", .file("/tmp/w.csv")),
  ]

  @Test(arguments: accepted) func readsAndWritesBack(weights: String, expected: WeightConfiguration) throws {
    let read = try configuration(Self.weighted(weights))
    #expect(read.weights == expected)
    #expect(try configuration(resolvedYAML(read)) == read)
    #expect(try configuration(study("model: isotropic"), "model.weights=\(weights)").weights == expected)
  }

  static let refused = [
    Refused(weighted("[1, 2]"), line: 2, key: "model.weights", says: "2 weights for 8"),
    Refused(weighted("[1, 2, 3, 4, 5, 6, 7, 0]"), line: 2, key: "model.weights.7", says: "above 0"),
    Refused(weighted("varaince"), line: 2, key: "model.weights", says: "\"variance\""),
    Refused(weighted("linear"), line: 2, key: "model.weights", says: "{linear: [0.5, 2]}"),
    Refused(weighted("{linear: [0, 1]}"), line: 2, key: "model.weights.linear.0", says: "above 0"),
    Refused(weighted("{linear: [1, 2], file: a.csv}"), line: 2, key: "model.weights", says: "several forms"),
    Refused(
      weighted("self", rest: ", mask: {bernoulli: {keep: 0.5}}"), line: 2, key: "model.weights", says: "bernoulli"),
    Refused(
      study("model: isotropic", model: "ridge: auto, weights: self"), line: 2, key: "model.ridge",
      says: "uniform weights"),
    Refused(study("model: isotropic, weights: self"), line: 1, key: "data.weights", says: "model"),
  ]

  @Test(arguments: refused) func refuses(_ refused: Refused) throws { try refused.check() }

  @Test func filesAreChecked() throws {
    let path = temporaryPath("weights.npy")
    for (values, says) in [([1.0, 2], "2 weights for 8"), ([1, 1, 1, 0, 1, 1, 1, 1], "weight 4 is 0")] {
      try writeNPY(values, shape: [values.count], to: path)
      let error = #expect(throws: ModelError.self) {
        try Experiment(load(Self.weighted("{file: \"\(path)\"}"))).stages(device: host)
      }
      #expect(error?.description.contains(says) ?? false && error?.description.contains("model.weights") ?? false)
    }
  }

  private func run(_ point: ExperimentPoint, _ weights: WeightConfiguration) throws -> [PointResult] {
    var point = point
    point.configuration.weights = weights
    let experiment = Experiment([point])
    return try experiment.simulate(try experiment.stages(device: host), on: host) { _ in }
  }

  /// What weights of the data add at order 1/n, at few coordinates: with it theory is four times as near, but for standard errors.
  /// Mean squares over which coordinates are not alike have no such term.
  @Test(arguments: [
    (0, WeightConfiguration.variance), (0, .selfWeighted), (3, .variance), (3, .selfWeighted), (4, .selfWeighted),
  ])
  func orderOneOverN(model: Int, weights: WeightConfiguration) throws {
    let results = try run(
      try DataModel.all[model].configuration(
        coordinates: 96, samples: [48, 96, 192], ridges: "[0.1, 1.0]", trials: 150, seed: 5), weights)
    for result in results {
      for name in [QuantityName.trainingError, .generalizationError] {
        let statistic = try #require(result[name])
        let (mean, limit) = (try #require(statistic.mean), try #require(statistic.theory))
        let theory = try #require(statistic.finiteSizeTheory)
        let bound = 4 * (try #require(statistic.standardError)) + abs(theory - limit) / 4
        #expect(
          abs(mean - theory) <= bound,
          "n = \(result.sampleCount), ridge \(result.ridge), \(name): \(mean) ± \(statistic.standardError ?? 0), theory \(theory), limit \(limit)"
        )
      }
    }
  }

  /// Weights that are one number are a ridge times that; those of coordinates of variance 1 are theirs in theory.
  @Test(arguments: [0, 4, 5]) func equalWeightsAreARidge(model: Int) throws {
    let model = DataModel.all[model]
    func point(_ ridge: Double) throws -> ExperimentPoint {
      try model.configuration(coordinates: 24, samples: [12, 60], ridges: "\(ridge)", trials: 2)
    }
    let weighted = try run(try point(0.05), .list([Double](repeating: 4, count: 24)))
    let plain = try run(try point(0.2), .uniform)
    for (a, b) in zip(weighted, plain) {
      for name in [QuantityName.trainingError, .generalizationError] {
        let (x, y) = (try #require(a[name]), try #require(b[name]))
        #expect(zip(x.values, y.values).allSatisfy { abs($0 - $1) < 1e-10 * $1 })
        #expect(x.theory == y.theory && x.finiteSizeTheory == y.finiteSizeTheory)
      }
    }
  }

  /// Weights that are the variances make a diagonal Σ isotropic: in theory errors are the variances times that one's.
  @Test func variancesMakeIsotropic() throws {
    let given = (0..<20).map { 0.1 + 2.9 * Double($0) / 19 }
    let model = DataModel("diagonal", "model: diagonal, noise: {variances: {linear: [0.1, 3.0]}}")
    let weighted = try run(
      try model.configuration(coordinates: 20, samples: [10, 40], ridges: "[0.1, 1]", trials: 2), .list(given))
    let isotropic = try run(
      try DataModel.all[0].configuration(coordinates: 20, samples: [10, 40], ridges: "[0.1, 1]", trials: 2), .uniform)
    for (a, b) in zip(weighted, isotropic) {
      let theory = try #require(a[.generalizationError]?.theory) / (given.reduce(0, +) / 20)
      #expect(abs(theory - (try #require(b[.generalizationError]?.theory))) < 1e-11 * theory)
    }
  }

  /// What is not in a sample is run by LACUNA_WEIGHTED_MODELS=all.
  private static let sample: [(model: Int, kind: Int, n: Int)] = {
    var all: [(model: Int, kind: Int, n: Int)] = []
    for model in DataModel.all.indices {
      for kind in 0..<3 { for n in [200, 400, 800] { all.append((model, kind, n)) } }
    }
    let environment = ProcessInfo.processInfo.environment
    if environment["LACUNA_WEIGHTED_MODELS"] == "all" { return all }
    let seed = environment["LACUNA_WEIGHTED_SEED"].flatMap { UInt64($0) } ?? 1
    let stream = RandomStream(seed: seed, purpose: .samples, index: 77)
    return (0..<4).map { all[Int(stream.uniforms(UInt64($0)).0 * Double(all.count))] }
  }()

  private static let kinds: [WeightConfiguration] = [.linear(0.3, 3), .variance, .selfWeighted]

  /// Within 4 standard errors + 3/d of the theory, + 6/d where that is the limit; d = 400, 20 trials.
  @Test(arguments: sample) func theoryAgrees(point: (model: Int, kind: Int, n: Int)) throws {
    let d = 400
    let results = try run(
      try DataModel.all[point.model].configuration(
        coordinates: d, samples: [point.n], ridges: "[0.1, 1.0]", trials: 20, seed: 7), Self.kinds[point.kind])
    for result in results {
      for name in [QuantityName.trainingError, .generalizationError] {
        let statistic = try #require(result[name])
        let (mean, limit) = (try #require(statistic.mean), try #require(statistic.theory))
        let theory = statistic.finiteSizeTheory ?? limit
        let isLimit = point.kind != 0 && statistic.finiteSizeTheory == nil
        let bound = 4 * (try #require(statistic.standardError)) + (isLimit ? 6 : 3) / Double(d) * theory
        #expect(
          abs(mean - theory) <= bound,
          "\(DataModel.all[point.model].testDescription), \(Self.kinds[point.kind]), n = \(point.n), ridge \(result.ridge), \(name): \(mean) ± \(statistic.standardError ?? 0), theory \(theory)"
        )
      }
    }
  }
}
