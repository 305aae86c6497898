/// How a table is to be read.
public struct TableReading: Sendable {
  /// Whether the first row of a text holds names; nil decides by evidence.
  public var header: Bool?
  /// The column that holds the rows' names, by name, position (from 1) or `#` and position; nil decides by evidence.
  public var index: String?
  /// The column that holds labels of the rows, text or numbers, by name, position (from 1) or `#` and position.
  public var labels: String?
  /// The columns to read, in this order: names, positions, ranges of positions; empty for all.
  public var columns: [String]
  /// Columns not to read, likewise.
  public var exclude: [String]
  /// The names of the coordinates that are wanted, in this order, where the file names its columns and no columns are chosen.
  public var wanted: [String]?
  /// Reads missing cells as NaN instead of refusing them.
  public var allowMissing: Bool
  /// Spellings of a missing cell, as they stand in a cell, beside the empty cell, NA, N/A, NaN and null.
  public var missing: Set<String>
  /// Numbers of a text have a comma before their fraction, not a point.
  public var decimalComma: Bool
  /// A first row of numbers may be a header, if it is of another kind than the rows below.
  public var headerMayBeNumbers = true
  /// Messages may name `--header`, `--columns` and the others: the caller has such options.
  public var namesOptions: Bool

  public init(
    header: Bool? = nil, index: String? = nil, labels: String? = nil, columns: [String] = [], exclude: [String] = [],
    allowMissing: Bool = false, missing: Set<String> = [], decimalComma: Bool = false, namesOptions: Bool = false
  ) {
    self.header = header
    self.index = index
    self.labels = labels
    self.columns = columns
    self.exclude = exclude
    self.allowMissing = allowMissing
    self.missing = missing
    self.decimalComma = decimalComma
    self.namesOptions = namesOptions
  }

  /// A matrix or vector of parameters: covariances, masks. Its first row may run evenly and is no header.
  public static var parameters: TableReading {
    var reading = TableReading()
    reading.headerMayBeNumbers = false
    return reading
  }

  /// What to do about a cell that is NaN or infinite.
  func remedy(missing: Bool) -> String {
    if !missing { return "drop or replace its row" }
    return "drop or fill its row, or treat missing cells as masked" + (namesOptions ? " with --mask observed" : "")
  }

  /// What to do, in terms of the options where the caller has them.
  func remedy(_ options: String, otherwise: String) -> String { namesOptions ? options : otherwise }
}

extension Table {
  /// Columns, from 0, by names, positions from 1 and ranges of positions, as `TableReading.columns` are written.
  ///
  /// - Parameter option: that they were given to, for messages.
  /// - Parameter path: of the file, likewise.
  /// - Throws: `malformed` for a column that is not there or not unique.
  package func columns(_ entries: [String], option: String, path: String) throws(DataFileError) -> [Int] {
    let resolver = ColumnResolver(names: names, count: columns, path: path)
    var found: [Int] = []
    for entry in entries { found += try resolver.columns(entry, option: option) }
    return found
  }
}

/// Which columns of a file are read, and which holds the rows' names.
struct ColumnChoice: Equatable {
  /// The file's column, from 0, of each column of the table.
  var columns: [Int]
  /// The file's column of the rows' names.
  var index: Int?
  /// The file's column of labels, which may be that of the names.
  var labels: Int?
  /// As many columns as the file has.
  var count: Int

  var isWhole: Bool {
    index == nil && labels == nil && columns.count == count && columns.indices.allSatisfy { columns[$0] == $0 }
  }
}

extension TableReading {
  /// Holds the named columns against a file's.
  ///
  /// - Parameter names: of all columns, where the file has them.
  /// - Parameter index: the column of row names that the evidence speaks for.
  /// - Throws: `malformed` for a column that is not there or not unique, and where none is left.
  func choose(
    names: [String]?, count: Int, index evidence: Int? = nil, path: String
  ) throws(DataFileError) -> ColumnChoice {
    let resolver = ColumnResolver(names: names, count: count, path: path)
    var indexColumn = evidence
    if let index {
      let found = try resolver.columns(index, option: "--index")
      guard found.count == 1 else { throw resolver.refusal("--index \(escaped(index)): row names are one column", "") }
      indexColumn = found[0]
    }
    let labelColumn = try labels.map { labels throws(DataFileError) in
      let found = try resolver.columns(labels, option: "--groups")
      guard found.count == 1 else {
        throw resolver.refusal("--groups \(escaped(labels)): labels are one column", "")
      }
      return found[0]
    }
    var chosen: [Int] = []
    if let wanted, names != nil, columns.isEmpty {
      chosen = try resolver.all(wanted)
      if index == nil, let own = indexColumn, chosen.contains(own) { indexColumn = nil }
    } else if columns.isEmpty {
      chosen = (0..<count).filter { $0 != indexColumn && $0 != labelColumn }
    } else {
      for entry in columns { chosen += try resolver.columns(entry, option: "--columns") }
      if index == nil, let own = indexColumn, chosen.contains(own) { indexColumn = nil }
      if let twice = chosen.first(where: { column in chosen.count(where: { $0 == column }) > 1 }) {
        throw resolver.refusal("--columns names \(resolver.name(twice)) twice", "name it once")
      }
      if let own = indexColumn, chosen.contains(own) {
        throw resolver.refusal("\(resolver.name(own)) holds the row names and is one of --columns too", "choose one")
      }
    }
    if let labelColumn, chosen.contains(labelColumn) {
      throw resolver.refusal(
        "\(resolver.name(labelColumn)) holds labels and is one of --columns too", "choose one: labels are no coordinate"
      )
    }
    var excluded: Set<Int> = []
    for entry in exclude { excluded.formUnion(try resolver.columns(entry, option: "--exclude")) }
    if index == nil, let own = indexColumn, excluded.contains(own) { indexColumn = nil }
    chosen.removeAll { excluded.contains($0) }
    // A file of labels alone has nothing else.
    guard !chosen.isEmpty || (labelColumn != nil && count == 1) else {
      throw resolver.refusal("no column is left to read", "choose at least one")
    }
    return ColumnChoice(columns: chosen, index: indexColumn, labels: labelColumn, count: count)
  }

  /// The same for a table that has been read whole.
  func choose(from table: Table, path: String) throws(DataFileError) -> ColumnChoice {
    if index == nil && labels == nil && columns.isEmpty && exclude.isEmpty && (wanted == nil || table.names == nil) {
      return ColumnChoice(columns: Array(0..<table.columns), index: nil, count: table.columns)
    }
    return try choose(names: table.names, count: table.columns, path: path)
  }
}

extension ColumnChoice {
  /// The first cell, in row-major order of the file, that may not be read.
  func firstFault(in table: Table, allowMissing: Bool) -> (row: Int, column: Int)? {
    func isFault(_ value: Double) -> Bool { !value.isFinite && !(allowMissing && value.isNaN) }
    if isWhole {
      return table.values.firstIndex(where: isFault).map { ($0 / table.columns, $0 % table.columns) }
    }
    let sorted = columns.sorted()
    for row in 0..<table.rows {
      for column in sorted where isFault(table.values[row * table.columns + column]) { return (row, column) }
    }
    return nil
  }

  private func texts(of column: Int, in table: Table) -> [String] {
    (0..<table.rows).map { CSVCell.number(table.values[$0 * table.columns + column]).field }
  }

  /// The chosen columns alone.
  func applied(to table: Table) -> Table {
    guard !isWhole else { return table }
    var values: [Double] = []
    values.reserveCapacity(table.rows * columns.count)
    for row in 0..<table.rows { for column in columns { values.append(table.values[row * table.columns + column]) } }
    var chosen = Table(rows: table.rows, columns: columns.count, values: values)
    chosen.names = table.names.map { names in columns.map { names[$0] } }
    chosen.positions = columns.map { $0 + 1 }
    if let index {
      chosen.indexColumn = index + 1
      chosen.rowNames = texts(of: index, in: table)
    }
    if let labels { chosen.labels = texts(of: labels, in: table) }
    return chosen
  }
}

/// Finds columns by what an option says of them.
private struct ColumnResolver {
  let names: [String]?
  let count: Int
  let path: String

  func refusal(_ reason: String, _ remedy: String) -> DataFileError {
    .malformed(path: path, position: .file, reason: reason, remedy: remedy)
  }

  func name(_ column: Int) -> String { names.map { quoted($0[column]) } ?? "column \(column + 1)" }

  /// The columns of a list: names before positions.
  func columns(_ list: String, option: String) throws(DataFileError) -> [Int] {
    if let whole = try named(list, option: option) { return [whole] }
    let fields = Array(list.utf8).withUnsafeBufferPointer { CSVLine.fields($0, .byte(UInt8(ascii: ","))) }
    guard let fields else { throw refusal("\(option) \(quoted(list)): a quote is not closed", "balance the quotes") }
    var found: [Int] = []
    for field in fields {
      if let column = try named(field.text, option: option) {
        found.append(column)
      } else {
        found += try positions(field.text, option: option)
      }
    }
    return found
  }

  /// The columns of these names.
  /// - Throws: `malformed` that lists those that are not there, or the places of one that is there more than once.
  func all(_ wanted: [String]) throws(DataFileError) -> [Int] {
    let names = names ?? []
    var places: [String: [Int]] = [:]
    for (column, name) in names.enumerated() { places[name, default: []].append(column) }
    let missing = wanted.filter { places[$0] == nil }
    guard missing.isEmpty else {
      throw refusal(
        "\(missing.count == 1 ? "a column is" : "\(missing.count) columns are") not there: \(listed(missing, most: 12))",
        "the file's columns are \(listed(names, most: 12)); --columns takes columns of other names, in the order wanted"
      )
    }
    // Columns of one name stand for one another where they are all wanted, in their order.
    var found: [Int] = []
    for name in wanted {
      guard let column = places[name]?.first else {
        throw refusal("--columns: \(quoted(name)) is wanted more often than it is there", "")
      }
      places[name]?.removeFirst()
      found.append(column)
    }
    if let double = wanted.first(where: { places[$0]?.isEmpty == false }) {
      throw refusal("several columns are named \(quoted(double))", "choose by position with --columns")
    }
    return found
  }

  private func named(_ text: String, option: String) throws(DataFileError) -> Int? {
    guard let names else { return nil }
    let found = names.indices.filter { names[$0] == text }
    if found.count > 1 {
      let places = found.prefix(4).map { "#\($0 + 1)" }.joined(separator: ", ")
      throw refusal("\(option): \(found.count) columns are named \(quoted(text))", "write its position: \(places)")
    }
    return found.first
  }

  private func positions(_ text: String, option: String) throws(DataFileError) -> [Int] {
    let isMarked = text.hasPrefix("#")
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map {
      $0.hasPrefix("#") ? $0.dropFirst() : $0
    }
    let numbers = parts.compactMap { Int($0) }
    guard (1...2).contains(parts.count), numbers.count == parts.count, let first = numbers.first,
      let last = numbers.last
    else {
      let known =
        names.map { "the columns are \(listed($0, most: 12))" }
        ?? "the columns have no names: write positions, 1 to \(count)"
      throw refusal("\(option): no column is named \(quoted(text))", known)
    }
    if !isMarked, parts.count == 2, let names, let low = names.firstIndex(of: String(parts[0])),
      let high = names.firstIndex(of: String(parts[1])), low + 1 != first || high + 1 != last
    {
      throw refusal(
        "\(option) \(escaped(text)): columns of these names stand at positions \(low + 1) and \(high + 1)",
        "write #\(low + 1)-\(high + 1) for those, #\(first)-\(last) for the positions")
    }
    guard first >= 1, first <= last, last <= count else {
      throw refusal("\(option) \(escaped(text)): positions run from 1 to \(count)", "")
    }
    return Array((first - 1)...(last - 1))
  }
}
