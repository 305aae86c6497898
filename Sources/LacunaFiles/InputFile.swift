#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file open for reading; closed when released.
final class InputFile {
  let path: String
  /// Bytes in a regular file; nil for a pipe or a terminal.
  let size: Int?
  private let descriptor: Int32

  /// - Throws: `noInput` if the file is missing, closed to us or a folder.
  init(_ path: String) throws(DataFileError) {
    guard !path.isEmpty else { throw .noInput(path: "''", reason: "the path is empty") }
    guard !path.utf8.contains(0) else { throw .noInput(path: path, reason: "the path holds a NUL byte") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .noInput(path: path, reason: systemMessage(errno)) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw .noInput(path: path, reason: systemMessage(code))
    }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else {
      close(descriptor)
      throw .noInput(path: path, reason: systemMessage(EISDIR))
    }
    self.path = path
    self.size = kind == S_IFREG ? Int(status.st_size) : nil
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Reads on from the last position.
  /// - Returns: how many bytes came, 0 at the end only.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataFileError) -> Int {
    while true {
      let count = systemRead(descriptor, buffer)
      if count >= 0 { return count }
      if errno != EINTR { throw .io(path: path, reason: "reading failed: \(systemMessage(errno))") }
    }
  }

  /// Fills the buffer from a position of a regular file.
  /// - Throws: `malformed` if the file ends first (it shrank while it was read), `io` if the disk fails.
  func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws(DataFileError) {
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      if count > 0 {
        done += count
      } else if count == 0 {
        throw .malformed(
          path: path, position: .byte(offset + done), reason: "the file ends here, \(buffer.count - done) bytes early",
          remedy: "write it again")
      } else if errno != EINTR {
        throw .io(path: path, reason: "reading failed at byte \(offset + done): \(systemMessage(errno))")
      }
    }
  }
}
