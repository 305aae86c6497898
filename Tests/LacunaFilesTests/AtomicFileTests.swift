import Foundation
import LacunaFiles
import Testing

@Suite struct AtomicFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func failure(_ path: String) -> DataFileError? {
    do throws(DataFileError) {
      try AtomicFile.write("x", to: path)
      return nil
    } catch {
      return error
    }
  }

  @Test("a committed file replaces what was there, one given up leaves it")
  func replaces() throws {
    let path = try folder.file("a.txt", "old")
    do {
      let file = try AtomicFile(path)
      try file.append("half")
      #expect(folder.contents.count == 2)
    }
    #expect(folder.contents == ["a.txt"])
    #expect(try bytes(of: path) == Array("old".utf8))
    try AtomicFile.write("new", to: path)
    #expect(folder.contents == ["a.txt"])
    #expect(try bytes(of: path) == Array("new".utf8))
    try AtomicFile.write([] as [UInt8], to: path)
    #expect(try bytes(of: path).isEmpty)
  }

  @Test("two writers of one target at once")
  func twoWriters() throws {
    let path = folder.path + "/b"
    let first = try AtomicFile(path)
    let second = try AtomicFile(path)
    try first.append("first")
    try second.append("second")
    try second.commit()
    try first.commit()
    #expect(try bytes(of: path) == Array("first".utf8))
    #expect(folder.contents == ["b"])
  }

  @Test("a file that shall replace none stays out of the way of one, whoever was first")
  func replacesNone() throws {
    let path = folder.path + "/d"
    let (first, second) = try (AtomicFile(path), AtomicFile(path))
    // Names that no other machine uses on the same disk: host, process and chance are in them.
    #expect(folder.contents.count == 2 && folder.contents.allSatisfy { $0.contains("-\(getpid())-") })
    try first.append("first")
    try second.append("second")
    #expect(try second.commit(replacing: false, isSynchronized: true))
    #expect(try !first.commit(replacing: false))
    #expect(try bytes(of: path) == Array("second".utf8) && folder.contents == ["d"])
    try AtomicFile.write("third", to: path, isSynchronized: true)
    #expect(try bytes(of: path) == Array("third".utf8) && folder.contents == ["d"])
  }

  @Test("chunks below, at and above the buffer come out in order")
  func chunks() throws {
    let path = folder.path + "/c"
    let file = try AtomicFile(path)
    var expected: [UInt8] = []
    for count in [1, 1 << 18, 3, (1 << 18) + 1, 1 << 17, 1 << 17, 1 << 17] {
      let chunk = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
      expected += chunk
      try file.append(chunk)
    }
    try file.commit()
    #expect(try bytes(of: path) == expected)
  }

  @Test("where no file can be made the path is named and nothing stays")
  func cannotCreate() throws {
    for path in [folder.path, folder.path + "/none/a", folder.path + "/a/", "/dev/null", "", folder.path + "/\0"] {
      #expect(failure(path)?.category == .cannotCreate, "\(path)")
    }
    #expect(
      failure(folder.path + "/none/a")?.description == "cannot create \(folder.path)/none/a: no such file or folder")
    // The name itself fits nowhere: the temporary is made, the rename fails.
    let long = folder.path + "/" + String(repeating: "n", count: 300)
    #expect(failure(long)?.category == .cannotCreate)
    #expect(folder.contents.isEmpty)
  }

  @Test("a committed file takes no more")
  func closed() throws {
    let file = try AtomicFile(folder.path + "/d")
    try file.commit()
    #expect(throws: DataFileError.self) { try file.append("x") }
    #expect(throws: DataFileError.self) { try file.commit() }
  }

  #if os(Linux) && compiler(>=6.2)
    @Test("a disk that takes no more, in a process of its own")
    func fullDisk() async {
      await #expect(processExitsWith: .success) {
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        let folder = try TemporaryFolder()
        let path = folder.path + "/full"
        do throws(DataFileError) {
          try AtomicFile.write([UInt8](repeating: 1, count: 1 << 21), to: path)
          exit(1)
        } catch {
          guard error.category == .io, error.path == path, folder.contents.isEmpty else { exit(2) }
        }
      }
    }
  #endif
}

@Suite struct CSVWritingTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("a table reads back bit for bit, missing cells as missing")
  func roundTrip() throws {
    let path = folder.path + "/t.csv"
    let table = Table(
      rows: 2, columns: 3, values: [1 / 3, -0.0, .leastNonzeroMagnitude, 1e22, -123_456.789, .greatestFiniteMagnitude],
      names: ["a_1", "say \"b\", c", "d"])
    try writeCSV(table, to: path)
    #expect(try readCSV(path).values.map(\.bitPattern) == table.values.map(\.bitPattern))
    #expect(try readCSV(path).names == table.names)
    try writeCSV(Table(rows: 1, columns: 2, values: [.nan, 2]), to: path)
    #expect(try readCSV(path, allowMissing: true).values[0].isNaN)
  }

  @Test("mixed cells")
  func cells() throws {
    let path = folder.path + "/m.csv"
    try writeCSV(
      names: ["name", "n", "error"],
      rows: [["plain", 12, 0.25], [.text("a,\"b\""), .missing, .number(.nan)], [" x", 1, 1e-5]],
      to: path)
    #expect(
      String(decoding: try bytes(of: path), as: UTF8.self)
        == "name,n,error\nplain,12,0.25\n\"a,\"\"b\"\"\",,\n\" x\",1,1e-05\n")
  }
}
