import Dispatch

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Reads a table of numbers separated by commas, semicolons, tabs, bars or spaces, a row a line.
///
/// The first lines say which separator: the one that parts them all into as many fields. Lines end in LF, CR LF or CR; a
/// UTF-8 byte order mark, comment lines at the top (`#`, `%`), Excel's `sep=` line and blank lines at the end are passed
/// over. Fields may be quoted and have spaces around them, but stay on their line. Numbers are decimal, `-1.5e-3`, and
/// rounded correctly in every locale.
///
/// - Parameter header: whether the first line holds names; nil decides by evidence.
/// - Parameter allowMissing: reads an empty cell, `NA`, `N/A`, `null` and `NaN` as NaN instead of refusing them.
///   Infinities are always refused.
/// - Throws: `noInput` if there is no such file; `malformed`, with line and column, for an empty file, a row with more or
///   fewer fields than the first, a blank line between rows, a cell that is no finite number, a column without a name, a
///   first row that may or may not be a header; `io` if the disk fails.
package func readCSV(
  _ path: String, header: Bool? = nil, allowMissing: Bool = false
) throws(DataFileError) -> Table {
  try readText(try InputFile(path), TableReading(header: header, allowMissing: allowMissing))
}

/// The same from a stream, with all options: chunks of lines, parsed on all processors while the next are read.
func readText(
  _ stream: ByteStream, _ reading: TableReading, chunkSize: Int = 1 << 21
) throws(DataFileError) -> Table {
  let chunks = LineChunks(stream, size: chunkSize)
  var current = [LineChunk(capacity: chunkSize)]
  guard try chunks.next(current[0], lines: 3) else {
    throw .malformed(path: stream.path, position: .file, reason: "the file is empty", remedy: "it needs a row a sample")
  }
  var finder = TextLayoutFinder(path: stream.path, chunk: current[0], reading: reading)
  let layout = try finder.layout()
  let parser = RowParser(layout, reading, path: stream.path)
  var gathered = GatheredRows(layout, reading, path: stream.path)

  let width = min(max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1), 16)
  var spare: [LineChunk] = []
  var start = layout.bodyStart
  while !current.isEmpty {
    // The next chunks are read while these are parsed: reading comes first, as inflating may take as long.
    let next = Batch(chunks: spare, wanted: width, size: chunkSize)
    let parsed = Parsed(current, start: start)
    DispatchQueue.concurrentPerform(iterations: current.count + 1) { index in
      if index == 0 { next.fill(from: chunks) } else { parsed.parse(index - 1, with: parser) }
    }
    for block in parsed.blocks { try gathered.append(block!) }
    spare = current + next.unused
    current = try next.filled()
    start = 0
  }
  return try gathered.table()
}

/// The chunks being parsed, each by one thread.
private final class Parsed: @unchecked Sendable {
  private let chunks: [LineChunk]
  private let start: Int
  private let results: UnsafeMutableBufferPointer<RowBlock?>
  var blocks: [RowBlock?] { Array(results) }

  init(_ chunks: [LineChunk], start: Int) {
    self.chunks = chunks
    self.start = start
    results = .allocate(capacity: chunks.count)
    results.initialize(repeating: nil)
  }

  deinit {
    results.deinitialize()
    results.deallocate()
  }

  func parse(_ index: Int, with parser: RowParser) {
    results[index] = parser.parse(chunks[index], from: index == 0 ? start : 0)
  }
}

/// The chunks being filled, by one thread.
private final class Batch: @unchecked Sendable {
  private var chunks: [LineChunk]
  private var count = 0
  private let wanted: Int
  private let size: Int
  private var failure: DataFileError?
  var unused: [LineChunk] { Array(chunks[count...]) }

  init(chunks: [LineChunk], wanted: Int, size: Int) {
    self.chunks = chunks
    self.wanted = wanted
    self.size = size
  }

  func fill(from source: LineChunks) {
    do throws(DataFileError) {
      while count < wanted {
        if count == chunks.count { chunks.append(LineChunk(capacity: size)) }
        guard try source.next(chunks[count]) else { return }
        count += 1
      }
    } catch {
      failure = error
    }
  }

  /// - Throws: what reading threw, once the chunks before it have been taken: the reader throws it again.
  func filled() throws(DataFileError) -> [LineChunk] {
    if let failure, count == 0 { throw failure }
    return Array(chunks[..<count])
  }
}
