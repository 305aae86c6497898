#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Where the rows of a text end, some of whose cells hold line ends in quotes.
///
/// A quote opens a cell at the start of a line or after a comma, semicolon, bar or tab, spaces passed over; what the
/// separator really is need not be known. A cell that is not closed within `longestCell` bytes is not open: the parser
/// says so of it.
enum Records {
  static let longestCell = 1 << 20

  /// The line feed that ends the row, the first that no cell holds.
  /// - Parameter start: where a row starts.
  /// - Parameter end: behind the last byte, a line feed.
  /// - Returns: the place of the quote that is never closed, if one is.
  static func end(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> (feed: UnsafePointer<UInt8>?, open: UnsafePointer<UInt8>?) {
    var p = start
    while true {
      while p < end, p.pointee == 0x20 { p += 1 }
      if p < end, p.pointee == UInt8(ascii: "\"") {
        guard let close = closingQuote(p, end) else { return (nil, p) }
        p = close + 1
      }
      while p < end, !separates(p.pointee) { p += 1 }
      guard p < end else { return (nil, nil) }
      if p.pointee == 0x0A { return (p, nil) }
      p += 1
    }
  }

  /// The end of the last whole row.
  /// - Returns: its place; the place of a quote that is open at the end.
  static func lastEnd(_ bytes: UnsafePointer<UInt8>, count: Int) -> (feed: Int?, open: Int?) {
    let end = bytes + count
    var last: Int?
    var p = bytes
    while p < end {
      let row = Self.end(p, end)
      guard let feed = row.feed else { return (last, row.open.map { $0 - bytes }) }
      last = feed - bytes
      p = feed + 1
    }
    return (last, nil)
  }

  /// The quote that closes the one at `open`; doubled quotes are passed over.
  static func closingQuote(
    _ open: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    var p = open + 1
    let limit = min(end - p, longestCell) + (p - open)
    while p - open < limit,
      let found = memchr(p, Int32(UInt8(ascii: "\"")), limit - (p - open))
    {
      p = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
      guard p + 1 < end, p[1] == UInt8(ascii: "\"") else { return p }
      p += 2
    }
    return nil
  }

  /// Whether the quotes of a text are odd in number: its end may lie in a cell.
  static func isOdd(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
    var odd: UInt8 = 0
    for place in 0..<count { odd ^= bytes[place] == UInt8(ascii: "\"") ? 1 : 0 }
    return odd == 1
  }

  static func feeds(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    UnsafeBufferPointer(start: start, count: end - start).count { $0 == 0x0A }
  }

  private static func separates(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x0A, 0x09, UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"): true
    default: false
    }
  }
}
