import Foundation
import LacunaFigures
import Testing

/// What tells the series of a figure apart: legends, colour bars, and the letters of panels.
@Suite(.enabled(if: isGnuplotThere, "gnuplot is not on the path")) struct LegendTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func panel(series count: Int, bar: Figure.ColorBar? = nil) -> Figure.Panel {
    .init(
      xLabel: "x", yLabel: "y",
      series: (0..<count).map { group in
        .init(
          .line, name: "a rather long name of number \(group)", group: group,
          points: [.init(0, 0), .init(1, Double(group))])
      }, colorBar: bar)
  }

  /// The height of a figure in points, and the places of its labels in points above its foot.
  private func draw(_ figure: Figure) throws -> (height: Double, labels: [(text: String, y: Double)]) {
    try figure.write(to: folder.path, name: "f")
    let svg = try folder.text("f.svg")
    let height = try #require(svg.firstMatch(of: /height="([0-9]+)"/).flatMap { Double($0.1) }) / 2
    let labels = try folder.text("f.gp").matches(of: /set label '([^']*)' at screen [-0-9.]+, screen ([-0-9.e]+)/).map {
      (text: String($0.1), y: height * (try #require(Double($0.2))))
    }
    return (height, labels)
  }

  @Test("a legend is lower than its plot, and says how many names it leaves out", arguments: [1, 8, 9, 50])
  func limit(count: Int) throws {
    let (height, labels) = try draw(Figure(panels: [panel(series: count)], palette: .sequential(count)))
    // A plot is 145 points high.
    #expect(height < 145 + 29 + 145)
    let named = labels.filter { $0.text.hasPrefix("a rather long name") }
    #expect(named.count == (count <= 8 ? count : 7))
    #expect(labels.contains { $0.text == "and \(count - 7) more" } == (count > 8))
  }

  @Test("a colour bar stands for the names, labelled at both ends", arguments: [9, 21, 100])
  func colorBar(count: Int) throws {
    let values = (0..<count).map { FigureText(plain: "\(10 * $0)") }
    for title: FigureText in ["λ", "a title that takes a line of its own, too long for the bar"] {
      let bar = Figure.ColorBar(title: title, labels: values)
      let (height, labels) = try draw(
        Figure(panels: [panel(series: count, bar: bar)], palette: .sequential(count)))
      #expect(!labels.contains { $0.text.hasPrefix("a rather") || $0.text.hasPrefix("and ") })
      let ticks = labels.compactMap { label in Double(label.text).map { ($0, label.y) } }
      #expect(ticks.first?.0 == 0 && ticks.last?.0 == Double(10 * (count - 1)) && ticks.count >= 3)
      #expect(ticks.map(\.0) == ticks.map(\.0).sorted())
      #expect(labels.allSatisfy { $0.y > 0 && $0.y + 4 <= height })
      // A cell a group, in its colour.
      let script = try folder.text("f.gp")
      let palette = Palette.sequential(count)
      #expect(script.matches(of: /set object rectangle/).count == count)
      #expect((0..<count).allSatisfy { script.contains("fc rgb '\(palette.hexadecimal($0))' fs solid") })
      // The names are still beside the data.
      #expect(try folder.text("f.dat").contains("number \(count - 1)"))
    }
  }

  @Test("the letters of panels are on the page and in line, with a legend or none")
  func letters() throws {
    var plain = panel(series: 1)
    plain.series[0].name = nil
    for panels in [[plain, plain], [plain, panel(series: 3)]] {
      let (height, labels) = try draw(Figure(panels: panels))
      let letters = labels.filter { $0.text.hasPrefix("{/:Bold (") }
      #expect(letters.count == 2 && letters[0].y == letters[1].y && letters[0].y + 5 <= height)
    }
  }
}
