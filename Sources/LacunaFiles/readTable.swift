/// What a file of numbers holds.
public enum TableContent: Sendable {
  case dense(Table)
  /// A Matrix Market file in coordinates, or SciPy's CSR, CSC or COO.
  case sparse(SparseTable)
}

/// Reads a table of numbers in whichever format its first bytes say: text, `.npy`, `.npz`, Matrix Market, each also
/// compressed by gzip. A sparse matrix becomes a dense table.
///
/// - Parameter path: `-` and `/dev/stdin` are standard input; `FILE.npz:NAME` is one array of several, `-:NAME` likewise.
/// - Throws: as `readContent`; `io` for a sparse matrix whose cells are more than the machine's memory.
package func readTable(_ path: String, _ reading: TableReading = TableReading()) throws(DataFileError) -> Table {
  switch try readContent(path, reading) {
  case .dense(let table): return table
  case .sparse(let table): return try table.dense(path: path)
  }
}

/// The same, a sparse matrix kept as it is.
///
/// - Throws: `noInput` if there is no such file; `malformed` for what is no table of numbers, with its place and the way
///   out: a Parquet, Excel, MATLAB, Arrow or pickle file is named as such; `io` if the disk fails or the numbers are more
///   than the memory.
package func readContent(
  _ path: String, _ reading: TableReading = TableReading()
) throws(DataFileError) -> TableContent {
  var (path, member) = (path, String?.none)
  if let (file, name) = splitMember(path), !fileExists(path) { (path, member) = (file, name) }
  let file = try InputFile(path)
  let content = try readContent(file, file: file, member: member, reading)
  switch content {
  case .dense(var table):
    table.notices += table.suspicions(reading)
    return .dense(table)
  case .sparse: return content
  }
}

/// - Parameter file: the stream itself where it is not compressed, to be read from any place.
private func readContent(
  _ stream: ByteStream, file: InputFile?, member: String?, _ reading: TableReading
) throws(DataFileError) -> TableContent {
  let kind = FileKind(try stream.peek(128))
  if member != nil && kind != .zip {
    throw .malformed(path: stream.path, position: .file, reason: "the file is no .npz archive of arrays", remedy: "")
  }
  switch kind {
  case .gzip:
    guard file != nil else {
      throw .malformed(
        path: stream.path, position: .file, reason: "the file is compressed twice", remedy: "gunzip it once")
    }
    return try readContent(try InflateStream(stream, .gzip), file: nil, member: member, reading)
  case .numpy: return .dense(try readNPY(stream, size: file?.size, reading))
  case .zip:
    let access: any RandomAccess = if let file, file.size != nil { file } else { try SpooledStream(stream) }
    let archive = try NPZ(access)
    if archive.isSparse && member == nil { return .sparse(try archive.sparse().choosing(reading, path: stream.path)) }
    return .dense(try archive.table(member, reading))
  // A small file is read at once.
  case .matrixMarket: return try readMatrixMarket(stream, reading, chunkSize: min(file?.size ?? 1 << 20, 1 << 20) + 64)
  case .text: return .dense(try readText(stream, reading, chunkSize: min(file?.size ?? 1 << 21, 1 << 21) + 64))
  default: throw kind.refusal(path: stream.path)
  }
}

/// `FILE.npz` and `NAME` of `FILE.npz:NAME`; of `-:NAME` too.
private func splitMember(_ path: String) -> (String, String)? {
  guard let colon = path.lastIndex(of: ":") else { return nil }
  let file = String(path[..<colon])
  let name = String(path[path.index(after: colon)...])
  let isArchive =
    [".npz", ".npz.gz"].contains(where: file.lowercased().hasSuffix) || ["-", "/dev/stdin"].contains(file)
  guard !name.isEmpty, isArchive else { return nil }
  return (file, name)
}
