import Foundation

/// The built `lacuna`, run as its users run it.
enum Program {
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  /// The binary lies beside the test bundle.
  static let binary: URL = {
    let own = URL(fileURLWithPath: CommandLine.arguments[0])
    let candidates = [Bundle.main.executableURL, own].compactMap { $0 }.map {
      $0.deletingLastPathComponent().appendingPathComponent("lacuna")
    }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? candidates[0]
  }()

  /// Starts the program; its output goes to files, so that no pipe can fill.
  static func start(_ arguments: [String], in folder: URL, environment: [String: String] = [:]) throws -> Process {
    let process = Process()
    process.executableURL = binary
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    for name in ["stdout", "stderr"] {
      try Data().write(to: folder.appendingPathComponent(name))
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: folder.appendingPathComponent("stdout"))
    process.standardError = try FileHandle(forWritingTo: folder.appendingPathComponent("stderr"))
    try process.run()
    return process
  }

  static func finish(_ process: Process, in folder: URL) throws -> Result {
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
    }
    return Result(status: process.terminationStatus, output: try text("stdout"), errors: try text("stderr"))
  }

  static func run(_ arguments: [String], in folder: URL, environment: [String: String] = [:]) throws -> Result {
    try finish(try start(arguments, in: folder, environment: environment), in: folder)
  }
}

/// A fresh folder for one test, removed at its end.
func withFolder(_ body: (URL) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lacuna-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder)
}

/// One JSON object.
func object(_ text: String) throws -> [String: Any] {
  try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
}

/// All files below a folder but those of shards and those that say who wrote them.
func resultFiles(_ folder: URL) throws -> [String: Data] {
  var files: [String: Data] = [:]
  let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
  for name in names where !name.hasPrefix("shards") && ![".lacuna", "plan.json", "provenance.json"].contains(name) {
    files[name] = FileManager.default.contents(atPath: folder.appendingPathComponent(name).path)
  }
  return files
}
