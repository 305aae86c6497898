import LacunaFiles
import Testing

@Suite struct CSVReadingTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func read(_ text: String, header: Bool? = nil, allowMissing: Bool = false) throws -> Table {
    try readCSV(folder.file("a.csv", text), header: header, allowMissing: allowMissing)
  }

  /// The message without the path.
  func message(_ text: String, header: Bool? = nil, allowMissing: Bool = false) throws -> String {
    let path = try folder.file("a.csv", text)
    let error = failure { () throws(DataFileError) in try readCSV(path, header: header, allowMissing: allowMissing) }
    guard let error else { return "read" }
    #expect(error.category == .data)
    #expect(error.description.hasPrefix(path))
    return String(error.description.dropFirst(path.count))
  }

  @Test(
    "separators, line ends, byte order mark, quotes, spaces, blank end",
    arguments: [
      "1,-2.5,3e2\n4,.5,6.\n", "1;-2.5;3e2\n4;.5;6.", "1\t-2.5\t3e2\r\n4\t.5\t6.\r\n",
      "\u{FEFF}1,-2.5,3e2\n4,.5,6.\n\n \n",
      "\"1\",\"-2.5\",\"3e2\"\n\"4\",\".5\",\"6.\"\n", " 1 , -2.5, +3E+2\n4 ,.50,\" 6.0\" \n",
      "1,-2500e-3,0.3e3\n4,5e-1,6.000000000000000000000000000\n",
    ])
  func spellings(text: String) throws {
    if text.contains("\" 6") {
      // A quoted field keeps its spaces and so is no number.
      #expect(try message(text).contains("line 2, column 3"))
      return
    }
    let table = try read(text)
    #expect(table.values == [1, -2.5, 300, 4, 0.5, 6])
    #expect(table.rows == 2 && table.columns == 3 && table.names == nil)
  }

  @Test("the header is found or told")
  func header() throws {
    let found = try read("\"a, \"\"b\"\"\" , c_d\n1,2\n")
    #expect(found.names == ["a, \"b\"", "c_d"] && found.values == [1, 2] && found.rows == 1)
    #expect(try read("0,1\n5,6\n", header: true).names == ["0", "1"])
    #expect(try read("0,1\n5,6\n").rows == 2)
    #expect(try read("a,2020\n1,2\n", header: true).names == ["a", "2020"])
    #expect(try read("x\n1\n2\n").values == [1, 2])
    #expect(try message("a,2020\n1,2\n").hasPrefix(", line 1, column 1: 'a' is not a number, yet"))
    #expect(try message("a,b\n1,2\n", header: false).hasPrefix(", line 1, column 1: 'a' is not a number"))
    #expect(try message("a,,c\n1,2,3\n").hasPrefix(", line 1, column 2: the column has no name"))
  }

  @Test("missing cells are refused, or NaN where they may be")
  func missing() throws {
    let text = "a,b,c\n1,,NA\nNaN,2,\"\"\n-nan,n/a,3\n"
    let table = try read(text, allowMissing: true)
    let expected: [Double?] = [1, nil, nil, nil, 2, nil, nil, nil, 3]
    #expect(table.values.map { $0.isNaN ? nil : $0 } == expected)
    #expect(try message(text).hasPrefix(", line 2, column 2 (b): the cell is empty"))
    #expect(try message("1,NaN\n").hasPrefix(", line 1, column 2: the cell is NaN"))
    for allowMissing in [false, true] {
      #expect(
        try message("1,2\n3,-Inf\n", allowMissing: allowMissing).hasPrefix(", line 2, column 2: the cell is infinite"))
      #expect(try message("1\n1e999\n", allowMissing: allowMissing).hasPrefix(", line 2, column 1: '1e999' is beyond"))
    }
  }

  @Test("a separator at each line's end makes no column, and nothing is lost by it")
  func trailingSeparator() throws {
    for (text, names, header) in [
      ("a,b,\n1,2,\n3,4.5,\n", ["a", "b"], Bool?.none), ("a;b;\n1;2;\n3;4.5;\n", ["a", "b"], nil),
      ("1,2,\n3,4.5,\n", nil, false), ("0,1,\n1,2,\n3,4.5,\n", ["0", "1"], true), ("1,2,\n3,4.5,\n", nil, nil),
      ("a,b,\r\n1,2,\r\n3,4.5, \r\n", ["a", "b"], nil),
    ] {
      let table = try read(text, header: header)
      #expect(table.values == [1, 2, 3, 4.5] && table.columns == 2 && table.names == names, "\(text)")
      #expect(table.notices.contains { $0.contains("the empty column 3") }, "\(table.notices)")
    }
    // A column left out by name is not spoken of, and its cells may be anything.
    let path = try folder.file("e.csv", "a,b,\n1,2,\n3,4.5,\n")
    let chosen = try readTable(path, TableReading(exclude: ["#3"]))
    #expect(chosen.values == [1, 2, 3, 4.5] && chosen.notices.isEmpty)
    // Evidence for a header of numbers is that of the columns that are there.
    #expect(try read("400,420,440,460,\n0.5,0.1,0.9,0.2,\n0.1,0.7,0.3,0.8,\n").names == ["400", "420", "440", "460"])
    // A value beyond the rows that were looked at is refused; where cells may be missing the column is one like others.
    let long = String(repeating: "1,2,\n", count: 300)
    #expect(try message("a,b,\n" + long + "3,4,7\n").hasPrefix(", line 302, column 3: '7' stands in a column"))
    #expect(
      try message("a,b,\n" + long + "3,4,7\n", allowMissing: true).hasPrefix(", line 302, column 3: '7' stands in"))
    #expect(try read(long + "3,4,7\n", header: false, allowMissing: true).values.last == 7)
    #expect(try message("a,\nx,\ny,\n").hasPrefix(", line 2, column 1 (a): 'x'"))
  }

  static let malformed: [(String, String)] = [
    ("", ": the file is empty"), ("\n\n", ": the file is empty"), ("a,b\n", ", line 1: no row follows"),
    ("1,2\n3\n", ", line 2: the row has 1 fields, the first line has 2"),
    ("1,2\n3,4,5,6\n", ", line 2: the row has 4 fields, the first line has 2"),
    ("a,b\n1,2\n1,2,\n", ", line 3: the row has 3 fields, the first line has 2"),
    ("1,2\n\n3,4\n", ", line 2: the line is blank"), ("\n1,2\n", ", line 1: the line is blank"),
    ("1,2\n3,0x10\n", ", line 2, column 2: '0x10' is not a number"),
    ("1,2\n3,1e\n", ", line 2, column 2: '1e' is not a number"), ("1,2\n3,.\n", ", line 2, column 2: '.' is not"),
    ("1,2\n3,--4\n", ", line 2, column 2: '--4' is not"), ("1;2\n3;1,5\n", ", line 2, column 2: '1,5' is not a number"),
    ("1,2\n3,4 5\n", ", line 2, column 2: '4 5' is not a number"), ("1,2\n3,\"4\n", ", line 2, column 2: a quote"),
    ("\"a\n1\n", ", line 1: a quote"), ("1,2\n3,\u{0}\n", ", line 2, column 2: '\\u{0}' is not"),
    ("1,2\n3,\u{661}\n", ", line 2, column 2: '\u{661}' is not"),
  ]

  @Test("what is no table is refused by line and column", arguments: malformed)
  func refused(text: String, start: String) throws {
    let found = try message(text)
    #expect(found.hasPrefix(start), "\(found)")
  }

  @Test("UTF-16, and lines beyond the buffer")
  func encodings() throws {
    let wide = try folder.file("w.csv", [0xFF, 0xFE, 0x31, 0, 0x2C, 0])
    #expect(failure { () throws(DataFileError) in try readCSV(wide) }?.description.contains("UTF-16") == true)
    let columns = 300_000
    let row = (0..<columns).map { String($0 % 1000) }.joined(separator: ",")
    let table = try read(row + "\n" + row + "\n" + row)
    #expect(table.rows == 3 && table.columns == columns)
    #expect(table.values.indices.allSatisfy { table.values[$0] == Double($0 % columns % 1000) })
  }

  @Test("decimals round as the standard library's parser does")
  func rounding() throws {
    var generator = FixedGenerator(state: 1)
    var texts = [
      "0.1", "9007199254740993", "9007199254740992.5", "18446744073709551616", "36893488147419103232", "1e22", "1e23",
      "1e-22",
      "1e-23", "1.7976931348623157e308", "4.9e-324", "2e-324", "2.2250738585072011e-308", "2.2250738585072014e-308",
      "123456789012345678901234567890", "0.000000000000000000000000000000000000001234567890123456789", "0e999999999999",
      "-0",
      "1e-400", "9007199254740993.0", "4503599627370497.5", "4503599627370498.5", "0.00000000000000000000000000",
      "9.007199254740993e-12", "7.2057594037927933e16", "00000000000000000000000000000001.5",
    ]
    for _ in 0..<20_000 {
      let value = Double(bitPattern: generator.next() & 0x7FFF_FFFF_FFFF_FFFF)
      if value.isFinite { texts.append(value.description) }
      texts.append(
        "\(Int64(truncatingIfNeeded: generator.next() >> (generator.next() % 64))).\(generator.next() % 100_000)")
      texts.append("0.\(generator.next())")
      texts.append("\(generator.next() >> (generator.next() % 64))e-\(generator.next() % 30)")
    }
    let table = try read(texts.joined(separator: "\n"))
    #expect(table.rows == texts.count)
    let wrong = zip(texts, table.values).filter { Double($0)?.bitPattern != $1.bitPattern }.map(\.0)
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
  }

  @Test("the shipped digits: 1797 images, sums as an independent reader counts them")
  func digits() throws {
    let path = #filePath.replacing("LacunaFilesTests/CSVReadingTests.swift", with: "Fixtures/digits.csv")
    let table = try readTable(path)
    #expect(table.rows == 1797 && table.columns == 64)
    #expect(table.names?.first == "pixel_0_0" && table.names?.last == "pixel_7_7")
    #expect(table.values.reduce(0, +) == 561_718)
    #expect(table.values.reduce(0) { $0 + $1 * $1 } == 6_907_012)
  }

  @Test("the format is chosen by name or first byte")
  func format() throws {
    try writeNPY([1, 2] as [Double], shape: [1, 2], to: folder.path + "/data.bin")
    #expect(try readTable(folder.path + "/data.bin").values == [1, 2])
    #expect(try readTable(folder.file("t.txt", "1\t2\n")).values == [1, 2])
    let error = failure { () throws(DataFileError) in try readTable(folder.path + "/none.csv") }
    #expect(error?.category == .noInput && error?.description.contains("none.csv") == true)
  }
}

/// A generator with a fixed seed (SplitMix64).
struct FixedGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
