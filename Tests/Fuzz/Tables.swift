// Hostile tables: every reader of files of numbers, compiled from its sources into this target, so that coverage leads.
//
// The first byte chooses how a table is read, the rest is the file.
#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTable(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 1 else { return 0 }
  let bytes = UnsafeRawBufferPointer(start: data + 1, count: size - 1)
  let options = data[0]
  var reading = TableReading(
    header: options & 3 == 1 ? true : options & 3 == 2 ? false : nil, index: options & 4 == 0 ? nil : "#1",
    columns: options & 8 == 0 ? [] : ["1-2"], exclude: options & 16 == 0 ? [] : ["2"],
    allowMissing: options & 32 != 0, missing: ["?"], decimalComma: options & 64 != 0, namesOptions: true)
  reading.headerMayBeNumbers = options & 128 == 0
  // A file in memory with a size and places, read as any other.
  guard ftruncate(Scratch.descriptor, 0) == 0,
    pwrite(Scratch.descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count
  else { fatalError("no scratch file") }
  do throws(DataFileError) {
    switch try readContent(Scratch.path, reading) {
    case .dense(let table): check(table, allowMissing: reading.allowMissing)
    case .sparse(let table): check(table)
    }
  } catch {
    // What is said of a file reaches a terminal, and is the file's fault.
    let said = error.description
    guard !said.utf8.contains(0x1B), said.utf8.count < 4096 else { fatalError("unsafe words: \(said)") }
    guard error.category == .data || said.contains("memory") || said.contains("MiB") else { fatalError(said) }
  }
  return 0
}

private func check(_ table: Table, allowMissing: Bool) {
  precondition(table.rows > 0 && table.columns > 0 && table.values.count == table.rows * table.columns)
  precondition(table.names == nil || table.names?.count == table.columns)
  precondition(table.rowNames == nil || table.rowNames?.count == table.rows)
  precondition(table.values.allSatisfy { $0.isFinite || (allowMissing && $0.isNaN) })
  for notice in table.notices { precondition(!notice.utf8.contains(0x1B)) }
}

private func check(_ table: SparseTable) {
  precondition(table.rowStarts.count == table.rows + 1 && table.rowStarts[table.rows] == table.values.count)
  for row in 0..<table.rows {
    let entries = table.columnIndices[table.rowStarts[row]..<table.rowStarts[row + 1]]
    precondition(zip(entries, entries.dropFirst()).allSatisfy { $0 < $1 })
    precondition(entries.allSatisfy { 0 <= $0 && Int($0) < table.columns })
  }
}

private enum Scratch {
  static let path: String = "/proc/self/fd/\(descriptor)"
  static let descriptor: CInt = {
    let folder = "/dev/shm/lacuna-fuzz-XXXXXX"
    var name = Array(folder.utf8CString)
    let descriptor = mkstemp(&name)
    precondition(descriptor >= 0, "no scratch file")
    unlink(name)
    return descriptor
  }()
}
