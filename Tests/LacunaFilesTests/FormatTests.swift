import Foundation
import LacunaFiles
import Testing

/// The same table in every spelling.
@Suite struct FormatTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  static let spellings: [(name: String, text: String)] = [
    ("plain", "a,b,c\n1.5,-2,3\n4,0.5,6e2\n"),
    ("bars", "a|b|c\n1.5|-2|3\n4|0.5|6e2\n"),
    ("tabs", "a\tb\tc\n1.5\t-2\t3\n4\t0.5\t6e2\n"),
    ("spaces", "a b   c\n  1.5 -2 3\n4\t0.5 6e2  \n"),
    ("CR alone", "a,b,c\r1.5,-2,3\r4,0.5,6e2\r"),
    ("CR after the header alone", "a,b,c\r1.5,-2,3\n4,0.5,6e2\n"),
    ("CR LF without an end", "a,b,c\r\n1.5,-2,3\r\n4,0.5,6e2"),
    ("Excel's line", "sep=;\na;b;c\n1.5;-2;3\n4;0.5;6e2\n"),
    ("Excel's line, mark first", "\u{FEFF}sep=;\r\na;b;c\r\n1.5;-2;3\r\n4;0.5;6e2\r\n"),
    ("comments", "# made by x\n% on y\n\na,b,c\n1.5,-2,3\n4,0.5,6e2\n"),
    ("names in a comment", "# a b c\n1.5 -2 3\n4 0.5 6e2\n"),
    ("names in a comment, commas", "# a,b,c\n1.5,-2,3\n4,0.5,6e2\n"),
    ("Fortran's exponent", "a,b,c\n1.5D0,-2,3.0d+00\n4,5D-1,6D2\n"),
    ("quotes", "\"a\",\"b\",\"c\"\n\"1.5\",\"-2\",\"3\"\n4,0.5,6e2\n"),
    ("spaces after commas", "a, b, c\n1.5, -2, 3\n4, 0.5, 6e2\n"),
  ]

  @Test("texts", arguments: FormatTests.spellings.map(\.name))
  func texts(name: String) throws {
    let text = try #require(Self.spellings.first { $0.name == name }?.text)
    let table = try readTable(folder.file("t.txt", text))
    #expect(table.values == [1.5, -2, 3, 4, 0.5, 600] && table.names == ["a", "b", "c"])
  }

  @Test("decimal commas when they are named, refused with the option when not")
  func decimalComma() throws {
    let path = try folder.file("d.csv", "a;b\n1,5;-2\n4;0,25\n")
    #expect(try readTable(path, .init(decimalComma: true)).values == [1.5, -2, 4, 0.25])
    let said = failure { () throws(DataFileError) in try readTable(path, .init(namesOptions: true)) }
    #expect(said?.description.contains("--decimal ,") == true)
    #expect(
      try readTable(folder.file("e.txt", "1,5 2\n3 4,25\n"), .init(decimalComma: true)).values == [1.5, 2, 3, 4.25])
  }

  @Test("one mark of another separator in a name")
  func mixedNames() throws {
    #expect(try readTable(folder.file("m.csv", "dose [mg;day],b\n1,2\n3,4\n")).names == ["dose [mg;day]", "b"])
    #expect(try readTable(folder.file("m.csv", "total cost\n1\n2\n")).names == ["total cost"])
    #expect(try readTable(folder.file("m.csv", "\"x;y\"\n1\n2\n")).names == ["x;y"])
  }

  @Test("spellings of missing cells: the usual, those named, those that look so")
  func missing() throws {
    let path = try folder.file("m.csv", "a,b\n1,?\nNA,2\n3,<NA>\n4,5\n")
    let table = try readTable(path, .init(allowMissing: true, missing: ["?", "<NA>"]))
    #expect(table.values.map { $0.isNaN } == [false, true, true, false, false, true, false, false])
    let said = failure { () throws(DataFileError) in try readTable(path, .init(allowMissing: true, namesOptions: true))
    }
    #expect(
      said?.description.contains("--missing='?'") == true && said?.description.contains("NA, N/A, NaN, null") == true)
  }

  static let foreign: [(String, [UInt8], String)] = [
    ("Parquet", Array("PAR1".utf8) + [21, 4, 0, 0], "Parquet"), ("Feather", Array("ARROW1\0\0".utf8), "Arrow"),
    ("HDF5", [0x89] + Array("HDF\r\n\u{1A}\n".utf8), "HDF5"),
    ("MATLAB 7.3", Array("MATLAB 7.3 MAT-file, Platform: GLNXA64".utf8), "HDF5"),
    ("pickle 0, array", Array("cnumpy._core.multiarray\n_reconstruct\np0\n(cnumpy\nndarray\np1\n(".utf8), "pickle"),
    ("pickle 1, array", Array("cnumpy._core.multiarray\n_reconstruct\nq\0(cnumpy\nndarray\nq\u{1}(K\0".utf8), "pickle"),
    ("pickle 0, list", Array("(lp0\n(lp1\nF1.5\naI2\naa.".utf8), "pickle"),
    ("pickle 0, tuple", Array("(I1\nI2\ntp0\n.".utf8), "pickle"),
    ("pickle 0, dictionary", Array("(dp0\nVa\np1\nI1\ns.".utf8), "pickle"),
    ("pickle 1, list", Array("]q\0(K\u{1}K\u{2}e.".utf8), "pickle"),
    ("MATLAB", Array("MATLAB 5.0 MAT-file, x".utf8), "MATLAB"),
    ("pickle", [0x80, 4, 0x95, 0], "pickle"), ("xls", [0xD0, 0xCF, 0x11, 0xE0, 0xA1], "old Office"),
    ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz"), ("page", Array("<!DOCTYPE html>".utf8), "HTML"),
    ("table", Array("<table border=\"1\">\n<tr><td>1</td></tr>\n".utf8), "HTML"),
    ("old Stata", [114, 2, 1, 0, 4, 0, 12] + [UInt8](repeating: 0, count: 40), "Stata"),
    ("unknown", Array("\u{7F}ELF".utf8) + [2, 1, 1, 0, 0, 0, 0, 0, 3, 0, 62, 0, 1], "no text"),
    ("JSON", Array("[[1, 2], [3, 4]]".utf8), "JSON"), ("SQLite", Array("SQLite format 3\0".utf8), "SQLite"),
  ]

  @Test("cells that begin as markup does are cells")
  func noMarkup() throws {
    let reading = TableReading(header: false, allowMissing: true, missing: ["<NA>"])
    #expect(try readTable(folder.file("n.csv", "<NA>,1\n2,3\n"), reading).values.dropFirst() == [1, 2, 3])
    #expect(try readTable(folder.file("n.csv", "<5,5-9\n2,3\n")).names == ["<5", "5-9"])
  }

  @Test("other programs' files are named with the way out", arguments: FormatTests.foreign.map(\.0))
  func foreignFile(name: String) throws {
    let (_, bytes, word) = try #require(Self.foreign.first { $0.0 == name })
    let path = try folder.file("f.csv", bytes)
    let error = try #require(failure { () throws(DataFileError) in try readTable(path) })
    #expect(error.category == .data && error.description.contains(word), "\(error)")
    guard case .malformed(_, _, _, let remedy) = error else { return }
    #expect(!remedy.isEmpty)
  }

  @Test("texts that begin as an old pickle does are tables")
  func noPickle() throws {
    for (text, names) in [
      ("(I1),(I2)\n1,2\n3,5\n", ["(I1)", "(I2)"]), ("cat\n1\n2\n", ["cat"]),
      ("(lpm),(dp)\n1,2\n3,5\n", ["(lpm)", "(dp)"]),
      ("c,d\n1,2\n3,5\n", ["c", "d"]),
    ] {
      #expect(try readTable(folder.file("t.csv", text)).names == names, "\(text)")
    }
  }

  @Test("names that could steer a terminal are written out, in messages and in markup")
  func escapes() throws {
    let path = try folder.file("e.csv", "\u{1B}[2J,b\u{9B}31m\n1,x\n2,y\n")
    let error = try #require(failure { () throws(DataFileError) in try readTable(path, .init(namesOptions: true)) })
    #expect(error.description.contains("\\u{9b}31m"))
    #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
    #expect(escaped("a\u{202E}b\n") == "a\\u{202e}b\\u{a}")
    #expect(escapedMarkup("<script>\"&'\u{7}") == "&lt;script&gt;&quot;&amp;&#39;\\u{7}")
  }

  @Test("file names that are not UTF-8")
  func names() throws {
    let bytes: [UInt8] = Array("caf".utf8) + [0xE9, 0x41]
    let name = PathText.text(bytes)
    #expect(PathText.bytes(name) == bytes)
    let reserved = Array("\u{10FFE9}".utf8)
    #expect(PathText.bytes(PathText.text(reserved)) == reserved)
    #expect(PathText.text(Array("größe 😀".utf8)) == "größe 😀")
    let path = folder.path + "/" + name
    try AtomicFile.write("1,2\n3,5\n", to: path)
    #expect(try readTable(path).values == [1, 2, 3, 5])
    #expect(escaped(name) == "caf\\xe9A")
    let missing = failure { () throws(DataFileError) in try readTable(path + "x") }
    #expect(missing?.description.contains("caf\\xe9Ax") == true)
  }

  @Test("many chunks give the rows of one, whatever the line ends and gaps")
  func chunks() throws {
    var generator = FixedGenerator(state: 9)
    var text = "a,b,c\r\n"
    var expected: [Double] = []
    for _ in 0..<400_000 {
      let cells = (0..<3).map { _ in Double(Int64.random(in: -1_000_000_000...1_000_000_000, using: &generator)) / 128 }
      expected += cells
      text += "\(cells[0]),\(cells[1]), \(cells[2])\r\n"
    }
    let path = try folder.file("l.csv", text)
    #expect(try readTable(path).values == expected)
    let broken = try folder.file("b.csv", text + "1,2\r\n")
    let error = failure { () throws(DataFileError) in try readTable(broken) }
    #expect(error?.description.contains(", line 400002: the row has 2 fields") == true, "\(error!)")
    let blank = try folder.file("c.csv", text + "\r\n" + "1,2,3\r\n")
    #expect(
      failure { () throws(DataFileError) in try readTable(blank) }?.description.contains(
        "line 400002: the line is blank") == true)
  }
}
