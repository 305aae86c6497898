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
        """)

    @Argument(help: "Files that lacuna bench --export FILE.json saved.")
    var files: [String]

    @Option(help: ArgumentHelp("Draw time against d, a line a device, into this folder.", valueName: "folder"))
    var figure: String?

    func validate() throws {
      guard files.count >= 2 else { throw ValidationError("compare needs two files or more") }
    }

    func run() throws {
      try reportingFailures {
        let reports = try files.map { (path: $0, report: try BenchReport(reading: $0)) }
        print(try comparison(reports))
        if let figure {
          let columns = reports.flatMap { entry in
            entry.report.devices.keys.sorted().map {
              BenchColumn(entry.report, device: $0, name: "\(entry.report.machine), \($0)")
            }
          }
          let folder = try OutputFolder(figure, existing: .extended)
          defer { folder.abandon() }
          let drawn = try benchFigure(columns)
          try FigureNotice(wanted: true).excusing { try drawn.write(to: folder.staging, name: "compare") }
          try folder.publish()
        }
      }
    }
  }
}

/// What makes two results the same problem.
private struct Problem: Hashable {
  var operation, precision: String
  var size: Int

  func isSameKind(as other: Problem) -> Bool { operation == other.operation && precision == other.precision }

  init(_ result: BenchResult) {
    operation = result.operation
    precision = result.precision
    size = result.size
  }
}

/// The table, with the devices and versions behind it.
private func comparison(_ reports: [(path: String, report: BenchReport)]) throws -> String {
  let columns = reports.flatMap { entry in
    entry.report.devices.keys.sorted().map { (path: entry.path, report: entry.report, device: $0) }
  }
  let base = columns[0]
  func result(_ report: BenchReport, device: String, _ problem: Problem) -> BenchResult? {
    report.results.first { $0.device == device && Problem($0) == problem && $0.median != nil }
  }
  let problems = base.report.results.filter { $0.device == base.device && $0.median != nil }.map(Problem.init)
  let shared = problems.filter { problem in
    reports.allSatisfy { entry in entry.report.results.contains { Problem($0) == problem && $0.median != nil } }
  }
  guard !shared.isEmpty else {
    throw Failure(
      "the files share no operation of one size and precision; run lacuna bench with the same --sizes, --operations and --precision",
      status: ExitStatus.data)
  }
  var table = TextTable(
    ["operation", "d", "precision"] + columns.indices.map { "(\($0 + 1))" })
  for problem in shared {
    guard let reference = result(base.report, device: base.device, problem), let time = reference.median else {
      continue
    }
    table.append(
      [escaped(problem.operation), "\(problem.size)", escaped(problem.precision)]
        + columns.map { column in
          guard let other = result(column.report, device: column.device, problem), let own = other.median else {
            return "–"
          }
          let spread = [reference.uncertainty, other.uncertainty].compactMap { $0 }.map { $0 * $0 }.reduce(0, +)
            .squareRoot()
          let ratio = time / own
          return format(own * 1e3, digits: 3) + " ms, ×" + format(ratio, digits: 3)
            + (spread > 0 ? " ± " + format(ratio * spread, digits: 1) : "")
        })
  }

  /// Where each column overtakes the first, for operations at two sizes or more.
  func crossings() -> [String] {
    var kinds: [Problem] = []
    for problem in shared where !kinds.contains(where: { $0.isSameKind(as: problem) }) { kinds.append(problem) }
    return kinds.flatMap { kind in
      columns.indices.dropFirst().compactMap { index in
        let ratios = shared.filter { $0.isSameKind(as: kind) }.compactMap { problem -> (size: Int, speed: Double)? in
          guard let time = result(base.report, device: base.device, problem)?.median,
            let own = result(columns[index].report, device: columns[index].device, problem)?.median
          else { return nil }
          return (problem.size, time / own)
        }.sorted { $0.size < $1.size }
        guard ratios.count >= 2 else { return nil }
        return Crossover.text(
          operation: escaped(kind.operation), precision: escaped(kind.precision), size: Crossover.crossing(ratios),
          from: ratios[0].size,
          to: ratios[ratios.count - 1].size, device: "(\(index + 1))", other: "(1)")
      }
    }
  }

  let legend = columns.enumerated().map { index, column in
    let device = column.report.devices[column.device] ?? column.device
    return escaped(
      "(\(index + 1)) \(column.path): \(column.report.machine), \(device), lacuna \(column.report.version)")
  }
  return table.text + "\n\nmedian time, and the speed against (1)\n" + legend.joined(separator: "\n") + "\n"
    + crossings().map { "\n" + $0 }.joined()
}
