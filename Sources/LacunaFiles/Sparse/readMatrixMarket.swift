/// Reads a Matrix Market file: `coordinate` (sparse) or `array` (dense, column after column); real, integer or pattern;
/// general, symmetric or skew-symmetric.
///
/// - Throws: `malformed`, with the line, for another kind, for indices outside the matrix, a number that is none, or more
///   or fewer entries than the header says.
/// Source: Boisvert, Pozo, Remington, The Matrix Market Exchange Formats, NISTIR 5935 (1996).
func readMatrixMarket(
  _ stream: ByteStream, _ reading: TableReading, chunkSize: Int
) throws(DataFileError) -> TableContent {
  var reader = try MatrixMarketReader(stream, chunkSize: chunkSize)
  switch try reader.content() {
  case .sparse(let table): return .sparse(try table.choosing(reading, path: stream.path))
  case .dense(var table):
    let choice = try reading.choose(from: table, path: stream.path)
    table.mark(reading.spellings, in: choice)
    if let fault = choice.firstFault(in: table, allowMissing: reading.allowMissing) {
      throw .malformed(
        path: stream.path, position: .file,
        reason: "the cell in row \(fault.row + 1), column \(fault.column + 1) is missing",
        remedy: reading.remedy(missing: true))
    }
    return .dense(choice.applied(to: table))
  }
}

private struct MatrixMarketReader {
  private enum Symmetry {
    case general, symmetric, skew
  }

  private let path: String
  private let chunks: LineChunks
  private let chunk: LineChunk
  private var position = 0
  private var line = 0
  private let isSparse, isPattern: Bool
  private let symmetry: Symmetry

  init(_ stream: ByteStream, chunkSize: Int) throws(DataFileError) {
    path = stream.path
    chunk = LineChunk(capacity: chunkSize)
    chunks = LineChunks(stream, size: chunkSize)
    _ = try chunks.next(chunk)
    var end = 0
    while chunk.bytes[end] != 0x0A { end += 1 }
    position = end + 1
    line = 1
    let words = String(decoding: UnsafeBufferPointer(start: chunk.bytes, count: end), as: UTF8.self).lowercased()
      .split(whereSeparator: \.isWhitespace)
    func refusal(_ reason: String, _ remedy: String) -> DataFileError {
      .malformed(path: stream.path, position: .line(1), reason: reason, remedy: remedy)
    }
    guard words.count == 5, words[1] == "matrix", words[2] == "coordinate" || words[2] == "array" else {
      throw refusal(
        "the banner is not '%%MatrixMarket matrix coordinate|array FIELD SYMMETRY'", "write it with scipy.io.mmwrite")
    }
    isSparse = words[2] == "coordinate"
    switch words[3] {
    case "real", "integer", "double", "unsigned-integer": isPattern = false
    case "pattern" where isSparse: isPattern = true
    default: throw refusal("entries of kind \(quoted(String(words[3]))) are not read", "real, integer and pattern are")
    }
    switch words[4] {
    case "general": symmetry = .general
    case "symmetric": symmetry = .symmetric
    case "skew-symmetric": symmetry = .skew
    default: throw refusal("a \(quoted(String(words[4]))) matrix is not read", "general and symmetric are")
    }
  }

  mutating func content() throws(DataFileError) -> TableContent {
    guard let sizes = try numbers(isSparse ? 3 : 2) else {
      throw malformed("the line of sizes is missing", "write it with scipy.io.mmwrite")
    }
    let builder = try SparseBuilder(path: path, rows: sizes[0], columns: sizes[1])
    if symmetry != .general && builder.rows != builder.columns {
      throw malformed("a symmetric matrix of \(builder.rows) × \(builder.columns)", "write it with scipy.io.mmwrite")
    }
    return isSparse ? .sparse(try coordinates(builder, sizes[2])) : .dense(try array(builder.rows, builder.columns))
  }

  private mutating func coordinates(_ empty: SparseBuilder, _ entries: Double) throws(DataFileError) -> SparseTable {
    var builder = empty
    guard let entries = Int(exactly: entries), entries >= 0 else {
      throw malformed("the number of entries is none", "")
    }
    builder.reserve(min(entries, 1 << 16))
    var halves: (above: Bool, below: Bool) = (false, false)
    for entry in 0..<entries {
      guard let fields = try numbers(isPattern ? 2 : 3) else {
        throw malformed("the file ends after \(entry) of \(entries) entries", "copy or write it again")
      }
      guard let row = Int(exactly: fields[0]), let column = Int(exactly: fields[1]),
        (1...builder.rows).contains(row), (1...builder.columns).contains(column)
      else {
        throw malformed("an entry outside the matrix of \(builder.rows) × \(builder.columns)", "indices count from 1")
      }
      let value = isPattern ? 1 : fields[2]
      guard value.isFinite else { throw malformed("the entry is not finite", "drop or replace it") }
      if symmetry == .skew && row == column && value != 0 {
        throw malformed("an entry on the diagonal of a skew-symmetric matrix", "write it with scipy.io.mmwrite")
      }
      if row < column { halves.above = true } else if row > column { halves.below = true }
      // Which half is written is no matter, but an entry that stands in both would count twice.
      guard symmetry == .general || !halves.above || !halves.below else {
        throw malformed(
          "entries on both sides of the diagonal of a symmetric matrix", "write one half, or call it general")
      }
      builder.append(row: row - 1, column: column - 1, value)
      if symmetry != .general && row != column {
        builder.append(row: column - 1, column: row - 1, symmetry == .skew ? -value : value)
      }
    }
    try expectEnd(after: "\(entries) entries")
    return try builder.finished()
  }

  /// Column after column; of a symmetric matrix from the diagonal down, of a skew one from below it.
  private mutating func array(_ rows: Int, _ columns: Int) throws(DataFileError) -> Table {
    var blocks: [NumberBlock] = []
    let total =
      symmetry == .general ? rows * columns : symmetry == .symmetric ? rows * (rows + 1) / 2 : rows * (rows - 1) / 2
    var done = 0
    while done < total {
      let block = try NumberBlock(capacity: min(1 << 17, total - done), path: path)
      while block.count < min(1 << 17, total - done) {
        guard let field = try numbers(1) else {
          throw malformed("the file ends after \(done + block.count) of \(total) numbers", "copy or write it again")
        }
        guard field[0].isFinite else { throw malformed("the number is not finite", "drop or replace its row") }
        block.numbers[block.count] = field[0]
        block.count += 1
      }
      done += block.count
      blocks.append(block)
      try Memory.allow(done * 16, for: path)
    }
    try expectEnd(after: "\(total) numbers")
    let listed = try NumberBlock.joined(&blocks, path: path)
    try Memory.allowArray(rows * columns * 8, for: path)
    var cells = [Double](repeating: 0, count: rows * columns)
    var next = 0
    for column in 0..<columns {
      let first = symmetry == .general ? 0 : symmetry == .symmetric ? column : column + 1
      for row in stride(from: first, to: rows, by: 1) {
        cells[row * columns + column] = listed[next]
        if symmetry != .general { cells[column * columns + row] = symmetry == .skew ? -listed[next] : listed[next] }
        next += 1
      }
    }
    return Table(rows: rows, columns: columns, values: cells)
  }

  /// The numbers of the next line that is not blank; nil at the end.
  private mutating func numbers(_ count: Int) throws(DataFileError) -> [Double]? {
    let parser = NumberParser()
    while true {
      if position == chunk.count {
        guard try chunks.next(chunk) else { return nil }
        position = 0
      }
      line += 1
      var p = UnsafePointer(chunk.bytes + position)
      var found: [Double] = []
      func skipSpaces() { while p.pointee == 0x20 || p.pointee == 0x09 || p.pointee == 0x0D { p += 1 } }
      skipSpaces()
      let isComment = p.pointee == UInt8(ascii: "%")
      while !isComment && p.pointee != 0x0A {
        var value = 0.0
        guard found.count < count, let end = parser.parse(p, &value) else {
          guard found.count + 1 != count || !isNotFinite(p) else {
            throw malformed("the \(isSparse ? "entry" : "number") is not finite", "drop or replace its row")
          }
          throw malformed("\(count) numbers should stand here alone", "write it with scipy.io.mmwrite")
        }
        p = end
        found.append(value)
        let space = p
        skipSpaces()
        guard p > space || p.pointee == 0x0A else {
          throw malformed("\(count) numbers should stand here alone", "write it with scipy.io.mmwrite")
        }
      }
      while p.pointee != 0x0A { p += 1 }
      position = p - UnsafePointer(chunk.bytes) + 1
      if isComment || found.isEmpty { continue }
      guard found.count == count else {
        throw malformed("\(count) numbers should stand here, \(found.count) do", "write it with scipy.io.mmwrite")
      }
      return found
    }
  }

  private func isNotFinite(_ p: UnsafePointer<UInt8>) -> Bool {
    var start = p
    if start.pointee == UInt8(ascii: "-") || start.pointee == UInt8(ascii: "+") { start += 1 }
    return ["nan", "inf"].contains { word in
      zip(word.utf8, 0..<3).allSatisfy { $0 == start[$1] | 0x20 }
    }
  }

  private mutating func expectEnd(after what: String) throws(DataFileError) {
    if try numbers(isSparse ? isPattern ? 2 : 3 : 1) != nil {
      throw malformed("more follows the \(what) of the header", "copy or write it again")
    }
  }

  private func malformed(_ reason: String, _ remedy: String) -> DataFileError {
    .malformed(path: path, position: .line(line), reason: reason, remedy: remedy)
  }
}
