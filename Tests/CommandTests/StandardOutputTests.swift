import Foundation
import Testing

/// A standard output that takes nothing.
@Suite struct StandardOutputTests {
  private func shell(_ command: String) throws -> (status: Int32, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command, Program.binary.path]
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  #if os(Linux)
    @Test(
      "a full disk and a closed descriptor are said, with status 74",
      arguments: ["example ridge-path", "--help", "fit --help", "--version", "--generate-completion-script bash", ""],
      ["> /dev/full", ">&-"])
    func refused(arguments: String, redirection: String) throws {
      let (status, errors) = try shell("exec \"$0\" \(arguments) \(redirection)")
      #expect(status == 74)
      #expect(errors.contains("standard output cannot be written"), "\(errors)")
    }
  #endif

  @Test(
    "a pipe that is closed ends the program without a word", arguments: ["example ridge-path", "--help", "--version"])
  func closedPipe(arguments: String) throws {
    // Nothing is printed before the reader is gone.
    let (status, errors) = try shell("{ sleep 0.3; \"$0\" \(arguments); echo \"status $?\" >&2; } | true")
    #expect(status == 0)
    #expect(errors == "status 141\n", "\(errors)")
  }

  @Test("help and the version are printed, with status 0", arguments: [("--version", "0."), ("fit --help", "USAGE")])
  func printed(arguments: String, word: String) throws {
    let (status, errors) = try shell("\"$0\" \(arguments) | grep -q '\(word)'")
    #expect(status == 0 && errors.isEmpty, "\(errors)")
  }
}
