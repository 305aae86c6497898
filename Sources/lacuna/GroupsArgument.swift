import ArgumentParser
import LacunaFiles
import MaskedRegression

/// `--groups` of `lacuna fit`: which rows belong together.
enum GroupsArgument: Equatable {
  /// Every so many rows in turn.
  case runs(Int)
  /// A column of labels in the data, or a file of them: a file where there is one of that name.
  case labels(String)

  /// - Throws: `ValidationError` with the reason; the parser puts the option and its value before it.
  static func parse(_ text: String) throws -> GroupsArgument {
    guard text.hasPrefix("runs:") else { return .labels(text) }
    guard let length = Int(text.dropFirst(5)), length >= 1 else {
      throw ValidationError("write runs:L, L the rows of a run, at least 1")
    }
    return .runs(length)
  }

  /// The column of the data that is read as labels.
  var column: String? {
    guard case .labels(let name) = self, !fileExists(name) else { return nil }
    return name
  }

  /// The groups of rows that were read.
  /// - Parameter labels: of the column, if one was asked for.
  /// - Parameter data: the data's path, for messages.
  func groups(labels: [String]?, sampleCount n: Int, data: String) throws -> SampleGroups {
    let (found, source): ([String], String)
    switch self {
    case .runs(let length): return try SampleGroups(runs: length, sampleCount: n)
    case .labels(let name):
      (found, source) =
        if let labels { (labels, "\(escaped(data)), column \(escaped(name))") } else {
          (try fileLabels(name, sampleCount: n), escaped(name))
        }
    }
    if let row = found.firstIndex(where: { ["", "NA", "N/A", "NaN", "nan", "null"].contains($0) }) {
      throw Failure("\(source): row \(row + 1) has no group; give each row one", status: ExitStatus.data)
    }
    return SampleGroups(labels: found)
  }

  /// One label a row, a line above them if there is one more.
  private func fileLabels(_ path: String, sampleCount n: Int) throws -> [String] {
    let table = try readTable(path, TableReading(header: false, labels: "#1"))
    guard table.columns == 0, let labels = table.labels else {
      throw Failure(
        "\(escaped(path)): \(table.columns + 1) columns; groups are one label a row, in quotes where it has separators",
        status: ExitStatus.data)
    }
    let isNamed = labels.count == n + 1
    guard labels.count == n || isNamed else {
      throw Failure(
        "\(escaped(path)): \(labels.count) labels of groups for \(n) samples; give one a row", status: ExitStatus.data)
    }
    return isNamed ? Array(labels.dropFirst()) : labels
  }
}
