import ArgumentParser
import LacunaFiles
import LacunaStudy

extension Bench {
  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Put saved results of several machines side by side.",
      discussion: """
        Only the same operation, size and precision are compared; ratios are against the first file.

        Examples:
          lacuna bench compare laptop.json cluster.json
          lacuna bench compare laptop.json cluster.json --figure figures
          lacuna bench compare laptop.json cluster.json --export both.csv
        """)

    @Argument(help: "Files that lacuna bench --export FILE.json saved.")
    var files: [String]

    @Option(help: ArgumentHelp("Draw time against d, a line a device, into this folder.", valueName: "folder"))
    var figure: String?

    @Option(
      help: ArgumentHelp(
        "Save the comparison: .json everything; .csv a row a time; .md the table. Repeatable.", valueName: "file"),
      transform: BenchExport.init(option:))
    var export: [BenchExport] = []

    @OptionGroup var figures: FigureOptions
    @OptionGroup var terminal: TerminalOptions

    func validate() throws {
      guard files.count >= 2 else { throw ValidationError("compare needs two files or more") }
    }

    func run() throws {
      try reportingFailures {
        let reports = try files.map { (path: $0, report: try BenchReport(reading: $0)) }
        let comparison = try BenchComparison(reports)
        let prepared = try export.map { try $0.prepare(comparison) }
        if terminal.json {
          print(try encodeJSON(comparison, pretty: true))
        } else {
          StandardOutput.show(comparison.text)
        }
        for file in prepared { try file.commit() }
        if let figure {
          let columns = reports.flatMap { entry in
            entry.report.devices.keys.sorted().map {
              BenchColumn(entry.report, device: $0, name: "\(entry.report.machine), \($0)")
            }
          }
          let folder = try OutputFolder(figure, existing: .extended)
          defer { folder.abandon() }
          let drawn = try benchFigure(columns)
          try FigureNotice(wanted: true).excusing {
            try drawn.styled(figures.style).write(to: folder.staging, name: "compare")
          }
          try folder.publish()
        }
      }
    }
  }
}
