/// Reads the dictionary in the header of a `.npy` file, a Python literal with the keys `descr`, `fortran_order`, `shape`.
///
/// Only what `numpy.save` writes for an array of plain numbers is taken; the rest is refused by name.
/// Format: NumPy Enhancement Proposal 1, https://numpy.org/neps/nep-0001-npy-format.html
struct NPYHeaderParser {
  let path: String
  let bytes: [UInt8]
  /// Where in the file `bytes` start.
  let origin: Int
  private var position = 0
  /// Where in the file the shape stands, for later complaints.
  private(set) var shapeByte = 0

  init(path: String, bytes: [UInt8], origin: Int) {
    self.path = path
    self.bytes = bytes
    self.origin = origin
  }

  mutating func header() throws(DataFileError) -> NPYHeader {
    var type: (element: NPYElementType, swapped: Bool)?
    var fortranOrder: Bool?
    var shape: [Int]?
    try expect("{")
    while !take("}") {
      skipSpace()
      let keyStart = position
      let key = try string("a key")
      try expect(":")
      skipSpace()
      switch key {
      case "descr" where type == nil: type = try descriptor()
      case "fortran_order" where fortranOrder == nil: fortranOrder = try boolean()
      case "shape" where shape == nil:
        shapeByte = origin + position
        shape = try sizes()
      case "descr", "fortran_order", "shape": throw malformed(keyStart, "the key '\(key)' comes twice")
      default: throw malformed(keyStart, "the key '\(key)' is not one of descr, fortran_order, shape")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == bytes.count else { throw malformed(position, "the header goes on after its dictionary") }
    guard let type else { throw malformed(0, "the header has no 'descr'") }
    guard let fortranOrder else { throw malformed(0, "the header has no 'fortran_order'") }
    guard let shape else { throw malformed(0, "the header has no 'shape'") }
    return NPYHeader(
      element: type.element, swapped: type.swapped, fortranOrder: fortranOrder, shape: shape,
      dataOffset: origin + bytes.count)
  }

  private mutating func descriptor() throws(DataFileError) -> (NPYElementType, Bool) {
    let start = position
    if peek == UInt8(ascii: "[") || peek == UInt8(ascii: "(") {
      throw malformed(start, "a structured element type holds several numbers a cell", "save its fields as columns")
    }
    let text = try string("the element type")
    var rest = Substring(text).utf8
    var order = UInt8(ascii: "=")
    if let first = rest.first, "<>=|".utf8.contains(first) {
      order = first
      rest = rest.dropFirst()
    }
    let kind = rest.popFirst() ?? 0
    let width = Int(String(Substring(rest))) ?? 0
    if let element = NPYElementType(kind: kind, width: width) {
      if element.width > 1 && order == UInt8(ascii: "|") {
        throw malformed(start, "the element type '\(text)' has no byte order")
      }
      #if _endian(big)
        return (element, order == UInt8(ascii: "<"))
      #else
        return (element, order == UInt8(ascii: ">"))
      #endif
    }
    switch kind {
    case UInt8(ascii: "O"):
      throw malformed(start, "the array holds pickled Python objects, which are not read", "save array.astype('f8')")
    case UInt8(ascii: "c"):
      throw malformed(start, "the array is complex ('\(text)')", "save its real and imaginary parts as columns")
    case UInt8(ascii: "S"), UInt8(ascii: "U"), UInt8(ascii: "a"):
      throw malformed(start, "the array holds text ('\(text)')", "save array.astype('f8')")
    default:
      throw malformed(
        start, "the element type '\(text)' is not float16, float32, float64, an integer or bool",
        "save array.astype('f8')")
    }
  }

  private mutating func boolean() throws(DataFileError) -> Bool {
    for (word, value) in [("True", true), ("False", false)] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw malformed(position, "'fortran_order' is neither True nor False")
  }

  private mutating func sizes() throws(DataFileError) -> [Int] {
    let start = position
    var sizes: [Int] = []
    try expect("(")
    while !take(")") {
      skipSpace()
      let digitsStart = position
      if peek == UInt8(ascii: "-") { throw malformed(position, "a size in the shape is negative") }
      var size = 0
      while let byte = peek, byte >= 0x30, byte <= 0x39 {
        let (product, overflow) = size.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(Int(byte - 0x30))
        if overflow || carry { throw malformed(digitsStart, "a size in the shape overflows") }
        size = sum
        position += 1
      }
      guard position > digitsStart else { throw malformed(position, "the shape is not a tuple of sizes") }
      _ = take("L")
      sizes.append(size)
      guard sizes.count <= 32 else { throw malformed(start, "the shape has more than 32 sizes") }
      if !take(",") {
        guard sizes.count > 1 else { throw malformed(start, "the shape is not a tuple of sizes") }
        try expect(")")
        break
      }
    }
    guard sizes.count == 1 || sizes.count == 2 else {
      throw malformed(
        start, "the array has \(sizes.count) dimensions; samples × coordinates are 2", "save array.reshape(n, d)")
    }
    guard !sizes.contains(0) else { throw malformed(start, "the array is empty", "save at least one row and column") }
    return sizes
  }

  /// A quoted string without escapes.
  private mutating func string(_ what: String) throws(DataFileError) -> String {
    skipSpace()
    guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw malformed(position, "\(what) should stand here in quotes")
    }
    guard let end = bytes[(position + 1)...].firstIndex(of: quote) else {
      throw malformed(position, "a quote is never closed")
    }
    let content = bytes[position + 1..<end]
    guard content.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
      throw malformed(position, "\(what) holds a character that is not plain text")
    }
    position = end + 1
    return String(decoding: content, as: UTF8.self)
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(DataFileError) {
    guard take(character) else { throw malformed(position, "'\(character)' should stand here") }
  }

  private func malformed(
    _ position: Int, _ reason: String, _ remedy: String = "write it with numpy.save"
  ) -> DataFileError {
    .malformed(path: path, position: .byte(origin + position), reason: reason, remedy: remedy)
  }
}
