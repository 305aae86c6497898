import LacunaFigures
import LacunaFiles
import LacunaStudy

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `index.html`: every figure with its table, in one file that needs no other.
///
/// Figures are embedded as SVG, panels stacked on a narrow screen; dark where the reader's system is.
/// - Parameter isDrawn: whether there are pictures; else each section says how they are had.
func reproductionPage(
  _ figures: [ReproducedFigure], scale: Int, folder: String, isDrawn: Bool
) throws -> String {
  func image(_ path: String) throws -> String {
    "data:image/svg+xml;base64," + Data(try readBytes(path)).base64EncodedString()
  }
  let sections = try figures.map { figure in
    let name = figure.reproduction.name
    let panels = figure.figure.arrangement.columns(of: figure.figure.panels.count)
    let live = figure.reproduction.live.isEmpty ? "" : "#" + escaped(figure.reproduction.live)
    let pdf = isDrawn ? "<a href=\"\(name).pdf\">PDF</a> · " : ""
    let picture =
      isDrawn
      ? """
      <div class="drawn panels\(panels)">
      <picture>
      <source media="(max-width: 700px)" srcset="\(try image("\(folder)/narrow/\(name).svg"))">
      <img src="\(try image("\(folder)/\(name).svg"))" alt="\(escaped(figure.reproduction.title)): \
      the numbers are in the table below">
      </picture>
      \(try overlay(figure.figure, "wide"))
      \(try overlay(figure.figure.styled(FigureStyle(width: .column)), "narrow"))
      </div>
      <output class="verdict">Point at a marker for its numbers.</output>
      """
      : "<p class=\"verdict\">gnuplot was not there to draw it: gnuplot \(name).gp beside this page does.</p>"
    let cells = figure.rows.map { row in
      "<tr>" + row.map { "<td>\(escaped($0))</td>" }.joined() + "</tr>"
    }.joined(separator: "\n")
    return """
      <section id="\(name)">
      <h2>\(escaped(figure.reproduction.title))</h2>
      <p>\(escaped(figure.reproduction.caption))</p>
      \(picture)
      <p class="verdict">\(escaped(figure.verdict)). \(pdf)<a href="\(name).gp">gnuplot</a> · <a href="\(name).dat">data</a> · \
      <a href="data/\(name)/config.yaml">configuration</a> · \
      <a href="theory.html\(live)">live theory</a></p>
      <details><summary>Table: simulation beside theory</summary>
      <div class="table"><table>
      <thead><tr>\(figure.header.map { "<th>\(escaped($0))</th>" }.joined())</tr></thead>
      <tbody>
      \(cells)
      </tbody></table></div></details>
      </section>
      """
  }
  let contents = figures.map { "<a href=\"#\($0.reproduction.name)\">\(escaped($0.reproduction.title))</a>" }
  return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Masked self-supervised regression: theory and simulation</title>
    <style>\(style)</style>
    </head>
    <body>
    <main>
    <h1>Masked self-supervised regression: theory and simulation</h1>
    <p>Coordinates of a sample are hidden and predicted from the rest. Lines are the theory for many samples and \
    coordinates, markers are simulations at d = \(scale) with bars of one standard error. In the tables Δ is (theory − \
    simulation) in standard errors, theory corrected for finite d where a correction is known. The same theory with sliders \
    is the <a href="theory.html">live page</a>.</p>
    <nav>\(contents.joined(separator: "\n"))</nav>
    \(sections.joined(separator: "\n"))
    <footer>lacuna \(lacunaVersion). Theory after A. Wortsman Zurich, F. Gerace, B. Loureiro, Y. M. Lu, \
    arXiv:2601.23208.</footer>
    </main>
    <script>\(script)</script>
    </body>
    </html>

    """
}

/// Circles over the markers of a figure, with their numbers, for who points at them; others have the table.
private func overlay(_ figure: Figure, _ kind: String) throws -> String {
  let (width, height, markers) = try figure.placedMarkers()
  let circles = markers.map { marker in
    let (x, y) = (formatBriefly(marker.point.x), format(mean: marker.point.y, error: marker.point.error))
    let text = (marker.name.map { $0 + ": " } ?? "") + "\(marker.xLabel) = \(x), \(marker.yLabel) = \(y)"
    return "<circle cx=\"\(format(marker.x, digits: 5))\" cy=\"\(format(marker.y, digits: 5))\" r=\"5\"><title>"
      + "\(escaped(text))</title></circle>"
  }
  return
    "<svg class=\"\(kind)\" viewBox=\"0 0 \(format(width, digits: 6)) \(format(height, digits: 6))\" aria-hidden=\"true\">"
    + circles.joined(separator: "\n") + "</svg>"
}

private let script = """

  for (const kind of ["pointerover", "click"])
    document.addEventListener(kind, (event) => {
      if (event.target.tagName !== "circle") return;
      const readout = event.target.closest("section").querySelector("output");
      readout.textContent = event.target.querySelector("title").textContent;
    });

  """

private func escaped(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    .replacing("\"", with: "&quot;")
}

private let style = """

  :root { --text: #1c1c1e; --faint: #5b5b62; --page: #ffffff; --line: #d8d8dd; --link: #005a9c; }
  @media (prefers-color-scheme: dark) {
    :root { --text: #e9e9ec; --faint: #a5a5ad; --page: #161618; --line: #3a3a40; --link: #7db8f0; }
    img { filter: invert(0.9) hue-rotate(180deg); }
  }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--page); color: var(--text); font: 17px/1.55 system-ui, sans-serif; }
  main { max-width: 960px; margin: 0 auto; padding: 24px 16px 64px; }
  h1 { font-size: 1.6em; line-height: 1.25; }
  h2 { font-size: 1.25em; margin: 2.2em 0 0.3em; line-height: 1.3; }
  p { max-width: 44em; }
  a { color: var(--link); }
  nav { display: flex; flex-wrap: wrap; gap: 6px 18px; padding: 10px 0; border: solid var(--line); border-width: 1px 0; }
  .drawn { position: relative; margin: 14px 0 4px; padding: 8px 0; }
  .panels1 { max-width: 520px; }
  img { display: block; width: 100%; height: auto; border-radius: 8px; background: #ffffff; }
  .drawn svg { position: absolute; inset: 8px 0; width: 100%; height: calc(100% - 16px); }
  circle { fill: transparent; stroke: transparent; pointer-events: all; }
  circle:hover { stroke: var(--text); stroke-width: 1; }
  output { display: block; min-height: 1.6em; }
  svg.narrow { display: none; }
  @media (max-width: 700px) { svg.wide { display: none; } svg.narrow { display: block; } }
  .verdict, footer { color: var(--faint); font-size: 0.9em; }
  .verdict { max-width: none; }
  summary { cursor: pointer; }
  .table { overflow-x: auto; margin-top: 8px; }
  table { border-collapse: collapse; font-size: 0.85em; font-variant-numeric: tabular-nums; white-space: nowrap; }
  th, td { text-align: right; padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); }
  th { font-weight: 600; }
  footer { margin-top: 4em; }

  """
