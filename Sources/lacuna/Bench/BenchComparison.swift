import LacunaFiles
import LacunaStudy

/// Reports of several machines side by side: the same operation, size and precision, against the first device of the first.
struct BenchComparison: Encodable {
  /// A device of a report.
  struct Column: Encodable {
    var file, machine, device, description, version: String
    var load: Double?
  }

  /// The median on one device, seconds, and its speed against the first column.
  struct Time: Encodable {
    var median, speed: Double
    /// Relative half-width of the 95% interval of the speed; nil where a time is of fewer than five runs.
    var uncertainty: Double?
  }

  /// One problem; a time a column, nil where the device did not solve it.
  struct Row: Encodable {
    var operation, precision: String
    var size: Int
    var times: [Time?]

    func isSameKind(as other: Row) -> Bool { operation == other.operation && precision == other.precision }
  }

  private(set) var columns: [Column] = []
  private(set) var rows: [Row] = []
  /// Where a column overtakes the first, a sentence each.
  private(set) var crossovers: [String] = []

  /// - Throws: `Failure` where the reports share nothing.
  init(_ reports: [(path: String, report: BenchReport)]) throws {
    var sources: [(report: BenchReport, device: String)] = []
    for (path, report) in reports {
      for device in report.devices.keys.sorted() {
        columns.append(
          Column(
            file: path, machine: report.machine, device: device, description: report.devices[device] ?? device,
            version: report.version, load: report.load))
        sources.append((report, device))
      }
    }
    let base = sources[0]
    for reference in base.report.results where reference.device == base.device {
      guard let time = reference.median else { continue }
      func match(_ result: BenchResult) -> Bool {
        result.operation == reference.operation && result.precision == reference.precision
          && result.size == reference.size && result.median != nil
      }
      guard reports.allSatisfy({ $0.report.results.contains(where: match) }) else { continue }
      let times = sources.map { source -> Time? in
        guard let other = source.report.results.first(where: { $0.device == source.device && match($0) }),
          let own = other.median
        else { return nil }
        var uncertainty: Double?
        if let first = reference.uncertainty, let second = other.uncertainty {
          uncertainty = (first * first + second * second).squareRoot()
        }
        return Time(median: own, speed: time / own, uncertainty: uncertainty)
      }
      rows.append(
        Row(operation: reference.operation, precision: reference.precision, size: reference.size, times: times))
    }
    guard !rows.isEmpty else {
      throw Failure(
        "the files share no operation of one size and precision; run lacuna bench with the same --sizes, --operations and --precision",
        status: ExitStatus.data)
    }
    crossovers = crossings()
  }

  /// For operations at two sizes or more.
  private func crossings() -> [String] {
    var kinds: [Row] = []
    for row in rows where !kinds.contains(where: { $0.isSameKind(as: row) }) { kinds.append(row) }
    return kinds.flatMap { kind in
      columns.indices.dropFirst().compactMap { index in
        let ratios = rows.filter { $0.isSameKind(as: kind) }.compactMap { row in
          row.times[index].map { (size: row.size, speed: $0.speed) }
        }.sorted { $0.size < $1.size }
        guard ratios.count >= 2 else { return nil }
        return Crossover.text(
          operation: escaped(kind.operation), precision: escaped(kind.precision), size: Crossover.crossing(ratios),
          from: ratios[0].size, to: ratios[ratios.count - 1].size, device: "(\(index + 1))", other: "(1)")
      }
    }
  }

  /// The table, with the devices and versions behind it.
  var text: String {
    let legend = columns.enumerated().map { index, column in
      escaped("(\(index + 1)) \(column.file): \(column.machine), \(column.description), lacuna \(column.version)")
    }
    return table.text(within: terminalWidth(), groups: [3]) + "\n\nmedian time, and the speed against (1)\n"
      + legend.joined(separator: "\n") + "\n" + crossovers.map { "\n" + $0 }.joined()
  }
}

extension BenchComparison: BenchDocument {
  var table: TextTable {
    var table = TextTable(["operation", "d", "precision"] + columns.indices.map { "(\($0 + 1))" })
    for row in rows {
      table.append(
        [escaped(row.operation), "\(row.size)", escaped(row.precision)]
          + row.times.map { time in
            guard let time else { return "–" }
            let spread = time.uncertainty.map { $0 > 0 ? " ± " + format(time.speed * $0, digits: 1) : "" } ?? ""
            return format(time.median * 1e3, digits: 3) + " ms, ×" + format(time.speed, digits: 3) + spread
          })
    }
    return table
  }

  func appendRows(to file: AtomicFile) throws {
    try appendCSV(
      names: [
        "operation", "size", "precision", "column", "file", "machine", "device", "median", "speed", "uncertainty",
      ],
      rows: rows.flatMap { row in
        zip(columns.indices, row.times).compactMap { index, time in
          time.map { time in
            [
              .text(row.operation), .integer(row.size), .text(row.precision), .integer(index + 1),
              .text(columns[index].file), .text(columns[index].machine), .text(columns[index].device),
              .number(time.median), .number(time.speed), time.uncertainty.map(CSVCell.number) ?? .missing,
            ]
          }
        }
      }, to: file)
  }
}
