/// What the header of a `.npy` file says of the data after it.
struct NPYHeader {
  var element: NPYElementType
  /// The bytes are in the order that this machine does not use.
  var swapped: Bool
  var fortranOrder: Bool
  /// One or two sizes, each at least 1.
  var shape: [Int]
  /// Where the data start.
  var dataOffset: Int

  var rows: Int { shape[0] }
  var columns: Int { shape.count == 2 ? shape[1] : 1 }
}

extension NPYHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// No array of numbers needs more; NumPy itself stops at 10 000 bytes.
  static let longestHeader = 1 << 16

  /// Reads magic, version, length and dictionary, and holds the sizes against the length of what follows.
  ///
  /// - Parameter size: of the whole stream, where it is known.
  /// - Throws: `malformed` with the byte at fault.
  init(of stream: ByteStream, size: Int?) throws(DataFileError) {
    func malformed(_ byte: Int, _ reason: String, _ remedy: String = "write it with numpy.save") -> DataFileError {
      .malformed(path: stream.path, position: .byte(byte), reason: reason, remedy: remedy)
    }
    var position = 0
    func bytes(_ count: Int) throws(DataFileError) -> [UInt8] {
      let bytes = try stream.take(count)
      position += bytes.count
      guard bytes.count == count else {
        throw malformed(position, position == 0 ? "the file is empty" : "the file ends inside its header")
      }
      return bytes
    }

    let start = try stream.peek(6)
    if start.starts(with: Array("PK".utf8)) {
      throw malformed(0, "this is a zip archive (.npz?), not .npy", "save the one array with numpy.save")
    }
    guard start == Self.magic else {
      if Self.magic.starts(with: start) { _ = try bytes(6) }
      throw malformed(0, "not a NumPy array: it does not start with \\x93NUMPY")
    }
    _ = try bytes(6)
    let version = try bytes(2)
    guard (1...3).contains(version[0]), version[1] == 0 else {
      throw malformed(6, "format version \(version[0]).\(version[1]) is not one of 1.0, 2.0, 3.0")
    }
    let length = try bytes(version[0] > 1 ? 4 : 2).reversed().reduce(0) { $0 << 8 | Int($1) }
    let first = position
    if let size, length > size - first {
      throw malformed(8, "the header claims \(length) bytes, \(size - first) are left in the file")
    }
    guard length <= Self.longestHeader else {
      throw malformed(8, "a header of \(length) bytes is no header of an array of numbers")
    }
    var parser = NPYHeaderParser(path: stream.path, bytes: try bytes(length), origin: first)
    self = try parser.header()
    try checkSize(path: stream.path, size: size, shapeByte: parser.shapeByte)
  }

  /// Holds the product of the sizes against the bytes that follow the header.
  private func checkSize(path: String, size: Int?, shapeByte: Int) throws(DataFileError) {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    let (needed, tooMany) = count.multipliedReportingOverflow(by: 8)
    guard !overflow, !tooMany, needed < Int.max / 2 else {
      throw .malformed(
        path: path, position: .byte(shapeByte), reason: "a shape of \(rows) × \(columns) overflows",
        remedy: "write it with numpy.save")
    }
    if let size { try checkLength(path: path, size: size) }
  }

  /// - Throws: `malformed` unless the stream has as many bytes as the header says.
  func checkLength(path: String, size: Int) throws(DataFileError) {
    let expected = rows * columns * element.width
    let found = size - dataOffset
    if found < expected {
      throw .malformed(
        path: path, position: .byte(size),
        reason: "the data are cut short: \(rows) × \(columns) elements need \(expected) bytes, \(found) are there",
        remedy: "copy or write the file again")
    }
    if found > expected {
      throw .malformed(
        path: path, position: .byte(dataOffset + expected),
        reason: "\(found - expected) bytes follow the array of \(rows) × \(columns) elements",
        remedy: "save one array a file")
    }
  }
}
