import ArgumentParser
import LacunaFiles
import LacunaStudy

/// What tables of results show: `--table-columns`.
struct ResultTableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Quantities in the tables, separated by commas, by their headings or their names in the files: E_gen,E_train. "
        + "The files have all.", valueName: "names"))
  var tableColumns: String?

  /// The tables, as wide as the terminal; a name that none has is said, and costs no results.
  func text(_ results: StudyResults) -> String {
    let wanted = (tableColumns ?? "").split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
    let known = wanted.filter(results.hasTableColumn)
    for word in wanted where !known.contains(word) {
      let names = results.tableColumns
      let nearest = nearestWord(to: word, among: names).map { "did you mean \($0)? " } ?? ""
      log.warning(
        "--table-columns: no table has \(escaped(word)); \(nearest)there are \(names.joined(separator: ", "))")
    }
    return results.tables(within: terminalWidth(), columns: known).joined(separator: "\n\n")
  }
}
