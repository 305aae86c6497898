#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Hands out a text file line by line, from one buffer that grows to the longest line.
final class LineReader {
  let file: InputFile
  /// The number of the line handed out last, from 1.
  private(set) var line = 0
  /// Bytes of the file up to the end of that line.
  private(set) var bytesTaken = 0
  private var buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  private var atEnd = false
  static let longestLine = 1 << 30

  init(_ path: String) throws(DataFileError) {
    file = try InputFile(path)
    buffer = .allocate(byteCount: 1 << 20, alignment: 16)
  }

  deinit { buffer.deallocate() }

  /// The bytes of the next line without its line feed or carriage return; nil at the end.
  ///
  /// Valid until the next call.
  /// - Throws: `io` if the disk fails, `malformed` for a line beyond 1 GiB.
  func next() throws(DataFileError) -> UnsafeBufferPointer<UInt8>? {
    var searched = start
    while true {
      if let found = memchr(buffer.baseAddress! + searched, 0x0A, end - searched) {
        let feed = UnsafeRawPointer(found) - UnsafeRawPointer(buffer.baseAddress!)
        return take(upTo: feed, skipping: 1)
      }
      if atEnd {
        guard start < end else { return nil }
        return take(upTo: end, skipping: 0)
      }
      let seen = end - start
      try refill()
      searched = start + seen
    }
  }

  private func take(upTo stop: Int, skipping: Int) -> UnsafeBufferPointer<UInt8> {
    var count = stop - start
    if count > 0 && buffer[start + count - 1] == 0x0D { count -= 1 }
    let bytes = (buffer.baseAddress! + start).assumingMemoryBound(to: UInt8.self)
    bytesTaken += stop - start + skipping
    start = stop + skipping
    line += 1
    return UnsafeBufferPointer(start: bytes, count: count)
  }

  /// Moves the rest to the front and reads on.
  private func refill() throws(DataFileError) {
    let rest = end - start
    guard rest < Self.longestLine else {
      throw .malformed(
        path: file.path, position: .line(line + 1), reason: "the line is longer than 1 GiB",
        remedy: "this is no text table")
    }
    if rest >= buffer.count / 2 {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
      memcpy(larger.baseAddress!, buffer.baseAddress! + start, rest)
      buffer.deallocate()
      buffer = larger
    } else if rest > 0 {
      memmove(buffer.baseAddress!, buffer.baseAddress! + start, rest)
    }
    start = 0
    end = rest
    let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
    end += count
    atEnd = count == 0
  }
}
