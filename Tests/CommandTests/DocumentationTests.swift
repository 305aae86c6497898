import Foundation
import Testing

/// The articles that get a reader started show the very code of the example package, which CI compiles and runs.
@Suite struct DocumentationTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test(arguments: [
    ("DeterministicEquivalents", "TheoryExample"), ("MaskedRegression", "EstimatorExample"),
    ("LacunaStudy", "StudyExample"),
  ])
  func gettingStarted(library: String, example: String) throws {
    let code = try text("Tests/ExamplePackage/Sources/\(example)/main.swift")
    let article = try text("Sources/\(library)/\(library).docc/GettingStarted.md")
    #expect(article.contains("```swift\n\(code)```\n"), "the article and \(example)/main.swift differ")
    #expect(article.components(separatedBy: "```swift").count == 2, "code that nothing compiles")
  }

  /// Every file that README and guide point to is there.
  @Test(arguments: ["README.md", "Sources/GUIDE.md"])
  func links(page: String) throws {
    let folder = Self.root.appendingPathComponent(page).deletingLastPathComponent()
    let links = try text(page).matches(of: /\]\(([^)#:]+)\)/).map { String($0.1) }
    #expect(!links.isEmpty)
    for link in links {
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(link).path), "\(link)")
    }
  }

  /// Every command of the README is one: studies are planned, all else is run, times but shortly.
  @Test func commandsOfTheReadme() throws {
    let page = try text("README.md")
    let commands = page.matches(of: /(?m)(?:^|`)(lacuna [a-z][^`\n#>]*)/).map { String($0.1) }
    #expect(Set(commands.compactMap { $0.split(separator: " ").dropFirst().first }).count == 10)
    try withFolder { folder in
      try FileManager.default.createSymbolicLink(
        at: folder.appendingPathComponent("Tests"), withDestinationURL: Self.root.appendingPathComponent("Tests"))
      for command in commands where !command.contains("--help") {
        var words = command.split(separator: " ").dropFirst().map(String.init)
        switch words[0] {
        case "simulate", "reproduce": if !words.contains("--dry-run") { words.append("--dry-run") }
        case "bench": words += ["--sizes", "32", "--runs", "1", "--max-time", "0.01"]
        default: break
        }
        let result = try Program.run(words, in: folder)
        #expect(result.status == 0 && !result.output.isEmpty, "\(command): \(result.errors)")
      }
    }
  }

  @Test func versionToCite() throws {
    let version = try #require(try text("Sources/LacunaStudy/version.swift").firstMatch(of: /"([0-9.]+)"/)).1
    #expect(try text("Sources/CITATION.cff").contains("\nversion: \(version)\n"))
  }

  /// Every product of the package is used by an example: one in C, for what is made for C.
  @Test func productsAreUsed() throws {
    let manifest = try text("Package.swift")
    let example = try text("Tests/ExamplePackage/Package.swift")
    let products = manifest.matches(of: /\.library\(\s*name: "(\w+)"/).map { String($0.1) }
    #expect(products.count >= 3)
    #expect(
      try text(".ci/run").contains("--product LacunaC") && text("Tests/CInterface/example.c").contains("lacuna.h"))
    for product in products where product != "LacunaC" {
      #expect(example.contains(".product(name: \"\(product)\""), "\(product)")
    }
  }
}
