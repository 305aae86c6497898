import LacunaFiles
import Testing

/// Spellings of a missing cell that are numbers stand for their value, wherever they stand.
@Suite struct MissingSpellingTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func reading(_ missing: String, decimalComma: Bool = false, allowMissing: Bool = true) -> TableReading {
    TableReading(allowMissing: allowMissing, missing: [missing], decimalComma: decimalComma, namesOptions: true)
  }

  func values(_ text: String, _ reading: TableReading) throws -> [Double?] {
    try readTable(folder.file("a.csv", text), reading).values.map { $0.isNaN ? nil : $0 }
  }

  func message(_ path: String, _ reading: TableReading) -> String {
    failure { () throws(DataFileError) in try readTable(path, reading) }?.description ?? "read"
  }

  @Test("in text, however they are written")
  func text() throws {
    let expected: [Double?] = [1.5, nil, nil, 2, nil, 4, nil, nil]
    #expect(
      try values("a,b\n1.5,-999\n-999,2\n-999.0,4\n\"-9.99e2\", -999 \n", reading("-999")) == expected)
    #expect(
      try values("a;b\n1,5;-999\n-999,0;2\n-9,99e2;4\n\"-999\"; -999 \n", reading("-999", decimalComma: true))
        == expected)
    #expect(try values("1.5 -999\n-999 2\n-999.0 4\n\"-999\"  -999 \n", reading("-999")) == expected)
    #expect(try values("0,1\n-0.0,2\n0e5,3\n0.5,4\n", reading("0")) == [nil, 1, nil, 2, nil, 3, 0.5, 4])
    // A first row of them is a sample, and one far below as well.
    #expect(try values("-999,1\n3,-999\n", reading("-999")) == [nil, 1, 3, nil])
    let long = try values(String(repeating: "1,2\n", count: 5000) + "3,-999\n", reading("-999"))
    #expect(long.count == 10_002 && long[10_000] == 3 && long[10_001] == nil && long.count(where: { $0 == nil }) == 1)
  }

  @Test("where none may be missing they are refused")
  func refused() throws {
    let text = try folder.file("r.csv", "a,b\n1,2\n-999.0,2\n")
    #expect(
      message(text, reading("-999", allowMissing: false)).contains(
        "line 3, column 1 (a): the cell is missing ('-999.0'); drop or fill its row"))
    let array = folder.path + "/r.npy"
    try writeNPY([1, 2, -999, 4] as [Double], shape: [2, 2], to: array)
    #expect(
      message(array, reading("-999", allowMissing: false)).contains("row 2, column 1 (byte 144): the cell is missing"))
    let market = try folder.file("r.mtx", "%%MatrixMarket matrix array real general\n2 2\n1\n-999\n2\n4\n")
    #expect(message(market, reading("-999", allowMissing: false)).contains("row 2, column 1 is missing"))
    let sparse = try folder.file("s.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 -999\n")
    #expect(message(sparse, reading("-999")).contains("save it dense"))
    #expect(message(sparse, reading("?")) == "read")
  }

  @Test("in arrays, columns that are not chosen left as they are")
  func arrays() throws {
    let path = folder.path + "/a.npy"
    try writeNPY([-999, 2, 7, 1, -999, 8] as [Double], shape: [2, 3], to: path)
    var chosen = reading("-999")
    chosen.index = "1"
    let table = try readTable(path, chosen)
    #expect(table.rowNames == ["-999", "1"] && table.values.map { $0.isNaN ? nil : $0 } == [2, 7, nil, 8])
    let market = try folder.file("a.mtx", "%%MatrixMarket matrix array real general\n2 2\n1\n-999\n2\n4\n")
    #expect(try readTable(market, reading("-999")).values.map { $0.isNaN ? nil : $0 } == [1, 2, nil, 4])
  }

  @Test("codes that nobody named are spoken of where they lie far off, and only there")
  func codes() throws {
    func notices(_ code: String, _ others: [Int]) throws -> [String] {
      let rows = others.map { "\($0),\($0 * 7 % 13 + 20)" } + ["\(code),21", "\(code).0,25"]
      return try readTable(folder.file("c.csv", "a,b\n" + rows.joined(separator: "\n")), .init(namesOptions: true))
        .notices
    }
    let ages = [21, 35, 64, 48, 29, 33, 51]
    for code in ["-999", "-9999", "999", "99999"] {
      let said = try notices(code, ages)
      #expect(said.contains { $0.contains("\(code) stands in 2 cells") && $0.contains("--missing=\(code)") }, "\(said)")
      #expect(said.allSatisfy { $0.contains("column 1 (a)") })
    }
    #expect(try notices("100", ages).isEmpty && notices("999", [0, 4000, 512, 77, 900]).isEmpty)
    #expect(try notices("-99", [-80, 10, 44, 3]).isEmpty)
  }

  /// Cells by construction: numbers and missing ones, decorated, with what they are known to be.
  @Test(
    "cells in spaces and quotes, empty and missing ones, are what they were made of", arguments: [",", ";", "\t", " "])
  func decorated(separator: String) throws {
    var generator = FixedGenerator(state: 11)
    let spaces = separator == " " ? [""] : separator == "\t" ? ["", " ", "  "] : ["", " ", "\t", "  "]
    let words = ["NA", "na", "NaN", "nan", "-NaN", "+nan", "N/A", "n/a", "null", "NULL", "Null", "?"]
    var text = ""
    var expected: [Double?] = []
    let columns = 7
    for _ in 0..<3000 {
      var cells: [String] = []
      for _ in 0..<columns {
        var cell: String
        switch Int.random(in: 0..<6, using: &generator) {
        case 0:
          cell = words.randomElement(using: &generator)!
          expected.append(nil)
        case 1 where separator != " ":
          cell = ""
          expected.append(nil)
        default:
          let value = Double(Int.random(in: -99_999...99_999, using: &generator)) / 1000
          cell = "\(value)"
          expected.append(value)
        }
        if Bool.random(using: &generator) { cell = "\"\(cell)\"" }
        cells.append(spaces.randomElement(using: &generator)! + cell + spaces.randomElement(using: &generator)!)
      }
      text += cells.joined(separator: separator) + (Bool.random(using: &generator) ? "\n" : "\r\n")
    }
    var reading = reading("?")
    reading.header = false
    let table = try readTable(folder.file("d.csv", text), reading)
    #expect(table.columns == columns)
    let wrong = zip(table.values.map { $0.isNaN ? nil : $0 }, expected).enumerated().filter { $1.0 != $1.1 }
    #expect(wrong.isEmpty && table.values.count == expected.count, "\(wrong.prefix(3))")
  }

  @Test(
    "what only looks like such a cell is refused by its place",
    arguments: [
      "NANA", "n a", "-null", "nul", "\"NA\"x", "1 2", "\"1\" 2", "\"1\"\"\"", "+-1", "\" 1\"", "nan1", "N|A",
    ])
  func alike(cell: String) throws {
    let path = try folder.file("l.csv", "a,b\n1,2\n3,\(cell)\n")
    let said = message(path, TableReading(header: true, allowMissing: true))
    #expect(said.contains("line 3, column 2 (b)"), "\(said)")
  }
}
