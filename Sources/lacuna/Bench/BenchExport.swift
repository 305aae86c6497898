import ArgumentParser
import LacunaFiles
import LacunaStudy

/// What `--export` can save.
protocol BenchDocument: Encodable {
  /// For a page.
  var table: TextTable { get }
  /// The same numbers and more, a row each.
  func appendRows(to file: AtomicFile) throws
}

extension BenchReport: BenchDocument {
  var table: TextTable { benchTable(results) }
}

/// A file that `bench --export` writes, in the format that its name says.
struct BenchExport {
  enum Format: String, CaseIterable { case json, csv, md }

  var path: String
  var format: Format

  /// - Throws: for a name that ends in none of the formats.
  init(option text: String) throws {
    let known = Format.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
    guard let format = Format.allCases.first(where: { text.lowercased().hasSuffix(".\($0.rawValue)") }) else {
      throw ValidationError("the name of the file says its format: \(known)")
    }
    path = text
    self.format = format
  }

  /// The file, written and not yet in its place.
  func prepare(_ document: some BenchDocument) throws -> AtomicFile {
    let file = try AtomicFile(path)
    switch format {
    case .json: try file.append(try encodeJSON(document, pretty: true) + "\n")
    case .md: try file.append(document.table.markdown + "\n")
    case .csv: try document.appendRows(to: file)
    }
    return file
  }
}

extension BenchReport {
  func appendRows(to file: AtomicFile) throws {
    func cell(_ value: Double?) -> CSVCell { value.map(CSVCell.number) ?? .missing }
    try appendCSV(
      names: [
        "operation", "size", "precision", "device", "median", "minimum", "uncertainty", "runs", "gflops",
        "gigabytes_per_second", "multiply_fraction", "copy_fraction", "exponent", "relative_error", "memory_bytes",
        "host_ratio", "reason",
      ],
      rows: results.map { result in
        [
          .text(result.operation), .integer(result.size), .text(result.precision), .text(result.device),
          cell(result.median), cell(result.minimum), cell(result.uncertainty), .integer(result.runs),
          cell(result.gflops), cell(result.gigabytesPerSecond), cell(result.multiplyFraction),
          cell(result.copyFraction), cell(result.exponent), cell(result.relativeError), .integer(result.memoryBytes),
          cell(result.hostRatio), result.reason.map(CSVCell.text) ?? .missing,
        ]
      }, to: file)
  }
}
