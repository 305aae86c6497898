import Foundation
import LacunaFiles
import Testing

/// `lacuna fit` of sparse files.
@Suite(.serialized) struct SparseDataTests {
  static let ratings: [[Int]] = [
    [5, 4, 0, 0, 2], [5, 0, 2, 0, 1], [3, 0, 5, 0, 0], [0, 4, 0, 0, 2], [5, 0, 3, 2, 0], [0, 0, 0, 1, 0],
    [2, 4, 0, 0, 4], [0, 2, 0, 0, 4], [0, 0, 0, 0, 5],
  ]
  /// EASE's matrix at λ = 2.7 by NumPy, from algorithm 1 of Steck, arXiv:1905.03375; it predicts by x ↦ xB.
  static let ease: [[Double]] = [
    [0, 0.36899005784886846, 0.5074416622438561, 0.11086863839402986, 0.02129781697331721],
    [0.4981906795165879, 0, -0.27307622363880174, -0.05012092894215331, 0.7203594355529637],
    [0.8930085677756213, -0.35593644572245897, 0, 0.038903926715814705, 0.03647622982305541],
    [0.6028504666683473, -0.20185479274726378, 0.12020563344953769, 0, -0.05608253878850704],
    [0.01872424576106613, 0.46906989171646185, 0.018222572255362193, -0.00906767654742625, 0],
  ]

  private var market: String {
    let entries = Self.ratings.indices.flatMap { i in
      Self.ratings[i].indices.filter { Self.ratings[i][$0] != 0 }.map { "\(i + 1) \($0 + 1) \(Self.ratings[i][$0])" }
    }
    return "%%MatrixMarket matrix coordinate integer general\n9 5 \(entries.count)\n"
      + entries.joined(separator: "\n") + "\n"
  }

  /// The predictor is EASE's, transposed, and the errors those of NumPy, users left out one by one.
  @Test func ease() throws {
    try withFolder { folder in
      try market.write(to: folder.appendingPathComponent("ratings.mtx"), atomically: true, encoding: .utf8)
      for precision in ["float64", "float32"] {
        let tolerance = precision == "float64" ? 1e-12 : 1e-5
        let result = try Program.run(
          [
            "fit", "ratings.mtx", "--ridge", "0.3", "--json", "--output", precision, "--precision", precision,
            "--quiet",
            "--residuals",
          ], in: folder)
        #expect(result.status == 0, "\(result.errors)")
        let summary = try object(result.output)
        #expect(abs(try #require(summary["ease_lambda"] as? Double) - 2.7) < 1e-12)
        #expect(abs(try #require(summary["leave_one_out_error"] as? Double) - 4.621323986124002) < 10 * tolerance)
        #expect(abs(try #require(summary["training_error"] as? Double) - 2.319724426834721) < 10 * tolerance)
        let a = try readNPY(folder.appendingPathComponent("\(precision)/predictor.npy").path).values
        for k in 0..<5 { for j in 0..<5 { #expect(abs(a[k * 5 + j] - Self.ease[j][k]) < tolerance) } }
        let residuals = try readNPY(folder.appendingPathComponent("\(precision)/residuals.npy").path)
        #expect(residuals.rows == 9 && residuals.columns == 5)
        #expect(abs(residuals.values.reduce(0) { $0 + $1 * $1 } / 45 - 4.621323986124002) < 10 * tolerance)
      }
    }
  }

  /// What is sparse is fitted as what is dense; masks of other kinds take the cells.
  @Test(arguments: [[], ["--center"], ["--mask", "partition:2", "--ridge", "0.2"]])
  func sameAsDense(options: [String]) throws {
    try withFolder { folder in
      try market.write(to: folder.appendingPathComponent("ratings.mtx"), atomically: true, encoding: .utf8)
      let text = Self.ratings.map { $0.map(String.init).joined(separator: ",") }.joined(separator: "\n") + "\n"
      try text.write(to: folder.appendingPathComponent("ratings.csv"), atomically: true, encoding: .utf8)
      func error(_ file: String, _ more: [String]) throws -> Double {
        let result = try Program.run(["fit", file, "--json", "--quiet"] + more + options, in: folder)
        #expect(result.status == 0, "\(result.errors)")
        return try #require(try object(result.output)["held_out_error"] as? Double)
      }
      let (a, b) = (try error("ratings.mtx", []), try error("ratings.csv", ["--no-header"]))
      #expect(abs(a - b) < 1e-9 * b)
    }
  }
}
