import Foundation
import Synchronization
import Testing

/// The program with `Tests/Shims/opencl_shim.c` between it and OpenCL.
enum OpenCLShim {
  /// The shim, built once; nil without OpenCL's headers, a C compiler or a usable OpenCL device.
  static let library: String? = {
    guard FileManager.default.fileExists(atPath: "/usr/include/CL/cl.h") else { return nil }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("lacuna-shim-\(UUID().uuidString).so").path
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "cc", "-O2", "-shared", "-fPIC", "-o", path, tests.appendingPathComponent("Shims/opencl_shim.c").path, "-ldl",
      "-lpthread",
    ]
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    var isUsable = false
    try? withFolder { folder in
      // No device is opened for a list of one that is named.
      let list = try object(Program.run(["devices", "--json"], in: folder).output)
      isUsable = (list["devices"] as? [[String: Any]] ?? []).contains {
        $0["id"] as? String == "opencl:0" && $0["usable"] as? Bool == true
      }
    }
    return isUsable ? path : nil
  }()

  /// A processor that says it is a GPU of common size.
  static let posing = ["LACUNA_SHIM_KIND": "gpu", "LACUNA_SHIM_LOCAL": "49152"]

  /// Runs the program behind the shim; what it measures is kept in `cache`, what PoCL compiles where it always is.
  static func run(
    _ arguments: [String], cache: URL, environment: [String: String] = [:]
  ) throws -> Program.Result {
    let own = ProcessInfo.processInfo.environment
    let home = own["XDG_CACHE_HOME"] ?? (own["HOME"] ?? "/tmp") + "/.cache"
    var all = ["XDG_CACHE_HOME": cache.path, "POCL_CACHE_DIR": own["POCL_CACHE_DIR"] ?? home + "/pocl/kcache"]
    if let library { all["LD_PRELOAD"] = library }
    all.merge(environment) { $1 }
    var result: Program.Result?
    try withFolder { result = try Program.run(arguments, in: $0, environment: all) }
    return try #require(result)
  }

  /// Runs it, and counts calls and kernels ("kernel NAME") by their words.
  static func count(
    _ arguments: [String], cache: URL, environment: [String: String] = [:]
  ) throws -> (result: Program.Result, counts: [String: Int]) {
    var counts: [String: Int] = [:]
    var found: Program.Result?
    try withFolder { folder in
      let file = folder.appendingPathComponent("counts")
      found = try run(
        arguments, cache: cache, environment: environment.merging(["LACUNA_SHIM_COUNT": file.path]) { $1 })
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        guard let space = line.lastIndex(of: " ") else { continue }
        counts[String(line[..<space])] = Int(line[line.index(after: space)...])
      }
    }
    return (try #require(found), counts)
  }

  /// What a body says of each of some numbers, two at a time.
  static func map<Value: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> Value) throws -> [Value] {
    let state = Mutex((next: 0, values: [Value?](repeating: nil, count: count), error: (any Error)?.none))
    DispatchQueue.concurrentPerform(iterations: 2) { _ in
      while true {
        let index = state.withLock { state in
          defer { state.next += 1 }
          return state.next
        }
        guard index < count else { return }
        do {
          let value = try body(index)
          state.withLock { $0.values[index] = value }
        } catch {
          state.withLock { $0.error = error }
        }
      }
    }
    return try state.withLock { state in
      if let error = state.error { throw error }
      return state.values.compactMap { $0 }
    }
  }
}
