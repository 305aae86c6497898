import ArgumentParser
import LacunaAlgebra
import LacunaDevices
import LacunaFiles
import LacunaStudy

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// `--shard` and `--seconds`.
struct ShardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "CONFIG is the folder of a plan: do the i-th of N shares of it, or that of this task of Slurm.",
      valueName: "i/N|slurm"))
  var shard: String?

  @Option(help: "With --shard: begin no unit after so many seconds.")
  var seconds: Double?

  func validate(_ study: StudyArguments, _ output: OutputOptions, others: [(String, Bool)]) throws {
    guard shard != nil else {
      if seconds != nil { throw ValidationError("--seconds goes with --shard") }
      return
    }
    if let seconds, !(seconds >= 0 && seconds < 1e9) { throw ValidationError("--seconds must be from 0 to 1e9") }
    let settled =
      [
        ("overrides", !study.overrides.isEmpty), ("--seed", study.seeding.seed != nil),
        ("--output", output.output != nil),
        ("--overwrite", output.overwrite), ("--json", output.json),
      ] + others
    if let first = settled.first(where: \.1) {
      throw ValidationError("--shard goes without \(first.0): the plan says what is computed, and its folder gets it")
    }
  }
}

extension Simulate {
  /// Does what is left of a share.
  func runShard(_ shard: String) throws {
    try reportingFailures {
      let stop = StopRequest(seconds: sharding.seconds)
      let share = try Share(shard) { name in getenv(name).map { String(cString: $0) } }
      let folder = ShardFolder(study.config ?? "")
      let plan = try folder.plan()
      guard device.precision == .float64 || device.precision == plan.precision else {
        throw ShardError.otherPrecision(planned: plan.precision.rawValue)
      }
      let units = plan.units(of: share, done: try folder.done(plan))
      var done = 0
      if !units.isEmpty {
        let planned = try plan.study(version: lacunaVersion, host: device.host())
        let selection = try device.select(planned: plan.precision)
        let progress = Progress(total: plan.trialCount(units), label: "trials", quiet: output.quiet)
        done = try planned.run(
          units, of: plan, in: folder, on: selection.study(), mayBegin: { !stop.isMade },
          trialFinished: { progress.advance() })
      }
      guard done == units.count else {
        let left = units.count - done
        log.notice(
          "of share \(share.index + 1)/\(share.count) \(left == 1 ? "one unit is" : "\(left) units are") left; run it again to go on"
        )
        throw ExitCode(ExitStatus.unfinished)
      }
      if !output.quiet { log.info("share \(share.index + 1)/\(share.count) is complete") }
    }
  }

  /// Does what is left of a run of this study, and sums all of it up.
  func goOn(_ loaded: LoadedExperiment, in path: String) throws {
    let shards = ShardFolder(path)
    var study = try loaded.study(host: device.host())
    let selection = try device.select()
    let plan = try shards.make(try study.plan(on: selection.study()))
    study.settle(plan.stages.map(\.course))
    // Held until the end, so that no other run goes on here too.
    let folder = try OutputFolder(path, existing: .extended)
    let interrupt = Interrupt(folder)
    defer { interrupt.end() }
    let notice = FigureNotice(wanted: true)
    let units = plan.units(of: Share(index: 0, count: 1), done: try shards.done(plan))
    if !units.isEmpty {
      if !output.quiet { log.info("\(plan.unitCount - units.count) of \(plan.unitCount) units are done") }
      let progress = Progress(total: plan.trialCount(units), label: "trials", quiet: output.quiet)
      _ = try study.run(
        units, of: plan, in: shards, on: selection.study(), opened: { folder.adopt($0) },
        trialFinished: { progress.advance() })
    }
    folder.adopt(shards.files)
    let results = ResultFolder(folder)
    let report = try study.merge(try MergedUnits(shards, plan: plan), of: plan, into: results)
    try conclude(
      report, folder: results, terminal: output.terminal, tables: tables, style: figures.style, notice: notice)
  }
}
