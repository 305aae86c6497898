#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file open for reading; closed when released.
final class InputFile: ByteStream, RandomAccess {
  /// Bytes in a regular file; nil for a pipe, a terminal or standard input, which have no places to read from.
  let size: Int?
  private let descriptor: Int32
  /// What messages call it.
  static let standardInput = "standard input"

  var byteCount: Int { size ?? 0 }

  /// - Parameter path: `-` and `/dev/stdin` are standard input.
  /// - Throws: `noInput` if the file is missing, closed to us or a folder.
  init(_ path: String) throws(DataFileError) {
    guard !path.isEmpty else { throw .noInput(path: "''", reason: "the path is empty") }
    guard !path.utf8.contains(0) else { throw .noInput(path: path, reason: "the path holds a NUL byte") }
    let isStandardInput = path == "-" || path == "/dev/stdin"
    let descriptor =
      isStandardInput
      ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : withSystemPath(path) { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else {
      throw .noInput(
        path: path, reason: isStandardInput ? "standard input is closed" : systemMessage(errno))
    }
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
    // Files of /proc say that they are empty and are not.
    self.size = kind == S_IFREG && !isStandardInput && status.st_size > 0 ? Int(status.st_size) : nil
    self.descriptor = descriptor
    super.init(path: isStandardInput ? Self.standardInput : path)
  }

  deinit { close(descriptor) }

  override func produce(into buffer: UnsafeMutableRawBufferPointer) throws(DataFileError) -> Int {
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
