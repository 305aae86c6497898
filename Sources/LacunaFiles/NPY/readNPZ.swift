/// Arrays of an `.npz` archive: one that is named or alone, or SciPy's sparse matrix in CSR, CSC or COO.
///
/// Source: `numpy.savez`, `numpy.savez_compressed`, `scipy.sparse.save_npz`.
struct NPZ {
  let archive: ZipArchive
  /// The arrays' names without `.npy`.
  let names: [String]

  /// - Throws: `malformed` for an archive without arrays, which says what it is if that shows.
  init(_ file: any RandomAccess) throws(DataFileError) {
    archive = try ZipArchive(file)
    names = archive.members.map(\.name).filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
    guard names.isEmpty else { return }
    let members = archive.members.map(\.name)
    if members.contains("[Content_Types].xml") || members.contains(where: { $0.hasPrefix("xl/") }) {
      throw FileKind.excel.refusal(path: file.path)
    }
    if members.contains("mimetype") { throw FileKind.openDocument.refusal(path: file.path) }
    if members.contains(where: { $0.hasSuffix("data.pkl") }) { throw FileKind.torch.refusal(path: file.path) }
    throw .malformed(
      path: file.path, position: .file, reason: "the zip archive holds no .npy array (\(listed(members)))",
      remedy: "unpack it, or save the array with numpy.save")
  }

  /// Whether SciPy wrote it.
  var isSparse: Bool { names.contains("format") && names.contains("data") && names.contains("shape") }

  func stream(_ given: String) throws(DataFileError) -> ByteStream {
    let name = !names.contains(given) && given.hasSuffix(".npy") ? String(given.dropLast(4)) : given
    guard let member = archive.members.first(where: { $0.name == name + ".npy" }) else {
      throw .malformed(
        path: archive.file.path, position: .file,
        reason: "the archive holds no array \(quoted(name)); it holds \(listed(names))", remedy: "")
    }
    return try archive.open(member)
  }

  private var isStandardInput: Bool { archive.file.path == InputFile.standardInput }

  /// - Parameter name: which array; nil for the only one.
  func table(_ name: String?, _ reading: TableReading) throws(DataFileError) -> Table {
    guard let name = name ?? (names.count == 1 ? names[0] : nil) else {
      throw .malformed(
        path: archive.file.path, position: .file, reason: "the archive holds \(names.count) arrays: \(listed(names))",
        remedy: "name one, as in \(isStandardInput ? "-" : escaped(archive.file.path)):\(escaped(names[0]))")
    }
    return try readNPY(try stream(name), size: nil, reading)
  }

  /// SciPy's matrix.
  /// - Throws: `malformed` for another format than CSR, CSC and COO, and for indices that are no matrix.
  func sparse() throws(DataFileError) -> SparseTable {
    let path = archive.file.path
    // A string of three letters, in one or four bytes each, that ends the member.
    let format = String(
      decoding: try stream("format").take(1 << 12).suffix(12).filter { $0 > 0x20 }.suffix(3), as: UTF8.self)
    guard ["csr", "csc", "coo"].contains(format) else {
      throw .malformed(
        path: path, position: .file, reason: "the sparse matrix is stored as \(quoted(format)), not CSR, CSC or COO",
        remedy: "save matrix.tocsr() with scipy.sparse.save_npz")
    }
    func numbers(_ name: String) throws(DataFileError) -> [Double] {
      let stream = try stream(name)
      let header = try NPYHeader(of: stream, size: nil)
      return try readNPYValues(stream, header, size: nil)
    }
    let shape = try numbers("shape")
    guard shape.count == 2 else {
      throw .malformed(path: path, position: .file, reason: "its shape is not two sizes", remedy: "")
    }
    let builder = try SparseBuilder(path: path, rows: shape[0], columns: shape[1])
    if format == "coo" {
      return try builder.coordinates(
        rows: try numbers("row"), columns: try numbers("col"), values: try numbers("data"))
    }
    let starts = try numbers("indptr")
    guard names.contains("indices") else {
      _ = try stream("indices")
      return try builder.finished()
    }
    return try builder.compressed(
      starts: starts, indices: try numbers("indices"), values: try numbers("data"), byColumn: format == "csc")
  }
}
