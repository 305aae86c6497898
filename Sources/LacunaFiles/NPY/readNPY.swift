#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Reads a NumPy array of numbers with one or two dimensions.
///
/// Float32, float64, every signed and unsigned integer width and bool, C or Fortran order, either byte order, format
/// versions 1.0, 2.0 and 3.0. A vector of n elements becomes a column, n × 1; `Table.shape` keeps `[n]`. 64-bit
/// integers round to the nearest float64. The data go straight into the table: memory is the table's own and a few MiB.
///
/// - Parameter allowMissing: keeps NaN cells instead of refusing them. Infinities are always refused.
/// - Throws: `noInput` if there is no such file or it is a pipe; `malformed`, with the byte, for anything but such an
///   array: pickled objects (never loaded), structured, complex, text or half-precision elements, an empty shape, sizes
///   that overflow or do not match the length of the file; with row and column for a cell that is not finite; `io` if the
///   disk fails or the table is larger than the machine's memory.
/// Source: NumPy Enhancement Proposal 1, https://numpy.org/neps/nep-0001-npy-format.html
public func readNPY(_ path: String, allowMissing: Bool = false) throws(DataFileError) -> Table {
  let file = try InputFile(path)
  guard let size = file.size else {
    throw .noInput(path: path, reason: "a NumPy array is read from a regular file, not from a pipe or device")
  }
  let header = try NPYHeader(of: file, size: size)
  let (rows, columns) = (header.rows, header.columns)
  let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
  guard memory <= 0 || rows * columns * 8 <= memory else {
    throw .io(path: path, reason: "its \(rows) × \(columns) numbers are more than the \(memory >> 20) MiB of memory")
  }

  var failure: DataFileError?
  let values = [Double](unsafeUninitializedCapacity: rows * columns) { target, count in
    do throws(DataFileError) {
      if header.fortranOrder && columns > 1 && rows > 1 {
        try readColumns(file, header, target.baseAddress!)
      } else {
        try readInOrder(file, header, target)
      }
      count = rows * columns
    } catch {
      failure = error
      count = 0
    }
  }
  if let failure { throw failure }

  if let cell = values.firstIndex(where: { !$0.isFinite && !(allowMissing && $0.isNaN) }) {
    let (row, column) = cell.quotientAndRemainder(dividingBy: columns)
    let element = header.fortranOrder ? column * rows + row : cell
    throw .malformed(
      path: path,
      position: .cell(row: row + 1, column: column + 1, byte: header.dataOffset + element * header.element.width),
      reason: "the cell is \(values[cell].isNaN ? "NaN" : "infinite")",
      remedy: values[cell].isNaN
        ? "drop or fill its row, or treat missing cells as masked" : "drop or replace its row")
  }
  var table = Table(rows: rows, columns: columns, values: values)
  table.shape = header.shape
  return table
}

/// Elements in the order of the table: one pass over the file.
private func readInOrder(
  _ file: InputFile, _ header: NPYHeader, _ target: UnsafeMutableBufferPointer<Double>
) throws(DataFileError) {
  if header.element == .float64 && !header.swapped {
    try file.fill(UnsafeMutableRawBufferPointer(target), from: header.dataOffset)
    return
  }
  let width = header.element.width
  let chunk = min(target.count, 1 << 17)
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk * width, alignment: 16)
  defer { buffer.deallocate() }
  for start in stride(from: 0, to: target.count, by: chunk) {
    let count = min(chunk, target.count - start)
    try file.fill(.init(rebasing: buffer[..<(count * width)]), from: header.dataOffset + start * width)
    header.element.convert(
      buffer.baseAddress!, count: count, swapped: header.swapped, to: target.baseAddress! + start, stride: 1)
  }
}

/// Columns one after the other: transposed in tiles that the cache holds.
private func readColumns(
  _ file: InputFile, _ header: NPYHeader, _ target: UnsafeMutablePointer<Double>
) throws(DataFileError) {
  let (rows, columns, width) = (header.rows, header.columns, header.element.width)
  let tileRows = min(rows, 2048)
  let tileColumns = min(columns, 64)
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: tileRows * width, alignment: 16)
  defer { buffer.deallocate() }
  for firstColumn in stride(from: 0, to: columns, by: tileColumns) {
    for firstRow in stride(from: 0, to: rows, by: tileRows) {
      let count = min(tileRows, rows - firstRow)
      for column in firstColumn..<min(firstColumn + tileColumns, columns) {
        try file.fill(
          .init(rebasing: buffer[..<(count * width)]),
          from: header.dataOffset + (column * rows + firstRow) * width)
        header.element.convert(
          buffer.baseAddress!, count: count, swapped: header.swapped, to: target + firstRow * columns + column,
          stride: columns)
      }
    }
  }
}
