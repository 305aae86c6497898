import Foundation
import LacunaFiles
import Testing

@Suite struct ArchiveTests {
  let folder: TemporaryFolder
  let cells: [Double] = [0, 1.5, 0, 2, 0, -3, 0, 0, 0, 4, 5, 6]
  init() throws { folder = try TemporaryFolder() }

  func path(_ name: String) throws -> String {
    let base64 = try #require(archiveFiles.first { $0.name == name }?.base64)
    return try folder.file("a.npz", Array(try #require(Data(base64Encoded: base64))))
  }

  func message(_ path: String) -> String {
    failure { () throws(DataFileError) in try readTable(path) }?.description ?? "read"
  }

  @Test(
    "archives and compressed files",
    arguments: ["stored", "deflated", "csr", "csc", "coo", "npy.gz", "npy.gz F", "csv.gz, two members"])
  func read(name: String) throws {
    let table = try readTable(path(name))
    #expect(table.values == cells && table.rows == 4 && table.columns == 3)
  }

  @Test("one array of several is named")
  func members() throws {
    let path = try path("two arrays")
    #expect(message(path).contains("holds 2 arrays: x, y; name one, as in \(path):x"))
    #expect(try readTable(path + ":y").values == [0, 3, 0, 4, 0, -6])
    #expect(message(path + ":z").contains("no array 'z'; it holds x, y"))
  }

  @Test(
    "every truncation and every flipped byte is refused or reads whole",
    arguments: ["deflated", "csr", "coo", "csv.gz, two members"])
  func damaged(name: String) throws {
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
    for count in stride(from: 0, to: whole.count, by: 7) {
      let cut = try folder.file("t", Array(whole[..<count]))
      #expect(failure { () throws(DataFileError) in try readTable(cut) }?.category == .data, "\(count) bytes")
    }
    for place in stride(from: 0, to: whole.count, by: 3) {
      var bytes = whole
      bytes[place] ^= 0x11
      let flipped = try folder.file("f", bytes)
      // Names, dates and flags carry no checksum; the numbers do.
      if let table = try? readTable(flipped) { #expect(table.values == cells, "byte \(place)") }
    }
  }

  @Test("sparse rows: order, sums of repeated entries, columns")
  func sparse() throws {
    let text = """
      %%MatrixMarket matrix coordinate real general
      % a comment
      4 3 7
      4 3 6
      1 2 1
      2 1 2
      4 1 4
      1 2 0.5
      2 3 -3
      4 2 5

      """
    guard case .sparse(let table) = try readContent(folder.file("a.mtx", text)) else {
      Issue.record("not sparse")
      return
    }
    #expect(table.rowStarts == [0, 1, 3, 3, 6] && table.columnIndices == [1, 0, 2, 0, 1, 2])
    #expect(try table.dense(path: "a").values == cells)
    #expect(try readTable(folder.path + "/a.mtx", .init(columns: ["3,1"])).values == [0, 0, -3, 2, 0, 0, 6, 4])
    #expect(try readTable(folder.path + "/a.mtx", .init(exclude: ["2"])).values == [0, 0, 2, -3, 0, 0, 4, 6])
  }

  static let markets: [(String, [Double])] = [
    ("array real general\n2 2\n1\n2\n3\n4\n", [1, 3, 2, 4]), ("array integer symmetric\n2 2\n1\n2\n4\n", [1, 2, 2, 4]),
    ("array real skew-symmetric\n2 2\n5\n", [0, -5, 5, 0]),
    ("coordinate pattern general\n2 2 2\n1 2\n2 1\n", [0, 1, 1, 0]),
    ("coordinate real symmetric\n2 2 2\n1 1 7\n2 1 -1.5e0\n", [7, -1.5, -1.5, 0]),
  ]

  @Test("kinds of Matrix Market files", arguments: markets.map(\.0))
  func market(text: String) throws {
    let expected = Self.markets.first { $0.0 == text }!.1
    #expect(try readTable(folder.file("m.mtx", "%%MatrixMarket matrix " + text)).values == expected)
  }

  @Test("the banner in any case, behind a byte order mark, and either half of a symmetric matrix")
  func banner() throws {
    for start in ["%%matrixmarket MATRIX ", "\u{FEFF}%%MatrixMarket matrix ", "%%MATRIXMARKET matrix "] {
      let text = start + "Coordinate Real Symmetric\r\n% c\r\n\r\n2 2 2\r\n1 1 5\r\n1 2 1e2\r\n"
      #expect(try readTable(folder.file("b.mtx", text)).values == [5, 100, 100, 0])
    }
  }

  @Test(
    "Matrix Market files that are none",
    arguments: [
      ("array complex general\n1 1\n1 0\n", "complex"), ("array real general\n2 2\n1\n2\n3\n", "ends after 3 of 4"),
      ("array real general\n1 1\n1\n2\n", "more follows"),
      ("coordinate real general\n2 2 1\n3 1 1\n", "line 3: an entry outside"),
      ("coordinate real general\n2 2 1\n0 1 1\n", "outside"),
      ("coordinate real general\n2 2 1\n1 1\n", "3 numbers should stand"),
      ("coordinate real general\n2 2 1\n1 1 x\n", "3 numbers"),
      ("coordinate real general\n2 2 2\n1 1 1\n", "ends after 1 of 2"),
      ("coordinate real general\n2000000000 2 1\n1 1 1\n", "nearly all rows are empty"),
      ("coordinate real general\n", "sizes"),
      ("coordinate real symmetric\n2 3 1\n1 1 1\n", "symmetric matrix of 2 × 3"),
      ("array real general\n1 1\n1e999\n", "not finite"),
      ("array real general\n2 1\n1\nnan\n", "line 4: the number is not"),
      ("coordinate real general\n2 2 1\n1 1 -Inf\n", "line 3: the entry is not finite"),
      ("coordinate real symmetric\n2 2 2\n1 2 5\n2 1 5\n", "line 4: entries on both sides of the diagonal"),
      ("coordinate real skew-symmetric\n2 2 1\n1 1 5\n", "line 3: an entry on the diagonal"),
    ])
  func notMarket(text: String, reason: String) throws {
    let said = message(try folder.file("m.mtx", "%%MatrixMarket matrix " + text))
    #expect(said.contains(reason), "\(said)")
  }
}
