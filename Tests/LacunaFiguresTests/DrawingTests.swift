import Foundation
import LacunaFigures
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The text of an SVG, pieced together, and whether it is well-formed XML.
private final class SVGReader: NSObject, XMLParserDelegate {
  var text = ""
  var size: [String: String] = [:]

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    if name == "svg" { size = attributes }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  static func read(_ data: Data) -> SVGReader? {
    let reader = SVGReader()
    let parser = XMLParser(data: data)
    parser.delegate = reader
    return parser.parse() ? reader : nil
  }
}

@Suite(.enabled(if: isGnuplotThere, "gnuplot is not on the path")) struct DrawingTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Holds what is in the folder against what the format of each picture demands.
  func checkPictures(_ name: String, columns: Int) throws {
    #expect(folder.contents == ["dat", "gp", "pdf", "png", "svg"].map { "\(name).\($0)" })
    let svg = try #require(SVGReader.read(try folder.data("\(name).svg")))
    #expect(svg.size["width"] == String(510 * columns))
    let pdf = try folder.data("\(name).pdf")
    #expect(pdf.starts(with: Data("%PDF-".utf8)))
    #expect(String(decoding: pdf.suffix(8), as: UTF8.self).contains("%%EOF"))
    let png = [UInt8](try folder.data("\(name).png"))
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    let width = png[16..<20].reduce(0) { $0 << 8 | Int($1) }
    #expect(width == 1020 * columns)
  }

  @Test("every kind of series on linear and logarithmic axes", arguments: [false, true])
  func kinds(logarithmic: Bool) throws {
    try Figure(panels: [examplePanel(logarithmic: logarithmic)]).write(to: folder.path, name: "all")
    try checkPictures("all", columns: 1)
    let svg = try #require(SVGReader.read(try folder.data("all.svg"))).text
    for word in ["ridge λ", "counts", "open", "floor", "panel"] {
      #expect(svg.contains(word), "\(word)")
    }
    #expect(!svg.contains("nowhere") && !svg.contains("_{"))
  }

  @Test("panels side by side and stacked")
  func panels() throws {
    let panels = [examplePanel(), examplePanel(logarithmic: true)]
    try Figure(panels: panels).write(to: folder.path, name: "two")
    try checkPictures("two", columns: 2)
    let text = try #require(SVGReader.read(try folder.data("two.svg"))).text
    #expect(text.contains("(a)") && text.contains("(b)"))
    try Figure(panels: panels, arrangement: .stacked).write(to: folder.path, name: "two")
    try checkPictures("two", columns: 1)
  }

  @Test("a grid is as high as its rows, each as high as its highest panel")
  func grid() throws {
    func height(_ panels: [Figure.Panel], _ arrangement: Figure.Arrangement) throws -> Double {
      try Figure(panels: panels, arrangement: arrangement).write(to: folder.path, name: "grid")
      let svg = try #require(SVGReader.read(try folder.data("grid.svg")))
      return try #require(svg.size["height"].flatMap(Double.init))
    }
    let marked = examplePanel()
    var plain = marked
    plain.verticalMarks = []
    let low = try height([plain], .sideBySide)
    let high = try height([marked], .sideBySide)
    #expect(high > low)
    #expect(abs(try height([plain, marked, plain], .grid(columns: 2)) - high - low) <= 2)
    try checkPictures("grid", columns: 2)
    let stacked = try height([plain, marked], .grid(columns: 1))
    #expect(try height([plain, marked], .stacked) == stacked)
    #expect(try height([plain, marked], .grid(columns: 5)) == high)
    try checkPictures("grid", columns: 2)
  }

  @Test("the same figure gives the same bytes, and the script draws them again in its folder")
  func again() throws {
    let figure = Figure(panels: [examplePanel()])
    try figure.write(to: folder.path, name: "a")
    let first = try folder.contents.map { try folder.data($0) }
    try figure.write(to: folder.path, name: "a")
    #expect(try folder.contents.map { try folder.data($0) } == first)

    for picture in ["a.svg", "a.png", "a.pdf"] {
      try FileManager.default.removeItem(atPath: "\(folder.path)/\(picture)")
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gnuplot", "a.gp"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    try checkPictures("a", columns: 1)
    #expect(try !folder.text("a.gp").contains(folder.path))
  }

  static let oddNames = [
    "pixel_0_0", "a^b", "{x", "y}", "it's", "a\"b", "back\\slash", "<b> & </b>", "@home", "~", "`touch ran`",
    "$(touch ran)",
    "100%d", "Ünï·λ", "two\nlines", " ",
  ]

  @Test("odd series names are drawn letter for letter", arguments: oddNames)
  func oddText(name: String) throws {
    try Figure(panels: [examplePanel(name: name)]).write(to: folder.path, name: "odd")
    let text = try #require(SVGReader.read(try folder.data("odd.svg"))).text
    #expect(text.contains(name.replacing("\n", with: " ")))
    #expect(folder.contents.count == 5)
  }

  @Test("odd file names", arguments: ["it's", "a b", "%d", "|cat", "<x", "λ_1", "-d", "~", "`ls`"])
  func oddFile(name: String) throws {
    try Figure(panels: [examplePanel()]).write(to: folder.path, name: name)
    try checkPictures(name, columns: 1)
  }

  @Test("an odd folder")
  func oddFolder() throws {
    let odd = folder.path + "/~ it's {a} `folder`"
    try FileManager.default.createDirectory(atPath: odd, withIntermediateDirectories: true)
    try Figure(panels: [examplePanel()]).write(to: odd, name: "f")
    #expect(try FileManager.default.contentsOfDirectory(atPath: odd).count == 5)
  }

  @Test("a constant, a single point, and values of every magnitude")
  func ranges() throws {
    for value in [0, 1, -3e-300, 1e250, 7.25e15] {
      let points = [Figure.Point(1, value), .init(2, value)]
      for points in [points, [points[0]]] {
        let panel = Figure.Panel(xLabel: "x", yLabel: "y", series: [.init(.line, group: 0, points: points)])
        try Figure(panels: [panel]).write(to: folder.path, name: "r")
      }
    }
    let wide = Figure.Panel(
      xLabel: "x", yLabel: "y", xLogarithmic: true, yLogarithmic: true,
      series: [
        .init(
          .markers, group: 0,
          points: [.init(1e-250, 1e-12, error: 1), .init(1e250, 1e12, error: .infinity), .init(1e300, 1)])
      ])
    try Figure(panels: [wide]).write(to: folder.path, name: "r")
    try checkPictures("r", columns: 1)
  }
}
