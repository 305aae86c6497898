/// Bytes that come one after the other: of a file, a pipe, something compressed.
///
/// One thread at a time.
class ByteStream {
  /// The file's name, for messages.
  let path: String
  private var ahead: [UInt8] = []
  private var taken = 0

  init(path: String) { self.path = path }

  /// The next bytes, as many as are at hand.
  /// - Returns: how many came, 0 at the end only.
  func produce(into buffer: UnsafeMutableRawBufferPointer) throws(DataFileError) -> Int { 0 }

  /// Reads on from the last position.
  /// - Returns: how many bytes came, 0 at the end only.
  final func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataFileError) -> Int {
    guard taken < ahead.count else { return try produce(into: buffer) }
    let count = min(buffer.count, ahead.count - taken)
    ahead.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[taken..<(taken + count)])) }
    taken += count
    return count
  }

  /// Reads until the buffer is full or the end has come.
  /// - Returns: how many bytes came.
  final func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(DataFileError) -> Int {
    var done = 0
    while done < buffer.count {
      let count = try read(into: .init(rebasing: buffer[done...]))
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// The next bytes, which stay to be read; fewer than asked for at the end only.
  final func peek(_ count: Int) throws(DataFileError) -> [UInt8] {
    var rest = Array(ahead[taken...])
    if rest.count < count {
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
      defer { buffer.deallocate() }
      while rest.count < count {
        let came = try produce(into: .init(rebasing: buffer[..<(count - rest.count)]))
        if came == 0 { break }
        rest += buffer[..<came]
      }
    }
    ahead = rest
    taken = 0
    return Array(rest.prefix(count))
  }

  /// The next bytes, at most so many.
  final func take(_ count: Int) throws(DataFileError) -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 16)
    defer { buffer.deallocate() }
    let came = try fill(.init(rebasing: buffer[..<count]))
    return Array(buffer[..<came])
  }
}

/// Bytes that can be read from any place.
protocol RandomAccess: AnyObject {
  var path: String { get }
  var byteCount: Int { get }
  /// Fills the buffer with the bytes from `offset`.
  func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws(DataFileError)
}

extension RandomAccess {
  /// Bytes of a range that lies inside.
  func bytes(_ range: Range<Int>) throws(DataFileError) -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(range.count, 1), alignment: 16)
    defer { buffer.deallocate() }
    try fill(.init(rebasing: buffer[..<range.count]), from: range.lowerBound)
    return Array(buffer[..<range.count])
  }
}
