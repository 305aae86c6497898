import LacunaFiles
import MaskedRegression

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `index.html` of a fit: what was read, what is doubtful, the figures, and which coordinates are told by which, in one file that
/// needs no other.
public struct FitPage: Sendable {
  /// What is said of the data: a term and what it is.
  public var reading: [(term: String, value: String)]
  /// How the file was read, a line each.
  public var notices: [String]
  public var figures: [Figure] = []
  let summary: FitSummary
  let coordinates: [Coordinate]

  /// One coordinate's line.
  struct Coordinate: Sendable {
    var name: String
    var error: Double
    var rSquared: Double?
    var partners: [(name: String, coefficient: Double)]
  }

  /// A picture that is part of the page.
  public struct Figure: Sendable {
    public var title, caption: String
    /// SVG.
    public var picture: [UInt8]

    public init(title: String, caption: String, picture: [UInt8]) {
      self.title = title
      self.caption = caption
      self.picture = picture
    }
  }

  /// - Parameter result: of the fit.
  /// - Parameter summary: of the same.
  /// - Parameter partners: of its coordinates, as `FitResult.write` returns them.
  /// - Parameter data: the file's name.
  /// - Parameter header: why its first row is one of names, or is none; nil where the format has no such row.
  /// - Parameter notices: of how it was read.
  /// - Parameter folder: of figures, whose pictures become part of the page.
  public init<Device>(
    _ result: FitResult<Device>, summary: FitSummary, partners: FitPartners?, data: String, header: String?,
    notices: [String], figures folder: String
  ) {
    figures = Self.known.compactMap { name, title, caption in
      guard let picture = try? readBytes("\(folder)/\(name).svg") else { return nil }
      return Figure(title: title, caption: caption, picture: picture)
    }
    self.summary = summary
    self.notices = notices
    coordinates = (0..<result.coordinateCount).map { k in
      Coordinate(
        name: result.name(of: k), error: result.best.heldOut[k], rSquared: result.rSquared(of: k),
        partners: (partners?.strongest[k] ?? []).map { (result.name(of: $0.coordinate), $0.coefficient) })
    }
    var reading = [
      ("data", data), ("samples", "\(summary.sampleCount) rows"), ("coordinates", "\(summary.coordinateCount) columns"),
    ]
    if let header { reading.append(("first row", header)) }
    if let column = summary.indexColumn { reading.append(("row names", "column \(column)")) }
    reading.append(("missing cells", summary.missingCells == 0 ? "none" : "\(summary.missingCells)"))
    reading.append(("intercept", summary.centered ? "fitted: means were taken off" : "none: columns are as they are"))
    reading.append(("mask", summary.mask))
    if let groups = summary.groups { reading.append(("groups", "\(groups.count), left out whole")) }
    if !summary.targets.isEmpty { reading.append(("targets", Self.listed(summary.targets))) }
    if !summary.covariates.isEmpty { reading.append(("covariates", Self.listed(summary.covariates))) }
    reading.append(("weights", summary.weights.kind))
    reading.append(("computed", "\(summary.precision), \(summary.device)"))
    self.reading = reading.map { (term: $0.0, value: $0.1) }
  }

  private static func listed(_ names: [String]) -> String {
    names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
  }

  /// The figures of a fit, by their files' names.
  private static let known = [
    (
      name: "ridge", title: "Error against the ridge",
      caption:
        "Errors at the ridges tried; lines beside markers are what random-matrix theory makes of the other errors. The mark "
        + "is the ridge chosen. Numbers in fit.json under path."
    ),
    (
      name: "coordinates", title: "Error by coordinate",
      caption: "What is left of each coordinate's mean square, held out: 1 − R². Numbers in coordinates.csv."
    ),
    (
      name: "learning-curve", title: "More and fewer rows",
      caption:
        "The error to expect against the number of rows, from this fit alone. Open markers: some rows fitted, measured on the "
        + "others, over what is expected for those. Numbers in fit.json under learning_curve."
    ),
    (
      name: "spectrum", title: "Directions in the data",
      caption:
        "Eigenvalues of the predictor under the density that unrelated coordinates of these variances have; what lies beyond "
        + "its edges are directions. Numbers in fit.json under spectrum."
    ),
  ]

  /// The sections with figures, in order; a section may have text alone.
  private var sections: String {
    Self.known.compactMap { name, title, _ in
      let parts = [
        figures.first { $0.title == title }.map(picture), name == "learning-curve" ? learning : nil,
      ].compactMap { $0 }
      return parts.isEmpty ? nil : "<h2>\(text(title))</h2>\n" + parts.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private func picture(_ figure: Figure) -> String {
    """
    <figure>
    <img src="data:image/svg+xml;base64,\(Data(figure.picture).base64EncodedString())" alt="\(text(figure.title))">
    <figcaption>\(text(figure.caption))</figcaption></figure>
    """
  }

  /// Coordinates in each table, and so many in all are listed in one.
  static let tableLength = 10
  static let wholeLength = 30

  /// Those that are predicted, best first.
  private var ranked: [Coordinate] {
    coordinates.filter { $0.rSquared != nil }.enumerated()
      .sorted { ($0.element.rSquared!, $1.offset) > ($1.element.rSquared!, $0.offset) }.map(\.element)
  }

  /// The page.
  public var html: String {
    let ranked = ranked
    let left = coordinates.count - ranked.count
    let unranked = left > 0 ? "<p class=\"faint\">\(left) coordinates are not predicted, or never vary.</p>" : ""
    let tables =
      ranked.count <= Self.wholeLength
      ? "<h2>Coordinates, best predicted first</h2>\n\(table(ranked[...]))\(unranked)"
      : """
      <h2>Best predicted coordinates</h2>
      \(table(ranked.prefix(Self.tableLength)))
      <h2>Worst predicted coordinates</h2>
      \(table(ArraySlice(ranked.suffix(Self.tableLength).reversed())))
      <p class="faint">All \(coordinates.count) are in <a href="coordinates.csv">coordinates.csv</a>.</p>\(unranked)
      """
    let terms = reading.map { "<dt>\(text($0.term))</dt><dd>\(text($0.value))</dd>" }.joined(separator: "\n")
    let said = notices.isEmpty ? "" : "<ul>" + notices.map { "<li>\(text($0))</li>" }.joined() + "</ul>"
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>Fit of \(text(title))</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      <main>
      <h1>Fit of \(text(title))</h1>
      \(warnings)<p class="headline">\(headline)</p>
      <h2>What was read</h2>
      <dl>
      \(terms)
      </dl>
      \(said)
      \(sections)
      \(verdict)
      \(tables)
      <h2>Used again</h2>
      <p>The fit is in <a href="model.npz">model.npz</a>, and <code>lacuna apply</code> with this folder and new rows predicts \
      them, fills their gaps and says how unusual they are. Every number of this page is in <a href="fit.json">fit.json</a> and \
      <a href="coordinates.csv">coordinates.csv</a>.</p>
      <footer>lacuna \(text(summary.version))</footer>
      </main>
      </body>
      </html>

      """
  }

  /// The file's own name.
  private var title: String { reading[0].value.split(separator: "/").last.map(String.init) ?? reading[0].value }

  private var warnings: String {
    summary.warnings.isEmpty
      ? "" : "<ul class=\"warnings\">" + summary.warnings.map { "<li>\(text($0))</li>" }.joined() + "</ul>\n"
  }

  private var headline: String {
    let isStandardized = summary.weights.kind != RidgeWeights.Kind.uniform.rawValue || summary.weights.compared != nil
    let error = isStandardized ? summary.best.standardizedError : summary.best.heldOutError
    let predicted = summary.rSquared.map { ", R² \(share($0))" } ?? ""
    let kind =
      switch summary.validation {
      case .leaveOneSampleOut: "Each sample left out"
      case .leaveOneGroupOut: "Each group left out"
      case .folds: "Folds held out, under the masks"
      case .hiddenCells: "Observed cells hidden for the purpose"
      }
    let edge = summary.atEdge ? ", at an end of those tried" : ""
    return text(
      "\(kind): mean squared error \(error.map { number($0, plusMinus: summary.standardError) } ?? "unknown")"
        + (isStandardized ? " of the mean square" : "")
        + "\(predicted), at ridge \(number(summary.best.ridge))\(edge). ")
      + text("Predicting nothing leaves \(number(isStandardized ? 1 : summary.emptyError)).")
  }

  private func table(_ coordinates: ArraySlice<Coordinate>) -> String {
    let hasPartners = coordinates.contains { !$0.partners.isEmpty }
    let rows = coordinates.map { coordinate in
      let words = coordinate.partners.map { "\(text($0.name)) \(number($0.coefficient))" }
      // A comma stays with its word.
      let partners = words.enumerated().map { "<span>\($1)\($0 + 1 < words.count ? "," : "")</span>" }.joined(
        separator: " ")
      return "<tr><th scope=\"row\">\(text(coordinate.name))</th><td>\(coordinate.rSquared.map(share) ?? "–")</td>"
        + "<td>\(number(coordinate.error))</td>" + (hasPartners ? "<td class=\"names\">\(partners)</td>" : "") + "</tr>"
    }
    let column = hasPartners ? "<th scope=\"col\" class=\"names\">strongest partners</th>" : ""
    let note =
      hasPartners
      ? "<p class=\"faint\">Beside a partner: by how many of its own standard deviations the coordinate's prediction moves with one "
        + "of the partner's, all others as they are.</p>" : ""
    return """
      <div class="table"><table class="coordinates">
      <thead><tr><th scope="col">coordinate</th><th scope="col">R²</th><th scope="col">error held out</th>\(column)</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      \(note)
      """
  }

  /// Names may be long, and may be anything.
  func text(_ words: String) -> String { escapedMarkup(words) }

  private static let style = """

    :root { --text: #1c1c1e; --faint: #5b5b62; --page: #ffffff; --line: #d8d8dd; --link: #005a9c; --warn: #fff4d6; }
    @media (prefers-color-scheme: dark) {
      :root { --text: #e9e9ec; --faint: #a5a5ad; --page: #161618; --line: #3a3a40; --link: #7db8f0; --warn: #3b3216; }
      img { filter: invert(0.9) hue-rotate(180deg); }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--text); font: 17px/1.55 system-ui, sans-serif; }
    main { max-width: 860px; margin: 0 auto; padding: 24px 16px 64px; }
    h1 { font-size: 1.6em; line-height: 1.25; overflow-wrap: anywhere; }
    h2 { font-size: 1.25em; margin: 2em 0 0.4em; line-height: 1.3; }
    a { color: var(--link); }
    .headline { font-size: 1.1em; }
    .warnings { background: var(--warn); border-radius: 8px; padding: 12px 16px 12px 34px; }
    .faint, footer, figcaption { color: var(--faint); font-size: 0.9em; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 0; }
    dt { color: var(--faint); }
    dd { margin: 0; overflow-wrap: anywhere; }
    figure { margin: 14px 0; }
    img { display: block; width: 100%; max-width: 620px; height: auto; border-radius: 8px; background: #ffffff; }
    .table { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 0.9em; font-variant-numeric: tabular-nums; width: 100%; }
    th, td { text-align: right; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    th { font-weight: 600; }
    th:first-child, .names { text-align: left; }
    th[scope="row"] { overflow-wrap: anywhere; min-width: 5em; }
    .names { min-width: 8em; overflow-wrap: anywhere; }
    .names span { display: inline-block; max-width: 100%; }
    @media (max-width: 600px) {
      .coordinates tr { display: grid; grid-template-columns: 1fr 5em 6em; border-bottom: 1px solid var(--line); }
      .coordinates th, .coordinates td { border: 0; }
      .coordinates .names { grid-column: 1 / -1; color: var(--faint); }
    }
    code { font-size: 0.95em; }
    footer { margin-top: 4em; }

    """
}
