/// The bytes of a file that is to be small: it is measured before it is read, and a stream is read no further than that.
///
/// - Parameter path: as of tables: `-` is standard input, names need not be UTF-8.
/// - Parameter limit: bytes that it may have at most.
/// - Parameter remedy: what to do about one that has more.
/// - Throws: `noInput` if there is no such file; `malformed` if it is larger; `io` if the disk fails.
package func readSmallFile(_ path: String, atMost limit: Int, remedy: String) throws(DataFileError) -> [UInt8] {
  let file = try InputFile(path)
  let isSmall = file.size.map { $0 <= limit } ?? true
  let bytes = isSmall ? try file.take(limit + 1) : []
  guard isSmall, bytes.count <= limit else {
    throw .malformed(
      path: file.path, position: .file, reason: "the file is larger than \(limit >> 20) MiB", remedy: remedy)
  }
  return bytes
}
