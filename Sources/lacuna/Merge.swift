import ArgumentParser
import LacunaDevices
import LacunaFiles
import LacunaStudy

struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sum up what was done of a plan: the files of one run.",
    discussion: """
      Of a plan with --standard-error, it plans the next round of trials where one is needed, and ends with 75 too.

      Results go into the folder of the plan: the same bytes as one run of lacuna simulate would write (on the same kind of \
      device), but for provenance.json. Lines that were cut are left out; units done twice must agree to 1e-9. Where units are \
      left the exit status is 75, and nothing is written without --partial.

      Examples:
        lacuna merge study
        lacuna merge study --partial --json
      """)

  @Argument(help: ArgumentHelp("Folder of the plan.", valueName: "dir"))
  var folder: String

  @Flag(help: "Sum up what there is, though units are left.")
  var partial = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var tables: ResultTableOptions
  @OptionGroup var figures: FigureOptions
  @OptionGroup var terminal: TerminalOptions

  func run() throws {
    try reportingFailures {
      let shards = ShardFolder(folder)
      var plan = try shards.plan()
      let units = try MergedUnits(shards, plan: plan)
      if let leftOut = units.leftOut.text { log.notice("\(leftOut)") }
      if units.duplicates > 0, !terminal.quiet { log.info("units done once more, and alike: \(units.duplicates)") }
      var made: Study?
      if plan.goal != nil, units.missing(of: plan).isEmpty {
        let study = try plan.study(version: lacunaVersion, host: threads.host())
        made = study
        switch try study.continuation(of: plan, units: units, in: shards) {
        case .round(let next, let progress):
          if !terminal.quiet { log.info("\(describe(progress, next: next))") }
          plan = next
        case .finished(let progress): progress?.report(quiet: terminal.quiet)
        case .unitsLeft: break
        }
      }
      let missing = units.missing(of: plan)
      if let first = missing.first {
        let left = ShardError.unitsLeft(missing.count, of: plan.unitCount, example: plan.name(of: first))
        guard partial else { throw left }
        log.warning("\(left)")
      }
      var study = try made ?? plan.study(version: lacunaVersion, host: threads.host())
      study.provenance = .ofThisProcess
      let output = try OutputFolder(folder, existing: .extended)
      let interrupt = Interrupt(output)
      defer { interrupt.end() }
      // A run that replaces this one takes them away too.
      output.adopt(shards.files)
      let results = ResultFolder(output)
      let report = try study.merge(units, of: plan, into: results)
      try conclude(
        report, folder: results, terminal: terminal, tables: tables, style: figures.style,
        notice: FigureNotice(wanted: true))
    }
  }
}
