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
        let progress = Progress(total: units.count, label: "units", quiet: output.quiet)
        done = try planned.run(
          units, of: plan, in: folder, on: selection.study(), mayBegin: { !stop.isMade },
          unitFinished: { progress.advance() })
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
}
