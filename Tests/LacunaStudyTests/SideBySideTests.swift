import LacunaAlgebra
import LacunaHost
import LacunaStudy
import Synchronization
import Testing

/// Trials side by side: the numbers of one after the other, in the same order.
@Suite struct SideBySideTests {
  private let host = HostBackend<Double>(threads: 1)

  private func experiment(_ text: String) throws -> (Experiment, [Experiment.Stage]) {
    let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml"))
    return (experiment, try experiment.stages(device: host))
  }

  private static let studies = [
    "data: {model: ar1, correlation: 0.6, coordinates: 60, samples: [30, 150]}\nmodel: {ridge: [0.05, 1.0]}",
    "data: {model: spiked, spikes: [{strength: 4.0}], coordinates: 50, samples: [25, 100]}\nmodel: {ridge: 0.1}\n"
      + "measure: [errors, spectrum, recovery, pca]",
    "data: {model: isotropic, coordinates: 40, samples: 80}\n"
      + "model: {ridge: 0.2, mask: {random: {keep: 0.5, masks: 2}}}",
  ]

  /// One trial at a time against several: the same records in the same order.
  ///
  /// To rounding here, since other tests of this process set OpenBLAS's one number of threads meanwhile; the tests of the
  /// commands have it to the bit.
  @Test(arguments: studies, [2, 3, 7])
  func theSameRecords(study: String, threads: Int) throws {
    let (experiment, stages) = try experiment(study + "\nexperiment: {name: test, trials: 9}")
    var alone: [TrialRecord] = []
    let expected = try experiment.simulate(stages, on: host) { alone += $0 }
    let many = HostBackend<Double>(threads: threads)
    let arrangement = TrialPlanner().plan(stages[0], on: many).arrangement
    #expect(arrangement.width == min(threads, many.concurrency) && arrangement.singleThreaded)
    var together: [TrialRecord] = []
    let results = try experiment.simulate(stages, on: many) { together += $0 }
    #expect(results.count == expected.count && together.count == alone.count)
    func isClose(_ a: Double?, _ b: Double?) -> Bool { a == b || abs((a ?? .nan) - (b ?? .nan)) <= 1e-10 * abs(b ?? 0) }
    for (a, b) in zip(together, alone) {
      #expect(a.trial == b.trial && a.sampleCount == b.sampleCount && a.ridge == b.ridge)
      for name in [QuantityName.trainingError, .generalizationError] {
        #expect(a[name] != nil && isClose(a[name], b[name]))
      }
      for name in ["outlier", "overlap", "top_eigenvalue"] as [QuantityName] {
        #expect((a[name] != nil) == study.contains("recovery") && isClose(a[name], b[name]))
      }
    }
    for (a, b) in zip(results, expected) {
      #expect(isClose(a[.generalizationError]?.mean, b[.generalizationError]?.mean))
    }
  }

  private static let variance =
    "data: {model: isotropic, coordinates: 40, samples: 80}\n"
    + "model: {ridge: [0.2, 1.0], mask: {partition: {blocks: 5}}}\nmeasure: [variance]\n"
    + "experiment: {name: test, trials: 8}"

  /// Trials are paired by their numbers, whatever runs beside them.
  @Test func varianceKeepsItsPairs() throws {
    let (experiment, stages) = try experiment(Self.variance)
    let many = HostBackend<Double>(threads: 4)
    #expect(TrialPlanner().plan(stages[0], on: many).arrangement.width == min(4, many.concurrency))
    var alone: [TrialRecord] = []
    var together: [TrialRecord] = []
    _ = try experiment.simulate(stages, on: host) { alone += $0 }
    _ = try experiment.simulate(stages, on: many) { together += $0 }
    #expect(alone.count == 16 && together.count == 16)
    for (a, b) in zip(together, alone) {
      #expect((a[.predictorVariance] != nil) == (a.trial % 2 == 1) && a.trial == b.trial && a.ridge == b.ridge)
      let (x, y) = (a[.predictorVariance] ?? 0, b[.predictorVariance] ?? 0)
      #expect(abs(x - y) <= 1e-10 * y)
    }
  }

  /// An error ends the run after the records that came before it, which stay those of one after the other.
  @Test func anErrorKeepsTheRecordsBefore() throws {
    struct Full: Error {}
    let (experiment, stages) = try experiment(Self.studies[0] + "\nexperiment: {name: test, trials: 12}")
    var kept: [Int] = []
    #expect(throws: Full.self) {
      _ = try experiment.simulate(stages, on: HostBackend<Double>(threads: 4)) { records in
        guard kept.count < 5 else { throw Full() }
        kept.append(records[0].trial)
      }
    }
    #expect(kept == [0, 1, 2, 3, 4])
  }

  private func arrange(
    _ d: Int, trials: Int, threads: Int, memory: Int = .max, speedup: Double = 1
  ) -> TrialArrangement {
    TrialArrangement(
      TrialForecast(sampleCount: 2 * d, coordinateCount: d, ridgeCount: 1, precision: .float64), trials: trials,
      concurrency: threads, memory: memory, speedup: speedup)
  }

  /// Small trials keep to a thread each, as many at once as there are threads, trials and memory for, whatever the speedup.
  @Test func smallTrials() {
    for (trials, threads) in [(1, 8), (3, 8), (200, 8), (200, 2)] {
      for speedup in [1.0, 8.0] {
        let found = arrange(300, trials: trials, threads: threads, speedup: speedup)
        #expect(found.singleThreaded && found.width == min(trials, threads))
        #expect(found == arrange(64, trials: trials, threads: threads, speedup: speedup))
      }
    }
    let one = TrialForecast(sampleCount: 600, coordinateCount: 300, ridgeCount: 1, precision: .float64).bytes
    for held in 1...8 {
      let memory = held * one + one / 2
      #expect(arrange(300, trials: 200, threads: 8, memory: memory).width == held)
    }
    #expect(arrange(300, trials: 200, threads: 8, memory: one / 2).width == 1)
  }

  /// Of a large trial's two arrangements, all threads on one or a thread each, that which ends sooner, by the rounds it takes:
  /// never one that takes an eighth longer than the other.
  @Test(arguments: [1, 2, 3, 7, 10, 64], [1, 2, 4, 8, 16]) func largeTrials(trials: Int, threads: Int) {
    let one = TrialForecast(sampleCount: 16_384, coordinateCount: 8192, ridgeCount: 1, precision: .float64).bytes
    for speedup in stride(from: 1, through: Double(threads), by: 0.25) {
      for memory in [one, 3 * one, .max] {
        let found = arrange(8192, trials: trials, threads: threads, memory: memory, speedup: speedup)
        let widest = min(threads, trials, memory == .max ? threads : memory / one)
        let sideBySide = Double((trials + widest - 1) / widest) * speedup
        let oneByOne = Double(trials)
        #expect(found.singleThreaded == (found.width > 1) && (found.width == 1 || found.width == widest))
        let taken = found.width > 1 ? sideBySide : oneByOne
        #expect(taken <= 1.125 * min(sideBySide, oneByOne), "\(trials) trials, \(threads) threads, \(speedup)")
      }
    }
  }
}
