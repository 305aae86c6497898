import ArgumentParser
import LacunaFiles
import LacunaStudy

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

extension Lacuna {
  /// Parses the command line and runs what it says; a mistake in it is explained on stderr, control characters written out.
  static func run(_ arguments: [String]) {
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
      JoinedProcesses.leave(status: 0)
    } catch {
      JoinedProcesses.leave(status: exitCode(for: error).rawValue)
      if exitCode(for: error).isSuccess { show(HelpText.arranged(fullMessage(for: error), of: self)) }
      // Failures that were told already.
      guard exitCode(for: error) == .validationFailure, !fullMessage(for: error).isEmpty else { exit(withError: error) }
      let width = terminalWidth(STDERR_FILENO)
      var lines = HelpText.arranged(fullMessage(for: error), of: self, width: width).split(
        separator: "\n", omittingEmptySubsequences: false
      ).map {
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
    if let reason = wrongCommand(message, arguments, of: self) { return reason }
    // The parser gives no reason where a value is no number; all other kinds of values give theirs.
    if message.hasPrefix("Error: The value '"), message.hasSuffix(">'") {
      let kind = fractional.contains { message.contains("'\($0) <") } ? "a number" : "a whole number"
      return message.dropFirst("Error: ".count) + ": it takes \(kind)"
    }
    return nil
  }

  /// Options whose number need not be whole.
  private static let fractional = ["--max-time", "--seconds"]

  private static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? "\(command)".lowercased()
  }

  /// Whether the first word that the parser did not know stands where a command does, and which it may have been.
  private static func wrongCommand(
    _ message: String, _ arguments: [String], of command: any ParsableCommand.Type
  ) -> String? {
    guard let first = arguments.first, !first.hasPrefix("-") else { return nil }
    let commands = command.configuration.subcommands
    guard !commands.isEmpty else { return nil }
    if let next = commands.first(where: { name(of: $0) == first }) {
      return wrongCommand(message, Array(arguments.dropFirst()), of: next)
    }
    let word = "'\(escaped(first))'"
    guard message == "Error: Unexpected argument \(word)" || message.contains(" unexpected arguments: \(word)") else {
      return nil
    }
    let names = commands.map { name(of: $0) }
    let nearest = nearestWord(to: first, among: names).map { "did you mean '\($0)'?" }
    let place = command == self ? "" : " of \(name(of: command))"
    return "no command\(place) is named \(word); \(nearest ?? "they are \(names.joined(separator: ", "))")"
  }
}
