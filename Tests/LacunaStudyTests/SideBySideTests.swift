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
      #expect(isClose(a.trainingError, b.trainingError) && isClose(a.generalizationError, b.generalizationError))
      #expect(isClose(a.outlier, b.outlier) && isClose(a.overlap, b.overlap))
    }
    for (a, b) in zip(results, expected) {
      #expect(isClose(a.generalizationError.mean, b.generalizationError.mean))
    }
  }

  /// Variance compares a trial with the one before it, so the pairs must not depend on the threads.
  @Test func varianceKeepsItsPairs() throws {
    let (experiment, stages) = try experiment(
      "data: {model: isotropic, coordinates: 40, samples: 80}\n"
        + "model: {ridge: 0.2, mask: {partition: {blocks: 5}}}\nmeasure: [variance]\n"
        + "experiment: {name: test, trials: 8}")
    let expected = try experiment.simulate(stages, on: host) { _ in }[0].predictorVariance
    let together = try experiment.simulate(stages, on: HostBackend<Double>(threads: 4)) { _ in }[0].predictorVariance
    let (a, b) = (try #require(together?.mean), try #require(expected?.mean))
    #expect(abs(a - b) <= 1e-10 * b)
    let (c, d) = (try #require(together?.standardError), try #require(expected?.standardError))
    #expect(abs(c - d) <= 1e-9 * d)
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

  @Test func theArrangement() {
    func arrange(
      _ d: Int, trials: Int, threads: Int, memory: Int = .max, speedup: Double = 1
    ) -> TrialArrangement {
      TrialArrangement(
        TrialForecast(sampleCount: 2 * d, coordinateCount: d, ridgeCount: 1, precision: .float64), trials: trials,
        concurrency: threads, memory: memory, speedup: speedup)
    }
    #expect(arrange(300, trials: 200, threads: 2) == arrange(64, trials: 200, threads: 2))
    #expect(arrange(300, trials: 200, threads: 8).width == 8)
    #expect(arrange(300, trials: 3, threads: 8).width == 3)
    // One thread for a small trial even where it runs alone; for a large one what ends sooner, if by a tenth.
    #expect(arrange(300, trials: 1, threads: 8, speedup: 8).singleThreaded)
    #expect(!arrange(8192, trials: 10, threads: 2, speedup: 1.9).singleThreaded)
    #expect(arrange(8192, trials: 10, threads: 2, speedup: 1.9).width == 1)
    #expect(arrange(8192, trials: 10, threads: 2, speedup: 1.7).width == 2)
    #expect(!arrange(8192, trials: 1, threads: 2, speedup: 1.1).singleThreaded)
    #expect(arrange(8192, trials: 3, threads: 2, speedup: 1.4).width == 1)
    #expect(arrange(8192, trials: 10, threads: 8, memory: 1, speedup: 1).width == 1)
    // As many as the memory holds.
    let one = TrialForecast(sampleCount: 600, coordinateCount: 300, ridgeCount: 1, precision: .float64).bytes
    #expect(arrange(300, trials: 200, threads: 8, memory: 3 * one + one / 2).width == 3)
    #expect(arrange(300, trials: 200, threads: 8, memory: one / 2).width == 1)
  }
}
