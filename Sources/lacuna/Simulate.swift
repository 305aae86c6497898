import ArgumentParser
import LacunaAlgebra
import LacunaDevices
import LacunaFigures
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
        lacuna simulate study.yaml --standard-error 0.5% --output study
        lacuna simulate planned --shard 2/8 --seconds 3000

      --dry-run shows what would be run and what it would take.

      The folder gets config.yaml, trials.jsonl, results.csv, metrics.json, provenance.json and figures/; plan.json and shards/ \
      are what a run is gone on from. Whatever ends one, even a power cut, finished trials are kept: the same command with \
      --resume goes on. It may be given from the start.

      With --standard-error trials go in rounds, each planned from the spread that the earlier ones showed, from experiment.trials \
      (10 at least) to --max-trials a point. 1% is of the mean.

      With --shard, CONFIG is a folder that lacuna plan made. The units of the share that nobody has done are done and written \
      to the folder; lacuna merge sums them up. SIGTERM, SIGUSR1 and --seconds end it after the unit in hand: exit status 75 says \
      that units are left, and the same command goes on with them.
      """)

  @OptionGroup var study: StudyArguments
  @OptionGroup var device: DeviceOptions

  @Flag(help: "Say on stderr which exact routes there are, what each is expected to take, and which is taken.")
  var explain = false

  @Flag(help: "Run nothing and write nothing: print the configuration, the points, and what they would take.")
  var dryRun = false

  @OptionGroup var sharding: ShardOptions
  @OptionGroup var trials: GoalOptions

  @Flag(help: "Go on with the run of this study in --output that was cut short, or start one.")
  var resume = false

  @OptionGroup var tables: ResultTableOptions
  @OptionGroup var figures: FigureOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    try study.requireConfig()
    try sharding.validate(
      study, output,
      others: [
        ("--explain", explain), ("--dry-run", dryRun), ("--resume", resume),
        ("--standard-error", !trials.standardError.isEmpty),
      ])
    if !trials.standardError.isEmpty {
      if output.output == nil { throw ValidationError("--standard-error needs --output, the folder of its rounds") }
      if let other = [("--overwrite", output.overwrite), ("--explain", explain), ("--dry-run", dryRun)].first(
        where: \.1)
      {
        throw ValidationError("--standard-error goes without \(other.0)")
      }
    }
    if resume, output.output == nil { throw ValidationError("--resume needs --output, the folder to go on in") }
    if resume, output.overwrite { throw ValidationError("--resume goes on, --overwrite starts anew: give one of them") }
  }

  func run() throws {
    if let shard = sharding.shard { return try runShard(shard) }
    try reportingFailures {
      let leads = try device.join()
      if resume, device.isSpread {
        throw Failure(
          "--resume does not go on over several processes; on one, without --device \(device.device), it goes on with the "
            + "trials that are kept", status: ExitStatus.usage)
      }
      if !trials.standardError.isEmpty, device.isSpread {
        throw Failure(
          "--standard-error plans its rounds on one process: leave --device \(device.device) away",
          status: ExitStatus.usage)
      }
      let loaded = try study.load()
      if dryRun {
        let selection = try device.select()
        let plan = try DryRun(loaded.study(host: device.host()), on: selection)
        if output.json { print(try encodeJSON(plan, pretty: true)) } else { StandardOutput.show(plan.text) }
        return
      }
      if leads, let path = output.output, !output.overwrite {
        let (goal, isPlanned) = (try trials.goal, ShardFolder(path).isPlanned)
        if isPlanned ? resume : goal != nil { return try goOn(loaded, in: path, goal: goal) }
        if ShardFolder(path).isUnfinished {
          throw DataFileError.cannotCreate(
            path: path,
            reason: "the folder holds a run that was cut short, or a plan; --resume goes on with it, --overwrite "
              + "starts anew")
        }
      }
      let folder = leads ? try output.folder() : nil
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
        if let kept = folder.flatMap(Interrupt.trialsKept) { log.notice("\(kept)") }
        throw error
      }
      if explain, report.summary.computation.deviceFallback == nil, selection.backend.standingBytes > 0,
        let peak = HostProvider.peakMemory
      {
        writeError(memoryExplanation(plans, peak: peak))
      }
      try conclude(
        report, folder: results, terminal: output.terminal, tables: tables, style: figures.style, notice: notice)
    }
  }
}

/// Writes the folder, and prints the tables or the JSON.
func conclude(
  _ report: StudyReport, folder: ResultFolder?, terminal: TerminalOptions, tables: ResultTableOptions,
  style: FigureStyle, notice: FigureNotice
) throws {
  // Figures may fail: the numbers are there nevertheless.
  let writing = Result {
    if let folder { try notice.excusing { try report.write(to: folder, style: style) { log.warning("\($0)") } } }
  }
  if let folder, !folder.isPublished { try writing.get() }
  for warning in report.warnings { log.warning("\(warning)") }
  if terminal.json {
    print(try encodeJSON(report.summary, pretty: true))
  } else {
    StandardOutput.show(tables.text(report.results))
  }
  try writing.get()
  if let folder, !terminal.quiet {
    if let note = report.figureNote { log.info("\(note)") }
    log.info("results in \(folder.path)")
  }
}
