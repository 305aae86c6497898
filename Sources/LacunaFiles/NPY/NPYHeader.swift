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

  /// Reads magic, version, length and dictionary, and holds the sizes against the length of the file.
  ///
  /// - Throws: `malformed` with the byte at fault.
  init(of file: InputFile, size: Int) throws(DataFileError) {
    func malformed(_ byte: Int, _ reason: String, _ remedy: String = "write it with numpy.save") -> DataFileError {
      .malformed(path: file.path, position: .byte(byte), reason: reason, remedy: remedy)
    }
    func bytes(_ range: Range<Int>) throws(DataFileError) -> [UInt8] {
      guard range.upperBound <= size else {
        throw malformed(size, size == 0 ? "the file is empty" : "the file ends inside its header")
      }
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: range.count, alignment: 1)
      defer { buffer.deallocate() }
      try file.fill(buffer, from: range.lowerBound)
      return Array(buffer)
    }

    let start = try bytes(0..<min(max(size, 1), 6))
    if start.starts(with: Array("PK".utf8)) {
      throw malformed(0, "this is a zip archive (.npz?), not .npy", "save the one array with numpy.save")
    }
    guard start == Self.magic else {
      if Self.magic.starts(with: start) { throw malformed(size, "the file ends inside its header") }
      throw malformed(0, "not a NumPy array: it does not start with \\x93NUMPY")
    }
    let version = try bytes(6..<8)
    guard (1...3).contains(version[0]), version[1] == 0 else {
      throw malformed(6, "format version \(version[0]).\(version[1]) is not one of 1.0, 2.0, 3.0")
    }
    let wide = version[0] > 1
    let lengthBytes = try bytes(8..<(wide ? 12 : 10))
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    let first = 8 + lengthBytes.count
    guard length <= size - first else {
      throw malformed(8, "the header claims \(length) bytes, \(size - first) are left in the file")
    }
    guard length <= Self.longestHeader else {
      throw malformed(8, "a header of \(length) bytes is no header of an array of numbers")
    }
    var parser = NPYHeaderParser(path: file.path, bytes: try bytes(first..<first + length), origin: first)
    self = try parser.header()
    try checkSize(path: file.path, size: size, shapeByte: parser.shapeByte)
  }

  /// Holds the product of the sizes against the bytes that follow the header.
  private func checkSize(path: String, size: Int, shapeByte: Int) throws(DataFileError) {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    let (needed, tooMany) = count.multipliedReportingOverflow(by: 8)
    guard !overflow, !tooMany, needed < Int.max / 2 else {
      throw .malformed(
        path: path, position: .byte(shapeByte), reason: "a shape of \(rows) × \(columns) overflows",
        remedy: "write it with numpy.save")
    }
    let expected = count * element.width
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
