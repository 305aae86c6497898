import LacunaAlgebra
import LacunaFigures
import LacunaFiles
import LacunaHost
import LacunaStudy
import Testing

/// A measure of a caller's own, tr S/d: on the command line of nobody, in files, tables and figures as any other.
private struct TraceMeasure: Measure {
  static let word = "trace"
  static func needs(_ shape: TrialShape) -> TrialNeeds { TrialNeeds(parts: .gram) }
  static func isMeasured(under mask: MaskConfiguration) -> Bool { mask.isLeaveOneOut }

  let meanVariance: Double

  init(_ problem: Experiment.Problem) throws {
    meanVariance = problem.model.population.variances.reduce(0, +) / Double(problem.coordinateCount)
  }

  func observe<Device: Backend>(_ data: TrialData<Device>, ridge r: Int) throws -> Double {
    let diagonal = try data.device.makeVector(data.problem.coordinateCount)
    try data.device.diagonal(of: data.gram(), into: diagonal)
    return try data.device.download(diagonal).reduce(0) { $0 + Double($1) } / Double(diagonal.count)
  }

  func record(_ observation: Double) -> [Quantity] { [Quantity("trace", .number(observation))] }

  func quantities(_ observations: [Double], ridge r: Int) -> [Quantity] {
    [Quantity("own.trace", title: "tr S/d", unit: "of Σ", Statistic(of: observations, theory: meanVariance))]
  }

  static func note(_ points: [PointResult]) -> String? { "tr S/d: the mean variance of the samples" }

  static func figures(_ study: StudyResults) -> [StudyFigure] {
    guard let axis = SweepAxis(study) else { return [] }
    let curves = axis.curves(study.points)
    return [StudyFigure(name: "trace", figure: Figure(panels: [axis.panel("tr S", of: "own.trace", curves: curves)]))]
  }
}

@Suite struct OwnMeasureTests {
  private let host = HostBackend<Double>()
  private let measures: [any Measure.Type] = MeasureRegistry.all + [TraceMeasure.self]
  private let text = """
    experiment: {name: own, trials: 5, seed: 2}
    data: {model: diagonal, noise: {variances: {linear: [0.5, 2.5]}}, coordinates: 40, samples: [20, 400]}
    model: {ridge: [0.1, 1.0]}
    measure: [trace, spectrum]
    """

  @Test func everywhere() throws {
    let points = try loadExperiments(text: text, source: "own.yaml", measures: measures)
    let study = try Study(name: "own", points: points, version: "test", measures: measures, host: host)
    let path = temporaryPath("own-measure")
    let folder = try ResultFolder(path, overwrite: true)
    let report = try study.run(on: StudyDevice(host), folder: folder)
    try report.write(to: folder)
    for point in report.results.points {
      #expect(point.measured.map(\.measure) == ["errors", "spectrum", "trace"])
      let trace = try #require(point["own.trace"])
      #expect(abs(try #require(trace.theory) - 1.5) < 1e-14 && trace.values.count == 5)
      // tr S/d has the variance 2 tr Σ²/(n d²).
      #expect(abs(try #require(trace.mean) - 1.5) < 4 * (2 * 2.6 / Double(point.sampleCount * 40 * 5)).squareRoot())
    }
    let table = try #require(report.results.tables.last)
    #expect(table.contains("tr S/d, of Σ") && table.contains("the mean variance"))
    #expect(try report.results.figures().map(\.name) == ["errors", "spectrum", "trace"])
    let columns = try String(contentsOfFile: path + "/results.csv", encoding: .utf8).split(separator: "\n")[0]
    #expect(columns.contains("trace_mean,trace_standard_error,trace_theory"))
    let metrics = try String(contentsOfFile: path + "/metrics.json", encoding: .utf8)
    #expect(metrics.contains("\"own\" : {") && metrics.contains("\"version\" : \"test\""))
    let lines = try String(contentsOfFile: path + "/trials.jsonl", encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 20 && lines.allSatisfy { $0.contains("\"trace\":") })
  }

  /// Who does not give it does not have it, and it has a say under which masks there is something to measure.
  @Test func refusals() throws {
    let unknown = #expect(throws: ConfigurationError.self) { _ = try loadExperiments(text: text, source: "own.yaml") }
    #expect(unknown?.key == "measure.0")
    let masked = #expect(throws: ConfigurationError.self) {
      _ = try loadExperiments(
        text: text, source: "own.yaml", overrides: ["model.mask={partition: {blocks: 4}}", "measure=trace"],
        measures: measures)
    }
    #expect(masked?.reason == "trace is not measured under partition masks")
  }

  /// A trial that does not fit is refused before any runs, with the largest d that would.
  @Test func memory() throws {
    let points = try loadExperiments(text: text, source: "own.yaml", measures: measures)
    let study = try Study(name: "own", points: points, measures: measures, host: host)
    var finished = 0
    let error = #expect(throws: StudyError.self) {
      _ = try study.run(on: StudyDevice(host, planner: TrialPlanner(memory: 20_000))) { finished += 1 }
    }
    guard case .backend(.outOfMemory(let requested, let available, let device)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(requested > 20_000 && available == 20_000 && device.contains("d = 40, n = 20") && finished == 0)
    #expect(device.contains("it holds d up to"))
  }
}
