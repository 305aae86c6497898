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
