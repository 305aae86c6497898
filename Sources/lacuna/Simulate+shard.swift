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
      var plan = try folder.plan()
      guard device.precision == .float64 || device.precision == plan.precision else {
        throw ShardError.otherPrecision(planned: plan.precision.rawValue)
      }
      let name = "share \(share.index + 1)/\(share.count)"
      var made: Study?
      func planned() throws -> Study {
        let found = try made ?? plan.study(version: lacunaVersion, host: device.host())
        made = found
        return found
      }
      while true {
        let units = plan.units(of: share, done: try folder.done(plan))
        if !units.isEmpty {
          let selection = try device.select(planned: plan.precision)
          let progress = Progress(total: plan.trialCount(units), label: "trials", quiet: output.quiet)
          let done = try planned().run(
            units, of: plan, in: folder, on: selection.study(), mayBegin: { !stop.isMade },
            trialFinished: { progress.advance() })
          guard done == units.count else {
            let left = units.count - done
            log.notice("of \(name) \(left == 1 ? "one unit is" : "\(left) units are") left; run it again to go on")
            throw ExitCode(ExitStatus.unfinished)
          }
        }
        guard plan.goal != nil, case .round(let next, let progress) = try planned().continuation(of: plan, in: folder)
        else { break }
        if !output.quiet { log.info("\(describe(progress, next: next))") }
        plan = next
      }
      if !output.quiet { log.info("\(name) is complete\(plan.goal == nil ? "" : " in round \(plan.round)")") }
    }
  }

  /// Does what is left of a run of this study, round by round, and sums all of it up.
  func goOn(_ loaded: LoadedExperiment, in path: String, goal: TrialGoal?) throws {
    let shards = ShardFolder(path)
    var study = try loaded.study(host: device.host())
    let selection = try device.select()
    var plan = try shards.make(try study.plan(on: selection.study(), goal: goal))
    study.settle(plan.stages.map(\.course))
    // Held until the end, so that no other run goes on here too.
    let folder = try OutputFolder(path, existing: .extended)
    let interrupt = Interrupt(folder)
    defer { interrupt.end() }
    let notice = FigureNotice(wanted: true)
    let progress = Progress(total: 0, label: "trials", quiet: output.quiet)
    var earlier: Int?
    rounds: while true {
      let units = plan.units(of: Share(index: 0, count: 1), done: try shards.done(plan))
      let done = plan.unitCount - units.count
      if earlier == nil {
        earlier = plan.trialCount(plan.units) - plan.trialCount(units)
        if done > 0, !output.quiet { log.info("\(done) of \(plan.unitCount) units are done") }
      }
      progress.total = max(progress.total, plan.trialCount(plan.units) - (earlier ?? 0))
      if !units.isEmpty {
        _ = try study.run(
          units, of: plan, in: shards, on: selection.study(), opened: { folder.adopt($0) },
          trialFinished: { progress.advance() })
      }
      switch try study.continuation(of: plan, in: shards) {
      case .round(let next, let found):
        if !output.quiet { log.info("\(describe(found, next: next))") }
        progress.note = found.brief
        progress.total = found.expectedTrials(limit: next.goal?.trialLimit ?? 0) - (earlier ?? 0)
        plan = next
      case .finished(let found):
        found?.report(quiet: output.quiet)
        break rounds
      case .unitsLeft: break rounds
      }
    }
    let units = try MergedUnits(shards, plan: plan)
    let missing = units.missing(of: plan)
    if let first = missing.first {
      throw ShardError.unitsLeft(missing.count, of: plan.unitCount, example: plan.name(of: first))
    }
    folder.adopt(shards.files)
    let results = ResultFolder(folder)
    let report = try study.merge(units, of: plan, into: results)
    try conclude(
      report, folder: results, terminal: output.terminal, tables: tables, style: figures.style, notice: notice)
  }
}
