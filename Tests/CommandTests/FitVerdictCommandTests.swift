import Foundation
import LacunaFiles
import Testing

/// `fit --verdict`, and what theory says beside a fit: in JSON, in words, on the page.
@Suite(.serialized) struct FitVerdictCommandTests {
  /// Rows of two strong factors.
  private func write(to folder: URL) throws {
    var state: UInt64 = 77
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53 - 0.5
    }
    let loadings = (0..<2).map { _ in (0..<40).map { _ in uniform() } }
    let values = (0..<30).flatMap { _ -> [Double] in
      let (a, b) = (uniform(), uniform())
      return (0..<40).map { a * loadings[0][$0] + b * loadings[1][$0] + 0.2 * uniform() }
    }
    try writeNPY(values, shape: [30, 40], to: folder.appendingPathComponent("x.npy").path)
  }

  @Test func verdict() throws {
    try withFolder { folder in
      try write(to: folder)
      let result = try Program.run(["fit", "x.npy", "--center", "--verdict", "--output", "out"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let summary = try object(
        try String(contentsOf: folder.appendingPathComponent("out/fit.json"), encoding: .utf8))
      let verdict = try #require(summary["verdict"] as? [String: Any])
      let masked = try #require(verdict["masked_error"] as? Double)
      let pca = try #require(verdict["pca_error"] as? Double)
      let difference = try #require(verdict["difference"] as? Double)
      let scatter = try #require(verdict["standard_error"] as? Double)
      #expect(abs(difference - (masked - pca)) < 1e-12 && scatter > 0)
      #expect(verdict["pca_rank"] as? Int == 2 && verdict["coordinates"] as? Int == 40)
      #expect(summary["verdict_reason"] is NSNull)
      let isSeen = abs(difference) > 3 * scatter
      #expect(verdict["better"] as? String == (isSeen ? (difference < 0 ? "masked" : "pca") : nil))
      let better = difference < 0 ? "masked regression" : "PCA"
      let words = isSeen ? "\(better) predicts hidden cells better" : "no difference seen between masked regression"
      #expect(result.output.contains(words))
      let page = try String(contentsOf: folder.appendingPathComponent("out/index.html"), encoding: .utf8)
      let said = "\(words.prefix(1).uppercased())\(words.dropFirst())"
      #expect(page.contains("<h2>Masked regression or PCA?</h2>\n<p>\(said)"))
      // The learning curve in numbers under its figure.
      #expect(page.contains("<th scope=\"col\">error to expect</th>") && page.contains("<th scope=\"row\">∞</th>"))
      #expect(page.contains("alt=\"More and fewer rows\""))
      // The theory's training error beside each ridge's.
      let path = try #require(summary["path"] as? [[String: Any]])
      for point in path where (point["ridge"] as? Double ?? 0) > 1e-3 {
        let (own, expected) = (point["training_error"] as? Double, point["expected_training_error"] as? Double)
        #expect(abs(try #require(expected) / (try #require(own)) - 1) < 0.1)
      }
    }
  }

  /// Null where it was not asked for, and with a reason where it is not defined.
  @Test func none() throws {
    try withFolder { folder in
      try write(to: folder)
      for (options, reason) in [([], nil), (["--verdict", "--mask", "bernoulli:0.5"], "leave-one-out masks alone")] {
        let result = try Program.run(["fit", "x.npy", "--center", "--json"] + options, in: folder)
        let summary = try object(result.output)
        #expect(summary["verdict"] is NSNull)
        #expect(
          reason.map { (summary["verdict_reason"] as? String)?.contains($0) == true }
            ?? (summary["verdict_reason"] is NSNull))
      }
      let refused = try Program.run(["fit", "x.npy", "x.npy", "--compare", "--verdict"], in: folder)
      #expect(refused.status == 64 && refused.errors.contains("--verdict"))
    }
  }
}
