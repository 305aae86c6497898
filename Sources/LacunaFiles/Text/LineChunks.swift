#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Whole lines of text, each ended by a line feed; readable zeros follow the last.
final class LineChunk: @unchecked Sendable {
  /// Beyond the end, so that eight digits can be looked at together.
  static let padding = 16
  fileprivate(set) var bytes: UnsafeMutablePointer<UInt8>
  fileprivate(set) var count = 0
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    bytes = .allocate(capacity: capacity + Self.padding)
  }

  deinit { bytes.deallocate() }

  var room: Int { capacity - count }
  var end: UnsafeMutablePointer<UInt8> { bytes + count }

  func grow(to larger: Int) {
    let next = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + Self.padding)
    next.update(from: bytes, count: count)
    bytes.deallocate()
    bytes = next
    capacity = larger
  }

  fileprivate func close(at end: Int) {
    count = end
    (bytes + end).update(repeating: 0, count: Self.padding)
  }
}

/// Cuts a text into chunks of whole rows, whether lines end in LF, CR LF, CR or CR CR LF, and cells in quotes hold line ends.
///
/// One thread at a time.
final class LineChunks: @unchecked Sendable {
  let stream: ByteStream
  private var carry: [UInt8] = []
  private var ended = false
  /// What went wrong, thrown again by every later call.
  private var failure: DataFileError?
  private static let longestLine = 1 << 30
  private let size: Int

  /// - Parameter size: bytes a chunk, but for longer lines.
  init(_ stream: ByteStream, size: Int) {
    self.stream = stream
    self.size = size
  }

  /// Fills a chunk with the next lines.
  /// - Parameter lines: at least so many, if there are.
  /// - Returns: false at the end of the text.
  /// - Throws: `io` if the disk fails, `malformed` for a line beyond 1 GiB.
  func next(_ chunk: LineChunk, lines: Int = 1) throws(DataFileError) -> Bool {
    if let failure { throw failure }
    do throws(DataFileError) {
      return try fill(chunk, lines: lines)
    } catch {
      failure = error
      throw error
    }
  }

  private func fill(_ chunk: LineChunk, lines: Int) throws(DataFileError) -> Bool {
    chunk.count = 0
    let goal = max(size, carry.count * 2)
    if chunk.room < goal { chunk.grow(to: goal) }
    chunk.bytes.update(from: carry, count: carry.count)
    chunk.count = carry.count
    // A carry's last bytes may be CRs whose LF had not come.
    var searched = max(0, carry.count - 2)
    carry = []
    while true {
      while !ended && chunk.room > 1 {
        let count = try stream.read(into: UnsafeMutableRawBufferPointer(start: chunk.end, count: chunk.room - 1))
        ended = count == 0
        chunk.count += count
      }
      if ended, chunk.count > 0, chunk.bytes[chunk.count - 1] != 0x0A {
        chunk.bytes[chunk.count] = 0x0A
        chunk.count += 1
      }
      searched = endLines(of: chunk, from: searched)
      if chunk.count == 0 { return false }
      if ended {
        chunk.close(at: chunk.count)
        return true
      }
      if let last = lastRow(of: chunk), lines == 1 || count(lines, in: chunk) {
        carry = Array(UnsafeBufferPointer(start: chunk.bytes + last + 1, count: chunk.count - last - 1))
        chunk.close(at: last + 1)
        return true
      }
      guard chunk.count < Self.longestLine else {
        throw .malformed(
          path: stream.path, position: .file, reason: "a line is longer than 1 GiB", remedy: "this is no text table")
      }
      chunk.grow(to: chunk.count * 2)
    }
  }

  /// Turns every CR that no LF follows into an LF, and the first of CR CR LF, which text files opened twice as such have,
  /// into a space.
  /// - Returns: where to look on when more has come.
  private func endLines(of chunk: LineChunk, from start: Int) -> Int {
    var position = start
    while position < chunk.count,
      let found = memchr(chunk.bytes + position, 0x0D, chunk.count - position)
    {
      position = found.assumingMemoryBound(to: UInt8.self) - chunk.bytes
      guard position + 1 < chunk.count else { return position }
      if chunk.bytes[position + 1] == 0x0D {
        guard position + 2 < chunk.count else { return position }
        chunk.bytes[position] = chunk.bytes[position + 2] == 0x0A ? 0x20 : 0x0A
      } else if chunk.bytes[position + 1] != 0x0A {
        chunk.bytes[position] = 0x0A
      }
      position += 1
    }
    return chunk.count
  }

  /// Where the last whole row ends; nil where none does yet.
  private func lastRow(of chunk: LineChunk) -> Int? {
    var position = chunk.count - 1
    while position >= 0 && chunk.bytes[position] != 0x0A { position -= 1 }
    guard position >= 0 else { return nil }
    guard Records.isOdd(chunk.bytes, count: position) else { return position }
    let row = Records.lastEnd(chunk.bytes, count: chunk.count)
    if row.feed == nil, let open = row.open, chunk.count - open > Records.longestCell { return position }
    return row.feed
  }

  private func count(_ lines: Int, in chunk: LineChunk) -> Bool {
    var found = 0
    var position = 0
    while position < chunk.count, found < lines,
      let feed = memchr(chunk.bytes + position, 0x0A, chunk.count - position)
    {
      position = feed.assumingMemoryBound(to: UInt8.self) - chunk.bytes + 1
      found += 1
    }
    return found == lines
  }
}
