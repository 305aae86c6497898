import LacunaAlgebra
import LacunaHost
import LacunaOpenCL
import LacunaStudy
import Synchronization
import Testing

private let devices = OpenCLDevice.all().filter { $0.isUsable && $0.hasFloat64 }

/// What a trial draws and inverts, counted by the kernels it launches.
@Suite(.enabled(if: !devices.isEmpty, "no usable OpenCL device"))
struct TrialDataTests {
  /// Launches by kernel over three trials.
  private func launches(_ text: String, measure: String) throws -> [String: Int] {
    let device = try #require(devices.first)
    _ = try OpenCLBackend<Double>(device: device)
    let counts = Counts()
    var faults = Faults()
    faults.launch = { name in
      counts.values.withLock { $0[name, default: 0] += 1 }
      return 0
    }
    let text = text + "\nmeasure: \(measure)\nexperiment: {name: test, trials: 3}"
    let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml"))
    let stages = try experiment.stages(device: HostBackend<Double>())
    let backend = try OpenCLBackend<Double>(device: device, routes: Routes(device), faults: faults)
    _ = try experiment.simulate(stages, on: backend) { _ in }
    return counts.values.withLock { $0 }
  }

  private final class Counts: Sendable {
    let values = Mutex<[String: Int]>([:])
  }

  /// Every measure sees the data that the errors see: no number is drawn a second time.
  @Test(arguments: [
    ("samples: 35, spikes: [{strength: 4.0}], model: spiked", "leave_one_out", "[errors, spectrum, recovery, pca]"),
    ("samples: 150, spikes: [{strength: 4.0}], model: spiked", "leave_one_out", "[errors, spectrum, recovery, pca]"),
    ("samples: 90, model: isotropic", "{bernoulli: {keep: 0.5}}", "[errors, spectrum]"),
  ])
  func dataAreDrawnOnce(data: String, mask: String, all: String) throws {
    let text = "data: {coordinates: 60, \(data)}\nmodel: {ridge: [0.1, 1.0], mask: \(mask)}"
    let alone = try #require(try launches(text, measure: "[errors]")["fill_gaussian"])
    #expect(alone >= 3)
    #expect(try launches(text, measure: all)["fill_gaussian"] == alone)
  }

  /// A partner of variance is drawn in every second trial, and only there.
  @Test func partnersAreDrawnAnew() throws {
    let text =
      "data: {coordinates: 30, samples: 60, model: isotropic}\nmodel: {ridge: 0.2, mask: {partition: {blocks: 3}}}"
    let alone = try #require(try launches(text, measure: "[errors]")["fill_gaussian"])
    let paired = try #require(try launches(text, measure: "[errors, variance]")["fill_gaussian"])
    // Trial 1 of 0, 1, 2.
    #expect(alone > 0 && 3 * paired == 4 * alone)
  }
}
