import LacunaAlgebra
import LacunaHost
import LacunaOpenCL
import LacunaStudy
import Synchronization
import Testing

private let devices = OpenCLDevice.all().filter { $0.isUsable && $0.hasFloat64 }

/// One seed on the host and on every OpenCL device: the same errors, and no wrong number when a device fails.
@Suite(.enabled(if: !devices.isEmpty, "no usable OpenCL device"))
struct DeviceAgreementTests {
  private let host = HostBackend<Double>()

  private func experiment(_ model: DataModel, trials: Int = 2) throws -> (Experiment, [Experiment.Stage]) {
    let point = try model.configuration(
      coordinates: 70, samples: [35, 150], ridges: "[0.05, 1.0]", trials: trials, seed: 3)
    let experiment = Experiment([point])
    return (experiment, try experiment.stages(device: host))
  }

  private func expectAgreement(_ a: [PointResult], _ b: [PointResult], relative: Double) throws {
    #expect(a.count == b.count && !a.isEmpty)
    for (left, right) in zip(a, b) {
      for name in [QuantityName.trainingError, .generalizationError] {
        let x = try #require(left[name]?.mean)
        let y = try #require(right[name]?.mean)
        #expect(abs(x - y) <= relative * abs(y), "n = \(left.sampleCount), ridge \(left.ridge): \(x) and \(y)")
      }
    }
  }

  @Test(arguments: DataModel.all)
  func float64(model: DataModel) throws {
    let (experiment, stages) = try experiment(model)
    let expected = try experiment.simulate(stages, on: host) { _ in }
    for device in devices {
      let results = try experiment.simulate(stages, on: try OpenCLBackend<Double>(device: device)) { _ in }
      try expectAgreement(results, expected, relative: 1e-9)
    }
  }

  @Test(arguments: DataModel.all)
  func float32(model: DataModel) throws {
    let (experiment, stages) = try experiment(model)
    let expected = try experiment.simulate(stages, on: HostBackend<Float>()) { _ in }
    for device in OpenCLDevice.all() where device.isUsable {
      let results = try experiment.simulate(stages, on: try OpenCLBackend<Float>(device: device)) { _ in }
      try expectAgreement(results, expected, relative: 1e-4)
    }
  }

  /// A penalty a coordinate on both routes, given, of each trial's variances, and learned.
  @Test(arguments: [0, 3, 4, 5, 8], [WeightConfiguration.linear(0.3, 3), .variance, .selfWeighted])
  func weights(model: Int, weights: WeightConfiguration) throws {
    var point = try DataModel.all[model].configuration(
      coordinates: 30, samples: [15, 30, 70], ridges: "[0.05, 1.0]", trials: 2, seed: 3)
    point.configuration.weights = weights
    let experiment = Experiment([point])
    let stages = try experiment.stages(device: host)
    let expected = try experiment.simulate(stages, on: host) { _ in }
    for device in OpenCLDevice.all() where device.isUsable {
      if device.hasFloat64 {
        let results = try experiment.simulate(stages, on: try OpenCLBackend<Double>(device: device)) { _ in }
        try expectAgreement(results, expected, relative: 1e-9)
      }
      let single = try experiment.simulate(stages, on: try OpenCLBackend<Float>(device: device)) { _ in }
      try expectAgreement(single, expected, relative: 2e-3)
    }
  }

  /// A device lost after some launches: with a fallback the run ends on the host with the right numbers, without one it
  /// ends in the device's error after the trials it finished.
  @Test(arguments: [0, 40, 200])
  func lostDevice(launches: Int) throws {
    let (experiment, stages) = try experiment(DataModel.all[1], trials: 6)
    let expected = try experiment.simulate(stages, on: host) { _ in }
    for device in devices {
      // Opened once in good health: the self-test of a device not yet trusted is no part of the trials.
      _ = try OpenCLBackend<Double>(device: device)
      func dying() throws -> OpenCLBackend<Double> {
        let count = Counter()
        var faults = Faults()
        faults.launch = { _ in count.next() > launches ? -5 : 0 }
        return try OpenCLBackend<Double>(device: device, routes: Routes(device), faults: faults)
      }
      var reasons: [BackendError] = []
      var lines = 0
      let results = try experiment.simulate(
        stages, on: try dying(),
        fallback: { error in
          reasons.append(error)
          return host
        }, record: { lines += $0.count })
      #expect(reasons.count == 1)
      #expect(lines == 6 * 2 * 2)
      try expectAgreement(results, expected, relative: 1e-9)

      var finished: [TrialRecord] = []
      let error = #expect(throws: BackendError.self) {
        _ = try experiment.simulate(stages, on: try dying()) { finished += $0 }
      }
      #expect(error?.isDeviceFailure == true)
      #expect(finished.count < 6 * 2 * 2)
      for record in finished {
        #expect(try #require(record[.trainingError]).isFinite && #require(record[.generalizationError]).isFinite)
      }
    }
  }

  /// Variance compares two trials: a device lost before the second of a pair, or within it, changes no number.
  @Test func lostDeviceInsideAPair() throws {
    let text = """
      data: {model: isotropic, coordinates: 30, samples: 60}
      model: {ridge: [0.2, 1.0], mask: {bernoulli: {keep: 0.5}}}
      measure: [variance]
      experiment: {name: test, trials: 6}
      """
    let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml"))
    let stages = try experiment.stages(device: host)
    var expected: [TrialRecord] = []
    _ = try experiment.simulate(stages, on: host) { expected += $0 }
    for device in devices {
      _ = try OpenCLBackend<Double>(device: device)
      func backend(_ count: Counter, launches: Int) throws -> OpenCLBackend<Double> {
        var faults = Faults()
        faults.launch = { _ in count.next() > launches ? -5 : 0 }
        return try OpenCLBackend<Double>(device: device, routes: Routes(device), faults: faults)
      }
      let all = Counter()
      _ = try experiment.simulate(stages, on: try backend(all, launches: .max)) { _ in }
      let total = all.next() - 1
      var finished: Set<Int> = []
      for part in 1...11 {
        var found: [TrialRecord] = []
        _ = try experiment.simulate(
          stages, on: try backend(Counter(), launches: total * part / 12),
          fallback: { _ in
            finished.insert(found.count / 2)
            return host
          }, record: { found += $0 })
        #expect(found.count == expected.count)
        for (a, b) in zip(found, expected) {
          #expect(a.trial == b.trial && (a[.predictorVariance] != nil) == (a.trial % 2 == 1))
          for name in [QuantityName.predictorVariance, .trainingError, .generalizationError] {
            let (x, y) = (a[name] ?? 0, b[name] ?? 0)
            #expect(abs(x - y) <= 1e-9 * abs(y), "\(name), trial \(a.trial), part \(part)")
          }
        }
      }
      // Lost in trials of either place in a pair.
      #expect(Set(finished.map { $0 % 2 }) == [0, 1])
    }
  }
}

private final class Counter: Sendable {
  private let value = Atomic(0)
  func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}
