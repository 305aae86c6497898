import Foundation
import LacunaFiles
import Testing

/// `lacuna fit --groups` as its users see it.
@Suite(.serialized) struct GroupTests {
  /// Four visits of each of some patients, alike within a patient; labels are text.
  private func write(_ folder: URL) throws -> (labels: [String], d: Int) {
    let (patients, visits, d) = (15, 4, 5)
    var state: UInt64 = 11
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53 - 0.5
    }
    var lines = ["a,patient,b,c,d,e"]
    var plain = ["a,b,c,d,e"]
    var labels: [String] = []
    for p in 0..<patients {
      let own = (0..<d).map { _ in uniform() }
      for _ in 0..<visits {
        let row = own.map { "\($0 + 0.1 * uniform())" }
        labels.append("p \(p)")
        lines.append(([row[0], "p \(p)"] + row[1...]).joined(separator: ","))
        plain.append(row.joined(separator: ","))
      }
    }
    try lines.joined(separator: "\n").write(
      to: folder.appendingPathComponent("visits.csv"), atomically: true, encoding: .utf8)
    try plain.joined(separator: "\n").write(
      to: folder.appendingPathComponent("plain.csv"), atomically: true, encoding: .utf8)
    try (["who"] + labels).map { "\"\($0)\"" }.joined(separator: "\n").write(
      to: folder.appendingPathComponent("who.txt"), atomically: true, encoding: .utf8)
    return (labels, d)
  }

  private func fit(_ arguments: [String], in folder: URL) throws -> [String: Any] {
    let result = try Program.run(["fit"] + arguments + ["--center", "--json", "--quiet"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    return try object(result.output)
  }

  @Test func columnFileAndRuns() throws {
    try withFolder { folder in
      let (labels, d) = try write(folder)
      try writeNPY(
        labels.indices.map { Double($0 / 4) }, shape: [labels.count, 1],
        to: folder.appendingPathComponent("who.npy").path)
      let alone = try fit(["plain.csv"], in: folder)
      #expect(alone["groups"] is NSNull && alone["validation"] as? String == "leave-one-sample-out")
      let single = try #require(alone["leave_one_out_error"] as? Double)
      #expect((alone["warnings"] as? [String] ?? []).contains { $0.contains("--groups") })
      var errors: [Double] = []
      for arguments in [
        ["visits.csv", "--groups", "patient"], ["visits.csv", "--groups", "#2"], ["plain.csv", "--groups", "who.txt"],
        ["plain.csv", "--groups", "who.npy"], ["plain.csv", "--groups", "runs:4"],
      ] {
        let summary = try fit(arguments, in: folder)
        #expect(summary["d"] as? Int == d && summary["n"] as? Int == labels.count)
        #expect(summary["validation"] as? String == "leave-one-group-out" && summary["leave_one_out_error"] is NSNull)
        let groups = try #require(summary["groups"] as? [String: Any])
        #expect(groups["count"] as? Int == 15)
        let error = try #require(groups["error"] as? Double)
        #expect(error == summary["held_out_error"] as? Double)
        // Visits of the same patient gave the answer away.
        #expect(error > 1.5 * single)
        #expect(try #require(groups["standard_error"] as? Double) < error / 2)
        errors.append(error)
      }
      for error in errors { #expect(abs(error - errors[0]) <= 1e-12 * errors[0]) }
    }
  }

  @Test func residualsAreWritten() throws {
    try withFolder { folder in
      _ = try write(folder)
      let summary = try fit(
        ["visits.csv", "--groups", "patient", "--output", "out", "--residuals"], in: folder)
      let residuals = try readNPY(folder.appendingPathComponent("out/residuals.npy").path)
      let square = residuals.values.reduce(0) { $0 + $1 * $1 } / Double(residuals.values.count)
      let error = try #require(summary["held_out_error"] as? Double)
      #expect(abs(square - error) <= 1e-12 * error)
    }
  }

  @Test func refusals() throws {
    try withFolder { folder in
      _ = try write(folder)
      try "a,1\nc,2\n".write(to: folder.appendingPathComponent("two.txt"), atomically: true, encoding: .utf8)
      try "p 1\np 2\n".write(to: folder.appendingPathComponent("p.csv"), atomically: true, encoding: .utf8)
      try "x\ny\n".write(to: folder.appendingPathComponent("few.txt"), atomically: true, encoding: .utf8)
      for (arguments, status, word) in [
        (["visits.csv", "--groups", "nobody"], 65, "nobody"),
        (["plain.csv", "--groups", "two.txt"], 65, "one label a row"),
        (["plain.csv", "--groups", "p.csv"], 65, "one label a row"),
        (["plain.csv", "--groups", "few.txt"], 65, "2 labels"), (["plain.csv", "--groups", "runs:0"], 64, "runs:L"),
        (["plain.csv", "--groups", "runs:60"], 65, "one group"),
        (["plain.csv", "--groups", "runs:4", "--mask", "bernoulli:0.5"], 64, "leave-one-out masks"),
      ] as [([String], Int32, String)] {
        let result = try Program.run(["fit"] + arguments, in: folder)
        #expect(result.status == status && result.errors.contains(word), "\(arguments): \(result.errors)")
      }
    }
  }
}
