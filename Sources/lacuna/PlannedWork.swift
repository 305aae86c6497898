import ArgumentParser
import LacunaAlgebra
import LacunaDevices
import LacunaFiles
import LacunaStudy

/// `--shards` and how the commands are printed.
struct PlanFormOptions: ParsableArguments {
  enum Form: String, EnumerableFlag {
    case lines, json, slurm

    static func help(for value: Form) -> ArgumentHelp? {
      switch value {
      case .lines: "Print the command of each shard, a line each: for parallel, xargs and others that take lines."
      case .json: "Print the commands of all shards, of merge and of status as one JSON object, and what each takes."
      case .slurm:
        "Print a script for bash where Slurm is: it submits an array that is requeued until it is done, and merge after it."
      }
    }
  }

  @Option(help: ArgumentHelp("Write the work out for so many processes, as the next option says.", valueName: "n"))
  var shards: Int?

  @Flag(exclusivity: .exclusive)
  var form: Form?

  func validate() throws {
    if let shards, !(1...100_000).contains(shards) { throw ValidationError("--shards must be from 1 to 100000") }
    if form != nil, shards == nil { throw ValidationError("how many processes? give --shards N too") }
    if shards != nil, form == nil { throw ValidationError("--shards goes with --lines, --json or --slurm") }
  }
}

/// The commands that do a plan in several processes.
struct PlannedWork: Encodable {
  struct Command: Encodable {
    /// `i/N`; nil of those that are no shard's.
    var shard: String?
    /// Units of it.
    var units: Int?
    var command: [String]
    /// The same as a shell takes it.
    var commandLine: String

    init(_ words: [String], shard: String? = nil, units: Int? = nil) {
      self.shard = shard
      self.units = units
      command = words
      commandLine = words.shellLine
    }

    enum CodingKeys: String, CodingKey {
      case shard, units, command
      case commandLine = "command_line"
    }
  }

  var name, folder, study: String
  var units, trials: Int
  /// Of a process.
  var threads, memoryBytes: Int
  /// A unit's, as forecast for this machine's device; nil where no rate is known.
  var secondsOfUnit: Double?
  var shards: [Command]
  var merge, status: Command
  /// For the array of Slurm.
  private let task: [String]

  enum CodingKeys: String, CodingKey {
    case name, folder, study, units, trials, threads, shards, merge, status
    case memoryBytes = "memory_bytes"
    case secondsOfUnit = "seconds_of_unit"
  }

  /// - Parameter path: of the folder of the plan.
  /// - Parameter count: of processes.
  init(
    _ plan: StudyPlan, of planned: Study, in path: String, processes count: Int, device: DeviceOptions,
    selection: DeviceSelection
  ) throws {
    // As it was called: by name where the shell found it, else wherever one is.
    let program = CommandLine.arguments.first ?? "lacuna"
    let words = [program.contains("/") ? absolutePath(program, from: PathText.currentFolder) : program]
    let folder = absolutePath(path, from: PathText.currentFolder)
    self.folder = folder
    (name, study) = (plan.name, plan.study)
    (units, trials) = (plan.unitCount, plan.trialCount(plan.units))
    shards = (0..<count).map { index in
      let share = Share(index: index, count: count)
      return Command(
        words + ["simulate", folder, "--shard", "\(index + 1)/\(count)"] + device.words, shard: "\(index + 1)/\(count)",
        units: plan.units(of: share, done: []).count)
    }
    merge = Command(words + ["merge", folder])
    status = Command(words + ["status", folder])
    task = words + ["simulate", folder, "--shard", "slurm", "--quiet"] + device.words
    let threads = device.threads ?? 1
    self.threads = threads
    let trialPlans = try planned.plans(on: selection.study())
    let standing = selection.backend.standingBytes + DeviceRegistry.ofThisMachine.listingBytes
    memoryBytes =
      standing
      + (zip(trialPlans, plan.stages).map { trial, stage in
        trial.forecast.bytes * (stage.course.isSingleThreaded ? threads : 1)
      }.max() ?? 0)
    secondsOfUnit = selection.multiplyRates().first.map { _, rate in
      let rates = DeviceRates.nominal(multiply: rate)
      return zip(zip(planned.stages, trialPlans), plan.stages).map { trial, stage in
        Double(stage.trialsPerUnit) * trial.0.seconds(route: trial.1.route, rates: rates)
      }.max() ?? 0
    }
  }

  var lines: String { shards.map(\.commandLine).joined(separator: "\n") }

  /// A script of three parts: bash submits it, and Slurm runs it as each task of the array and as the merge.
  var slurm: String {
    // Forecasts are good to a factor of two or so, and the program itself takes some.
    let mebibytes = 256 + (memoryBytes + memoryBytes / 4) >> 20
    let seconds = Int((3 * (secondsOfUnit ?? 0)).rounded(.up))
    let warning = min(max(60, seconds), 24 * 3600)
    let minutes = max(60, (4 * warning + 59) / 60)
    return """
      #!/bin/bash
      #SBATCH --ntasks=1 --cpus-per-task=\(threads) --mem=\(mebibytes)M --time=\(minutes)
      #SBATCH --requeue --open-mode=append --signal=B:USR1@\(warning)
      # \(units) units in \(shards.count) shards. Save it, and where sbatch is:
      #   bash FILE [OPTION OF SBATCH ...]
      # A task ends after the trial in hand \(warning) s before its time is up, and is requeued until its share is done;
      # what was computed is never lost, and submitting again goes on with it. The merge comes after all tasks.
      study=\([folder].shellLine)

      submit() {
        local array
        array=$(sbatch --parsable --array=1-\(shards.count) --output="$study/slurm-%A_%a.txt" "$@" "$0" task) || exit
        sbatch --dependency="afterok:${array%%;*}" --kill-on-invalid-dep=yes --output="$study/slurm-%j.txt" "$@" \\
          "$0" merge "$@"
      }

      case ${1:-} in
        task)
          stop() {
            asked=yes
            kill -USR1 "$child" 2>/dev/null
          }
          trap stop USR1 TERM
          \(task.shellLine) &
          child=$!
          until
            asked=
            wait "$child"
            status=$?
            [ -z "$asked" ]
          do :; done
          # 75: units of this share are left.
          if [ "$status" -eq 75 ]; then exec scontrol requeue "$SLURM_JOB_ID"; fi
          exit "$status"
          ;;
        merge)
          shift
          \((merge.command + ["--quiet"]).shellLine)
          status=$?
          # 75: a further round of trials was planned, or a share was given up.
          if [ "$status" -eq 75 ]; then submit "$@" && exit; fi
          exit "$status"
          ;;
        *) submit "$@" ;;
      esac
      """
  }
}
