import LacunaFiles
import Testing

/// Cells in quotes that hold line ends, and what stands before and below a table.
@Suite struct QuotedRowTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func message(_ text: String, _ reading: TableReading = TableReading(namesOptions: true)) throws -> String {
    try message(Array(text.utf8), reading)
  }

  func message(_ bytes: [UInt8], _ reading: TableReading = TableReading(namesOptions: true)) throws -> String {
    let path = try folder.file("m.csv", bytes)
    return failure { () throws(DataFileError) in try readTable(path, reading) }?.description ?? "read"
  }

  /// Texts of several lines, with quotes and separators in them, across the ends of what is read at a time.
  @Test(
    "cells of several lines, by construction", arguments: zip([",", ";", "\t", "|"], ["\n", "\r\n", "\r\n", "\n"]))
  func cells(separator: String, end: String) throws {
    var generator = FixedGenerator(state: 3)
    let parts = ["x", "\n", "\r\n", "\"\"", ",", ";", "|", "\t", " ", "5", "é", "\n\n", "#"]
    var lines = ["a", "\"t\(end)u\"", "b"].joined(separator: separator) + end
    var values: [Double] = []
    var labels: [String] = []
    while lines.utf8.count < 5 << 19 {
      let text = (0..<Int.random(in: 0..<60, using: &generator)).map { _ in parts.randomElement(using: &generator)! }
        .joined()
      let (a, b) = (Double(values.count), Double(Int.random(in: 0..<1000, using: &generator)) / 8)
      values += [a, b]
      labels.append(text.replacing("\"\"", with: "\""))
      lines += "\(a)\(separator)\"\(text)\"\(separator)\(b)\(end)"
    }
    let table = try readTable(folder.file("q.csv", lines), TableReading(labels: "t u", exclude: ["t u"]))
    #expect(table.names == ["a", "b"] && table.values == values)
    #expect(table.labels == labels)
  }

  @Test("lines are counted on through such cells")
  func lineNumbers() throws {
    let reading = TableReading(exclude: ["t"], namesOptions: true)
    #expect(try message("a,t,b\n1,\"x\ny\",2\n3,\"z\",q\n", reading).contains("line 4, column 3 (b): 'q'"))
    #expect(try message("a,t,b\n1,\"x\n\ny\",2\n3,\"z\"\n", reading).contains("line 5: the row has 2 fields"))
    #expect(try message("a,\"t\n\",b\n1,\"x\ny\",2\n\n3,\"z\",3\n", reading).contains("line 5: the line is blank"))
    #expect(try message("a,\"t\nu\",b\n1,x,2\n3,z,3\n").contains("line 3, column 2 (t u): 'x' is text"))
  }

  @Test("a quote that is never closed is named by its line, soon")
  func unclosed() throws {
    #expect(try message("a,b\n1,2\n\"3,4\n5,6\n").contains("line 3, column 1 (a): a quote is not closed"))
    let rest = String(repeating: "5,6\n", count: 1_500_000)
    #expect(try message("a,b\n1,2\n\"3,4\n" + rest).contains("line 3, column 1 (a): a quote is not closed"))
    // A mark inside a cell is no quote.
    #expect(try readTable(folder.file("i.csv", "5\" pipe,b\n1,2\n3,4\n")).names == ["5\" pipe", "b"])
    let inches = String(repeating: "1,5\" pipe\n2,6\" bar\n3,x\n", count: 150_000)
    let table = try readTable(folder.file("i.csv", "n,t\n" + inches), TableReading(exclude: ["t"]))
    #expect(table.rows == 450_000 && table.values.reduce(0, +) == 900_000)
  }

  @Test("CR CR LF, UTF-16 without a mark")
  func ends() throws {
    let table = try readTable(folder.file("c.csv", "a,b\r\r\n1,2\r\r\n3,4\r\r\n"))
    #expect(table.names == ["a", "b"] && table.values == [1, 2, 3, 4])
    let long = String(repeating: "1,2\r\r\n", count: 700_000)
    #expect(try readTable(folder.file("c.csv", long)).rows == 700_000)
    #expect(try readTable(folder.file("c.csv", "1,2\r3,4\r\r\r")).values == [1, 2, 3, 4])
    let text = Array("a,b\n1,2\n".utf8)
    for zero in [0, 1] {
      let wide: [UInt8] = (0..<2 * text.count).map { $0 % 2 == zero ? 0 : text[$0 / 2] }
      #expect(try message(wide).contains("UTF-16"))
    }
  }

  @Test(
    "lines that are no rows are named as what they are",
    arguments: [
      (
        "Study of 2020\na,b,c\n1,2,3\n4,5,6\n",
        "line 1: the line has one cell, 'Study of 2020', and the rows below have 3"
      ),
      ("Study,2020\na,b,c,d\n1,2,3,4\n4,5,6,7\n", "line 1: the line has 2 fields and the rows below have 4"),
      ("// note\na,b\n1,2\n4,5\n", "line 1: the line has one cell, '// note'"),
      ("a,b\nkg,m\n1,2\n3,4\n", "line 2: the line below the names holds words over numbers ('kg')"),
      (",a,a\n,x,y\n0,1.5,2\n1,3,4\n", "line 2: the line below the names holds words over numbers ('x')"),
      ("a,b\n1,2\n# end\n", "comments stand above the table only"),
      ("a,b\n1,2\n% end\n3,4\n", "comments stand above the table only"),
      ("sep=1\n1 2\n", "'sep=1' names no separator"), ("sep=x\n1x2\n", "'sep=x' names no separator"),
    ])
  func noRows(text: String, words: String) throws {
    let said = try message(text)
    #expect(said.contains(words), "\(said)")
  }

  @Test("texts in one column below a name are text, not units; separators that are declared")
  func nearlyUnits() throws {
    #expect(try message("a,b\nx,2\ny,4\n").contains("'x' is text"))
    #expect(try readTable(folder.file("s.csv", "sep= \n1 2\n3 4\n")).values == [1, 2, 3, 4])
    #expect(try readTable(folder.file("s.csv", "sep=:\n1:2\n3:4\n")).values == [1, 2, 3, 4])
    // Commas part the fields and stand in the numbers, which are quoted.
    let german = try folder.file("g.csv", "\"a\",\"b\"\n\"1,5\",\"2,5\"\n3,\"4,5\"\n")
    #expect(try readTable(german, TableReading(decimalComma: true)).values == [1.5, 2.5, 3, 4.5])
    let column = try folder.file("g.csv", "1,5\n2,5\n3,7\n")
    #expect(try readTable(column, TableReading(decimalComma: true)).values == [1.5, 2.5, 3.7])
  }

  @Test("numbers in no order, far off and whole over fractions, are open; pandas' series has a header")
  func identifiers() throws {
    let rows = (0..<8).map { "0.\($0)5,-1.\($0)2,2.\(9 - $0)\n" }.joined()
    #expect(try message("7157,672,675\n" + rows).contains("--no-header if it is a sample"))
    #expect(try message("0.3,672,675\n" + rows) == "read", "a fraction among them, as in a sample")
    #expect(try message("2,-1,2\n" + rows) == "read", "whole numbers near the others")
    let series = try readTable(folder.file("p.csv", ",0\n0,1.5\n1,2.5\n2,3.1\n"))
    #expect(series.names == ["0"] && series.values == [1.5, 2.5, 3.1] && series.indexColumn == 1)
  }

  @Test("columns that number the rows in another order")
  func numbered() throws {
    let order = [7, 3, 9, 1, 4, 8, 2, 6, 5, 10]
    func notices(_ name: String, _ order: [Int]) throws -> [String] {
      let rows = order.map { "\($0),\($0 * $0 % 7)\n" }.joined()
      return try readTable(folder.file("n.csv", "\(name),b\n" + rows), .init(namesOptions: true)).notices
    }
    #expect(try notices("nr", order).contains { $0.contains("column 1 (nr)") && $0.contains("--index '#1'") })
    #expect(try notices("nr", order.map { $0 * $0 }).isEmpty)
    #expect(try notices("Unnamed: 0", order.map { $0 * $0 }).contains { $0.contains("pandas' name for an index") })
    #expect(try notices("nr", Array(order.dropLast()) + [7]).isEmpty)
  }
}
