/// The rows of all chunks in order, and what is wrong with the first that is no row.
struct GatheredRows {
  private let layout: TextLayout
  private let reading: TableReading
  private let path: String
  private var blocks: [NumberBlock] = []
  private var rows = 0
  private var lines: Int
  private var numbers = 0
  private var rowNames: [String] = []
  private var labels: [String] = []
  /// The first of the blank lines that no row has followed yet.
  private var blankLine: Int?

  init(_ layout: TextLayout, _ reading: TableReading, path: String) {
    self.layout = layout
    self.reading = reading
    self.path = path
    lines = layout.firstLine - 1
  }

  /// Takes the rows of the next chunk.
  /// - Throws: `malformed` with the line of what is no row.
  mutating func append(_ block: RowBlock) throws(DataFileError) {
    if let blankLine, block.rows > 0 || block.fault != nil { throw blank(blankLine) }
    if let fault = block.fault { throw explain(fault) }
    if let blank = block.blankLine, blankLine == nil { blankLine = lines + blank }
    lines += block.lines
    rows += block.rows
    rowNames += block.rowNames
    labels += block.labels
    guard let numbers = block.block, numbers.count > 0 else { return }
    self.numbers += numbers.count
    try Memory.allow(self.numbers * 8, for: path)
    blocks.append(numbers)
  }

  mutating func table() throws(DataFileError) -> Table {
    guard rows > 0 else {
      throw malformed(.line(layout.firstLine - 1), "no row follows the header", "it needs a row a sample")
    }
    let names = layout.names.map { names in layout.choice.columns.map { names[$0] } }
    var table = Table(
      rows: rows, columns: layout.choice.columns.count, values: try NumberBlock.joined(&blocks, path: path),
      names: names)
    table.header = layout.decision
    table.notices = layout.notices
    if let index = layout.choice.index {
      table.indexColumn = index + 1
      table.rowNames = rowNames
    }
    if let column = layout.choice.labels { table.labels = column == layout.choice.index ? rowNames : labels }
    if !layout.choice.isWhole { table.positions = layout.choice.columns.map { $0 + 1 } }
    return table
  }

  // MARK: - What is wrong

  private func explain(_ fault: RowBlock.Fault) -> DataFileError {
    let line = lines + fault.line
    switch fault.kind {
    case .memory(let error): return error
    case .blank: return blank(line)
    case .quote(let column):
      return malformed(
        place(line, column), "a quote is not closed, or text follows a closed one",
        "balance the quotes")
    case .fields(let count):
      return malformed(
        .line(line),
        "the row has \(count) fields, the first line has \(layout.columns), separated by \(layout.separator.words)",
        "give every row the same number of fields")
    case .notEmpty(let column, let text):
      return malformed(
        place(line, column), "\(quoted(text)) stands in a column that has no name and is empty in the first rows",
        reading.remedy(
          "name it, or leave it out with --exclude '#\(column + 1)'", otherwise: "name it, or leave it out"))
    case .cell(let column, let text):
      if column == 0, ["#", "%", "//"].contains(where: text.hasPrefix) {
        return malformed(
          place(line, column), "\(quoted(text)) is not a number", "comments stand above the table only: take it out")
      }
      return explain(text, at: place(line, column))
    }
  }

  private func explain(_ text: String, at place: DataFileError.Position) -> DataFileError {
    let parser = NumberParser(decimal: reading.decimalMark)
    switch CSVCellKind(text, parser, missing: reading.spellings) {
    case .number: return malformed(place, "\(quoted(text)) is beyond float64", "rescale the column")
    case .missing(let what): return malformed(place, "the cell is \(what)", reading.remedy(missing: true))
    case .infinite: return malformed(place, "the cell is infinite", reading.remedy(missing: false))
    case .text: break
    }
    let remedy =
      if CSVCellKind.suspects.contains(text) {
        reading.remedy(
          "if it stands for a missing cell, name it with --missing='\(text)'; read so without that: \(CSVCellKind.missingSpellings)",
          otherwise: "write a missing cell as one of: \(CSVCellKind.missingSpellings)")
      } else if let remedy = reading.numberRemedy(text) {
        remedy
      } else if text.contains(" ") && layout.columns == 1 {
        "separate fields by commas, semicolons, tabs, bars or spaces alike in all lines"
      } else {
        reading.remedy(
          "write numbers like 1.5 or 1.5e-3; a column of text is left out with --exclude, a spelling of missing cells named with --missing",
          otherwise: "write numbers like 1.5 or 1.5e-3")
      }
    return malformed(place, "\(quoted(text)) is not a number", remedy)
  }

  private func place(_ line: Int, _ column: Int) -> DataFileError.Position {
    .field(line: line, column: column + 1, name: layout.names?[column].isEmpty == false ? layout.names?[column] : nil)
  }

  private func blank(_ line: Int) -> DataFileError { malformed(.line(line), "the line is blank", "remove it") }

  private func malformed(
    _ position: DataFileError.Position, _ reason: String, _ remedy: String
  ) -> DataFileError {
    .malformed(path: path, position: position, reason: reason, remedy: remedy)
  }
}
