import ArgumentParser
import LacunaFiles
import LacunaStudy

extension Lacuna {
  /// Parses the command line and runs what it says; a mistake in it is explained on stderr, control characters written out.
  static func run(_ arguments: [String]) {
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch {
      if exitCode(for: error).isSuccess { show(fullMessage(for: error)) }
      // Failures that were told already.
      guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
      var lines = fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false).map {
        escaped(String($0))
      }
      // As all else that the program says of errors.
      let words = lines[0].hasPrefix("Error: ") ? String(lines[0].dropFirst("Error: ".count)) : lines[0]
      lines[0] = "error: " + (reason(lines[0], arguments) ?? words)
      writeError(lines.joined(separator: "\n") + "\n")
      exit(withError: ExitCode(ExitStatus.usage))
    }
  }

  /// Ends the program with help, the version or a completion script, held to have arrived.
  private static func show(_ text: String) -> Never {
    do {
      try reportingFailures { if !text.isEmpty { print(text) } }
    } catch {
      exit(withError: error)
    }
    exit()
  }

  /// What a person meant, where the parser cannot know.
  /// - Parameter message: the parser's first line.
  private static func reason(_ message: String, _ arguments: [String]) -> String? {
    if arguments.first == "fit", message.hasPrefix("Error: Missing expected argument '<data>'"),
      let index = arguments.firstIndex(of: "--index"), index + 1 < arguments.count, !arguments[index + 1].hasPrefix("-")
    {
      let taken = escaped(arguments[index + 1])
      return "--index took '\(taken)' as the column of row names, and no file is left; "
        + "write lacuna fit \(taken) --index, or --index=COLUMN before the file"
    }
    guard let first = arguments.first, !first.hasPrefix("-"),
      message == "Error: Unexpected argument '\(escaped(first))'"
    else { return nil }
    let commands = configuration.subcommands.map { $0.configuration.commandName ?? "\($0)".lowercased() }
    let nearest = nearestWord(to: first, among: commands).map { "did you mean '\($0)'?" }
    return "no command is named '\(escaped(first))'; \(nearest ?? "they are \(commands.joined(separator: ", "))")"
  }
}
