#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The system's words for an error number.
func systemMessage(_ code: Int32) -> String {
  switch code {
  case ENOENT: "no such file or folder"
  case EACCES, EPERM: "permission denied"
  case EISDIR: "it is a folder"
  case ENOTDIR: "a part of the path is not a folder"
  case ENOSPC: "no space is left on the disk"
  case EROFS: "the disk is read-only"
  case ENAMETOOLONG: "the name is too long"
  case EFBIG: "the file would be larger than allowed"
  default: String(cString: strerror(code))
  }
}

/// The system's `read`, which types here would shadow by their own of that name.
func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, buffer.baseAddress, buffer.count)
}

/// The system's `write`, likewise.
func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

/// The system's `close`, likewise.
func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }

/// Whether something of that name is there.
package func fileExists(_ path: String) -> Bool {
  var status = stat()
  return withSystemPath(path) { stat($0, &status) } == 0
}

/// Takes a file away, if it is there.
@discardableResult package func removeFile(_ path: String) -> Bool { withSystemPath(path) { unlink($0) } == 0 }

/// Gives a file or folder another name, replacing a file of that name.
package func renameFile(_ path: String, to other: String) -> Bool {
  withSystemPath(path) { from in withSystemPath(other) { to in rename(from, to) } } == 0
}

/// The name of this machine.
package func hostName() -> String {
  var bytes = [CChar](repeating: 0, count: 256)
  gethostname(&bytes, bytes.count - 1)
  let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  return name.isEmpty ? "localhost" : String(name.map { $0.isNewline ? "-" : $0 })
}

/// The number of this process.
package func processIdentifier() -> Int32 { getpid() }

/// The time now, in seconds since 1970.
package func secondsSince1970() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
