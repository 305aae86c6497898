/// Reads a table of numbers in whichever format the file is: `.npy` by its extension or its first byte, else text.
///
/// - Parameter header: of a text file, as in `readCSV`; a NumPy array has none.
/// - Parameter allowMissing: keeps missing cells as NaN instead of refusing them.
/// - Throws: as `readNPY` and `readCSV`.
public func readTable(
  _ path: String, header: Bool? = nil, allowMissing: Bool = false
) throws(DataFileError) -> Table {
  if path.lowercased().hasSuffix(".npy") { return try readNPY(path, allowMissing: allowMissing) }
  let file = try InputFile(path)
  if let size = file.size, size > 0 {
    let first = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
    defer { first.deallocate() }
    try file.fill(first, from: 0)
    if first[0] == NPYHeader.magic[0] { return try readNPY(path, allowMissing: allowMissing) }
  }
  return try readCSV(path, header: header, allowMissing: allowMissing)
}
