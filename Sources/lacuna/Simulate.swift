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
        lacuna simulate study.yaml model.ridge=0.01,0.1,1 --output study
        lacuna simulate example:correlated data.correlation=0.3,0.6,0.9 --json

      --dry-run shows what would be run and what it would take.

      The folder gets config.yaml, trials.jsonl, results.csv, metrics.json and figures/. Ctrl-C keeps finished trials.
      """)

  @OptionGroup var study: StudyArguments
  @OptionGroup var device: DeviceOptions

  @Flag(help: "Say on stderr which exact routes there are, what each is expected to take, and which is taken.")
  var explain = false

  @Flag(help: "Run nothing and write nothing: print the configuration, the points, and what they would take.")
  var dryRun = false

  @OptionGroup var output: OutputOptions

  func validate() throws { try study.requireConfig() }

  func run() throws {
    try reportingFailures {
      let loaded = try study.load()
      if dryRun {
        let selection = try device.select()
        let plan = try DryRun(loaded.study(host: device.host()), on: selection)
        print(output.json ? try encodeJSON(plan, pretty: true) : plan.text)
        return
      }
      let folder = try output.folder()
      let interrupt = Interrupt(folder)
      defer { interrupt.end() }
      let study = try loaded.study(host: device.host())
      let selection = try device.select()
      let computing = selection.study(predictsAlways: explain)
      let plans = try study.plans(on: computing)
      if explain { writeError(explanation(study.stages, plans: plans, device: selection.backend.description)) }
      if !output.quiet { log.info("\(StudyForecast(study.stages, plans: plans, selection: selection).text)") }
      let progress = Progress(total: study.experiment.trialCount, label: "trials", quiet: output.quiet)
      let results = folder.map { ResultFolder($0) }
      let notice = FigureNotice(wanted: folder != nil)
      let report: StudyReport
      do {
        report = try study.run(on: computing, folder: results) { progress.advance() }
      } catch {
        if case .records(let count, let path)? = folder?.abandon() {
          log.notice("\(count) finished trials are in \(path)")
        }
        throw error
      }
      if explain, report.summary.deviceFallback == nil, selection.backend.standingBytes > 0,
        let peak = HostProvider.peakMemory
      {
        writeError(memoryExplanation(plans, peak: peak))
      }
      try conclude(report, folder: results, output: output, notice: notice)
    }
  }
}

/// Writes the folder, and prints the tables or the JSON.
func conclude(_ report: StudyReport, folder: ResultFolder?, output: OutputOptions, notice: FigureNotice) throws {
  // Figures may fail: the numbers are there nevertheless.
  let writing = Result { if let folder { try notice.excusing { try report.write(to: folder) } } }
  if let folder, !folder.isPublished { try writing.get() }
  for warning in report.warnings { log.warning("\(warning)") }
  if output.json {
    print(try encodeJSON(report.summary, pretty: true))
  } else {
    print(report.results.tables.joined(separator: "\n\n"))
  }
  try writing.get()
  if let folder, !output.quiet {
    if let note = report.figureNote { log.info("\(note)") }
    log.info("results in \(folder.path)")
  }
}
