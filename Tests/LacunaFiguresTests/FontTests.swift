import Foundation
import LacunaFigures
import Testing

/// Text is drawn in the program's own fonts, whatever the machine has and is told.
@Suite(.enabled(if: isGnuplotThere, "gnuplot is not on the path")) struct FontTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// The fonts of an SVG by their style, decoded.
  private func faces(_ svg: String) -> [String: Data] {
    Dictionary(
      svg.matches(of: /@font-face\{font-family:"([A-Za-z ]+)";([a-z:;-]*)src:url\(data:font\/ttf;base64,([^)]*)\)\}/)
        .map {
          ("\($0.1) \($0.2)", Data(base64Encoded: String($0.3)) ?? Data())
        }, uniquingKeysWith: { first, _ in first })
  }

  @Test(arguments: [(FigureStyle.Font.sans, "Sans"), (.serif, "Serif")])
  func embedded(font: FigureStyle.Font, name: String) throws {
    let one = Figure(panels: [examplePanel()]).styled(FigureStyle(font: font))
    try one.write(to: folder.path, name: "one")
    try Figure(panels: [examplePanel(), examplePanel()]).styled(FigureStyle(font: font)).write(
      to: folder.path, name: "two")
    // Italic is in a label, bold in the letters of several panels alone.
    let faces = (one: faces(try folder.text("one.svg")), two: faces(try folder.text("two.svg")))
    #expect(faces.one.keys.sorted() == ["Lacuna \(name) ", "Lacuna \(name) font-style:italic;"])
    #expect(faces.two.keys.sorted() == faces.one.keys.sorted() + ["Lacuna \(name) font-weight:bold;"])
    for font in faces.two.values { #expect(font.starts(with: [0, 1, 0, 0]) && font.count > 10_000) }
    #expect(try folder.text("one.svg").contains("text,tspan{font-family:\"Lacuna \(name)\","))
    let pdf = String(data: try folder.data("two.pdf"), encoding: .isoLatin1) ?? ""
    // Newer cairos pack the names away.
    if !pdf.contains("/ObjStm") {
      let used = Set(pdf.matches(of: /\/BaseFont *\/[A-Z]+\+([A-Za-z-]+)/).map { String($0.1) })
      #expect(used == Set(["Regular", "Italic", "Bold"].map { "Lacuna\(name)-\($0)" }))
    }
    #expect(folder.contents.count == 10, "nothing else stays: \(folder.contents)")
  }

  /// Every letter that figures themselves write is in the fonts, so that no other is looked for.
  @Test(arguments: [FigureStyle.Font.sans, .serif])
  func letters(font: FigureStyle.Font) throws {
    var panel = examplePanel()
    panel.xLabel = "ÂâéöñßΣΨΩαβγδεζηθικλμνξπρστυφχψω ±−·×√∞≤≥≠≈→∂ℓ‖…–— ½²³¹ “a” ‘b’"
    try Figure(panels: [panel]).styled(FigureStyle(font: font)).write(to: folder.path, name: "x")
    let pdf = String(data: try folder.data("x.pdf"), encoding: .isoLatin1) ?? ""
    guard !pdf.contains("/ObjStm") else { return }
    let used = pdf.matches(of: /\/BaseFont *\/[A-Z]+\+([A-Za-z-]+)/).map { String($0.1) }
    #expect(!used.isEmpty && used.allSatisfy { $0.hasPrefix("Lacuna") }, "\(used)")
  }

  /// The labels of panels above one another stand above one another, however wide their ticks are.
  @Test func alignedLabels() throws {
    var wide = examplePanel()
    wide.series = [.init(.line, group: 0, points: [.init(0, 1000.25), .init(1, 1000.75)])]
    (wide.verticalMarks, wide.horizontalMarks) = ([], [])
    try Figure(panels: [examplePanel(), wide], arrangement: .stacked).write(to: folder.path, name: "x")
    let script = try folder.text("x.gp")
    func places(_ expression: Regex<(Substring, Substring)>) -> [String] {
      script.matches(of: expression).map { String($0.1) }
    }
    let labels = places(/at screen ([0-9.]+), screen [0-9.]+ center rotate by 90/)
    let letters = places(/set label '\{\/:Bold \([ab]\)\}' at screen ([0-9.]+)/)
    let boxes = places(/set lmargin at screen ([0-9.]+)/)
    for found in [labels, letters, boxes] { #expect(found.count == 2 && Set(found).count == 1, "\(found)") }
  }
}
