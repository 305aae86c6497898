/// How a text is laid out, found from its first lines: separator, header, columns.
struct TextLayout {
  var separator: Separator
  /// Fields a row.
  var columns: Int
  var names: [String]?
  var decision: HeaderDecision
  var choice: ColumnChoice
  /// The last column has neither name nor cells, since every line ends in a separator: it is not read, and stays empty.
  var endsInSeparator = false
  /// The line of the first row, from 1, and where in the first chunk it starts.
  var firstLine: Int
  var bodyStart: Int
  var notices: [String] = []
}

/// Finds the layout from the first chunk.
struct TextLayoutFinder {
  let path: String
  let chunk: LineChunk
  let reading: TableReading
  let parser: NumberParser
  let missing: MissingSpellings
  private var position = 0
  /// That of the first row, from 1.
  private(set) var line = 1
  private(set) var comments: [(line: Int, bytes: UnsafeBufferPointer<UInt8>)] = []
  private var declared: Separator?
  /// The first row and rows below, without their ends.
  private var lines: [UnsafeBufferPointer<UInt8>] = []
  /// The lines that they start on.
  private(set) var lineNumbers: [Int] = []

  init(path: String, chunk: LineChunk, reading: TableReading) {
    self.path = path
    self.chunk = chunk
    self.reading = reading
    parser = NumberParser(decimal: reading.decimalMark)
    missing = reading.spellings
  }

  mutating func layout() throws(DataFileError) -> TextLayout {
    try skipPreamble()
    sampleLines()
    guard !lines.isEmpty else { throw malformed(.file, "the file is empty", "it needs a row a sample") }
    if lines[0].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
      throw malformed(.line(line), "the line is blank", "remove it")
    }
    let separator =
      declared
      ?? LacunaFiles.separator(of: Array(lines.prefix(40)), parser, missing: missing)
    guard let first = CSVLine.fields(lines[0], separator) else {
      throw malformed(
        .line(line), "a quote is not closed, or text follows a closed one",
        "balance the quotes")
    }
    let whole = zip(lines, lineNumbers).compactMap { bytes, line in
      CSVLine.fields(bytes, separator).map { (fields: $0, line: line) }
    }
    lineNumbers = whole.map(\.line)
    let below = whole.dropFirst().map(\.fields)
    try refuseTitle(first: first, below: below)
    return try decide(first: first, below: below, separator: separator)
  }

  // MARK: - The lines before the table

  private mutating func skipPreamble() throws(DataFileError) {
    let start = UnsafeBufferPointer(start: chunk.bytes, count: min(chunk.count, 4))
    if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
      throw FileKind.utf16.refusal(path: path)
    }
    if start.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while let text = peekLine() {
      if line == 1, text.count == 5, text.starts(with: Array("sep=".utf8)) || text.starts(with: Array("SEP=".utf8)) {
        declared = try separator(declared: text[4])
      } else if let first = text.first, first == UInt8(ascii: "#") || first == UInt8(ascii: "%") {
        comments.append((line, text))
      } else if comments.isEmpty || !text.isEmpty {
        return
      }
      position = text.baseAddress! - UnsafePointer(chunk.bytes) + text.count
      advance()
    }
  }

  private func peekLine() -> UnsafeBufferPointer<UInt8>? {
    guard position < chunk.count else { return nil }
    var end = position
    while chunk.bytes[end] != 0x0A { end += 1 }
    if end > position && chunk.bytes[end - 1] == 0x0D { end -= 1 }
    return UnsafeBufferPointer(start: chunk.bytes + position, count: end - position)
  }

  /// Steps over the first row.
  private mutating func advance() {
    let end = rowEnd(position)
    line += Records.feeds(chunk.bytes + position, chunk.bytes + end) + 1
    position = end + 1
  }

  /// Where the row at `place` ends, which may hold line ends in quotes.
  private func rowEnd(_ place: Int) -> Int {
    if let feed = Records.end(chunk.bytes + place, chunk.bytes + chunk.count).feed {
      return feed - UnsafePointer(chunk.bytes)
    }
    var end = place
    while chunk.bytes[end] != 0x0A { end += 1 }
    return end
  }

  /// The first row and up to 200 below, blank lines passed over.
  private mutating func sampleLines() {
    var place = position
    var number = line
    while place < chunk.count, lines.count < 201, lines.count < 3 || place - position < 1 << 18 {
      var end = rowEnd(place)
      let (next, nextNumber) = (end + 1, number + Records.feeds(chunk.bytes + place, chunk.bytes + end) + 1)
      if end > place && chunk.bytes[end - 1] == 0x0D { end -= 1 }
      let text = UnsafeBufferPointer(start: chunk.bytes + place, count: end - place)
      if lines.isEmpty ? !isAtEnd(place) : !text.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
        lines.append(text)
        lineNumbers.append(number)
      }
      (place, number) = (next, nextNumber)
    }
  }

  /// Whether nothing but blank lines follows.
  private func isAtEnd(_ place: Int) -> Bool {
    (place..<chunk.count).allSatisfy { chunk.bytes[$0] <= 0x20 }
  }

  // MARK: - The first row

  private mutating func decide(
    first: [CSVField], below: [[CSVField]], separator: Separator
  ) throws(DataFileError) -> TextLayout {
    let endsInSeparator =
      first.count > 1 && !below.isEmpty && reading.columns.isEmpty
      && ([first] + below).allSatisfy { $0.count == first.count && $0[first.count - 1].text.isEmpty }
    // What speaks for a header are the columns that are there.
    let (evidence, evidenceBelow) =
      endsInSeparator ? (first.dropLast(), below.map { $0.dropLast() }) : (first, below)
    let cells = kinds(evidence)
    let rowCount = below.first?.count ?? first.count
    // R leaves out the name of the column of row names.
    let isShort =
      !below.isEmpty && first.count == rowCount - 1 && below.allSatisfy { $0.count == rowCount }
      && reading.header != false
      && (reading.header == true || !cells.contains { $0.number != nil } || first.allSatisfy(\.isQuoted))
    if isShort { try checkRowNames(below, first: first) }

    let verdict: HeaderEvidence.Verdict
    if let header = reading.header {
      verdict = header ? .header("the first row holds names, as --header says") : .sample
    } else if isShort {
      verdict = .header("the first row has a name for each column but the first, which names the rows")
    } else if !reading.headerMayBeNumbers && cells.allSatisfy({ $0.number != nil }) {
      verdict = .sample
    } else {
      verdict =
        HeaderEvidence(
          first: evidence, firstCells: cells, rows: evidenceBelow.map(kinds), rowsAreQuoted: quotesNumbers(below)
        ).verdict
    }

    var names: [String]?
    var index: Int?
    var decision: HeaderDecision
    switch verdict {
    case .open(let why):
      let column = cells.firstIndex { $0.isText }
      throw malformed(
        column.map { .field(line: line, column: $0 + 1, name: nil) } ?? .line(line), why,
        reading.remedy(
          "say --header if it holds names, --no-header if it is a sample",
          otherwise: "name the columns by words, or take the row out"))
    case .header(let why):
      decision = HeaderDecision(isHeader: true, reason: why)
      names = (isShort ? [""] : []) + first.map(\.name)
      if isShort || (first.count > 1 && first[0].text.isEmpty) { index = 0 }
    case .sample:
      let told = reading.header == false ? ", as --no-header says" : ""
      decision = HeaderDecision(isHeader: false, reason: "the first row is a sample\(told)")
      if let commented = commentNames(count: first.count, separator: separator) {
        names = commented
        decision.reason =
          "the first row is a sample; the comment above it, line \(comments.last!.line), holds the names"
      }
    }
    return try finish(
      first: first, below: below, separator: separator, names: names, index: index, decision: decision,
      isShort: isShort, endsInSeparator: endsInSeparator)
  }

  private mutating func finish(
    first: [CSVField], below: [[CSVField]], separator: Separator, names: [String]?, index: Int?,
    decision: HeaderDecision, isShort: Bool, endsInSeparator: Bool
  ) throws(DataFileError) -> TextLayout {
    let columns = first.count + (isShort ? 1 : 0)
    var choice = try reading.choose(names: names, count: columns, index: index, path: path)
    // Without a name above it, a column that is empty at first may be one whose cells are mostly missing.
    let leavesLastOut =
      endsInSeparator && (decision.isHeader || !reading.allowMissing) && choice.columns.count > 1
      && choice.columns.last == columns - 1
    if leavesLastOut { choice.columns.removeLast() }
    if let names, decision.isHeader, let blank = choice.columns.first(where: { names[$0].isEmpty }) {
      throw malformed(
        .field(line: line, column: blank + 1, name: nil), "the column has no name",
        reading.remedy(
          "name it, leave it out with --exclude '#\(blank + 1)', or make it the row names with --index '#\(blank + 1)'",
          otherwise: "name it, or drop it if it only numbers the rows"))
    }
    if decision.isHeader { try refuseSecondHeader(below, choice: choice) }
    try refuseText(
      decision.isHeader ? below : [first] + below, names: names, choice: choice,
      lines: Array(lineNumbers.dropFirst(decision.isHeader ? 1 : 0)))
    let headerLine = line
    if decision.isHeader { advance() }
    var layout = TextLayout(
      separator: separator, columns: columns, names: names, decision: decision, choice: choice, firstLine: line,
      bodyStart: position)
    if leavesLastOut {
      layout.endsInSeparator = true
      layout.notices.append("every line ends in a separator: the empty column \(columns) after it is not read")
    }
    if !comments.isEmpty, !decision.reason.contains("comment") {
      layout.notices.append(
        "\(comments.count == 1 ? "a comment line" : "\(comments.count) comment lines") at the top passed over")
    }
    if decision.isHeader, decision.reason != "the first row holds names", reading.header == nil {
      layout.notices.append(
        "line \(headerLine): \(decision.reason)" + reading.remedy("; --no-header reads it as a sample", otherwise: ""))
    } else if decision.reason.contains("comment") {
      layout.notices.append(decision.reason)
    }
    if let column = choice.index, reading.index == nil {
      layout.notices.append(
        "column \(column + 1) has no name: it names the rows and is no coordinate"
          + reading.remedy("; --columns chooses otherwise", otherwise: ""))
    }
    return layout
  }

  func kinds(_ fields: [CSVField]) -> [CSVCellKind] {
    fields.map { CSVCellKind($0.text, parser, missing: missing) }
  }

  private func quotesNumbers(_ rows: [[CSVField]]) -> Bool {
    rows.contains { $0.contains { $0.isQuoted && parser.value($0.text) != nil } }
  }

  func malformed(
    _ position: DataFileError.Position, _ reason: String, _ remedy: String
  ) -> DataFileError {
    .malformed(path: path, position: position, reason: reason, remedy: remedy)
  }
}
