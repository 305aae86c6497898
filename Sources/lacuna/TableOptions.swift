import ArgumentParser
import LacunaFiles

/// How a table of samples is read.
struct TableOptions: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: "Whether the first row of a text holds names; default: decided by evidence, refused where it is open.")
  var header: Bool?

  @Option(
    defaultAsFlag: "#1",
    help: ArgumentHelp(
      "A column of row names, no coordinate: a name, a position from 1, or # and a position; alone: the first column.",
      valueName: "column"))
  var index: String?

  @Option(
    help: ArgumentHelp(
      "Only these columns, in this order: names, positions from 1, ranges, as in age,3-20. A name goes before a position; "
        + "#3 is always a position.", valueName: "columns"))
  var columns: [String] = []

  @Option(help: ArgumentHelp("All columns but these, likewise.", valueName: "columns"))
  var exclude: [String] = []

  @Option(
    help: ArgumentHelp(
      "Spellings of a missing cell, as in '?,None,-', beside those always read so: an empty cell, NA, N/A, NaN, null. "
        + "A number, as in --missing=-999, stands for its value. lacuna fit takes missing cells with --mask observed.",
      valueName: "spellings"))
  var missing: [String] = []

  @Option(help: ArgumentHelp("What stands before the fraction of a number in a text: . or ,", valueName: "mark"))
  var decimal = "."

  func validate() throws {
    guard decimal == "." || decimal == "," else {
      throw ValidationError("--decimal \(decimal): write . or ,")
    }
  }

  /// Whether nothing is said of columns and cells: all of them are read as they stand.
  var takesAll: Bool { index == nil && columns.isEmpty && exclude.isEmpty && missing.isEmpty }

  /// - Parameter allowMissing: missing cells become NaN instead of being refused.
  /// - Parameter labels: the column of labels, if one is wanted.
  func reading(allowMissing: Bool, labels: String? = nil) -> TableReading {
    TableReading(
      header: header, index: index, labels: labels, columns: columns, exclude: exclude, allowMissing: allowMissing,
      missing: Set(missing.flatMap { $0.split(separator: ",").map(String.init) }), decimalComma: decimal == ",",
      namesOptions: true)
  }
}
