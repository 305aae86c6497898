import ArgumentParser
import LacunaAlgebra
import LacunaDevices
import LacunaFiles
import LacunaStudy

struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Settle a study for several processes, here or on a cluster.",
    discussion: """
      The folder gets plan.json: the study with every default written out, and how each trial is computed, as this machine's \
      device would. lacuna simulate DIR --shard i/N then does shares of it, as many at a time as you like, wherever the folder \
      can be seen; lacuna merge DIR makes of them what one run of lacuna simulate writes. A plan is never changed: to plan the \
      same study there again does nothing, another one is refused.

      With --standard-error trials go in rounds: when the units of one are done, whichever of simulate and merge comes next plans \
      another from the spread seen, in plan-2.json and so on; merge ends with 75 until the error is reached.

      Examples:
        lacuna plan example:learning-curve experiment.trials=1000 --output study
        lacuna simulate study --shard 1/2 & lacuna simulate study --shard 2/2 & wait
        lacuna merge study
        lacuna plan study.yaml --output study --shards 8 --lines | parallel
        lacuna plan study.yaml --output study --shards 200 --slurm > study.sh; bash study.sh --partition=long
      """)

  @OptionGroup var study: StudyArguments
  @OptionGroup var device: DeviceOptions

  @Option(help: ArgumentHelp("Folder for the plan and all that is done of it.", valueName: "dir"))
  var output: String

  @OptionGroup var trials: GoalOptions
  @OptionGroup var form: PlanFormOptions

  @Flag(help: "Say nothing on stderr.")
  var quiet = false

  func validate() throws { try study.requireConfig() }

  func run() throws {
    try reportingFailures {
      let loaded = try study.load()
      var study = try loaded.study(host: device.host())
      let selection = try device.select()
      let folder = ShardFolder(output)
      let plan = try folder.make(try study.plan(on: selection.study(), goal: try trials.goal))
      if !quiet, form.form == nil {
        log.info("planned in \(output): \(plan.unitCount) units; lacuna simulate \(output) --shard 1/1 does them")
      }
      guard let form = form.form, let count = self.form.shards else { return }
      study.settle(plan.stages.map(\.course))
      let work = try PlannedWork(plan, of: study, in: output, processes: count, device: device, selection: selection)
      switch form {
      case .lines: print(work.lines)
      case .json: print(try encodeJSON(work, pretty: true))
      case .slurm: print(work.slurm)
      }
    }
  }
}
