import Foundation
import Testing

/// What a shell completes, and the manual pages.
@Suite(.serialized) struct CompletionTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func bash(_ script: String, in folder: URL) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["--norc", "-c", script]
    process.currentDirectoryURL = folder
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    process.environment = ProcessInfo.processInfo.environment.merging([
      "PATH": Program.binary.deletingLastPathComponent().path + ":" + path
    ]) { _, new in new }
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  /// Words typed, the last of them to be completed, and what has to be offered.
  @Test(
    arguments: [
      (["lacuna", "simu"], ["simulate"]), (["lacuna", "reproduce", "learn"], ["learning-curves"]),
      (["lacuna", "example", "ridge"], ["ridge-path"]), (["lacuna", "simulate", "st"], ["study.yaml", "studies/"]),
      (["lacuna", "theory", "studies/"], ["studies/a.yml"]),
      (["lacuna", "simulate", "x", "--device", "op"], ["opencl"]),
      (["lacuna", "fit", "x", "--mask", "bern"], ["bernoulli:"]),
      (["lacuna", "fit", "x", "--ridge", "r"], ["ridgeless"]),
      (["lacuna", "fit", "x", "--precision", "float3"], ["float32"]), (["lacuna", "simulate", "--dry"], ["--dry-run"]),
    ])
  func words(typed: [String], offered: [String]) throws {
    try withFolder { folder in
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("studies"), withIntermediateDirectories: true)
      for file in ["study.yaml", "studies/a.yml", "studies/b.txt"] {
        try Data().write(to: folder.appendingPathComponent(file))
      }
      let words = typed.map { "'\($0)'" }.joined(separator: " ")
      let (status, output) = try bash(
        """
        source /dev/stdin <<< "$(lacuna --generate-completion-script bash)"
        COMP_WORDS=(\(words)); COMP_CWORD=\(typed.count - 1); COMP_LINE="\(typed.joined(separator: " "))"
        COMP_POINT=${#COMP_LINE}
        $(complete -p lacuna | sed 's/.*-F \\([^ ]*\\).*/\\1/') lacuna "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """, in: folder)
      let found = Set(output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
      #expect(status == 0 && found.isSuperset(of: offered), "\(typed): \(output)")
      #expect(!found.contains("studies/b.txt"))
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func examplesByName(shell: String) throws {
    try withFolder { folder in
      let script = try Program.run(["--generate-completion-script", shell], in: folder).output
      for name in ["learning-curves", "ridge-path", "ridgeless", "float32", "bernoulli"] {
        #expect(script.contains(name), "\(name)")
      }
    }
  }

  /// One page a command, that groff takes without a warning where it is there.
  @Test func manualPages() throws {
    try withFolder { folder in
      let script = Self.root.appendingPathComponent("scripts/manual").path
      #expect(try bash("python3 '\(script)' '\(Program.binary.path)' man", in: folder).status == 0)
      let pages = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("man").path)
      for name in ["lacuna", "lacuna-simulate", "lacuna-fit", "lacuna-reproduce", "lacuna-bench-compare"] {
        #expect(pages.contains(name + ".1"))
      }
      let page = try String(contentsOf: folder.appendingPathComponent("man/lacuna-fit.1"), encoding: .utf8)
      for part in [".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS", "\\-\\-ridge", ".SH EXIT STATUS", "lacuna\\-simulate"] {
        #expect(page.contains(part), "\(part)")
      }
      // Every option of the help is in the page.
      let help = try Program.run(["fit", "--help"], in: folder).output
      for option in help.matches(of: /--[a-z][a-z-]+/).map({ String($0.0) }) {
        #expect(page.contains(option.replacing("-", with: "\\-")), "\(option)")
      }
      let check = try bash(
        "command -v groff >/dev/null || exit 0; for page in man/*.1; do groff -man -Kutf8 -Tutf8 -ww \"$page\" 2>&1 >/dev/null; done",
        in: folder)
      #expect(check.output.isEmpty, "\(check.output)")
    }
  }
}
