import Foundation
import LacunaFiles
import Testing

/// `index.html` of a fit.
@Suite(.serialized) struct FitPageTests {
  /// One file that needs no other; whatever names hold is text; warnings come first; partners are those of the predictor.
  @Test func page() throws {
    try withFolder { folder in
      var state: UInt64 = 5
      func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-53 - 0.5
      }
      // The first two tell of each other alone, the third is of a small unit, the fourth of nothing.
      let names = ["<script>alert(1)</script>", "b & c", "small", "alone", "d", "e"]
      let values = (0..<80).flatMap { _ -> [Double] in
        let (a, c) = (uniform(), uniform())
        return [
          a, a + 0.1 * uniform(), 1e-4 * (c + 0.2 * uniform()), uniform(), c + 0.2 * uniform(), c + 0.5 * uniform(),
        ]
      }
      try writeCSV(
        Table(rows: 80, columns: 6, values: values, names: names), to: folder.appendingPathComponent("x.csv").path)
      let fit = try Program.run(
        ["fit", "x.csv", "--header", "--center", "--ridge", "1e-6:1e-2:5", "--output", "out", "--quiet"], in: folder)
      #expect(fit.status == 0, "\(fit.errors)")
      let page = try String(contentsOf: folder.appendingPathComponent("out/index.html"), encoding: .utf8)
      #expect(!page.contains("<script") && page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
      #expect(!page.contains("http") && page.contains("b &amp; c"))
      let warning = try #require(page.range(of: "the scales of the columns differ"))
      let read = try #require(page.range(of: "What was read"))
      #expect(warning.lowerBound < read.lowerBound)
      #expect(page.contains("<dt>samples</dt><dd>80 rows</dd>") && page.contains("the first row holds names"))
      #expect(page.contains("<dt>missing cells</dt><dd>none</dd>"))
      // As many decimals as its standard error has with two digits.
      let headline = try #require(page.firstMatch(of: /mean squared error ([0-9.]+) ± 0\.(0*[1-9][0-9]),/))
      #expect(headline.1.split(separator: ".").last?.count == headline.2.count)
      // The picture is that of the folder.
      let picture = try Data(contentsOf: folder.appendingPathComponent("out/figures/ridge.svg"))
      #expect(page.contains("src=\"data:image/svg+xml;base64,\(picture.base64EncodedString())\""))
      // Best first: the pair before the one that nothing tells of.
      func line(_ name: String) throws -> (place: String.Index, text: Substring) {
        let start = try #require(page.range(of: "<th scope=\"row\">\(name)</th>"))
        let end = try #require(page.range(of: "</tr>", range: start.upperBound..<page.endIndex))
        return (start.lowerBound, page[start.upperBound..<end.lowerBound])
      }
      #expect(try line("b &amp; c").place < line("e").place)
      #expect(try line("e").place < line("alone").place)
      // The strongest partner: the largest Â_kj √(v_j/v_k).
      let a = try readNPY(folder.appendingPathComponent("out/predictor.npy").path).values
      let squares = try readTable(folder.appendingPathComponent("out/model.npz:mean_squares").path).values
      for (k, name) in [(1, "b &amp; c"), (4, "d"), (5, "e")] {
        let shares = (0..<6).map { abs(a[k * 6 + $0]) * squares[$0].squareRoot() }
        let partner = names[(0..<6).max { shares[$0] < shares[$1] }!]
        let shown = partner.replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: ">", with: "&gt;")
        #expect(try line(name).text.contains("<td class=\"names\"><span>\(shown) "), "\(name): \(partner)")
      }
    }
  }
}
