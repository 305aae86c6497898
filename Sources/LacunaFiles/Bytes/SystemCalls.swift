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
///
/// A network disk that answers late is asked twice, and may say of the second time that nothing is there: then what is found under
/// the other name decides.
/// - Returns: whether it has that name; `errno` says why not.
package func renameFile(_ path: String, to other: String) -> Bool {
  let before = FolderTree.status(path)
  if withSystemPath(path, { from in withSystemPath(other) { to in rename(from, to) } }) == 0 { return true }
  guard errno == ENOENT, let before else { return false }
  if FolderTree.status(other).map({ $0.st_dev == before.st_dev && $0.st_ino == before.st_ino }) == true { return true }
  errno = ENOENT
  return false
}

/// Gives a file a second name that nothing has yet.
/// - Returns: whether it has that name, whatever a network disk that was asked twice says; nil on a disk without such links.
func linkFile(_ path: String, to other: String) -> Bool? {
  if withSystemPath(path, { from in withSystemPath(other) { to in link(from, to) } }) == 0 { return true }
  guard errno == EEXIST else { return nil }
  guard let own = FolderTree.status(path), let there = FolderTree.status(other) else { return false }
  return own.st_dev == there.st_dev && own.st_ino == there.st_ino
}

/// A word that no other process uses, on this machine or another that sees the same disk.
func uniqueWord() -> String {
  let host = hostName().prefix(32).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
  return "\(String(host))-\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
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
