import Foundation
import Testing

@Suite struct TheoryPageTests {
  @Test("the live page is whole, and takes no configuration")
  func page() throws {
    try withFolder { folder in
      let written = try Program.run(["theory", "--page", "page.html"], in: folder)
      #expect(written.status == 0 && written.errors.contains("page.html"))
      let html = try String(contentsOf: folder.appendingPathComponent("page.html"), encoding: .utf8)
      #expect(html.hasPrefix("<!doctype html>") && html.hasSuffix("</html>\n"))
      #expect(html.contains("function effectiveRidge") && html.contains("function applyAddress"))
      #expect(!html.contains("/*THEORY*/") && !html.contains("src=\"http"))
      #expect(try Program.run(["theory", "example:ridge-path", "--page", "other.html"], in: folder).status == 64)
      #expect(try Program.run(["theory"], in: folder).status == 64)
      #expect(try Program.run(["theory", "--page", "none/page.html"], in: folder).status == 73)
    }
  }
}
