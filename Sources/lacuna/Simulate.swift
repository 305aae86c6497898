import ArgumentParser
import LacunaAlgebra
import LacunaDevices
import LacunaFiles
import LacunaStudy

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulate a configured study and lay theory beside it.",
    discussion: """
      CONFIG is a YAML file, or example:NAME for an embedded example. Overrides replace its keys: data.samples and \
      model.ridge take comma lists, and a comma list of any other key sweeps it.

      Examples:
        lacuna simulate example:learning-curve --output results
        lacuna simulate study.yaml experiment.trials=50 model.ridge=0.01,0.1,1 --output study
        lacuna simulate example:correlated data.correlation=0.3,0.6,0.9 --json > summary.json

      The folder gets config.yaml, trials.jsonl, results.csv, metrics.json and figures/. Ctrl-C keeps finished trials.
      """)

  @OptionGroup var study: StudyArguments
  @OptionGroup var device: DeviceOptions

  @Flag(help: "Say on stderr which exact routes there are, what each is expected to take, and which is taken.")
  var explain = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    try reportingFailures {
      let loaded = try study.load()
      let experiment = Experiment(loaded.points)
      let folder = try output.output.map { try ResultFolder($0, overwrite: output.overwrite) }
      let stages = try experiment.stages(device: device.host())
      let selection = try device.select()
      let planner = selection.planner(predictsAlways: explain)
      let plans = stages.map { planner.plan($0, on: selection.backend) }
      try checkFits(stages, plans: plans, selection: selection, precision: device.precision)
      if explain { writeError(explanation(stages, plans: plans, device: selection.backend.description)) }
      if !output.quiet { log.info("\(StudyForecast(stages, plans: plans, selection: selection).text)") }
      var used = selection.backend.description
      var left: String?
      let progress = Progress(total: experiment.trialCount, label: "trials", quiet: output.quiet)
      let interrupt = Interrupt(keptAt: folder?.partialTrialsPath)
      let points = try experiment.simulate(
        stages, on: selection.backend, planner: planner,
        fallback: { error in
          guard let retreat = selection.retreat(after: error) else { return nil }
          left = "\(used): \(error)"
          used = retreat.description
          return retreat
        }
      ) { records in
        try folder?.append(records)
        interrupt.trialFinished()
        progress.advance()
      }
      let summary = Summary(
        name: loaded.name, points: points, device: used, deviceFallback: left, precision: device.precision.rawValue,
        seed: loaded.points[0].configuration.seed, runtimeSeconds: progress.elapsed, version: lacunaVersion)
      if explain, left == nil, selection.backend.standingBytes > 0, let peak = HostProvider.peakMemory {
        writeError(memoryExplanation(plans, peak: peak))
      }
      try report(summary, loaded: loaded, stages: stages, folder: folder, output: output)
    }
  }
}

/// Refuses, before any work, a study of which a trial would not fit the device, with the largest d that would.
private func checkFits(
  _ stages: [Experiment.Stage], plans: [TrialPlan], selection: DeviceSelection, precision: Precision
) throws {
  for (stage, plan) in zip(stages, plans) {
    let forecast = plan.forecast
    guard forecast.bytes > selection.memory || forecast.largestMatrixBytes > selection.largestAllocation else {
      continue
    }
    let d = stage.model.coordinateCount
    let largest = stage.largestCoordinateCount(
      precision: precision, route: plan.route, memory: selection.memory,
      largestAllocation: selection.largestAllocation)
    throw BackendError.outOfMemory(
      requested: forecast.bytes, available: selection.memory,
      device: "\(selection.backend.description), for a trial of d = \(d), n = \(stage.sampleCount) "
        + "(at this n/d it holds d up to \(largest) in \(precision.rawValue)),")
  }
}

struct Theory: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute the same points from theory alone.",
    discussion: """
      Deterministic equivalents for n, d → ∞ at fixed d/n: no data are drawn. d = 1000000 takes about a second.

      Examples:
        lacuna theory example:ridge-path
        lacuna theory example:learning-curve data.coordinates=1000000 data.samples=500000,2000000 --json
      """)

  @OptionGroup var study: StudyArguments

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    try reportingFailures {
      let loaded = try study.load()
      let experiment = Experiment(loaded.points)
      let folder = try output.output.map { try ResultFolder($0, overwrite: output.overwrite) }
      let clock = Progress(total: 1, label: "theory", quiet: true)
      let stages = try experiment.stages(device: threads.host())
      let summary = Summary(
        name: loaded.name, points: experiment.theory(stages), device: nil, precision: Precision.float64.rawValue,
        seed: loaded.points[0].configuration.seed, runtimeSeconds: clock.elapsed, version: lacunaVersion)
      try report(summary, loaded: loaded, stages: stages, folder: folder, output: output)
    }
  }
}

/// Prints the table or the JSON, writes the folder and its figure.
private func report(
  _ summary: Summary, loaded: LoadedExperiment, stages: [Experiment.Stage], folder: ResultFolder?, output: OutputOptions
) throws {
  if let folder {
    let comments =
      ["lacuna \(summary.version), \(summary.precision)"]
      + (summary.device.map { ["device: \($0)"] } ?? ["theory alone"])
    try folder.finish(summary, configuration: resolvedYAML(loaded.points, comments: comments))
  }
  for warning in Set(stages.flatMap { $0.measures.flatMap(\.warnings) }).sorted() { log.warning("\(warning)") }
  if output.json {
    print(try encodeJSON(summary, pretty: true))
  } else {
    print(resultTables(summary.points).joined(separator: "\n\n"))
  }
  if let folder {
    let study = StudyResults(stages: stages, points: summary.points)
    for drawn in try study.figures() { try drawn.figure.write(to: try folder.makeFigures(), name: drawn.name) }
    if !output.quiet { log.info("results in \(folder.path)") }
  }
}
