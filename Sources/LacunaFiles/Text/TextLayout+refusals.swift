extension TextLayoutFinder {
  /// Excel's `sep=` line.
  /// - Throws: `malformed` for what may stand in a number.
  func separator(declared byte: UInt8) throws(DataFileError) -> Separator {
    switch byte {
    case 0x20: return .spaces
    case 0x09: return .byte(byte)
    case 0x21...0x7E
    where !"+-.\"".utf8.contains(byte) && !(0x30...0x39).contains(byte) && !(0x41...0x5A).contains(byte & 0xDF):
      return .byte(byte)
    default:
      throw malformed(
        .line(line), "\(quoted("sep=" + String(decoding: [byte], as: UTF8.self))) names no separator",
        "name a comma, a semicolon or a tab, or take the line out")
    }
  }

  /// A first line of fewer fields than all below: a title, or a comment of some other program.
  func refuseTitle(first: [CSVField], below: [[CSVField]]) throws(DataFileError) {
    var counts: [Int: Int] = [:]
    for row in below { counts[row.count, default: 0] += 1 }
    guard below.count > 1, let (common, rows) = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }),
      rows * 2 > below.count, first.count < (first.count == 1 ? common : common - 1)
    else { return }
    // R's table of one column has a header of one name.
    if first.count == 1 && common == 2 && rows == below.count { return }
    throw titleRefusal(first, common)
  }

  private func titleRefusal(_ first: [CSVField], _ count: Int) -> DataFileError {
    let what =
      first.count == 1 ? "one cell, \(quoted(String(first[0].text.prefix(40))))," : "\(first.count) fields"
    return malformed(
      .line(line), "the line has \(what) and the rows below have \(count): it is no row of the table",
      "take it out, or begin it with # if it is a comment")
  }

  /// Units, or a second row of names, below the names.
  func refuseSecondHeader(_ below: [[CSVField]], choice: ColumnChoice) throws(DataFileError) {
    guard below.count > 1 else { return }
    let cells = below.prefix(12).map(kinds)
    func cell(_ row: Int, _ column: Int) -> CSVCellKind? { column < cells[row].count ? cells[row][column] : nil }
    let words = choice.columns.filter { cell(0, $0)?.isText == true }
    guard let first = words.first, case .text(let text)? = cell(0, first),
      choice.columns.allSatisfy({ cell(0, $0)?.number == nil }),
      words.allSatisfy({ column in
        cells.indices.dropFirst().contains { cell($0, column)?.number != nil }
          && !cells.indices.dropFirst().contains { cell($0, column)?.isText == true }
      })
    else { return }
    throw malformed(
      .line(lineNumbers[1]),
      "the line below the names holds words over numbers (\(quoted(text))): units, or a second row of names",
      "take it out")
  }

  /// Names in the last comment: as many as columns, none of them a number.
  func commentNames(count: Int, separator: Separator) -> [String]? {
    guard count > 1, let comment = comments.last, comment.line == line - 1 else { return nil }
    let text = UnsafeBufferPointer(rebasing: comment.bytes.dropFirst())
    guard let fields = CSVLine.fields(text, separator), fields.count == count else { return nil }
    guard kinds(fields).allSatisfy(\.isText) else { return nil }
    return fields.map(\.name)
  }

  /// A column that a short header leaves out must look like row names: text, quoted, or counting.
  func checkRowNames(_ rows: [[CSVField]], first: [CSVField]) throws(DataFileError) {
    if rows.allSatisfy({ $0[$0.count - 1].text.isEmpty }) {
      throw malformed(
        .line(lineNumbers[1]), "every row ends in a separator that the first line does not have",
        "remove it from the rows")
    }
    let cells = rows.map { (field: $0[0], kind: CSVCellKind($0[0].text, parser, missing: missing)) }
    let start = cells[0].kind.number
    let counts =
      start.map { start in cells.indices.allSatisfy { cells[$0].kind.number == start + Double($0) } } ?? false
    if cells.allSatisfy({ $0.field.isQuoted || $0.kind.isText }) || counts { return }
    if rows.count > 1 && first.count == 1 { throw titleRefusal(first, 2) }
    throw malformed(
      .line(lineNumbers[1]), "the row has \(rows[0].count) fields, the first line has \(rows[0].count - 1)",
      "give every row the same number of fields, and every column a name")
  }

  // MARK: - Columns of text

  func refuseText(
    _ rows: [[CSVField]], names: [String]?, choice: ColumnChoice, lines: [Int]
  ) throws(DataFileError) {
    let cells = rows.map(kinds)
    let texts = choice.columns.sorted().filter { column in
      let cells = cells.compactMap { column < $0.count ? $0[column] : nil }
      return cells.contains(where: \.isText) && cells.allSatisfy { $0.number == nil }
    }
    guard let column = texts.first,
      let row = cells.firstIndex(where: { column < $0.count && $0[column].isText }),
      case .text(let text) = cells[row][column]
    else { return }
    let place = DataFileError.Position.field(line: lines[row], column: column + 1, name: names?[column])
    if let remedy = reading.numberRemedy(text) { throw malformed(place, "\(quoted(text)) is not a number", remedy) }
    let labels = texts.map { column in
      guard let name = names?[column], !name.contains(","), !name.contains("'"), !name.isEmpty else {
        return "#\(column + 1)"
      }
      return name
    }
    let all = texts.count == 1 ? "the column holds" : "\(texts.count) columns hold"
    throw malformed(
      place, "\(quoted(text)) is text: \(all) no numbers (\(listed(labels, most: 8)))",
      reading.remedy(
        "leave \(texts.count == 1 ? "it" : "them") out with --exclude '\(labels.prefix(20).map(escaped).joined(separator: ","))'\(texts.count > 20 ? " and so on" : ""), or make one the row names with --index '\(escaped(labels[0]))'",
        otherwise: "leave out columns of text"))
  }
}
