import Foundation
import Testing

/// What the program prints for people: as wide as their terminal, once, and in units they read.
@Suite struct TerminalTests {
  private let theory = [
    "theory", "example:learning-curve", "data.coordinates=30", "data.samples=20,60", "measure=errors,gram", "--quiet",
  ]

  /// Tables have parts no wider than the terminal, each with the columns that say which row it is, of the same numbers.
  @Test(arguments: [50, 90])
  func tablesWithinTheTerminal(width: Int) throws {
    try withFolder { folder in
      let whole = try Program.run(theory, in: folder).output
      let parts = try Program.run(theory, in: folder, environment: ["COLUMNS": "\(width)"]).output
      func tables(_ text: String) -> [[Substring]] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.filter { lines[$0].hasPrefix("─") }.map { rule in
          [lines[rule - 1]] + lines[(rule + 1)...].prefix { !$0.isEmpty }
        }
      }
      func words(_ text: String) -> Set<Substring> {
        Set(tables(text).joined().flatMap { $0.split(separator: " ") })
      }
      #expect(tables(whole).joined().contains { $0.count > width })
      #expect(tables(parts).count > tables(whole).count)
      for table in tables(parts) {
        #expect(table.allSatisfy { $0.count <= width }, "\(parts)")
        #expect(table[0].split(separator: " ").prefix(3) == ["n", "d", "ridge"], "\(parts)")
      }
      #expect(words(parts) == words(whole))
    }
  }

  /// Sentences are broken between words, and say what they say where there is no terminal; no line ends in blanks.
  @Test(arguments: [50, 80])
  func sentencesWithinTheTerminal(width: Int) throws {
    try withFolder { folder in
      var rows = ["a,b,c,d"]
      for i in 0..<40 {
        let (x, y) = (Double((i * 37) % 41) / 20 - 1, Double((i * 17) % 43) / 21 - 1)
        rows.append("\(x),\(x + 0.1 * y),\(1000 * y),\(y - x)")
      }
      try rows.joined(separator: "\n").write(
        to: folder.appendingPathComponent("x.csv"), atomically: true, encoding: .utf8)
      let fit = ["fit", "x.csv", "--center", "--quiet"]
      let whole = try Program.run(fit, in: folder)
      let parts = try Program.run(fit, in: folder, environment: ["COLUMNS": "\(width)"])
      func words(_ text: String) -> [Substring] { text.split { $0 == " " || $0 == "\n" } }
      for (wide, narrow) in [(whole.output, parts.output), (whole.errors, parts.errors)] {
        #expect(wide.split(separator: "\n").contains { $0.count > width }, "\(wide)")
        #expect(words(wide) == words(narrow))
        let lines = narrow.split(separator: "\n")
        #expect(
          lines.allSatisfy { $0.last != " " && ($0.count <= width || $0.contains("──") || $0.contains("  ")) },
          "\(narrow)")
      }
    }
  }

  /// `--table-columns` leaves the quantities that were asked for; a name that none has costs a warning, and no results.
  @Test func chosenColumns() throws {
    try withFolder { folder in
      let one = try Program.run(theory + ["--table-columns", "E_gen"], in: folder).output
      #expect(one.contains("E_gen") && !one.contains("E_train") && !one.contains("effective"), "\(one)")
      let same = try Program.run(theory + ["--table-columns", "generalization_error"], in: folder).output
      #expect(same == one)
      let wrong = try Program.run(theory + ["--table-columns", "E_gem"], in: folder)
      #expect(wrong.status == 0 && wrong.errors.contains("no table has E_gem; did you mean E_gen?"), "\(wrong.errors)")
      #expect(try wrong.output == Program.run(theory, in: folder).output)
    }
  }

  /// Who reads report and errors in one place reads a warning once; who reads them apart has it in both.
  @Test func warningsOnce() throws {
    try withFolder { folder in
      // So few samples that no ridge is found within those that are tried.
      try "a,b,c\n1,2,7\n3,1,7\n2,5,7\n4,4,7\n0,1,7\n".write(
        to: folder.appendingPathComponent("x.csv"), atomically: true, encoding: .utf8)
      let apart = try Program.run(["fit", "x.csv", "--center", "--mask", "bernoulli:0.5"], in: folder)
      #expect(apart.status == 0 && apart.errors.contains("warning: "), "\(apart.errors)")
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = [
        "-c", "'\(Program.binary.path)' fit x.csv --center --mask bernoulli:0.5 >both 2>&1 </dev/null",
      ]
      process.currentDirectoryURL = folder
      try process.run()
      process.waitUntilExit()
      let both = try String(contentsOf: folder.appendingPathComponent("both"), encoding: .utf8)
      let warnings = apart.errors.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
      #expect(!warnings.isEmpty)
      for warning in warnings {
        #expect(apart.output.contains(warning) && both.components(separatedBy: warning).count == 2, "\(both)")
      }
    }
  }

  /// A small study is not said to take 0.000201 GiB.
  @Test func smallMemory() throws {
    try withFolder { folder in
      let result = try Program.run(
        ["simulate", "example:ridge-path", "data.coordinates=20", "data.samples=40", "experiment.trials=1"], in: folder)
      let forecast = try #require(result.errors.firstMatch(of: /forecast: 1 trials, ([0-9.]+) (KiB|MiB)/))
      let value = try #require(Double(forecast.1))
      #expect(value >= 1 && value < 1024)
    }
  }
}
