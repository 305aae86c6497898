/// Reads a NumPy array of numbers with one or two dimensions.
///
/// Float16, float32, float64, every signed and unsigned integer width and bool, C or Fortran order, either byte order, format
/// versions 1.0, 2.0 and 3.0. A vector of n elements becomes a column, n × 1; `Table.shape` keeps `[n]`. 64-bit
/// integers round to the nearest float64. The data go straight into the table: memory is the table's own and a few MiB.
///
/// - Parameter allowMissing: keeps NaN cells instead of refusing them. Infinities are always refused.
/// - Throws: `noInput` if there is no such file; `malformed`, with the byte, for anything but such an array: pickled
///   objects (never loaded), structured, complex or text elements, an empty shape, sizes that overflow or
///   do not match the length of the file; with row and column for a cell that is not finite; `io` if the disk fails or
///   the table is larger than the machine's memory.
/// Source: NumPy Enhancement Proposal 1, https://numpy.org/neps/nep-0001-npy-format.html
package func readNPY(_ path: String, allowMissing: Bool = false) throws(DataFileError) -> Table {
  let file = try InputFile(path)
  return try readNPY(file, size: file.size, TableReading(allowMissing: allowMissing))
}

/// The same from a stream, with the columns that the options choose.
/// - Parameter size: of the whole stream, where it is known.
func readNPY(_ stream: ByteStream, size: Int?, _ reading: TableReading) throws(DataFileError) -> Table {
  let header = try NPYHeader(of: stream, size: size)
  let values = try readNPYValues(stream, header, size: size)
  var table = Table(rows: header.rows, columns: header.columns, values: values)
  table.shape = header.shape
  let choice = try reading.choose(from: table, path: stream.path)
  let missing = reading.spellings
  table.mark(missing, in: choice)
  if let fault = choice.firstFault(in: table, allowMissing: reading.allowMissing) {
    let value = table.values[fault.row * table.columns + fault.column]
    let element =
      header.fortranOrder ? fault.column * table.rows + fault.row : fault.row * table.columns + fault.column
    throw .malformed(
      path: stream.path,
      position: .cell(
        row: fault.row + 1, column: fault.column + 1, byte: header.dataOffset + element * header.element.width),
      reason: "the cell is \(value.isNaN ? missing.values.isEmpty ? "NaN" : "missing" : "infinite")",
      remedy: reading.remedy(missing: value.isNaN))
  }
  return choice.applied(to: table)
}

/// All elements in row-major order.
func readNPYValues(_ stream: ByteStream, _ header: NPYHeader, size: Int?) throws(DataFileError) -> [Double] {
  let count = header.rows * header.columns
  if size == nil { return try readUnmeasured(stream, header) }
  try Memory.allowArray(count * 8, for: stream.path)
  var failure: DataFileError?
  let values = [Double](unsafeUninitializedCapacity: count) { target, filled in
    do throws(DataFileError) {
      if header.fortranOrder && header.columns > 1 && header.rows > 1, let file = stream as? InputFile {
        try readColumns(file, header, target.baseAddress!)
      } else {
        try readInOrder(stream, header, target)
      }
      filled = count
    } catch {
      failure = error
      filled = 0
    }
  }
  if let failure { throw failure }
  return values
}

/// Elements in the order of the table: one pass over the file.
private func readInOrder(
  _ stream: ByteStream, _ header: NPYHeader, _ target: UnsafeMutableBufferPointer<Double>
) throws(DataFileError) {
  let width = header.element.width
  func fill(_ buffer: UnsafeMutableRawBufferPointer, element: Int) throws(DataFileError) {
    let count = try stream.fill(buffer)
    guard count == buffer.count else {
      try header.checkLength(path: stream.path, size: header.dataOffset + element * width + count)
      return
    }
  }
  if header.element == .float64 && !header.swapped {
    try fill(UnsafeMutableRawBufferPointer(target), element: 0)
    return
  }
  let chunk = min(target.count, 1 << 17)
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk * width, alignment: 16)
  defer { buffer.deallocate() }
  for start in stride(from: 0, to: target.count, by: chunk) {
    let count = min(chunk, target.count - start)
    try fill(.init(rebasing: buffer[..<(count * width)]), element: start)
    header.element.convert(
      buffer.baseAddress!, count: count, swapped: header.swapped, to: target.baseAddress! + start, stride: 1)
  }
}

/// Elements of a stream of unknown length: what its header claims is believed as far as bytes come.
private func readUnmeasured(_ stream: ByteStream, _ header: NPYHeader) throws(DataFileError) -> [Double] {
  let (rows, columns, width) = (header.rows, header.columns, header.element.width)
  var blocks: [NumberBlock] = []
  let chunk = min(rows * columns, 1 << 17)
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk * width, alignment: 16)
  defer { buffer.deallocate() }
  var done = 0
  while done < rows * columns {
    let wanted = min(chunk, rows * columns - done)
    let came = try stream.fill(.init(rebasing: buffer[..<(wanted * width)]))
    if came < wanted * width {
      try header.checkLength(path: stream.path, size: header.dataOffset + done * width + came)
    }
    try Memory.allow((done + wanted) * 8, for: stream.path)
    let block = try NumberBlock(capacity: wanted, path: stream.path)
    header.element.convert(
      buffer.baseAddress!, count: wanted, swapped: header.swapped, to: block.numbers, stride: 1)
    block.count = wanted
    blocks.append(block)
    done += wanted
  }
  let extra = try stream.take(1).count
  try header.checkLength(path: stream.path, size: header.dataOffset + done * width + extra)
  let values = try NumberBlock.joined(&blocks, path: stream.path)
  guard header.fortranOrder && rows > 1 && columns > 1 else { return values }
  try Memory.allowArray(values.count * 8, for: stream.path)
  return [Double](unsafeUninitializedCapacity: values.count) { target, count in
    for row in 0..<rows {
      for column in 0..<columns { target[row * columns + column] = values[column * rows + row] }
    }
    count = values.count
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
