import ArgumentParser
import FoundationEssentials
import LacunaAlgebra
import LacunaFiles
import LacunaHost
import LacunaOpenCL
import LacunaStudy

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time the operations a trial is made of, on every device, with their accuracy.",
    discussion: """
      Each operation runs until its median is known to 2%, or for --max-time seconds. Errors are relative to the host \
      in float64 on the same data.

      Examples:
        lacuna bench
        lacuna bench --sizes 512,1024,2048 --operations inverse,trial --precision 32 --precision 64
        lacuna bench --device host --device opencl:0 --json this-machine.json --export-markdown table.md
        lacuna bench --device host --operations trial --sizes 512,1024,2048,4096 --figure scaling
        lacuna bench compare this-machine.json other.json
      """,
    subcommands: [Run.self, Compare.self], defaultSubcommand: Run.self)

  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Measure (the default).",
      discussion: """
        Examples:
          lacuna bench run --sizes 1024 --operations multiply,gram
        """)

    @Option(help: "Device as in lacuna devices; repeatable. Default: all.")
    var device: [DeviceChoice] = []

    @Option(help: ArgumentHelp("32 or 64; repeatable. Default: 64.", valueName: "bits"))
    var precision: [Int] = [64]

    @Option(
      help: "Sizes d, separated by commas.", transform: { try list($0) { Int($0).flatMap { $0 > 0 ? $0 : nil } } })
    var sizes: [Int] = [256, 512, 1024]

    @Option(
      help: ArgumentHelp(
        "Operations, separated by commas: \(BenchOperation.allCases.map(\.rawValue).joined(separator: " "))."),
      transform: { try list($0, BenchOperation.init(rawValue:)) })
    var operations = BenchOperation.allCases

    @Option(help: "Runs before the measured ones.")
    var warmup = 1

    @Option(help: "Least number of measured runs.")
    var runs = 5

    @Option(help: ArgumentHelp("Seconds an operation may take at one size.", valueName: "seconds"))
    var maxTime = 5.0

    @Option(help: ArgumentHelp("Save everything as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Save a row a result.", valueName: "file"))
    var csv: String?

    @Option(help: ArgumentHelp("Save the table.", valueName: "file"))
    var exportMarkdown: String?

    @Option(help: ArgumentHelp("Draw time against d, a panel an operation, into this folder.", valueName: "folder"))
    var figure: String?

    @Flag(help: "No progress on stderr.")
    var quiet = false

    func validate() throws {
      guard precision.allSatisfy({ $0 == 32 || $0 == 64 }) else { throw ValidationError("--precision is 32 or 64") }
      guard warmup >= 0, runs >= 1, maxTime > 0 else {
        throw ValidationError("--warmup is 0 or more, --runs 1 or more, --max-time above 0")
      }
    }

    func run() throws {
      try reportingFailures {
        let report = try BenchRun(options: self).report()
        print(benchTable(report.results).text)
        for crossover in report.crossovers { print(crossover.text) }
        if let json { try AtomicFile.write(try encodeJSON(report, pretty: true) + "\n", to: json) }
        if let csv { try writeBench(report.results, to: csv) }
        if let exportMarkdown { try AtomicFile.write(benchTable(report.results).markdown + "\n", to: exportMarkdown) }
        if let figure {
          try benchFigure(report.devices.keys.sorted().map { BenchColumn(report, device: $0, name: $0) })
            .write(to: ResultFolder(figure, overwrite: true).path, name: "bench")
        }
      }
    }
  }
}

/// A list separated by commas.
private func list<Value>(_ text: String, _ value: (String) -> Value?) throws -> [Value] {
  try text.split(separator: ",").map { part in
    guard let value = value(String(part)) else { throw ValidationError("\"\(part)\" is not one of the known values") }
    return value
  }
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
      result.hostRatio.map { format($0, digits: 3) } ?? "–",
    ])
  }
  return table
}

/// A time for a person.
private func seconds(_ value: Double?) -> String {
  guard let value else { return "–" }
  if value < 1e-3 { return format(value * 1e6, digits: 3) + " µs" }
  return value < 1 ? format(value * 1e3, digits: 3) + " ms" : format(value, digits: 3) + " s"
}

private func writeBench(_ results: [BenchResult], to path: String) throws {
  func cell(_ value: Double?) -> CSVCell { value.map(CSVCell.number) ?? .missing }
  try writeCSV(
    names: [
      "operation", "size", "precision", "device", "median", "minimum", "uncertainty", "runs", "gflops",
      "gigabytes_per_second", "multiply_fraction", "copy_fraction", "exponent", "relative_error", "memory_bytes",
      "host_ratio", "reason",
    ],
    rows: results.map { result in
      [
        .text(result.operation), .integer(result.size), .text(result.precision), .text(result.device),
        cell(result.median), cell(result.minimum), cell(result.uncertainty), .integer(result.runs), cell(result.gflops),
        cell(result.gigabytesPerSecond), cell(result.multiplyFraction), cell(result.copyFraction),
        cell(result.exponent),
        cell(result.relativeError),
        .integer(result.memoryBytes), cell(result.hostRatio), result.reason.map(CSVCell.text) ?? .missing,
      ]
    }, to: path)
}
