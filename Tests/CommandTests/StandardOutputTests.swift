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
    @Test("a full disk and a closed descriptor are said, with status 74", arguments: ["> /dev/full", ">&-"])
    func refused(redirection: String) throws {
      let (status, errors) = try shell("exec \"$0\" example ridge-path \(redirection)")
      #expect(status == 74)
      #expect(errors.contains("standard output cannot be written"), "\(errors)")
    }
  #endif

  @Test("a pipe that is closed ends the program without a word")
  func closedPipe() throws {
    let (status, errors) = try shell("{ \"$0\" example ridge-path; echo \"status $?\" >&2; } | true")
    #expect(status == 0)
    #expect(!errors.contains("error"), "\(errors)")
  }
}
