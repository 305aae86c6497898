import Foundation
import LacunaFiles
import Testing

/// One folder, one run; files that appear together.
@Suite struct OutputFolderTests {
  private func text(_ path: String) throws -> String { String(decoding: try bytes(of: path), as: UTF8.self) }

  /// A run that writes these files.
  private func run(
    _ path: String, _ existing: OutputFolder.Existing = .refused, _ files: [String: String]
  ) throws {
    let folder = try OutputFolder(path, existing: existing)
    for (name, text) in files {
      if name.contains("/") { _ = try folder.makeFolder(String(name.prefix { $0 != "/" })) }
      try AtomicFile.write(text, to: folder.staging + "/" + name)
    }
    try folder.publish()
  }

  private func files(_ path: String) -> [String] { FolderTree.files(below: path) ?? [] }

  @Test func together() throws {
    let place = try TemporaryFolder()
    let path = place.path + "/above/out"
    let folder = try OutputFolder(path, existing: .refused)
    try AtomicFile.write("1", to: folder.staging + "/a")
    try AtomicFile.write("2", to: try folder.makeFolder("in") + "/b")
    #expect(!FileManager.default.fileExists(atPath: path))
    // A second run, while the first works and when it is done.
    let refused = #expect(throws: DataFileError.self) { _ = try OutputFolder(path, existing: .replaced) }
    #expect(refused?.category == .cannotCreate)
    #expect(refused?.description.contains("process \(getpid())") == true)
    try folder.publish()
    #expect(files(path) == [".lacuna", "a", "in/b"])
    #expect(FolderTree.names(in: place.path + "/above") == ["out"])
    #expect(throws: DataFileError.self) { _ = try OutputFolder(path, existing: .refused) }
    #expect(FolderTree.names(in: place.path + "/above") == ["out"])
    #expect(folder.abandon() == .results && files(path).count == 3)
  }

  @Test func nothingIsLeftOfARunGivenUp() throws {
    let place = try TemporaryFolder()
    do {
      let folder = try OutputFolder(place.path + "/x/y/out", existing: .refused)
      try AtomicFile.write("1", to: folder.staging + "/a")
      _ = try folder.startRecords(beside: "config.yaml", "text", as: "inner/records")
      #expect(files(place.path + "/x/y/out") == [".lacuna", "config.yaml", "inner/records"])
      #expect(folder.abandon() == .nothing)
      #expect(throws: DataFileError.self) { try folder.publish() }
      #expect(throws: DataFileError.self) { _ = try folder.makeFolder("b") }
    }
    #expect(place.contents.isEmpty)
  }

  @Test("an earlier run's files go, all others stay, and nothing is followed", arguments: [false, true])
  func replacing(hasOwnFiles: Bool) throws {
    let place = try TemporaryFolder()
    let path = place.path + "/out"
    try run(path, .refused, ["a": "old", "b": "old", "c/d": "old"])
    if hasOwnFiles { try AtomicFile.write("mine", to: path + "/notes") }
    let outside = try place.file("outside", "outside")
    try FileManager.default.removeItem(atPath: path + "/a")
    try FileManager.default.createSymbolicLink(atPath: path + "/a", withDestinationPath: outside)
    try FileManager.default.removeItem(atPath: path + "/b")
    #expect(mkfifo(path + "/b", 0o600) == 0)
    try run(path, .replaced, ["a": "new", "b": "new", "e": "new"])
    #expect(files(path) == [".lacuna", "a", "b", "e"] + (hasOwnFiles ? ["notes"] : []))
    for name in ["a", "b", "e"] {
      #expect(try text(path + "/" + name) == "new")
      #expect(FolderTree.status(path + "/" + name).map { $0.st_mode & S_IFMT } == S_IFREG)
    }
    #expect(try text(outside) == "outside")
    #expect(place.contents == ["out", "outside"])
  }

  @Test func aFolderIsExtended() throws {
    let place = try TemporaryFolder()
    let path = place.path + "/out"
    try run(path, .refused, ["a": "1", "b": "1"])
    try run(path, .extended, ["b": "2", "c": "2"])
    #expect(files(path) == [".lacuna", "a", "b", "c"])
    #expect(try ["a", "b", "c"].map { try text(path + "/" + $0) } == ["1", "2", "2"])
    // All of them are known to be a run's.
    try run(path, .replaced, ["d": "3"])
    #expect(files(path) == [".lacuna", "d"])
  }

  @Test func theLinkToAFolderStays() throws {
    let place = try TemporaryFolder()
    try run(place.path + "/real", .refused, ["a": "1"])
    try FileManager.default.createSymbolicLink(atPath: place.path + "/link", withDestinationPath: "real")
    try run(place.path + "/link", .replaced, ["b": "2"])
    #expect(files(place.path + "/real") == [".lacuna", "b"])
    #expect(FolderTree.status(place.path + "/link").map { $0.st_mode & S_IFMT } == S_IFLNK)
    try FileManager.default.createSymbolicLink(atPath: place.path + "/nowhere", withDestinationPath: "gone")
    #expect(throws: DataFileError.self) { _ = try OutputFolder(place.path + "/nowhere", existing: .replaced) }
    #expect(place.contents == ["link", "nowhere", "real"])
  }

  /// Records lie in a new folder at once, whole, and outlive a run that ends early; a second one may replace them.
  @Test func records() throws {
    let place = try TemporaryFolder()
    let path = place.path + "/out"
    let folder = try OutputFolder(path, existing: .refused)
    let records = try folder.startRecords(beside: "config.yaml", "text", as: "records")
    try records.append("one\none\n")
    try records.append(String(repeating: "x", count: 100_000) + "\n")
    #expect(folder.abandon() == .records(2, path: path + "/records"))
    #expect(throws: DataFileError.self) { try records.append("three\n") }
    #expect(try text(path + "/records").utf8.count == 8 + 100_001)
    #expect(place.contents == ["out"])
    let refused = #expect(throws: DataFileError.self) { _ = try OutputFolder(path, existing: .refused) }
    #expect(refused?.description.contains("--overwrite") == true)

    let next = try OutputFolder(path, existing: .replaced)
    try next.startRecords(beside: "config.yaml", "new", as: "inner/records").append("1\n")
    #expect(try text(path + "/config.yaml") == "text")
    try next.finishRecords()
    try next.publish()
    #expect(files(path) == [".lacuna", "config.yaml", "inner/records"])
    #expect(try text(path + "/config.yaml") == "new" && text(path + "/inner/records") == "1\n")
    #expect(place.contents == ["out"])

    // Records that were to replace results stay aside until the next run.
    let third = try OutputFolder(path, existing: .replaced)
    try third.startRecords(beside: "config.yaml", "third", as: "records").append("2\n")
    guard case .recordsAside(1, let aside) = third.abandon() else {
      Issue.record("no records")
      return
    }
    #expect(try text(aside) == "2\n" && text(path + "/config.yaml") == "new")
    try run(path, .replaced, ["a": "4"])
    #expect(files(path) == [".lacuna", "a"] && place.contents == ["out"])
  }

  @Test func recordsInANewFolderBecomeTheResults() throws {
    let place = try TemporaryFolder()
    let folder = try OutputFolder(place.path + "/out", existing: .refused)
    try folder.startRecords(beside: "plan", "text", as: "inner/records").append("1\n")
    try folder.finishRecords()
    try AtomicFile.write("final", to: folder.staging + "/result")
    #expect(files(place.path + "/out") == [".lacuna", "inner/records", "plan"])
    try folder.publish()
    #expect(files(place.path + "/out") == [".lacuna", "inner/records", "plan", "result"])
    #expect(try text(place.path + "/out/result") == "final" && text(place.path + "/out/inner/records") == "1\n")
    #expect(place.contents == ["out"])
  }

  /// What processes leave behind that were killed: on this host it is known to be stale, on another it never is.
  @Test func claims() throws {
    let place = try TemporaryFolder()
    let claim = place.path + "/.out.lacuna-run"
    func leave(host: String, process: Int32) throws {
      #expect(FolderTree.make(claim) && FolderTree.make(claim + "/new"))
      try AtomicFile.write("half", to: claim + "/new/a")
      try AtomicFile.write("host \(host)\nprocess \(process)\nstart 0\n", to: claim + "/claim")
    }
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let own = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // No process has that number.
    try leave(host: own, process: .max)
    try run(place.path + "/out", .refused, ["b": "1"])
    #expect(files(place.path + "/out") == [".lacuna", "b"] && place.contents == ["out"])
    #if os(Linux)
      // One that has the number of a process that is gone, and started at another time.
      try leave(host: own, process: getpid())
      try run(place.path + "/out", .replaced, ["c": "1"])
      #expect(files(place.path + "/out") == [".lacuna", "c"] && place.contents == ["out"])
    #endif
    try leave(host: "elsewhere", process: .max)
    let refused = #expect(throws: DataFileError.self) { _ = try OutputFolder(place.path + "/out", existing: .replaced) }
    #expect(refused?.category == .cannotCreate && refused?.description.contains("elsewhere") == true)
    #expect(files(place.path + "/out") == [".lacuna", "c"] && files(claim) == ["claim", "new/a"])
  }

  /// A run that was killed between the two renames of a disk without exchange, or among the moves of many files.
  @Test func whatWasBegunIsFinished() throws {
    let place = try TemporaryFolder()
    let (path, claim) = (place.path + "/out", place.path + "/.out.lacuna-run")
    for isMoved in [false, true] {
      if isMoved { try run(path, .refused, ["a": "old", "b": "old"]) }
      #expect(FolderTree.make(claim) && FolderTree.make(claim + "/new"))
      if isMoved {
        try AtomicFile.write("", to: claim + "/complete")
        // The first is moved already.
        try AtomicFile.write("new", to: path + "/b")
      } else {
        #expect(FolderTree.make(claim + "/old"))
        try AtomicFile.write("old", to: claim + "/old/a")
        try AtomicFile.write("new", to: claim + "/new/b")
      }
      try AtomicFile.write("new", to: claim + "/new/c")
      try AtomicFile.write("b\nc\n", to: claim + "/new/.lacuna")
      try AtomicFile.write("", to: claim + "/claim")
      #expect(throws: DataFileError.self) { _ = try OutputFolder(path, existing: .refused) }
      #expect(files(path) == [".lacuna", "b", "c"] && place.contents == ["out"])
      #expect(try text(path + "/b") == "new")
      try FileManager.default.removeItem(atPath: path)
    }
  }

  /// A run that was killed when all was in its place and the folder aside was still there: nothing goes.
  @Test func whatWasDoneStays() throws {
    let place = try TemporaryFolder()
    let (path, claim) = (place.path + "/out", place.path + "/.out.lacuna-run")
    try run(path, .refused, ["a": "1", "b": "1"])
    #expect(FolderTree.make(claim) && FolderTree.make(claim + "/new"))
    for name in ["claim", "complete"] { try AtomicFile.write("", to: claim + "/" + name) }
    #expect(throws: DataFileError.self) { _ = try OutputFolder(path, existing: .refused) }
    #expect(files(path) == [".lacuna", "a", "b"] && place.contents == ["out"])
  }

  /// Somebody's folder where a file is to be: refused before the first file is moved.
  @Test func aFolderInTheWay() throws {
    let place = try TemporaryFolder()
    let path = place.path + "/out"
    try run(path, .refused, ["a": "1"])
    #expect(FolderTree.make(path + "/b"))
    try AtomicFile.write("mine", to: path + "/b/mine")
    let refused = #expect(throws: DataFileError.self) { try run(path, .replaced, ["a": "2", "b": "2"]) }
    #expect(refused?.description.contains("out/b: a folder of that name is in the way") == true)
    #expect(try text(path + "/a") == "1" && text(path + "/b/mine") == "mine" && place.contents == ["out"])
  }
}
