import Foundation
import LacunaFiles
import Testing

/// A system that refuses memory or files: a word and a status within seconds, whatever the limit.
#if os(Linux)
  @Suite(.serialized) struct LimitTests {
    private let theory = "theory example:learning-curve data.coordinates=20"
    private let fit = "fit x.csv --no-header --ridge 0.1 --device host"

    /// Runs the program under limits that `sh` sets; status 124 is a run that did not end.
    private func run(_ arguments: String, _ limits: String, in folder: URL) throws -> (status: Int32, errors: String) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = [
        "-c", "\(limits); exec timeout -s KILL 60 \"$0\" \(arguments)", Program.binary.path,
      ]
      process.currentDirectoryURL = folder
      // Not by the shell, which keeps the descriptor beyond the limit meanwhile.
      process.standardOutput = FileHandle.nullDevice
      let errors = Pipe()
      process.standardError = errors
      try process.run()
      let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return (process.terminationStatus, text)
    }

    private func withData(_ body: (URL) throws -> Void) throws {
      try withFolder { folder in
        let rows = (0..<12).map { i in (0..<4).map { j in "\((i * 7 + j * j * 3 + i * j) % 11)" }.joined(separator: ",")
        }
        try rows.joined(separator: "\n").write(
          to: folder.appendingPathComponent("x.csv"), atomically: true, encoding: .utf8)
        try body(folder)
      }
    }

    @Test("addresses that are refused are said, where OpenBLAS would ask for ever")
    func addresses() throws {
      try withData { folder in
        for arguments in ["--version", theory, fit] {
          let (status, errors) = try run(arguments, "ulimit -v 150000", in: folder)
          #expect(status == 69 && errors.contains("OpenBLAS") && errors.contains("ulimit -v"), "\(status) \(errors)")
        }
        // Alone, a thread has no pool to wait for, and is refused the buffer of its own.
        let one = "ulimit -v 200000; export OPENBLAS_NUM_THREADS=1"
        #expect(try run("--version", one, in: folder).status == 0)
        let (status, errors) = try run(fit, one, in: folder)
        #expect(status == 69 && errors.contains("for 1 thread they"), "\(status) \(errors)")
        // Between what is refused and what suffices every run ends, in one way or the other.
        for limit in stride(from: 250_000, through: 850_000, by: 100_000) {
          for arguments in [fit + " --threads 1", fit, theory] {
            let (status, errors) = try run(arguments, "ulimit -v \(limit)", in: folder)
            #expect(
              status == 0 || (status == 69 && errors.contains("ulimit -v")),
              "\(limit) \(arguments): \(status) \(errors)")
          }
        }
        // What a refusal asks for is enough.
        guard let asked = errors.split(separator: "(ulimit -v ").last?.split(separator: ")").first else {
          Issue.record("\(errors)")
          return
        }
        #expect(try run(fit, "ulimit -v \(asked); export OPENBLAS_NUM_THREADS=1", in: folder).status == 0)
      }
    }

    @Test("theory of more coordinates than memory holds")
    func coordinates() throws {
      try withData { folder in
        for command in ["theory example:learning-curve", "simulate example:spectrum --output out"] {
          let (status, errors) = try run(
            "\(command) data.coordinates=1000000000", "ulimit -v 3000000; export OPENBLAS_NUM_THREADS=1", in: folder)
          #expect(status == 69 && errors.contains("d = 1000000000"), "\(status) \(errors)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.csv"])
      }
    }

    @Test("fits of more than memory holds, before they begin")
    func fits() throws {
      try withFolder { folder in
        let (n, d) = (60, 8000)
        let values = (0..<n * d).map { Double(($0 * 7919) % 1009) / 1009 }
        try writeNPY(values, shape: [n, d], to: folder.appendingPathComponent("x.npy").path)
        for (mask, others) in [("observed", true), ("bernoulli:0.5", true), ("partition:8", true)] {
          let (status, errors) = try run(
            "fit x.npy --mask \(mask) --ridge 0.1 --device host --quiet",
            "ulimit -v 1500000; export OPENBLAS_NUM_THREADS=1", in: folder)
          #expect(status == 69 && errors.contains("for a fit of d = 8000, n = 60, mask \(mask.prefix(8))"), "\(errors)")
          #expect(errors.contains("leave-one-out masks would fit") == others, "\(errors)")
          let words = errors.components(separatedBy: "it holds d up to ")
          #expect(words.count == 2 && Int(words[1].prefix { $0.isNumber }).map { $0 > 500 && $0 < d } == true)
        }
        let (status, errors) = try run(
          "fit x.npy --ridge 0.1 --device host --quiet", "ulimit -v 1500000; export OPENBLAS_NUM_THREADS=1", in: folder)
        #expect(status == 0, "\(errors)")
      }
    }

    @Test("tables that are refused memory, where the standard library would trap")
    func tables() throws {
      try withFolder { folder in
        let path = folder.appendingPathComponent("x.npy")
        // Of a file with a hole for its numbers.
        try writeNPY([0.0, 0, 0], shape: [3, 1], to: path.path)
        let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (60, 6000000), }"
        var bytes = try Data(contentsOf: path).prefix(128)
        let header = text + String(repeating: " ", count: 128 - 10 - 1 - text.count) + "\n"
        bytes.replaceSubrange(10..<128, with: Data(header.utf8))
        bytes.replaceSubrange(8..<10, with: [118, 0])
        try bytes.write(to: path)
        let file = try FileHandle(forWritingTo: path)
        try file.truncate(atOffset: 128 + 60 * 6_000_000 * 8)
        try file.close()
        let (status, errors) = try run(
          "fit x.npy --ridge 0.1 --device host --quiet", "ulimit -v 1500000; export OPENBLAS_NUM_THREADS=1", in: folder)
        #expect(status == 74 && errors.contains("x.npy: the system refuses"), "\(status) \(errors.prefix(300))")
      }
    }

    @Test("too few files", arguments: [4, 5, 6, 8, 64])
    func files(limit: Int) throws {
      try withData { folder in
        for arguments in [
          theory, fit, "simulate \(theory.dropFirst(7)) --device host experiment.trials=1 --output out",
        ] {
          let (status, errors) = try run(arguments, "ulimit -n \(limit)", in: folder)
          #expect([0, 66, 73, 74].contains(status), "\(arguments): \(status) \(errors)")
          #expect(status == 0 || !errors.isEmpty)
          // Below, it depends on what descriptors the process was started with.
          if limit >= 64 { #expect(status == 0, "\(errors)") }
        }
      }
    }
  }
#endif
