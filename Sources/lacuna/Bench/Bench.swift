import ArgumentParser
import LacunaAlgebra
import LacunaFiles
import LacunaStudy

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time the operations a trial is made of, on every device, with their accuracy.",
    discussion: """
      Each operation runs until its median is known to 2%, or for --max-time seconds. Errors are relative to the host \
      in float64 on the same data. A ratio behind ~ is of times that are known badly: of fewer than five runs, or from a \
      busy machine.

      Examples:
        lacuna bench
        lacuna bench --operations inverse,trial --precision float32
        lacuna bench --device host --device opencl:0 --export here.json
        lacuna bench --operations trial --sizes 512,1024,2048 --figure scaling
        lacuna bench compare here.json other.json
      """,
    subcommands: [Run.self, Compare.self], defaultSubcommand: Run.self)

  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Measure (the default).",
      discussion: """
        Examples:
          lacuna bench run --sizes 1024 --operations multiply,gram
        """)

    @OptionGroup var devices: SeveralDevicesOptions

    @Option(
      help: "Sizes d, separated by commas.", transform: { try list($0, size) })
    var sizes: [Int] = [256, 512, 1024]

    @Option(
      help: ArgumentHelp(
        "Operations, separated by commas: \(BenchOperation.allCases.map(\.rawValue).joined(separator: " "))."),
      transform: { try list($0, operation) })
    var operations = BenchOperation.allCases

    @Option(help: "Runs before the measured ones.")
    var warmup = 1

    @Option(help: "Least number of measured runs.")
    var runs = 5

    @Option(help: ArgumentHelp("Seconds an operation may take at one size.", valueName: "seconds"))
    var maxTime = 5.0

    @Option(
      help: ArgumentHelp(
        "Save the report: .json everything, for compare; .csv a row a result; .md the table. Repeatable.",
        valueName: "file"),
      transform: BenchExport.init(option:))
    var export: [BenchExport] = []

    @Flag(
      name: .customLong("no-verify"),
      help: "Time devices beside the host without the checks of what they compute; the report's devices say which.")
    var skipsVerification = false

    @Option(help: ArgumentHelp("Draw time against d, a panel an operation, into this folder.", valueName: "folder"))
    var figure: String?

    @OptionGroup var figures: FigureOptions
    @OptionGroup var terminal: TerminalOptions

    // Names of before 0.2.0, so that who still writes them is told what to write.
    @Option(help: .hidden) var csv: String?
    @Option(help: .hidden) var exportMarkdown: String?
    @Argument(help: .hidden) var rest: [String] = []

    func validate() throws {
      if csv != nil { throw ValidationError("--csv is now --export FILE.csv") }
      if exportMarkdown != nil { throw ValidationError("--export-markdown is now --export FILE.md") }
      if let first = rest.first {
        throw ValidationError(
          terminal.json
            ? "--json FILE is now --export FILE.json; --json alone prints the report"
            : "Unexpected argument '\(first)'")
      }
      guard warmup >= 0, runs >= 1, maxTime > 0 else {
        throw ValidationError("--warmup is 0 or more, --runs 1 or more, --max-time above 0")
      }
    }

    func run() throws {
      try reportingFailures {
        let folder = try figure.map { path throws(DataFileError) in try OutputFolder(path, existing: .extended) }
        let interrupt = Interrupt(folder)
        defer { interrupt.end() }
        let notice = FigureNotice(wanted: folder != nil)
        let report = try BenchRun(options: self).report()
        // All files or none: each is ready before the first is put in its place.
        let files = try export.map { try $0.prepare(report) }
        if let folder {
          let drawn = try benchFigure(report.devices.keys.sorted().map { BenchColumn(report, device: $0, name: $0) })
          try notice.excusing { try drawn.styled(figures.style).write(to: folder.staging, name: "bench") }
        }
        for file in files { try file.commit() }
        try folder?.publish()
        for warning in report.warnings ?? [] { log.warning("\(warning)") }
        if terminal.json {
          print(try encodeJSON(report, pretty: true))
        } else {
          print(benchTable(report.results).text(within: terminalWidth(), groups: [4]))
          for crossover in report.crossovers { StandardOutput.show(crossover.text) }
        }
      }
    }
  }
}

/// A list separated by commas.
private func list<Value>(_ text: String, _ value: (String) throws -> Value) throws -> [Value] {
  let values = try text.split(separator: ",").map { try value(String($0)) }
  guard !values.isEmpty else { throw ValidationError("it names none") }
  return values
}

private func size(_ text: String) throws -> Int {
  guard let size = Int(text), size > 0 else {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let nearest = Int(digits).map { $0 > 0 ? "did you mean \($0)? " : "" } ?? ""
    throw ValidationError("\"\(text)\" is no size; \(nearest)write whole numbers above 0, as in 512,1024")
  }
  return size
}

private func operation(_ text: String) throws -> BenchOperation {
  if let operation = BenchOperation(rawValue: text) { return operation }
  let names = BenchOperation.allCases.map(\.rawValue)
  let nearest = nearestWord(to: text, among: names).map { "did you mean \"\($0)\"?" }
  throw ValidationError(
    "no operation is called \"\(text)\"; \(nearest ?? "there are \(names.joined(separator: ", "))")")
}

/// Results for the terminal and for a page.
func benchTable(_ results: [BenchResult]) -> TextTable {
  var table = TextTable([
    "operation", "d", "precision", "device", "median", "min", "±", "GFLOP/s", "GB/s", "of multiply", "of copy",
    "~ d^", "error", "vs host",
  ])
  for result in results {
    let failed = result.reason.map { "– \($0)" }
    table.append([
      result.operation, "\(result.size)", result.precision, result.device,
      failed ?? seconds(result.median), seconds(result.minimum),
      result.uncertainty.map { format(100 * $0, digits: 2) + "%" } ?? "–",
      result.gflops.map { format($0, digits: 3) } ?? "–",
      result.gigabytesPerSecond.map { format($0, digits: 3) } ?? "–",
      result.multiplyFraction.map { format($0, digits: 2) } ?? "–",
      result.copyFraction.map { format($0, digits: 2) } ?? "–",
      result.exponent.map { format($0, digits: 3) } ?? "–",
      result.relativeError.map { format($0, digits: 2) } ?? "–",
      result.hostRatio.map { (isDoubtful(result, beside: results) ? "~" : "") + format($0, digits: 3) } ?? "–",
    ])
  }
  return table
}

/// Whether the time, or that of the host which it is set against, is known too badly for their ratio.
private func isDoubtful(_ result: BenchResult, beside results: [BenchResult]) -> Bool {
  result.device != "host"
    && results.contains {
      ($0.device == "host" || $0.device == result.device) && $0.operation == result.operation && $0.size == result.size
        && $0.precision == result.precision && $0.isDoubtful
    }
}

/// A time for a person.
private func seconds(_ value: Double?) -> String {
  guard let value else { return "–" }
  if value < 1e-3 { return format(value * 1e6, digits: 3) + " µs" }
  return value < 1 ? format(value * 1e3, digits: 3) + " ms" : format(value, digits: 3) + " s"
}
