import Foundation
import Testing

/// Folders as systems have them: names that are no UTF-8, disks that are full.
#if os(Linux)
  @Suite struct PlaceTests {
    private static let study =
      "example:learning-curve data.coordinates=10 data.samples=8,16,32 experiment.trials=2 --device host --quiet"

    /// Runs a script of `sh` with the program as `$0`.
    private static func shell(_ script: String, in folder: URL) throws -> (status: Int32, output: String) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", script, Program.binary.path]
      process.currentDirectoryURL = folder
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return (process.terminationStatus, text)
    }

    /// Whether a disk of a given size can be had, in a namespace that ends with the process.
    static let hasDisks =
      (try? shell(
        "unshare -rm mount -t tmpfs none /mnt", in: FileManager.default.temporaryDirectory))?.status == 0
    static let hasGnuplot =
      (try? shell("command -v gnuplot", in: FileManager.default.temporaryDirectory))?.status == 0

    @Test("a folder whose name is no UTF-8 holds results and figures like any other")
    func bytes() throws {
      try withFolder { folder in
        let run = "\"$0\" simulate \(Self.study)"
        let (status, output) = try Self.shell(
          """
          inner=$(printf 'in \\377"\\044x'); out=$(printf "o'\\376"); mkdir "$inner" && cd "$inner" || exit 99
          XDG_CACHE_HOME="$PWD/cache" \(run) --output "$out" > table || exit
          cd .. && ls -1 && cd "$inner" && ls -1 && cd "$out" && ls -1 && ls -1 figures
          """, in: folder)
        #expect(status == 0, "\(output)")
        let names = output.split(separator: "\n").map(String.init)
        // The folder and no other that is almost named so.
        #expect(names.filter { $0.hasPrefix("in ") }.count == 1 && names.filter { $0.hasPrefix("o'") }.count == 1)
        for name in ["results.csv", "metrics.json", "trials.jsonl", "errors.gp", "errors.dat"] {
          #expect(names.contains(name), "\(name): \(output)")
        }
        if Self.hasGnuplot {
          for name in ["errors.svg", "errors.pdf", "errors.png"] { #expect(names.contains(name), "\(name): \(output)") }
        }
      }
    }

    @Test(
      "a disk that is full at any stage is said, with status 74, and nothing that is not whole stays",
      .enabled(if: hasDisks, "no disk of a given size can be had here"),
      arguments: [4, 8, 12, 16, 24, 32, 48, 64, 80, 96, 128, 160, 1024])
    func fullDisk(kibibytes: Int) throws {
      try withFolder { folder in
        let (status, output) = try Self.shell(
          """
          mkdir disk && exec unshare -rm sh -c 'mount -t tmpfs -o size=\(kibibytes)k none disk
          "$0" simulate \(Self.study) --output disk/out > /dev/null; status=$?
          [ -e disk/out ] && find disk/out -type f | sort
          for file in $(find disk/out -name "*.svg"); do tail -c 8 $file | grep -q "</svg>" || echo "torn $file"; done
          for file in $(find disk/out -name "*.json"); do tail -c 2 $file | grep -q "}" || echo "torn $file"; done
          exit $status' "$0"
          """, in: folder)
        #expect(!output.contains("torn"), "\(output)")
        if kibibytes == 1024 {
          #expect(status == 0 && output.contains("results.csv"), "\(output)")
          #expect(!Self.hasGnuplot || output.contains("errors.svg"), "\(output)")
        } else {
          #expect(status == 74 || (status == 0 && output.contains("results.csv")), "\(status): \(output)")
          #expect(status == 0 || output.contains("no space is left"), "\(output)")
        }
      }
    }
  }
#endif
