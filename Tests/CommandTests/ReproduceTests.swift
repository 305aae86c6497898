import Foundation
import Testing

/// `lacuna reproduce` as its users see it.
@Suite(.serialized) struct ReproduceTests {
  private static let names = [
    "learning-curves", "ridge-path", "spectrum", "transition", "beyond-pca-noise", "beyond-pca-ar1", "phase-diagram",
    "universality", "masking-ratio", "masks", "partition", "self-weighted",
  ]

  /// Every figure at d = 300: the files, the page, and each number within 4 standard errors + 3/d of theory.
  @Test func everythingAtThreeHundred() throws {
    try withFolder { folder in
      let result = try Program.run(
        ["reproduce", "--scale", "300", "--output", "out", "--json", "--quiet"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let figures = try #require(try object(result.output)["figures"] as? [[String: Any]])
      #expect(figures.map { $0["name"] as? String } == Self.names)
      let out = folder.appendingPathComponent("out")
      for figure in figures {
        let name = try #require(figure["name"] as? String)
        for kind in ["svg", "pdf", "png", "gp", "dat"] {
          #expect(FileManager.default.fileExists(atPath: out.appendingPathComponent("\(name).\(kind)").path))
        }
        for file in ["config.yaml", "results.csv", "metrics.json", "trials.jsonl"] {
          #expect(FileManager.default.fileExists(atPath: out.appendingPathComponent("data/\(name)/\(file)").path))
        }
        let comparisons = try #require(figure["comparisons"] as? [[String: Any]])
        var compared = 0
        for comparison in comparisons {
          guard let theory = comparison["theory"] as? Double, let mean = comparison["mean"] as? Double,
            let error = comparison["standard_error"] as? Double, let deviation = comparison["deviation"] as? Double
          else { continue }
          compared += 1
          // The deviation is in standard errors, with the expected one where that is greater.
          let unit = deviation == 0 ? error : max(error, abs((theory - mean) / deviation))
          // Studies of masks run at d = 60 here.
          let order =
            ["masking-ratio", "masks", "partition"].contains(name) ? 60.0 : name == "self-weighted" ? 75 : 300
          #expect(abs(theory - mean) <= 4 * unit + 3 / order * abs(theory), "\(name): \(comparison)")
        }
        #expect(compared >= (name == "spectrum" ? 4 : 5), "\(name)")
      }
      let page = try String(contentsOf: out.appendingPathComponent("index.html"), encoding: .utf8)
      for name in Self.names { #expect(page.contains("<section id=\"\(name)\">")) }
      // Nothing is fetched: every image is in the page itself.
      #expect(page.components(separatedBy: "src=\"data:image/svg+xml;base64,").count == 1 + Self.names.count)
      #expect(!page.contains("src=\"http") && !page.contains("url("))
      #expect(FileManager.default.fileExists(atPath: out.appendingPathComponent("theory.html").path))
      for name in Self.names {
        let start = try #require(page.range(of: "<section id=\"\(name)\">"))
        let section = page[start.lowerBound...].prefix(while: { _ in true })
          .components(separatedBy: "</section>")[0]
        #expect(section.contains("href=\"theory.html"), "\(name)")
        #expect(section.contains("href=\"data/\(name)/config.yaml\""), "\(name)")
        if name == "learning-curves" {
          // Every number of the table is at a marker, in both widths.
          let cells = section.matches(of: /<td>([^<]+ ± [^<]+)<\/td>/).map { String($0.1) }
          #expect(cells.count == 60)
          for cell in cells { #expect(section.components(separatedBy: " = \(cell)</title>").count >= 3, "\(cell)") }
        }
      }
      #expect(page.contains("prefers-color-scheme: dark") && page.contains("width=device-width"))
    }
  }

  @Test func oneFigureByName() throws {
    try withFolder { folder in
      let result = try Program.run(
        ["reproduce", "beyond-pca-noise", "--scale", "200", "--output", "out", "--quiet"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("overlap, PCA") && result.output.contains("Δ"))
      let files = try FileManager.default.contentsOfDirectory(
        atPath: folder.appendingPathComponent("out").path)
      #expect(files.contains("beyond-pca-noise.svg") && !files.contains("index.html"))
      #expect(!files.contains("transition.svg"))
      // Nothing is written over it unasked.
      let again = try Program.run(["reproduce", "transition", "--output", "out", "--quiet"], in: folder)
      #expect(again.status == 73)
      #expect(again.errors.contains("--overwrite"))
    }
  }

  @Test(arguments: [
    (["reproduce"], "--output"), (["reproduce", "fig1", "--output", "out"], "learning-curves"),
    (["reproduce", "--scale", "3", "--output", "out"], "50"),
  ])
  func refusals(arguments: [String], words: String) throws {
    try withFolder { folder in
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == 64)
      #expect(result.errors.contains(words), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out").path))
    }
  }
}
