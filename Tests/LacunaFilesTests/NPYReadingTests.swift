import Foundation
import LacunaFiles
import Testing

/// A `.npy` file by hand: the dictionary as given, padded as NumPy does, then the data.
func handMade(
  _ dictionary: String, version: UInt8 = 1, data: [UInt8] = []
) -> [UInt8] {
  let header = Array(dictionary.utf8) + [0x0A]
  let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(header.count >> (8 * $0) & 0xFF) }
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + header + data
}

func littleEndianBytes(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// The case and position of the error that reading these bytes gives.
func failure(_ body: () throws(DataFileError) -> Table) -> DataFileError? {
  do throws(DataFileError) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}

@Suite struct NPYReadingTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("files that NumPy wrote", arguments: numPyFiles.map(\.name))
  func numPy(name: String) throws {
    let base64 = try #require(numPyFiles.first { $0.name == name }?.base64)
    let path = try folder.file("a.npy", Array(try #require(Data(base64Encoded: base64))))
    let table = try readNPY(path)
    #expect(table.shape == [2, 3] && table.rows == 2 && table.columns == 3)
    #expect(table.values == (name.contains("b1") ? [0, 1, 1, 1, 1, 1] : [0, 1, 2, 100, 7, 5]))
    #expect(table.names == nil)
  }

  #if !(os(macOS) && arch(x86_64))
    @Test("every half-precision number is the one that the processor makes of it")
    func half() throws {
      for (order, swapped) in [("<", false), (">", true)] {
        let patterns = (UInt16.min...UInt16.max).filter { Float16(bitPattern: $0).isFinite }
        let data = patterns.flatMap { bits in
          swapped ? littleEndianBytes(bits).reversed() : littleEndianBytes(bits)
        }
        let header = "{'descr': '\(order)f2', 'fortran_order': False, 'shape': (\(patterns.count),)}"
        let table = try readNPY(folder.file("h.npy", handMade(header, data: data)))
        #expect(table.values.map(\.bitPattern) == patterns.map { Double(Float16(bitPattern: $0)).bitPattern })
      }
      let special = try folder.file(
        "s.npy", handMade("{'descr': '<f2', 'fortran_order': False, 'shape': (2,)}", data: [0x01, 0x7C, 0, 0]))
      #expect(try readNPY(special, allowMissing: true).values[0].isNaN)
      #expect(failure { () throws(DataFileError) in try readNPY(special) }?.description.contains("NaN") == true)
      let infinite = try folder.file(
        "i.npy", handMade("{'descr': '<f2', 'fortran_order': False, 'shape': (2,)}", data: [0, 0, 0, 0xFC]))
      #expect(
        failure { () throws(DataFileError) in try readNPY(infinite, allowMissing: true) }?.description.contains(
          "infinite") == true)
    }
  #endif

  @Test("extreme values of every type in both byte orders, bytes laid by hand")
  func extremes() throws {
    func check<T: FixedWidthInteger>(_ type: T.Type, _ descriptor: String) throws {
      for (order, swap) in [("<", false), (">", true)] {
        let data = [T.min, T.max, 1].flatMap { value in
          swap ? littleEndianBytes(value).reversed() : littleEndianBytes(value)
        }
        let header = "{'descr': '\(order)\(descriptor)', 'fortran_order': False, 'shape': (1, 3)}"
        let table = try readNPY(folder.file("e.npy", handMade(header, data: data)))
        #expect(table.values == [Double(T.min), Double(T.max), 1], "\(order)\(descriptor)")
      }
    }
    try check(Int8.self, "i1")
    try check(Int16.self, "i2")
    try check(Int32.self, "i4")
    try check(Int64.self, "i8")
    try check(UInt8.self, "u1")
    try check(UInt16.self, "u2")
    try check(UInt32.self, "u4")
    try check(UInt64.self, "u8")
    let data: [UInt8] = [0, 0, 0x80, 0xBF, 0, 0, 0, 0, 1, 0, 0, 0]
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}"
    let table = try readNPY(folder.file("f.npy", handMade(header, data: data)))
    #expect(table.values == [-1, 0, 0x1p-149])
    #expect(table.shape == [3] && table.rows == 3 && table.columns == 1)
  }

  @Test("Fortran order beyond one tile, against the plain index map")
  func fortranTiles() throws {
    let (rows, columns) = (2500, 70)
    let data = (0..<rows * columns).flatMap { littleEndianBytes(UInt32($0)) }
    let header = "{'descr': '<u4', 'fortran_order': True, 'shape': (\(rows), \(columns))}"
    let table = try readNPY(folder.file("t.npy", handMade(header, data: data)))
    let expected = (0..<rows).flatMap { row in (0..<columns).map { Double($0 * rows + row) } }
    #expect(table.values == expected)
  }

  @Test("versions 2 and 3, odd spacing, quotes and Python 2's long sizes")
  func spellings() throws {
    for dictionary in [
      "{ \"shape\":(2,1) ,'descr':\"<u1\", 'fortran_order' : True }   ",
      "{'descr':'|u1','fortran_order':False,'shape':(2L,)}",
      "{'descr':'=u1','fortran_order':False,'shape':(2,1,),}",
    ] {
      for version in [1, 2, 3] as [UInt8] {
        let path = try folder.file("s.npy", handMade(dictionary, version: version, data: [3, 4]))
        #expect(try readNPY(path).values == [3, 4])
      }
    }
  }

  static let refused: [(String, String, String)] = [
    ("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "pickled", "byte 20"),
    ("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", "structured", "byte 20"),
    ("{'descr': '<c16', 'fortran_order': False, 'shape': (1,)}", "complex", "byte 20"),
    ("{'descr': '<U4', 'fortran_order': False, 'shape': (1,)}", "text", "byte 20"),
    ("{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}", "'<f16'", "byte 20"),
    ("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,)}", "M8", "byte 20"),
    ("{'descr': '', 'fortran_order': False, 'shape': (1,)}", "element type", "byte 20"),
    ("{'descr': '|f8', 'fortran_order': False, 'shape': (1,)}", "byte order", "byte 20"),
    ("{'descr': '<f8', 'fortran_order': False}", "no 'shape'", "byte 10"),
    ("{'descr': '<f8', 'shape': (1,)}", "no 'fortran_order'", "byte 10"),
    ("{'fortran_order': False, 'shape': (1,)}", "no 'descr'", "byte 10"),
    ("{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}", "neither True nor False", "byte 44"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", "negative", "byte 61"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (1)}", "not a tuple", "byte 60"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (a,)}", "not a tuple", "byte 61"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': ()}", "0 dimensions", "byte 60"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 1)}", "3 dimensions", "byte 60"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4)}", "empty", "byte 60"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "overflows", "byte 60"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1152921504606846976)}", "overflows", "byte 60"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}", "overflows", "byte 61"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}", "'x'", "byte 66"),
    ("{'descr': '<f8', 'descr': '<f8', 'shape': (1,)}", "twice", "byte 27"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x", "goes on", "byte 66"),
    ("{'descr': '<f8", "never closed", "byte 20"),
    ("print('hello')", "'{'", "byte 10"),
  ]

  @Test("headers that are no array of numbers", arguments: refused)
  func hostileHeader(dictionary: String, reason: String, place: String) throws {
    let path = try folder.file("h.npy", handMade(dictionary, data: Array(repeating: 0, count: 8)))
    let error = try #require(failure { () throws(DataFileError) in try readNPY(path) })
    #expect(error.category == .data)
    #expect(error.description.contains(reason), "\(error)")
    #expect(error.description.hasPrefix("\(path), \(place):"), "\(error)")
  }

  @Test("length, magic and version")
  func hostileFrame() throws {
    func message(_ bytes: [UInt8]) throws -> String {
      let path = try folder.file("f.npy", bytes)
      return failure { () throws(DataFileError) in try readNPY(path) }?.description ?? "read"
    }
    let good = "{'descr': '<u1', 'fortran_order': False, 'shape': (2, 2)}"
    #expect(try message(handMade(good, data: [1, 2, 3, 4])) == "read")
    #expect(try message(handMade(good, data: [1, 2, 3])).contains(", byte 71: the data are cut short"))
    #expect(try message(handMade(good, data: [1, 2, 3, 4, 5])).contains(", byte 72: 1 bytes follow"))
    var magic = handMade(good, data: [1, 2, 3, 4])
    magic[5] = UInt8(ascii: "Z")
    #expect(try message(magic).contains("does not start with"))
    #expect(try message(Array("PK\u{3}\u{4}0000".utf8)).contains("zip archive"))
    var version = handMade(good, data: [1, 2, 3, 4])
    version[6] = 4
    #expect(try message(version).contains("version 4.0"))
    var long = handMade(good, data: [1, 2, 3, 4])
    long[9] = 0xFF
    #expect(try message(long).contains(", byte 8: the header claims 65338 bytes, 62 are left"))
    var vast = handMade(good, version: 2, data: [1, 2, 3, 4])
    vast[11] = 0xFF
    #expect(try message(vast).contains("the header claims"))
    #expect(try message([]).contains("empty"))
  }

  @Test("a cell that is not finite is named by row and column; NaN may be kept, infinity not")
  func notFinite() throws {
    func path(_ value: Double, fortran: Bool) throws -> String {
      var values = [Double](repeating: 1, count: 6)
      values[4] = value  // row 2, column 2 of 2 × 3 in C order; row 1, column 3 in Fortran order
      let data = values.flatMap { littleEndianBytes($0.bitPattern) }
      let order = fortran ? "True" : "False"
      return try folder.file(
        "n.npy", handMade("{'descr': '<f8', 'fortran_order': \(order), 'shape': (2, 3)}", data: data))
    }
    let c = try path(.nan, fortran: false)
    let start = try bytes(of: c).count - 48
    #expect(
      failure { () throws(DataFileError) in try readNPY(c) }?.description.contains(
        "row 2, column 2 (byte \(start + 32)): the cell is NaN") == true)
    #expect(try readNPY(c, allowMissing: true).values[4].isNaN)
    let f = try path(.nan, fortran: true)
    #expect(
      failure { () throws(DataFileError) in try readNPY(f) }?.description.contains(
        "row 1, column 3 (byte \(try bytes(of: f).count - 16)): the cell is NaN") == true)
    let infinite = try path(-.infinity, fortran: false)
    for allowMissing in [false, true] {
      #expect(
        failure { () throws(DataFileError) in try readNPY(infinite, allowMissing: allowMissing) }?.description
          .contains("the cell is infinite") == true)
    }
  }

  @Test("what is not there, or no file")
  func noInput() {
    for path in ["", folder.path + "/missing.npy", folder.path, folder.path + "/a\0b"] {
      #expect(failure { () throws(DataFileError) in try readNPY(path) }?.category == .noInput, "\(path)")
    }
    #expect(failure { () throws(DataFileError) in try readNPY("/dev/null") }?.description.contains("empty") == true)
  }
}
