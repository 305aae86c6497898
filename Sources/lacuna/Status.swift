import ArgumentParser
import LacunaFiles
import LacunaStudy

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say how far a plan is: units done and left, how fast, and when it will be finished.",
    discussion: """
      It reads while others write, and changes nothing. The rate is that of all processes together over the last ten minutes.

      Examples:
        lacuna status study
        lacuna status study --json
      """)

  @Argument(help: ArgumentHelp("Folder of the plan, or of a run.", valueName: "dir"))
  var folder: String

  @Flag(help: "Print it as one JSON object on stdout.")
  var json = false

  func run() throws {
    try reportingFailures {
      let shards = ShardFolder(folder)
      let progress = try PlanProgress(shards, plan: try shards.plan())
      if json { return print(try encodeJSON(progress, pretty: true)) }
      let keys = Set(progress.points.flatMap(\.parameters.keys)).sorted()
      var table = TextTable(keys + ["n", "d", "units", "done", "left"])
      for point in progress.points {
        table.append(
          keys.map { point.parameters[$0] ?? "" }
            + [
              point.sampleCount, point.coordinateCount, point.unitCount, point.doneCount,
              point.unitCount - point.doneCount,
            ]
            .map(String.init))
      }
      StandardOutput.show(table.text + "\n\n" + summary(progress))
    }
  }

  private func summary(_ progress: PlanProgress) -> String {
    let left = progress.unitCount - progress.doneCount
    let files = progress.processCount == 1 ? "one process" : "\(progress.processCount) processes"
    var parts: [String] = []
    if let round = progress.round, let goal = progress.goal {
      let wanted = goal.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      parts.append("round \(round) of trials, for a standard error of \(wanted); more may follow")
    }
    parts.append(
      "\(progress.doneCount) of \(progress.unitCount) units are done, by \(files); \(left) are left")
    if left > 0, let rate = progress.unitsPerSecond, let seconds = progress.secondsLeft {
      parts.append("\(format(rate * 60, digits: 3)) units a minute: \(duration(seconds)) to go at that rate")
    }
    if left > 0, let since = progress.secondsSinceLast { parts.append("the last was done \(duration(since)) ago") }
    return parts.joined(separator: "\n")
  }
}
