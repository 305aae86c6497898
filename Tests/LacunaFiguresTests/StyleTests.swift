import Foundation
import LacunaFigures
import Testing

/// What a paper asks of a figure's width and font.
@Suite struct StyleTests {
  @Test(arguments: [
    ("page", FigureStyle.Width.page), ("column", .column), ("12", .centimetres(12)), ("8.5cm", .centimetres(8.5)),
    ("6", .centimetres(6)), ("60 cm", nil), ("5.9", nil), ("61", nil), ("nan", nil), ("wide", nil), ("", nil),
  ])
  func widths(text: String, width: FigureStyle.Width?) { #expect(FigureStyle.Width(text) == width) }

  @Test(arguments: [
    ("1e-05", "10^{−5}"), ("2.5e-7", "2.5·10^{−7}"), ("-3e12", "−3·10^{12}"), ("0.001", "0.001"),
    ("best", "best"), ("1e", "1e"), ("x_1e5", "x\\_1e5"), ("infe2", "infe2"),
  ])
  func numbers(text: String, notation: String) {
    #expect(FigureText(number: text) == FigureText(enhanced: notation))
  }

  /// The page is as wide as was asked for, in every format, whatever number of panels it holds.
  @Test(
    .enabled(if: isGnuplotThere, "gnuplot is not on the path"),
    arguments: [
      (FigureStyle.Width.page, 3, 27.0), (.column, 3, 9.0), (.centimetres(18), 3, 18), (.centimetres(11), 3, 11),
      (.centimetres(8), 2, 8), (.centimetres(14), 1, 14),
    ])
  func drawn(width: FigureStyle.Width, panels: Int, centimetres: Double) throws {
    let folder = try TemporaryFolder()
    let figure = Figure(panels: Array(repeating: examplePanel(logarithmic: false), count: panels))
    try figure.styled(FigureStyle(width: width, font: .serif)).write(to: folder.path, name: "x")
    let points = centimetres / 2.54 * 72
    let png = [UInt8](try folder.data("x.png"))
    #expect(abs(Double(png[16..<20].reduce(0) { $0 << 8 | Int($1) }) / 4 - points) < 0.6)
    let svg = String(decoding: try folder.data("x.svg"), as: UTF8.self)
    let pixels = try #require(svg.firstMatch(of: /width="([0-9]+)"/).flatMap { Double($0.1) })
    #expect(abs(pixels / 2 - points) < 0.6)
    #expect(svg.contains("font-family=\"serif\"") && !svg.contains("sans-serif"))
    let box = try #require(
      String(data: try folder.data("x.pdf"), encoding: .isoLatin1)?
        .firstMatch(of: /MediaBox *\[ *0 0 ([0-9.]+)/).flatMap { Double($0.1) })
    // gnuplot cuts a page to whole points, and a panel of 9 cm has 255 of them.
    #expect(points - box > -0.6 && points - box < 1.2)
  }

  /// Markers are where gnuplot draws them, in every arrangement and on both kinds of axes.
  @Test(
    .enabled(if: isGnuplotThere, "gnuplot is not on the path"),
    arguments: [FigureStyle.Width.page, .column, .centimetres(15)])
  func placed(width: FigureStyle.Width) throws {
    let folder = try TemporaryFolder()
    let panels = [false, true].map { examplePanel(logarithmic: $0) }
    let figure = Figure(panels: panels).styled(FigureStyle(width: width))
    try figure.write(to: folder.path, name: "x")
    let svg = String(decoding: try folder.data("x.svg"), as: UTF8.self)
    let drawn = svg.matches(of: /<use xlink:href='#gpPt[0-9]+' transform='translate\(([0-9.]+),([0-9.]+)\)/).compactMap
    {
      match in Double(match.1).flatMap { x in Double(match.2).map { (x / 2, $0 / 2) } }
    }
    let (_, _, markers) = try figure.placedMarkers()
    #expect(markers.count >= 4 && drawn.count >= markers.count)
    for marker in markers {
      #expect(drawn.contains { abs($0.0 - marker.x) < 0.6 && abs($0.1 - marker.y) < 0.6 }, "\(marker)")
    }
  }
}
