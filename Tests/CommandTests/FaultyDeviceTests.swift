import Foundation
import Testing

/// Studies on a device that fails, or computes, stores or transfers wrongly once: whatever is struck, no wrong number comes
/// with exit status 0.
///
/// Silent faults are a seeded sample: LACUNA_FAULTS of them, by default as many as every commit has time for.
@Suite("Faulty devices", .serialized, .enabled(if: OpenCLShim.library != nil, "no OpenCL device, or no C compiler"))
struct FaultyDeviceTests {
  /// One fault, and where it strikes.
  private struct Fault: Sendable {
    var call: String
    var index: Int
    var what: String
    var place = 0.5
    var argument = 0

    var environment: [String: String] {
      [
        "LACUNA_SHIM_FAULT": "\(call):\(index):\(what)", "LACUNA_SHIM_PLACE": "\(place)",
        "LACUNA_SHIM_ARGUMENT": "\(argument)",
      ]
    }
  }

  private enum Outcome: Sendable {
    case right, retreated, refused
    case wrong(String)
  }

  private static let sampleSize = Int(ProcessInfo.processInfo.environment["LACUNA_FAULTS"] ?? "") ?? 24

  private static func study(_ coordinates: Int, device: String) -> [String] {
    [
      "simulate", "example:ridge-path", "data.coordinates=\(coordinates)", "data.samples=\(coordinates * 4 / 3)",
      "model.ridge=0.1", "experiment.trials=1", "--json", "--quiet", "--device", device,
    ]
  }

  /// All numbers of the points, by their names.
  static func numbers(_ output: String) throws -> [Double] {
    func collect(_ value: Any) -> [Double] {
      if let number = value as? NSNumber { return [number.doubleValue] }
      if let list = value as? [Any] { return list.flatMap(collect) }
      if let map = value as? [String: Any] { return map.sorted { $0.key < $1.key }.flatMap { collect($0.value) } }
      return []
    }
    return collect(try #require(try object(output)["points"]))
  }

  private static func strike(
    _ fault: Fault, _ study: [String], cache: URL, environment: [String: String] = [:], right: [Double]
  ) throws -> Outcome {
    let result = try OpenCLShim.run(study, cache: cache, environment: environment.merging(fault.environment) { $1 })
    let name = "\(fault.call):\(fault.index):\(fault.what) at \(fault.place) of \(fault.argument)"
    guard result.status == 0 else {
      return result.status == 69 ? .refused : .wrong("\(name): status \(result.status), \(result.errors)")
    }
    let found = try numbers(result.output)
    guard
      found.count == right.count, zip(found, right).allSatisfy({ abs($0 - $1) <= 1e-9 * max(abs($1), 1e-3) })
    else { return .wrong("\(name): a wrong number with exit status 0") }
    return try object(result.output)["device_fallback"] is String ? .retreated : .right
  }

  private func report(_ what: String, _ outcomes: [Outcome]) {
    var (right, retreated, refused, wrong) = (0, 0, 0, 0)
    for outcome in outcomes {
      switch outcome {
      case .right: right += 1
      case .retreated: retreated += 1
      case .refused: refused += 1
      case .wrong(let text):
        wrong += 1
        Issue.record("\(text)")
      }
    }
    print("\(what): \(outcomes.count) runs, \(right) right, \(retreated) retreated, \(refused) refused, \(wrong) wrong")
  }

  private static let loud = [
    "buffer", "subbuffer", "kernel", "build", "argument", "launch", "read", "write", "copy",
    "finish", "wait",
  ]

  /// Silent faults of every kind in turn, each at a call drawn from those that the clean run made.
  private static func silent(_ count: Int, of calls: [String: Int], from first: Int) -> [Fault] {
    let kinds = [
      ("launch", "drop"), ("launch", "flip"), ("launch", "lose"), ("read", "flip"), ("read", "drop"), ("write", "flip"),
      ("write", "drop"), ("copy", "drop"),
    ].filter { calls[$0.0] ?? 0 > first }
    var generator = SplitMix(state: 1)
    return (0..<count).map { number in
      let (call, what) = kinds[number % kinds.count]
      return Fault(
        call: call, index: Int(generator.next() % UInt64(calls[call] ?? 1)), what: what,
        place: Double(generator.next() >> 11) * 0x1p-53, argument: Int(generator.next() % 8))
    }
  }

  /// Every call of a small study fails in turn; of kinds of which a study makes more than the sample's size, some at even
  /// distances.
  @Test func everyFailingCall() throws {
    try withFolder { cache in
      let study = Self.study(6, device: "opencl:0")
      _ = try OpenCLShim.run(study, cache: cache)
      let (clean, calls) = try OpenCLShim.count(study, cache: cache)
      #expect(clean.status == 0, "\(clean.errors)")
      let right = try Self.numbers(clean.output)
      var faults: [Fault] = []
      for call in Self.loud {
        let made = calls[call] ?? 0
        for index in stride(from: 0, to: made, by: made > Self.sampleSize ? made / Self.sampleSize : 1) {
          faults.append(Fault(call: call, index: index, what: "fail"))
        }
      }
      let all = faults
      report(
        "failing calls", try OpenCLShim.map(all.count) { try Self.strike(all[$0], study, cache: cache, right: right) })
    }
  }

  @Test func noSilentFaultGivesAWrongNumber() throws {
    try withFolder { cache in
      let study = Self.study(48, device: "opencl:0")
      _ = try OpenCLShim.run(study, cache: cache)
      let (clean, calls) = try OpenCLShim.count(study, cache: cache)
      #expect(clean.status == 0, "\(clean.errors)")
      #expect(try object(clean.output)["verification"] as? String == "on")
      let bare = try OpenCLShim.run(study + ["--no-verify"], cache: cache)
      #expect(try object(bare.output)["verification"] as? String == "off")
      #expect(try Self.numbers(bare.output) == Self.numbers(clean.output))
      let right = try Self.numbers(clean.output)
      let faults = Self.silent(Self.sampleSize, of: calls, from: 0)
      report(
        "silent faults",
        try OpenCLShim.map(faults.count) { try Self.strike(faults[$0], study, cache: cache, right: right) })
    }
  }

  /// Under `auto` a device that fails or lies is left for the host, and the results say why.
  @Test func autoRetreats() throws {
    try withFolder { cache in
      let study = Self.study(48, device: "auto")
      try preferDevice(study, cache: cache)
      let (clean, calls) = try OpenCLShim.count(study, cache: cache, environment: OpenCLShim.posing)
      let summary = try object(clean.output)
      #expect(clean.status == 0 && (summary["device"] as? String)?.hasPrefix("OpenCL") == true, "\(clean.errors)")
      let right = try Self.numbers(clean.output)
      let loud = Self.loud.filter { calls[$0] ?? 0 > 0 }
      var generator = SplitMix(state: 2)
      let faults =
        Self.silent(Self.sampleSize / 3, of: calls, from: 0)
        + (0..<Self.sampleSize / 3).map { number in
          let call = loud[number % loud.count]
          return Fault(call: call, index: Int(generator.next() % UInt64(calls[call] ?? 1)), what: "forever")
        }
      let outcomes = try OpenCLShim.map(faults.count) {
        try Self.strike(faults[$0], study, cache: cache, environment: OpenCLShim.posing, right: right)
      }
      report("auto", outcomes)
      // A device that fails for good is never an end, since there is the host.
      #expect(!outcomes.contains { if case .refused = $0 { true } else { false } })
      #expect(outcomes.contains { if case .retreated = $0 { true } else { false } })
    }
  }

  /// Lets the device seem faster than the host.
  private func preferDevice(_ study: [String], cache: URL) throws {
    let first = try OpenCLShim.run(study, cache: cache, environment: OpenCLShim.posing)
    #expect(first.status == 0, "\(first.errors)")
    let file = cache.appendingPathComponent("lacuna/rates.json")
    var rates = try object(String(contentsOf: file, encoding: .utf8))
    for key in rates.keys { rates[key] = key.contains("OpenBLAS") ? 1e6 : 1e15 }
    try JSONSerialization.data(withJSONObject: rates).write(to: file)
  }
}

/// SplitMix64, so that the sample is the same everywhere.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
