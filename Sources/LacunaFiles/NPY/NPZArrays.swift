/// The arrays of an `.npz` archive, read by name.
package struct NPZArrays {
  private let archive: NPZ
  package var path: String { archive.archive.file.path }
  package var names: [String] { archive.names }

  /// - Throws: `noInput` if there is no such file; `malformed` for what is no archive of arrays.
  package init(_ path: String) throws(DataFileError) {
    let file = try InputFile(path)
    guard FileKind(try file.peek(128)) == .zip else {
      throw .malformed(path: path, position: .file, reason: "the file is no .npz archive of arrays", remedy: "")
    }
    archive = try NPZ(file.size != nil ? file : try SpooledStream(file))
  }

  /// Numbers in row-major order.
  /// - Throws: `malformed` where there is no such array, or it is none of numbers, or of another shape.
  package func numbers(_ name: String, shape: [Int]? = nil) throws(DataFileError) -> [Double] {
    let stream = try archive.stream(name)
    let header = try NPYHeader(of: stream, size: nil)
    if let shape, header.shape != shape {
      func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: " × ") }
      throw .malformed(
        path: path, position: .file,
        reason: "the array \(quoted(name)) is of shape \(text(header.shape)), not \(text(shape))", remedy: "")
    }
    return try readNPYValues(stream, header, size: nil)
  }
}
