import ArgumentParser

/// What the parser of the command line says, so that a person can copy from it.
enum HelpText {
  /// The same text with every example on a line of its own, as it is written, and usage broken between its parts.
  /// - Parameter width: in characters; nil leaves usage as it is.
  static func arranged(
    _ text: String, of root: any ParsableCommand.Type, width: Int? = terminalWidth()
  ) -> String {
    let examples = Set(self.examples(of: root))
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var index = 0
    while index < lines.count {
      if lines[index].hasPrefix("  "), let (example, end) = example(at: index, of: lines, among: examples) {
        lines.replaceSubrange(index..<end, with: [example])
      } else if let width, lines[index].hasPrefix("Usage: ") || lines[index].hasPrefix("USAGE: ") {
        lines.replaceSubrange(index...index, with: broken(lines[index], width: width))
      }
      index += 1
    }
    return lines.joined(separator: "\n")
  }

  /// Lines of discussions that show a command.
  private static func examples(of command: any ParsableCommand.Type) -> [String] {
    command.configuration.discussion.split(separator: "\n").filter { $0.hasPrefix("  ") }.map(String.init)
      + command.configuration.subcommands.flatMap { examples(of: $0) }
  }

  /// The example that was broken at spaces from a line on, and the line after it.
  private static func example(
    at start: Int, of lines: [String], among examples: Set<String>
  ) -> (example: String, end: Int)? {
    guard !examples.contains(lines[start]) else { return nil }
    let longest = examples.filter { $0.hasPrefix(lines[start] + " ") }.map(\.count).max() ?? 0
    var joined = lines[start]
    for next in lines.indices.dropFirst(start + 1) where joined.count < longest {
      joined += " " + lines[next]
      if examples.contains(joined) { return (joined, next + 1) }
    }
    return nil
  }

  /// Lines of a width, broken at spaces outside brackets; what goes on is indented.
  private static func broken(_ usage: String, width: Int) -> [String] {
    var parts: [String] = [""]
    var depth = 0
    for character in usage {
      if character == " ", depth == 0 {
        parts.append("")
      } else {
        depth += character == "[" ? 1 : character == "]" ? -1 : 0
        parts[parts.count - 1].append(character)
      }
    }
    let indent = String(repeating: " ", count: "Usage: ".count)
    var lines = [parts[0]]
    for part in parts.dropFirst() {
      let last = lines[lines.count - 1]
      if last.count + 1 + part.count <= width || last == parts[0] {
        lines[lines.count - 1] = last + " " + part
      } else {
        lines.append(indent + part)
      }
    }
    return lines
  }
}
