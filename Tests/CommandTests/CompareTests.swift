import Foundation
import LacunaFiles
import Testing

/// `lacuna fit A B C --compare`.
@Suite(.serialized) struct CompareTests {
  /// Rows whose S is exactly diagonal: signs of a Hadamard matrix times the roots of the eigenvalues.
  private func rows(_ eigenvalues: [Double]) -> [Double] {
    (0..<8).flatMap { i in
      eigenvalues.enumerated().map { k, value in ((i & (k + 1)).nonzeroBitCount % 2 == 0 ? 1 : -1) * value.squareRoot()
      }
    }
  }

  /// Effective rank, participation ratio and log-determinant of eigenvalues that are known; the fit is that of the file alone.
  @Test func knownEigenvalues() throws {
    try withFolder { folder in
      let spectra: [[Double]] = [[2, 2, 2, 2], [8, 4, 2, 1], [5, 5, 1e-9, 1e-9], [3, 3, 3, 0]]
      for (index, spectrum) in spectra.enumerated() {
        try writeNPY(rows(spectrum), shape: [8, 4], to: folder.appendingPathComponent("\(index).npy").path)
      }
      let result = try Program.run(
        ["fit"] + spectra.indices.map { "\($0).npy" } + [
          "--center", "--ridge", "0.5", "--compare", "--json", "--output", "out", "--quiet",
        ],
        in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let found = try #require(try object(result.output)["snapshots"] as? [[String: Any]])
      let text = try String(contentsOf: folder.appendingPathComponent("out/compare.json"), encoding: .utf8)
      #expect(text == result.output)
      for (index, spectrum) in spectra.enumerated() {
        let sum = spectrum.reduce(0, +)
        let shares = spectrum.filter { $0 > 0 }.map { $0 / sum }
        let expected: [String: Double?] = [
          "effective_rank": exp(-shares.reduce(0) { $0 + $1 * log($1) }),
          "participation_ratio": 1 / shares.reduce(0) { $0 + $1 * $1 },
          "log_determinant": spectrum.contains(0) ? nil : log(spectrum.reduce(1, *)),
        ]
        for (key, value) in expected {
          let number = found[index][key] as? Double
          guard let value else {
            #expect(found[index][key] is NSNull)
            continue
          }
          #expect(
            abs((number ?? .nan) - value) < (spectrum.contains(1e-9) ? 1e-5 : 1e-12) * abs(value), "\(index) \(key)")
        }
        let alone = try object(
          try Program.run(["fit", "\(index).npy", "--center", "--ridge", "0.5", "--json", "--quiet"], in: folder).output
        )
        #expect(found[index]["error"] as? Double == alone["leave_one_out_error"] as? Double)
        #expect(found[index]["rank"] as? Int == shares.count)
      }
    }
  }

  @Test func whatDoesNotCompare() throws {
    try withFolder { folder in
      try "a,b\n1,2\n2,1\n3,5\n".write(to: folder.appendingPathComponent("x.csv"), atomically: true, encoding: .utf8)
      try "a,c\n1,2\n2,1\n3,5\n".write(to: folder.appendingPathComponent("y.csv"), atomically: true, encoding: .utf8)
      try "a,b,c\n1,2,3\n2,1,4\n3,5,1\n".write(
        to: folder.appendingPathComponent("z.csv"), atomically: true, encoding: .utf8)
      for (arguments, status, words) in [
        (["x.csv", "y.csv"], 64, "--compare sets them beside each other"),
        (["x.csv", "--compare"], 64, "at least two"),
        (["x.csv", "y.csv", "--compare"], 65, "column 2 is c"), (["x.csv", "z.csv", "--compare"], 65, "3 coordinates"),
        (["x.csv", "x.csv", "--compare", "--groups", "runs:2"], 64, "no part"),
      ] {
        let result = try Program.run(["fit"] + arguments, in: folder)
        #expect(result.status == Int32(status) && result.errors.contains(words), "\(arguments): \(result.errors)")
      }
    }
  }
}
