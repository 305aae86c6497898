/// The live page of the theory: one HTML file that needs nothing, with sliders in, and errors, spectrum, transition and masks out.
///
/// Its numbers are computed in the page (`theory.js`), in the limit n, d → ∞.
public enum TheoryPage {
  /// The page, whole.
  public static var html: String {
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    return text(PackageResources.page_html).split(separator: "\n", omittingEmptySubsequences: false).map { line in
      switch line {
      case "/*THEORY*/": text(PackageResources.theory_js)
      case "/*PLOT*/": text(PackageResources.plot_js)
      case "/*PAGE*/": text(PackageResources.page_js)
      default: String(line)
      }
    }.joined(separator: "\n")
  }
}
