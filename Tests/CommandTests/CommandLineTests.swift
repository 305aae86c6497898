import Foundation
import LacunaFiles
import Testing

/// Mistakes on the command line are explained, and what is typed never reaches the terminal raw.
@Suite(.serialized) struct CommandLineTests {
  private func errors(_ arguments: [String]) throws -> String {
    var said = ""
    try withFolder { folder in
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == 64 && result.output.isEmpty)
      said = result.errors
    }
    return said
  }

  @Test func nearestCommand() throws {
    #expect(try errors(["simulat"]).hasPrefix("error: no command is named 'simulat'; did you mean 'simulate'?\nUsage"))
    #expect(try errors(["simulat", "x"]).hasPrefix("error: no command is named 'simulat'; did you mean 'simulate'?\n"))
    #expect(
      try errors(["bench", "compar", "a"]).hasPrefix("error: no command of bench is named 'compar'; did you mean"))
    #expect(try errors(["xyzzy"]).hasPrefix("error: no command is named 'xyzzy'; they are simulate, theory, fit,"))
  }

  @Test func indexThatTakesTheFile() throws {
    let said = try errors(["fit", "--index", "data.csv"])
    #expect(said.hasPrefix("error: --index took 'data.csv' as the column of row names, and no file is left; "))
    #expect(said.contains("write lacuna fit data.csv --index, or --index=COLUMN"))
    #expect(try errors(["fit", "--index"]).hasPrefix("error: Missing expected argument '<data>'"))
  }

  /// What was meant is named, of values as of commands, and the reason given.
  @Test(
    arguments: [
      (["fit", "x.csv", "--mask", "bernouli:0.5"], "did you mean bernoulli:0.5?"),
      (["fit", "x.csv", "--mask", "bernoulli"], "write bernoulli:"),
      (["fit", "x.csv", "--ridge", "foo"], "no number"), (["fit", "x.csv", "--ridge", "autp"], "did you mean auto?"),
      (["fit", "x.csv", "--ridge=-1"], "0 or more"), (["fit", "x.csv", "--ridge", "2:1:3"], "rises"),
      (["fit", "x.csv", "--ridge", "1:2:1"], "COUNT"), (["fit", "x.csv", "--ridge", "1:2"], "FROM:TO:COUNT"),
      (["reproduce", "learning-curv", "--output", "out"], "did you mean \"learning-curves\"?"),
      (["reproduce", "learning-curv"], "did you mean \"learning-curves\"?"),
      (["reproduce", "spectrum"], "--output DIR is needed"), (["bench", "--sizes", "5x"], "did you mean 5?"),
      (["bench", "--sizes", "0"], "whole numbers above 0"), (["bench", "--sizes", ","], "it names none"),
      (["bench", "--operations", "multiplyy"], "did you mean \"multiply\"?"),
      (["bench", "--operations", "everything"], "there are normal, copy"),
      (["bench", "--max-time", "x"], "it takes a number\n"),
      (["fit", "x.csv", "--threads", "1.5"], "it takes a whole number\n"),
    ])
  func nearestValue(arguments: [String], words: String) throws {
    let said = try errors(arguments)
    #expect(said.hasPrefix("error: ") && said.contains(words), "\(said)")
  }

  /// What went wrong is said once, with one prefix, whatever the exit status is made of.
  @Test(arguments: [
    ["example", "ridgepath"], ["simulate", "example:ridgepath"], ["simulate", "example:ridge-path", "a.b=1"],
  ])
  func saidOnce(arguments: [String]) throws {
    let lines = try errors(arguments).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 2 && lines[0].hasPrefix("error: ") && lines[1].isEmpty, "\(lines)")
  }

  /// Usage is no wider than the terminal, and no option is torn from its value.
  @Test(arguments: [60, 100])
  func usageWithinTheTerminal(width: Int) throws {
    try withFolder { folder in
      for arguments in [["theory", "--page"], ["merge", "--foo"], ["bench", "compare", "a"]] {
        let said = try Program.run(arguments, in: folder, environment: ["COLUMNS": "\(width)"]).errors
        let lines = said.split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("Usage: ") })
        let end = try #require(lines.firstIndex { $0.hasPrefix("  See ") })
        #expect(end - start > 1, "\(said)")
        for line in lines[start..<end] {
          #expect(line.count <= width)
          #expect(line.filter { $0 == "[" }.count == line.filter { $0 == "]" }.count, "\(line)")
        }
      }
    }
  }

  @Test func nearestDevice() throws {
    try withFolder { folder in
      let result = try Program.run(["simulate", "example:learning-curve", "--device", "hosst"], in: folder)
      #expect(result.status == 69 && result.errors.contains("did you mean host?"), "\(result.errors)")
    }
  }

  /// An example is one line, that can be copied, or says by a backslash that it goes on.
  @Test(arguments: [[], ["simulate"], ["theory"], ["fit"], ["reproduce"], ["example"], ["devices"], ["bench"]])
  func examplesAreWhole(command: [String]) throws {
    try withFolder { folder in
      let help = try Program.run(command + ["--help"], in: folder, environment: ["COLUMNS": "80"]).output
      let narrow = try Program.run(command + ["--help"], in: folder, environment: ["COLUMNS": "50"]).output
      let lines = help.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let start = try #require(lines.firstIndex(of: "Examples:"))
      let examples = lines[(start + 1)...].prefix { !$0.isEmpty }
      #expect(examples.count >= 1)
      var goesOn = false
      for line in examples {
        #expect(goesOn ? line.hasPrefix("    ") : line.hasPrefix("  lacuna "), "\(line)")
        #expect(line.count <= 80)
        #expect(narrow.contains("\n\(line)\n"), "\(narrow)")
        goesOn = line.hasSuffix(" \\")
      }
      #expect(!goesOn)
    }
  }

  /// Found by damaged input: an override's key, and values that the parser of the command line repeats.
  @Test(
    arguments: [
      ["fit", "x.csv", "--mask", "a\u{1B}[31m"], ["fit\u{1B}[2J"], ["fit", "x.csv", "--\u{9B}31m"],
      ["theory", "example:learning-curve", "data.\u{1B}[31m=[1"], ["theory", "example:learning-curve", "\u{1B}[31m"],
      ["theory", "example:learning-curve", "data.\u{1B}[31m="],
    ])
  func controlCharacters(arguments: [String]) throws {
    let said = try errors(arguments)
    #expect(!said.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control }, "\(said)")
  }

  /// An archive needs its last bytes first: from a pipe it goes through a file without a name, and leaves nothing.
  @Test func archiveFromAPipe() throws {
    let base64 =
      "UEsDBC0AAAAIAAAAIQBud1Ab//////////8FABQAeC5ucHkBABAA4AAAAAAAAABiAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6l"
      + "oG6TZqGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GmY6CkaaOgq1CmQDLgYw+GAPoRkcIBQHlBaB0gIO2NXBaQZUfTB1"
      + "H+wBUEsBAi0DLQAAAAgAAAAhAG53UBtiAAAA4AAAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsFBgAAAAABAAEAMwAAAJkAAAAA"
      + "AA=="
    try withFolder { folder in
      try #require(Data(base64Encoded: base64)).write(to: folder.appendingPathComponent("x.npz"))
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "cat x.npz | TMPDIR=. \"$0\" fit - --ridge 0.1 --json --quiet", Program.binary.path]
      process.currentDirectoryURL = folder
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      #expect(try object(output)["n"] as? Int == 6)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.npz"])
    }
  }
}
