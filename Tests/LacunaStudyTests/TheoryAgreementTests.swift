import LacunaAlgebra
import LacunaFiles
import LacunaHost
import LacunaStudy
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// Simulated errors against their deterministic equivalents, d = 400 and 20 trials.
@Suite struct TheoryAgreementTests {
  private let host = HostBackend<Double>()

  /// |mean − theory| ≤ 4 standard errors + 3/d · theory for both errors at every point, theory at this size; and for the
  /// limit too where its own error is of order 1/d: all but the training error at n < d, which goes as κ⁻², and κ moves by
  /// about 1/(n − df₂) for one feature less.
  private func check(_ point: ExperimentPoint) throws {
    let experiment = Experiment([point])
    let results = try experiment.simulate(try experiment.stages(device: host), on: host) { _ in }
    #expect(!results.isEmpty)
    for result in results {
      for (name, statistic) in [
        ("training", try #require(result[.trainingError])),
        ("generalization", try #require(result[.generalizationError])),
      ] {
        let mean = try #require(statistic.mean)
        let error = try #require(statistic.standardError)
        let limit = try #require(statistic.theory)
        var theories = statistic.finiteSizeTheory.map { [$0] } ?? []
        if result.sampleCount >= result.coordinateCount || name == "generalization" { theories.append(limit) }
        #expect(!theories.isEmpty)
        for theory in theories {
          let bound = 4 * error + 3 / Double(result.coordinateCount) * theory
          #expect(
            abs(mean - theory) <= bound,
            "\(name), n = \(result.sampleCount), ridge \(result.ridge): \(mean) ± \(error), theory \(theory)")
          // The bound must be tight enough to tell a wrong formula.
          #expect(bound < 0.1 * theory)
        }
      }
    }
  }

  @Test(arguments: DataModel.all)
  func everyDataModel(model: DataModel) throws {
    try check(
      try model.configuration(coordinates: 400, samples: [200, 800], ridges: "[0.1, 1.0]", trials: 20))
  }

  @Test(arguments: ["rademacher", "{student_t: 8}", "{sparse: 0.3}"])
  func everyEntryLaw(law: String) throws {
    let model = DataModel.all[1]
    try check(
      try model.configuration(coordinates: 400, samples: [200, 800], ridges: "0.1", trials: 20, law: law))
  }

  /// At d = 60 the terms of order 1/n are ten per cent: theory at this size is met to second order in 1/(n − df₂), a small
  /// part of what they amount to.
  @Test(arguments: DataModel.all)
  func everyDataModelToSecondOrder(model: DataModel) throws {
    try checkSecondOrder(
      try model.configuration(coordinates: 60, samples: [30, 120], ridges: "[0.1, 1.0]", trials: 1000))
  }

  @Test(arguments: ["rademacher", "{student_t: 12}", "{sparse: 0.15}"], [0, 4])
  func everyEntryLawToSecondOrder(law: String, model: Int) throws {
    try checkSecondOrder(
      try DataModel.all[model].configuration(
        coordinates: 60, samples: [30, 120], ridges: "[0.1, 1.0]", trials: 1000, law: law))
  }

  private func checkSecondOrder(_ point: ExperimentPoint) throws {
    let experiment = Experiment([point])
    let results = try experiment.simulate(try experiment.stages(device: host), on: host) { _ in }
    for result in results {
      let order = 1 / (Double(result.sampleCount) - (try #require(result.number(.degreesOfFreedom2))))
      for (name, statistic) in [
        ("training", try #require(result[.trainingError])),
        ("generalization", try #require(result[.generalizationError])),
      ] {
        let mean = try #require(statistic.mean)
        let error = try #require(statistic.standardError)
        let theory = try #require(statistic.finiteSizeTheory)
        // The second order has products with the kurtosis too, which heavy tails make large.
        let kurtosis = max(0, point.configuration.data.law.excessKurtosis)
        let bound = 4 * error + 6 * (1 + kurtosis) * order * order * theory
        #expect(
          abs(mean - theory) <= bound,
          "\(name), n = \(result.sampleCount), ridge \(result.ridge): \(mean) ± \(error), theory \(theory)")
        if name == "training" {
          let limit = try #require(statistic.theory)
          #expect(abs(mean - limit) > 1.2 * bound, "the limit \(limit) would do as well as \(theory)")
        }
      }
    }
  }

  /// Σ from a file: an AR(1) matrix written out must give what the AR(1) model's theory gives.
  @Test func denseCovarianceFromFile() throws {
    let d = 200
    let ar1 = DataModel.all.first { $0.testDescription == "ar1" }!
    let covariance = ar1.covariance
    let path = temporaryPath("sigma.npy")
    try writeNPY((0..<d * d).map { covariance($0 / d, $0 % d, d) }, shape: [d, d], to: path)
    let file = DataModel("file", "model: file, file: \"\(path)\"")
    let dense = try file.configuration(coordinates: d, samples: [100, 400], ridges: "0.1", trials: 20)
    try check(dense)
    let structured = try ar1.configuration(coordinates: d, samples: [100, 400], ridges: "0.1", trials: 20)
    let pairs = zip(
      try Experiment([dense]).stages(device: host), try Experiment([structured]).stages(device: host))
    for (left, right) in pairs {
      let a = left.measure(ErrorMeasure.self)!.equivalents[0].generalizationError
      let b = right.measure(ErrorMeasure.self)!.equivalents[0].generalizationError
      #expect(abs(a - b) < 1e-11 * b)
    }
  }

  /// The rows of theory checked by an independent program at d = 400, to the digits it printed.
  @Test(arguments: [
    (DataModel.all[0], 200, 1.72157, 1.227e-2), (DataModel.all[0], 800, 1.56904, 0.5173),
    (DataModel.all[5], 200, 0.76111, 1.611e-2), (DataModel.all[5], 800, 0.48288, 0.1981),
  ])
  func checkedTable(model: DataModel, n: Int, generalization: Double, training: Double) throws {
    let point = try model.configuration(coordinates: 400, samples: [n], ridges: "0.1", trials: 1)
    let theory = try Experiment([point]).stages(device: host)[0].measure(ErrorMeasure.self)!.equivalents[0]
    #expect(abs(theory.generalizationError - generalization) <= 0.6e-5)
    #expect(abs(theory.trainingError / training - 1) <= 5e-4)
  }

  @Test func sameSeedSameNumbers() throws {
    let point = try DataModel.all[4].configuration(
      coordinates: 60, samples: [30, 120], ridges: "[0.01, 0.5]", trials: 3)
    let experiment = Experiment([point])
    let stages = try experiment.stages(device: host)
    let first = try experiment.simulate(stages, on: host) { _ in }
    #expect(try experiment.simulate(stages, on: host) { _ in } == first)
    // A point does not depend on its neighbours.
    let alone = try DataModel.all[4].configuration(coordinates: 60, samples: [120], ridges: "[0.5]", trials: 3)
    let single = Experiment([alone])
    let result = try single.simulate(try single.stages(device: host), on: host) { _ in }[0]
    let own = try #require(result[.generalizationError]?.mean)
    let twin = try #require(first.first { $0.sampleCount == 120 && $0.ridge == 0.5 })
    let difference = abs(own - (try #require(twin[.generalizationError]?.mean)))
    #expect(difference < 1e-12 * own)
  }
}

/// A path in the system's folder for temporary files, unique to this process.
func temporaryPath(_ name: String) -> String {
  let folder = "/tmp/lacuna-tests-\(getpid())"
  mkdir(folder, 0o755)
  return folder + "/" + name
}
