import CZlib

/// The bytes of a stream that was compressed by gzip, or by deflate alone inside a zip archive.
///
/// Sources: RFC 1952 (gzip), RFC 1951 (deflate).
final class InflateStream: ByteStream {
  enum Wrapping: Int32 {
    /// With gzip's header and checksum; several such members may follow one another.
    case gzip = 31
    case none = -15
  }

  private let source: ByteStream
  private let wrapping: Wrapping
  // zlib keeps the address of its state.
  private let state: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  private var consumed = 0
  private var sourceEnded = false
  private var memberEnded = false
  private var ended = false

  /// - Throws: `io` if zlib has no memory.
  init(_ source: ByteStream, _ wrapping: Wrapping) throws(DataFileError) {
    self.source = source
    self.wrapping = wrapping
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    input = .allocate(byteCount: 1 << 17, alignment: 16)
    super.init(path: source.path)
    let status = inflateInit2_(state, wrapping.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw .io(path: path, reason: "zlib cannot start (status \(status))") }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
    input.deallocate()
  }

  override func produce(into buffer: UnsafeMutableRawBufferPointer) throws(DataFileError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    while !ended {
      if state.pointee.avail_in == 0 && !sourceEnded {
        let count = try source.read(into: input)
        sourceEnded = count == 0
        consumed += count
        state.pointee.next_in = input.baseAddress!.assumingMemoryBound(to: UInt8.self)
        state.pointee.avail_in = UInt32(count)
      }
      if memberEnded {
        guard try nextMember() else { continue }
      }
      let room = UInt32(min(buffer.count, 1 << 30))
      state.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
      state.pointee.avail_out = room
      let status = inflate(state, Z_NO_FLUSH)
      switch status {
      case Z_OK: break
      case Z_STREAM_END: memberEnded = true
      case Z_BUF_ERROR where !sourceEnded: break
      case Z_BUF_ERROR: throw damaged("the compressed data are cut short")
      case Z_MEM_ERROR: throw .io(path: path, reason: "zlib has no memory")
      default: throw damaged("the compressed data are damaged")
      }
      let count = Int(room - state.pointee.avail_out)
      if count > 0 { return count }
      if sourceEnded && !memberEnded && state.pointee.avail_in == 0 {
        throw damaged("the compressed data are cut short")
      }
    }
    return 0
  }

  /// After a member: the next one, zeros that fill a tape block, or the end.
  /// - Returns: whether there is more to inflate now.
  private func nextMember() throws(DataFileError) -> Bool {
    if wrapping == .none || (state.pointee.avail_in == 0 && sourceEnded) {
      ended = true
      return false
    }
    while state.pointee.avail_in > 0, state.pointee.next_in.pointee == 0 {
      state.pointee.next_in += 1
      state.pointee.avail_in -= 1
    }
    if state.pointee.avail_in == 0 { return false }
    guard state.pointee.next_in.pointee == 0x1F else { throw damaged("something else follows the compressed data") }
    inflateReset(state)
    memberEnded = false
    return true
  }

  private func damaged(_ reason: String) -> DataFileError {
    .malformed(
      path: path, position: .byte(consumed - Int(state.pointee.avail_in)), reason: reason,
      remedy: "copy or compress it again")
  }
}
