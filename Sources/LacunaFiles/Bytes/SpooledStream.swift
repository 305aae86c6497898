#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A stream written to its end into a temporary file without a name, where a format needs its last bytes first.
///
/// The memory that it takes does not grow with the stream. `TMPDIR` says where the file lies, else it is `/tmp`.
final class SpooledStream: RandomAccess {
  let path: String
  private(set) var byteCount = 0
  private let descriptor: Int32

  /// - Throws: `io` if there is no place for the file.
  init(_ stream: ByteStream) throws(DataFileError) {
    path = stream.path
    let folder = PathText.variable("TMPDIR") ?? "/tmp"
    var name = PathText.bytes(folder + "/lacuna-XXXXXX").map { CChar(bitPattern: $0) } + [0]
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else {
      throw .io(path: path, reason: "no temporary file in \(escaped(folder)) to unpack it in: \(systemMessage(errno))")
    }
    unlink(name)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try stream.read(into: buffer)
      if count == 0 { break }
      var done = 0
      while done < count {
        let written = pwrite(descriptor, buffer.baseAddress! + done, count - done, off_t(byteCount + done))
        if written > 0 {
          done += written
        } else if errno != EINTR {
          throw .io(
            path: path, reason: "writing a temporary file in \(escaped(folder)) failed: \(systemMessage(errno))")
        }
      }
      byteCount += count
    }
  }

  deinit { close(descriptor) }

  func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws(DataFileError) {
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      if count > 0 {
        done += count
      } else if count == 0 || errno != EINTR {
        throw .io(path: path, reason: "its temporary file cannot be read")
      }
    }
  }
}
