/// The numbers of a `.npy` file in rows, read some at a time from where they stand, as often as wanted, and never held whole.
package final class NPYRows {
  package let path: String
  package let rows: Int
  package let columns: Int
  private let file: InputFile
  private let header: NPYHeader
  /// Elements of other types than float64 as they stand, before they are converted.
  private var raw: [UInt8] = []

  /// Opens a file whose header is that of an array and whose length is what it says.
  /// - Returns: nil for what is no regular file of `.npy` format.
  /// - Throws: as `readNPY`, but for the cells.
  package static func opened(_ path: String) throws(DataFileError) -> NPYRows? {
    let file = try InputFile(path)
    guard let size = file.size, FileKind(try file.peek(128)) == .numpy else { return nil }
    return NPYRows(file, try NPYHeader(of: file, size: size))
  }

  private init(_ file: InputFile, _ header: NPYHeader) {
    (path, rows, columns) = (file.path, header.rows, header.columns)
    self.file = file
    self.header = header
  }

  /// Reads rows of a range.
  /// - Parameter range: of rows, within the file's.
  /// - Parameter target: takes them in row-major order.
  /// - Throws: `malformed`, with its place, for a cell that is not finite and for a file that has become shorter; `io`.
  package func read(_ range: Range<Int>, into target: UnsafeMutablePointer<Double>) throws(DataFileError) {
    if header.fortranOrder && columns > 1 && rows > 1 {
      for column in 0..<columns {
        try read(column * rows + range.lowerBound, count: range.count, into: target + column, stride: columns)
      }
    } else {
      try read(range.lowerBound * columns, count: range.count * columns, into: target, stride: 1)
    }
    // The others times 0 are NaN.
    let cells = UnsafeBufferPointer(start: target, count: range.count * columns)
    guard cells.reduce(0, { $0 + $1 * 0 }) != 0, let place = cells.firstIndex(where: { !$0.isFinite }) else { return }
    let (row, column) = (range.lowerBound + place / columns, place % columns)
    let element = header.fortranOrder ? column * rows + row : row * columns + column
    throw .malformed(
      path: path,
      position: .cell(row: row + 1, column: column + 1, byte: header.dataOffset + element * header.element.width),
      reason: "the cell is \(cells[place].isNaN ? "NaN" : "infinite")",
      remedy: TableReading(namesOptions: true).remedy(missing: cells[place].isNaN))
  }

  private func read(
    _ element: Int, count: Int, into target: UnsafeMutablePointer<Double>, stride: Int
  ) throws(DataFileError) {
    let width = header.element.width
    if header.element == .float64 && !header.swapped && stride == 1 {
      return try file.fill(
        UnsafeMutableRawBufferPointer(start: target, count: count * width), from: header.dataOffset + element * width)
    }
    let most = min(count, 1 << 17)
    if raw.count < most * width { raw = [UInt8](repeating: 0, count: most * width) }
    for first in Swift.stride(from: 0, to: count, by: most) {
      let part = min(most, count - first)
      var failure: DataFileError?
      raw.withUnsafeMutableBytes { buffer in
        do throws(DataFileError) {
          try file.fill(
            .init(rebasing: buffer[..<(part * width)]), from: header.dataOffset + (element + first) * width)
          header.element.convert(
            buffer.baseAddress!, count: part, swapped: header.swapped, to: target + first * stride, stride: stride)
        } catch { failure = error }
      }
      if let failure { throw failure }
    }
  }

  /// What a person should know of the table, as far as its first rows tell.
  /// - Parameter reading: how it is read.
  package func notices(_ reading: TableReading) throws(DataFileError) -> [String] {
    let count = min(rows, max(1, (1 << 20) / columns))
    var values = [Double](repeating: 0, count: count * columns)
    var failure: DataFileError?
    values.withUnsafeMutableBufferPointer { values in
      do throws(DataFileError) { try read(0..<count, into: values.baseAddress!) } catch { failure = error }
    }
    if let failure { throw failure }
    return Table(rows: count, columns: columns, values: values).suspicions(reading).map {
      count < rows ? "in the first \(count) rows \($0)" : $0
    }
  }
}
