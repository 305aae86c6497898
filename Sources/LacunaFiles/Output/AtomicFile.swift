#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file that appears whole or not at all: written to a temporary beside the target, then renamed onto it.
///
/// Append, then `commit()`. A file that is released without a commit, after an error or an early return, removes its
/// temporary and leaves whatever was at the target as it was. Appends go through a buffer of 256 KiB.
///
/// Not to be shared between threads.
public final class AtomicFile {
  /// The target.
  public let path: String
  private let temporaryPath: String
  private var descriptor: Int32
  private let buffer: UnsafeMutableRawBufferPointer
  private var used = 0

  /// Makes the temporary.
  /// - Throws: `cannotCreate` if the folder is missing or closed to us, or the target is there and no regular file.
  public init(_ path: String) throws(DataFileError) {
    guard !path.isEmpty else { throw .cannotCreate(path: "''", reason: "the path is empty") }
    guard !path.utf8.contains(0) else { throw .cannotCreate(path: path, reason: "the path holds a NUL byte") }
    var status = stat()
    if withSystemPath(path, { stat($0, &status) }) == 0 {
      let kind = status.st_mode & S_IFMT
      if kind == S_IFDIR { throw .cannotCreate(path: path, reason: "a folder of that name is in the way") }
      if kind != S_IFREG { throw .cannotCreate(path: path, reason: "it is not a regular file") }
    } else if path.utf8.last == UInt8(ascii: "/") {
      throw .cannotCreate(path: path, reason: "the path names a folder, not a file")
    }
    let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? ""
    var attempt = 0
    while true {
      let candidate = "\(folder).lacuna-\(uniqueWord()).tmp"
      let descriptor = withSystemPath(candidate) { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
      if descriptor >= 0 {
        self.path = path
        self.temporaryPath = candidate
        self.descriptor = descriptor
        self.buffer = .allocate(byteCount: 1 << 18, alignment: 16)
        return
      }
      let code = errno
      guard attempt < 1000, code == EEXIST || code == EINTR else {
        throw .cannotCreate(path: path, reason: systemMessage(code))
      }
      attempt += 1
    }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      removeFile(temporaryPath)
    }
    buffer.deallocate()
  }

  /// Writes bytes as they lie in memory after those already written.
  /// - Throws: `io` if the disk is full or fails; the file is then given up, and every later call throws as well.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(DataFileError) {
    try checkOpen()
    if bytes.count > buffer.count - used { try flush() }
    if bytes.count > buffer.count {
      try writeAll(bytes)
    } else {
      UnsafeMutableRawBufferPointer(rebasing: buffer[used...]).copyMemory(from: bytes)
      used += bytes.count
    }
  }

  /// Writes the elements as they lie in memory (this machine's byte order).
  public func append<Element: BitwiseCopyable>(_ elements: [Element]) throws(DataFileError) {
    let outcome = elements.withUnsafeBytes { bytes in
      Result { () throws(DataFileError) in try append(bytes) }
    }
    try outcome.get()
  }

  /// Writes UTF-8.
  public func append(_ text: String) throws(DataFileError) {
    var text = text
    let outcome = text.withUTF8 { bytes in
      Result { () throws(DataFileError) in try append(UnsafeRawBufferPointer(bytes)) }
    }
    try outcome.get()
  }

  /// Replaces bytes that were appended before.
  /// - Parameter offset: of the first, from the file's start.
  func replace(_ bytes: [UInt8], at offset: Int) throws(DataFileError) {
    try checkOpen()
    try flush()
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset + done)) }
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        try giveUp(errno)
      }
    }
  }

  private func giveUp(_ code: Int32) throws(DataFileError) {
    close(descriptor)
    removeFile(temporaryPath)
    descriptor = -1
    throw .io(path: path, reason: "writing failed: \(systemMessage(code))")
  }

  /// Puts the file in its place.
  /// - Parameter replacing: whether a file that is there already gives way; else it stays, and this one is dropped.
  /// - Parameter isSynchronized: whether it is on the disk when it takes its place, for a machine that may fail.
  /// - Returns: whether it is in its place.
  /// - Throws: `io` if the last bytes cannot be written, `cannotCreate` if the rename fails; the temporary is removed.
  @discardableResult public func commit(
    replacing: Bool = true, isSynchronized: Bool = false
  ) throws(DataFileError) -> Bool {
    try checkOpen()
    try flush()
    let synchronization = isSynchronized && fsync(descriptor) != 0 ? errno : 0
    let closing = close(descriptor) != 0 && errno != EINTR ? errno : 0
    descriptor = -1
    if synchronization != 0 || closing != 0 {
      let code = synchronization != 0 ? synchronization : closing
      removeFile(temporaryPath)
      throw .io(path: path, reason: "writing failed: \(systemMessage(code))")
    }
    if !replacing {
      if let isPlaced = linkFile(temporaryPath, to: path) {
        removeFile(temporaryPath)
        return isPlaced
      }
      // A disk without such links.
      if fileExists(path) {
        removeFile(temporaryPath)
        return false
      }
    }
    if !renameFile(temporaryPath, to: path) {
      let code = errno
      removeFile(temporaryPath)
      throw .cannotCreate(path: path, reason: systemMessage(code))
    }
    return true
  }

  private func checkOpen() throws(DataFileError) {
    guard descriptor >= 0 else { throw .io(path: path, reason: "it was committed or given up before") }
  }

  private func flush() throws(DataFileError) {
    let pending = used
    used = 0
    try writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<pending]))
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer) throws(DataFileError) {
    var done = 0
    while done < bytes.count {
      let count = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]))
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        try giveUp(errno)
      }
    }
  }
}

extension AtomicFile {
  /// Writes a whole file of bytes.
  /// - Throws: `cannotCreate` or `io`, as the steps do.
  public static func write(_ bytes: [UInt8], to path: String) throws(DataFileError) {
    let file = try AtomicFile(path)
    try file.append(bytes)
    try file.commit()
  }

  /// Writes a whole file of UTF-8 text.
  /// - Parameter text: all of it.
  /// - Parameter path: of the file.
  /// - Parameter isSynchronized: as in `commit`.
  /// - Throws: `cannotCreate` or `io`, as the steps do.
  public static func write(_ text: String, to path: String, isSynchronized: Bool = false) throws(DataFileError) {
    let file = try AtomicFile(path)
    try file.append(text)
    try file.commit(isSynchronized: isSynchronized)
  }
}
