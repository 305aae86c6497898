import LacunaFiles
import Logging

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// What the program says beside its results, one line each on stderr, as `level: message`.
let log: Logger = {
  var logger = Logger(label: "lacuna") { _ in TerminalLog() }
  logger.logLevel = .info
  return logger
}()

/// Lines for a person at a terminal: no time, no label.
private struct TerminalLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let prefix = event.level == .info ? "" : "\(event.level): "
    // Names of columns, files and machines are in it: none of them steers the terminal.
    let lines = "\(event.message)".split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) }
    writeError((prefix + lines.joined(separator: "\n")).wrapped(to: terminalWidth(STDERR_FILENO)) + "\n")
  }
}

/// Writes text on stderr, unbuffered.
func writeError(_ text: String) {
  guard JoinedProcesses.speaks(text) else { return }
  var text = text
  text.withUTF8 { bytes in
    var rest = UnsafeRawBufferPointer(bytes)
    while !rest.isEmpty {
      let count = write(STDERR_FILENO, rest.baseAddress, rest.count)
      guard count > 0 else { return }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}
