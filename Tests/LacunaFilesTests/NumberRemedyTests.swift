import LacunaFiles
import Testing

/// Cells that a person reads as numbers are refused with what to do, and never read as another number.
@Suite struct NumberRemedyTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  static let cells: [(cell: String, remedy: String)] = [
    ("1,000", "as 1000; if the comma stands before a fraction, say --decimal ,"),
    ("-12,345,678", "as -12345678"), ("1,000.5", "as 1000.5"), ("1 000", "as 1000"), ("1\u{A0}000", "as 1000"),
    ("1\u{202F}000", "as 1000"), ("1'000", "as 1000"), ("\u{2212}1.5", "U+2212: write -"),
    ("\u{2013}2", "U+2013: write -"), ("1,5", "for decimal commas say --decimal ,"),
    ("0,126", "for decimal commas say --decimal ,"), ("12%", "write the number alone"),
    ("$1.5", "write the number alone"), ("€ 1,500", "write the number alone"), ("12 kg", "write the number alone"),
    ("3.5°", "write the number alone"), ("TRUE", "write 1 and 0"), ("no", "write 1 and 0"),
    ("1.234,5", "as 1234,5, and say --decimal ,"), ("1.234.567", "as 1234567, and say --decimal ,"),
    ("0x1F", "in decimal"), ("\u{A0}1", "U+00A0"), ("\u{FEFF}1.5", "U+FEFF"), ("1\u{200B}", "U+200B"),
    // These are no numbers to anyone.
    ("12A", "--exclude"), ("2020-01-01", "--exclude"), ("12:30", "--exclude"), ("setosa", "--exclude"),
    ("Q1 2020", "--exclude"), ("1,00", "--decimal ,"), ("a 1,000", "--exclude"),
  ]

  /// In a whole column of them, and far below numbers.
  @Test(arguments: cells.indices, [0, 60]) func remedy(index: Int, numbersAbove: Int) throws {
    let (cell, remedy) = Self.cells[index]
    let rows = (0..<numbersAbove).map { "\($0 * $0);2" } + ["\(cell);2", "\(cell);3"]
    let path = try folder.file("n.csv", "a;b\n" + rows.joined(separator: "\n") + "\n")
    let said = failure { () throws(DataFileError) in try readTable(path, .init(namesOptions: true)) }?.description ?? ""
    #expect(said.contains("line \(numbersAbove + 2), column 1") && said.contains(remedy), "\(said)")
  }

  @Test func decimalCommasThatAreNone() throws {
    let path = try folder.file("n.csv", "a;b\n1.5;2\n")
    let reading = TableReading(decimalComma: true, namesOptions: true)
    let said = failure { () throws(DataFileError) in try readTable(path, reading) }?.description ?? ""
    #expect(said.contains("said to have decimal commas"), "\(said)")
    let grouped = try folder.file("n.csv", "a;b\n1.234,5;2\n")
    let words = failure { () throws(DataFileError) in try readTable(grouped, reading) }?.description ?? ""
    #expect(words.contains("as 1234,5") && !words.contains("leave out --decimal"), "\(words)")
  }

  /// Row numbers that start anywhere.
  @Test(arguments: [0, 1, 1001, -4]) func counters(start: Int) throws {
    let rows = (0..<8).map { "\(start + $0),\($0 * $0)" }
    let table = try readTable(
      folder.file("c.csv", "nr,b\n" + rows.joined(separator: "\n") + "\n"), .init(namesOptions: true))
    #expect(table.notices.contains { $0.contains("column 1 (nr) counts the rows") && $0.contains("--index '#1'") })
  }

  @Test func pointerToALargeFile() throws {
    let path = try folder.file("x.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n")
    let said = failure { () throws(DataFileError) in try readTable(path) }?.description ?? ""
    #expect(said.contains("Git LFS's pointer") && said.contains("git lfs pull"))
  }
}
