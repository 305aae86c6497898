import Foundation
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// `lacuna plan --shards N` written out as lines, as JSON, and as a script for Slurm, which here is played by shell scripts.
@Suite(.serialized) struct PlanFormTests {
  private static let study = """
    experiment: {name: forms, trials: 6, seed: 3}
    data: {model: isotropic, coordinates: 30, samples: [20, 80]}
    model: {ridge: [0.1, 1.0]}

    """

  private func withStudy(_ body: (URL) throws -> Void) throws {
    try withFolder { folder in
      try Data(Self.study.utf8).write(to: folder.appendingPathComponent("study.yaml"))
      try body(folder)
    }
  }

  /// In a folder whose name a shell must be told of.
  private func plan(_ form: String, in folder: URL, _ others: [String] = []) throws -> String {
    let result = try Program.run(
      ["plan", "study.yaml", "--output", "it's here", "--shards", "3", form, "--device", "host"] + others, in: folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    return result.output
  }

  @discardableResult private func shell(_ script: String, in folder: URL, path: String? = nil) throws -> Program.Result
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = folder
    if let path {
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["PATH": path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/bin")]) { $1 }
    }
    for name in ["shell.out", "shell.err"] { try Data().write(to: folder.appendingPathComponent(name)) }
    process.standardOutput = try FileHandle(forWritingTo: folder.appendingPathComponent("shell.out"))
    process.standardError = try FileHandle(forWritingTo: folder.appendingPathComponent("shell.err"))
    // The threads of tests block signals, and what they start would never hear of one.
    var signals = sigset_t()
    var earlier = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGUSR1)
    pthread_sigmask(SIG_UNBLOCK, &signals, &earlier)
    defer { pthread_sigmask(SIG_SETMASK, &earlier, nil) }
    try process.run()
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }
    return Program.Result(
      status: process.terminationStatus, output: try text("shell.out"), errors: try text("shell.err"))
  }

  private func script(_ name: String, _ lines: String, in folder: URL) throws {
    let file = folder.appendingPathComponent(name)
    try Data(("#!/bin/bash\n" + lines + "\n").utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
  }

  /// Every line is a command that a shell takes, wherever it is.
  @Test func lines() throws {
    try withStudy { folder in
      let host = ["--device", "host", "--quiet", "--output"]
      #expect(try Program.run(["simulate", "study.yaml"] + host + ["one"], in: folder).status == 0)
      let lines = try plan("--lines", in: folder, ["--threads", "1"]).split(separator: "\n")
      #expect(lines.count == 3 && lines.allSatisfy { $0.contains("--device host --threads 1") })
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appendingPathComponent("lines"))
      let run = try shell(
        "cd / && while read -r line; do bash -c \"$line\" || exit; done < '\(folder.path)/lines'", in: folder)
      #expect(run.status == 0, "\(run.errors)")
      #expect(try Program.run(["merge", "it's here", "--quiet"], in: folder).status == 0)
      #expect(
        try resultFiles(folder.appendingPathComponent("it's here")) == resultFiles(folder.appendingPathComponent("one"))
      )
    }
  }

  @Test func json() throws {
    try withStudy { folder in
      let work = try object(try plan("--json", in: folder))
      #expect(work["units"] as? Int == 12 && work["trials"] as? Int == 12 && work["threads"] as? Int == 1)
      #expect((work["memory_bytes"] as? Int ?? 0) > 30 * 30 * 8 && (work["seconds_of_unit"] as? Double ?? 0) > 0)
      let shards = try #require(work["shards"] as? [[String: Any]])
      #expect(shards.map { $0["shard"] as? String } == ["1/3", "2/3", "3/3"])
      #expect(shards.compactMap { $0["units"] as? Int } == [4, 4, 4])
      for shard in shards + [try #require(work["merge"] as? [String: Any])] {
        let words = try #require(shard["command"] as? [String])
        let line = try #require(shard["command_line"] as? String)
        #expect(try shell("printf '%s\\n' \(line)", in: folder).output.split(separator: "\n").map(String.init) == words)
        let process = try Program.run(Array(words.dropFirst()), in: folder)
        #expect(words[0] == Program.binary.path && process.status == 0, "\(process.errors)")
      }
      let status = try #require((work["status"] as? [String: Any])?["command"] as? [String])
      #expect(try Program.run(Array(status.dropFirst()), in: folder).output.contains("12 of 12 units"))
    }
  }

  /// The array is submitted, then the merge that waits for it; a task that has units left is requeued, and told of its end in time.
  @Test func slurm() throws {
    try withStudy { folder in
      let text = try plan("--slurm", in: folder)
      try Data(text.utf8).write(to: folder.appendingPathComponent("study.sh"))
      #expect(text.contains("#SBATCH --requeue") && text.contains("--signal=B:USR1@60"))
      let slurm = folder.appendingPathComponent("slurm")
      try FileManager.default.createDirectory(at: slurm, withIntermediateDirectories: true)
      // Tasks one after the other, each again while it asks for that.
      try script(
        "sbatch",
        """
        printf '%s\\n' "$*" >> calls
        while [[ $1 == --* ]]; do
          if [[ $1 == --array=1-* ]]; then count=${1#--array=1-}; fi
          shift
        done
        export SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=$count SLURM_ARRAY_TASK_ID SLURM_JOB_ID=9
        if [[ -z $count ]]; then unset SLURM_ARRAY_TASK_ID; bash "$@" > merged; exit; fi
        for ((SLURM_ARRAY_TASK_ID = 1; SLURM_ARRAY_TASK_ID <= count; SLURM_ARRAY_TASK_ID++)); do
          while bash "$@"; [[ $? == 99 ]]; do :; done
        done
        echo '7;cluster'
        """, in: slurm)
      try script("scontrol", "echo \"$*\" >> requeued; exit 99", in: slurm)
      let run = try shell("bash study.sh --partition=long", in: folder, path: slurm.path)
      #expect(run.status == 0, "\(run.errors)")
      func file(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      }
      let calls = try file("calls").split(separator: "\n")
      #expect(
        calls.count == 2 && calls[0].contains("--array=1-3 ") && calls.allSatisfy { $0.contains("--partition=long") })
      #expect(calls[1].contains("--dependency=afterok:7 --kill-on-invalid-dep=yes"))
      #expect(try file("merged").contains("ridge"))
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("requeued").path))
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("it's here/metrics.json").path))

      // A program that ends with 75 when it is asked to, and of itself the first time.
      try script(
        "program",
        """
        echo "$*" >> program.calls
        if [[ $1 == merge ]]; then exit 0; fi
        if [[ $(wc -l < program.calls) == 1 ]]; then exit 75; fi
        trap 'exit 75' USR1
        touch started
        for ((i = 0; i < 600; i++)); do sleep 0.1; done
        """, in: slurm)
      let other = text.replacingOccurrences(of: Program.binary.path, with: slurm.path + "/program")
      try Data(other.utf8).write(to: folder.appendingPathComponent("other.sh"))
      let task = """
        export SLURM_JOB_ID=5
        bash other.sh task
        echo first $?
        bash other.sh task & task=$!
        until [[ -e started ]]; do sleep 0.05; done
        kill -USR1 $task
        wait $task
        echo second $?
        """
      let result = try shell(task, in: folder, path: slurm.path)
      #expect(result.output == "first 99\nsecond 99\n", "\(result.output) \(result.errors)")
      #expect(try file("requeued") == "requeue 5\nrequeue 5\n")
    }
  }

  @Test func refusals() throws {
    try withStudy { folder in
      for options in [
        ["--lines"], ["--shards", "3"], ["--shards", "0", "--json"], ["--shards", "2", "--json", "--lines"],
      ] {
        let result = try Program.run(["plan", "study.yaml", "--output", "out"] + options, in: folder)
        #expect(result.status == 64 && result.output.isEmpty, "\(options): \(result.errors)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out").path))
    }
  }
}
