import LacunaFiles
import Testing

/// What is a header and what a sample, by evidence.
@Suite struct HeaderTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func read(_ text: String, _ reading: TableReading = TableReading(namesOptions: true)) throws -> Table {
    try readTable(folder.file("a.csv", text), reading)
  }

  func message(_ text: String, _ reading: TableReading = TableReading(namesOptions: true)) throws -> String {
    let path = try folder.file("a.csv", text)
    return failure { () throws(DataFileError) in try readTable(path, reading) }?.description ?? "read"
  }

  /// Decimals between −2 and 2 in which no row runs evenly.
  func rows(_ n: Int, _ d: Int) -> String {
    var generator = FixedGenerator(state: 5)
    return (0..<n).map { _ in
      (0..<d).map { _ in String(Double(Int.random(in: -1999...1999, using: &generator)) / 1000) }.joined(separator: ",")
    }.joined(separator: "\n") + "\n"
  }

  @Test(
    "numbers that are names",
    arguments: [
      "0,1,2", "1,2,3,4", "400.0,420.0,440.0,460.0", "4000,3998,3996,3994", "2001,2002", "1990,1995,2000,2010,2020",
      "401.3,404.1,407.7,412.2,415.0",
    ])
  func numericHeaders(header: String) throws {
    let names = header.split(separator: ",").map(String.init)
    let table = try read(header + "\n" + rows(8, names.count))
    #expect(table.names == names)
    #expect(table.rows == 8)
    #expect(table.header?.isHeader == true)
    #expect(table.notices.contains { $0.contains("--no-header") }, "the decision is said")
    let kept = try read(header + "\n" + rows(8, names.count), TableReading(header: false, namesOptions: true))
    #expect(kept.rows == 9 && kept.names == nil && kept.header?.isHeader == false)
  }

  @Test(
    "first rows that are samples",
    arguments: [
      "0,1,2,3\n4,5,6,7\n8,9,10,11\n", "5,3,4\n1,2,3\n2,2,2\n", "0.1,0.2,0.35\n0.4,0.1,0.2\n", "3,1,4\n1,5,9\n",
      "1,0.9,0.7\n0.9,1,0.9\n0.7,0.9,1\n", "0,1\n5,6\n",
    ])
  func samples(text: String) throws {
    let table = try read(text)
    #expect(table.names == nil && table.rows == text.split(separator: "\n").count)
  }

  @Test(
    "what is open is refused with both ways out",
    arguments: [
      "0,1,2\n1,1,5\n2,0,0\n3,3,1\n", "3,4,5,6\n3,9,1,2\n4,4,6,0\n", "0,1\n0.5,0.25\n0.7,0.1\n", "a,2020\n1,2\n",
      "1,2,3,4,5,6,7,8\n2,1,3,4,5,6,8,7\n8,1,3,4,5,7,6,2\n",
    ])
  func open(text: String) throws {
    let message = try message(text)
    #expect(message.contains("--header") && message.contains("--no-header"), "\(message)")
    #expect(try read(text, TableReading(header: true)).rows == text.split(separator: "\n").count - 1)
  }

  @Test("parameters have no header of numbers")
  func parameters() throws {
    #expect(try read("1,0.8,0.6,0.4\n", .parameters).rows == 1)
    #expect(try read("0,1,2,3\n1,1,0,9\n5,1,1,1\n", .parameters).rows == 3)
  }

  @Test("words over numbers, numbers beside words, quotes, missing cells below")
  func words() throws {
    #expect(try read("a,b\n1,2\n").names == ["a", "b"])
    #expect(try read("age,2019,2020,2021\n33,1.5,2.5,2.75\n41,1.1,2.2,3.4\n").names == ["age", "2019", "2020", "2021"])
    #expect(try read("\"7\",\"3\"\n1,2\n4,5\n").names == ["7", "3"])
    #expect(try read("a,b\n,2\n1,\n", TableReading(allowMissing: true)).names == ["a", "b"])
    let most = try read("a,2020,b,c\n1,2,3,4\n5,6,7,9\n")
    #expect(most.names == ["a", "2020", "b", "c"] && most.notices.contains { $0.contains("words over numbers in 3") })
    #expect(try message("a,2020,b,7\n1,2,3,4\n5,6,7,9\n").contains("--no-header if it is a sample"))
    #expect(try read("gr\u{F6}ße,b\n1,2\n").names == ["größe", "b"])
    let latin = try folder.file("l.csv", Array("gr".utf8) + [0xF6, 0xDF] + Array("e,b\n1,2\n".utf8))
    #expect(try readTable(latin).names == ["größe", "b"])
  }

  @Test("pandas' corner, R's short header, a named index")
  func index() throws {
    let pandas = try read(",0,1,2\n0,0.5,0.25,1.5\n1,0.1,0.7,0.3\n2,2.5,0.2,0.1\n")
    #expect(pandas.names == ["0", "1", "2"] && pandas.rows == 3 && pandas.indexColumn == 1)
    #expect(pandas.values.prefix(3) == [0.5, 0.25, 1.5] && pandas.rowNames == ["0", "1", "2"])
    let words = try read(",a,b\nx,1,2\ny,3,4\n")
    #expect(words.values == [1, 2, 3, 4] && words.rowNames == ["x", "y"])
    let r = try read("\"V1\" \"V2\"\n\"1\" 2.5 3\n\"2\" 4 5.5\n")
    #expect(r.names == ["V1", "V2"] && r.values == [2.5, 3, 4, 5.5] && r.indexColumn == 1)
    let named = try read("id,a,b\nx,1,2\ny,3,4\n", TableReading(index: "id"))
    #expect(named.names == ["a", "b"] && named.rowNames == ["x", "y"])
    #expect(try message("a,b\n1,2,3\n4,5,7\n").contains("the row has 3 fields"))
    #expect(try message("a,b\n1,2,\n3,4,\n").contains("separator"))
    // A missing cell at the start of a first sample is no corner.
    let gap = try read(",0.3,0.2\n1.5,2,3\n", TableReading(allowMissing: true))
    #expect(gap.rows == 2 && gap.names == nil && gap.values[0].isNaN)
  }

  @Test("notices: a column that counts the rows, ratings in long form")
  func notices() throws {
    let counting = try read("id,a\n1,0.5\n2,0.7\n3,0.1\n4,0.9\n5,0.8\n")
    #expect(counting.notices.contains { $0.contains("column 1 (id) counts the rows") && $0.contains("--index") })
    let long = try read("user_id,item_id,rating\n1,7,5\n1,9,3\n2,7,4\n3,1,1\n3,7,2\n")
    #expect(long.notices.contains { $0.contains("long form") })
    #expect(try read("a,b\n1,7\n1,9\n2,7\n3,1\n3,8\n").notices.isEmpty)
  }
}

@Suite struct ColumnTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }
  let text = "a,3,b,c\n1,2,3,4.5\n5,6,7,8.5\n"

  func read(_ reading: TableReading, _ text: String? = nil) throws -> Table {
    try readTable(folder.file("a.csv", text ?? self.text), reading)
  }

  func message(_ reading: TableReading, _ text: String? = nil) throws -> String {
    let path = try folder.file("a.csv", text ?? self.text)
    return failure { () throws(DataFileError) in try readTable(path, reading) }?.description ?? "read"
  }

  @Test("names before positions, positions from 1, ranges, order")
  func chosen() throws {
    let header = true
    #expect(try read(.init(header: header, columns: ["c,a"])).values == [4.5, 1, 8.5, 5])
    #expect(try read(.init(header: header, columns: ["3"])).values == [2, 6], "a column is named 3")
    #expect(try read(.init(header: header, columns: ["#3"])).values == [3, 7])
    #expect(try read(.init(header: header, columns: ["2-4"])).names == ["3", "b", "c"])
    #expect(try read(.init(header: header, columns: ["b", "1"])).values == [3, 1, 7, 5])
    #expect(try read(.init(header: header, exclude: ["#2-#3"])).values == [1, 4.5, 5, 8.5])
    #expect(try read(.init(header: header, index: "#1", exclude: ["c"])).values == [2, 3, 6, 7])
    #expect(try read(.init(columns: ["2-3"]), "9,8,7\n1,5,3\n").values == [8, 7, 5, 3])
  }

  @Test("what is not there or open is refused by name")
  func refused() throws {
    let header = true
    #expect(
      try message(.init(header: header, columns: ["x"])).contains("no column is named 'x'; the columns are a, 3, b, c"))
    #expect(try message(.init(header: header, columns: ["9"])).contains("positions run from 1 to 4"))
    #expect(try message(.init(header: header, columns: ["0-2"])).contains("positions run from 1 to 4"))
    #expect(try message(.init(header: header, columns: ["a,1"])).contains("twice"))
    #expect(try message(.init(header: header, exclude: ["1-4"])).contains("no column is left"))
    #expect(try message(.init(columns: ["x"]), "x,x\n1,2\n").contains("2 columns are named 'x'"))
    #expect(try message(.init(columns: ["1-2"]), ",0,1,2\n0,5.5,6.5,1\n1,7.5,8.5,3\n").contains("#3-4 for those"))
  }

  @Test("columns of text are named with the way out, and pass when left out")
  func textColumns() throws {
    let table = "country,x,city,y\nAT,1,Wien,2\nDE,3,Ulm,4\n"
    let said = try message(.init(namesOptions: true), table)
    #expect(said.contains("--exclude 'country,city'") && said.contains("--index 'country'"), "\(said)")
    #expect(try read(.init(exclude: ["country,city"]), table).values == [1, 2, 3, 4])
    let indexed = try read(.init(index: "country", exclude: ["city"]), table)
    #expect(indexed.rowNames == ["AT", "DE"] && indexed.names == ["x", "y"])
    #expect(try read(.init(columns: ["2"]), "u,1\nv,2\n").values == [1, 2])
    #expect(try message(.init(namesOptions: true), "u,1\nv,2\n").contains("--exclude '#1'"))
  }

  @Test("columns of arrays, where a cell left out may be NaN")
  func arrays() throws {
    let path = folder.path + "/a.npy"
    try writeNPY([1, .nan, 3, 4, 5, 6] as [Double], shape: [2, 3], to: path)
    #expect(try readTable(path, .init(exclude: ["2"])).values == [1, 3, 4, 6])
    #expect(try readTable(path, .init(index: "1", columns: ["3"])).rowNames == ["1", "4"])
    #expect(
      failure { () throws(DataFileError) in try readTable(path) }?.description.contains("row 1, column 2") == true)
  }
}
