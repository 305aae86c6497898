import DeterministicEquivalents
import LacunaAlgebra
import LacunaDevices
import LacunaFiles
import LacunaStudy
import Synchronization

/// A study behind an opaque pointer: its results can be asked for while it runs.
final class StudyHandle: Sendable {
  let study: Study
  private let found = Mutex(Found())
  private let running = Mutex(())

  private struct Found {
    var summary: Summary?
    var lines: [String] = []
  }

  init(_ study: Study) { self.study = study }

  var summary: Summary? { found.withLock(\.summary) }
  var lines: [String] { found.withLock(\.lines) }

  /// Runs all trials anew.
  func run(_ options: ComputingOptions, report: (Int, Int) throws -> Void) throws {
    guard let choice = DeviceChoice(options.device) else {
      throw ArgumentError("device: \(options.device) is none; write \(DeviceChoice.syntax)")
    }
    let selection = try DeviceRegistry.ofThisProcess.select(
      choice, precision: options.precision, threads: options.threads)
    func planned(_ selection: DeviceSelection) -> StudyDevice {
      let planner = TrialPlanner(
        rates: selection.rates, singleThreadedRates: selection.singleThreadedRates, memory: selection.memory,
        largestAllocation: selection.largestAllocation, processBytes: DeviceRegistry.ofThisProcess.listingBytes)
      return StudyDevice(selection.backend, planner: planner) { selection.retreat(after: $0).map(planned) }
    }
    let device = planned(selection)
    try running.withLock { _ in
      found.withLock { $0 = Found() }
      let clock = ContinuousClock()
      let start = clock.now
      var shown: ContinuousClock.Instant?
      var done = 0
      func partial(_ points: [PointResult]) -> Summary {
        return Summary(
          name: study.name, points: points, precision: options.precision.rawValue,
          seed: study.experiment.points.first?.configuration.seed ?? 0, version: lacunaVersion,
          computation: Computation(
            shares: [.init(host: hostName(), device: selection.backend.description, trials: done)],
            runtimeSeconds: start.duration(to: clock.now) / .seconds(1)))
      }
      let total = study.experiment.trialCount
      let report = try study.run(on: device) { records, soFar in
        done += 1
        let lines = try records.map { try encodeJSON($0, pretty: false) }
        found.withLock { $0.lines += lines }
        var isCancelled = false
        do { try report(done, total) } catch is CancellationError { isCancelled = true }
        // Results of all trials take as long as there are trials: ten times a second at most.
        if isCancelled || shown.map({ $0.duration(to: clock.now) > .milliseconds(100) }) ?? true {
          let summary = partial(soFar())
          found.withLock { $0.summary = summary }
          shown = clock.now
        }
        if isCancelled { throw CancellationError() }
      }
      found.withLock { $0.summary = report.summary }
    }
  }
}

extension [ExperimentPoint] {
  /// The points of a configuration that a caller gives.
  /// - Parameter measure: measured in place of what the configuration says.
  /// - Throws: `ConfigurationError`; more coordinates than memory holds theory for.
  init(
    _ configuration: UnsafePointer<CChar>?, overrides: UnsafePointer<CChar>?, folder: UnsafePointer<CChar>?,
    measure: String? = nil
  ) throws {
    var lines = try overrides.map { try $0.text().split(separator: "\n").map(String.init) } ?? []
    if let measure { lines = lines.filter { !$0.hasPrefix("measure=") } + ["measure=\(measure)"] }
    self = try loadExperiments(
      text: required(configuration, "configuration").text(), source: "configuration", folder: folder?.text(),
      overrides: lines)
    try requireMemory(HostProvider.availableMemory)
  }
}
