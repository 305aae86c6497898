import Foundation
import LacunaFigures
import Testing

@Suite struct RefusalTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func panel(_ points: [Figure.Point], logarithmic: Bool = false, yRange: ClosedRange<Double>? = nil) -> Figure.Panel {
    .init(
      xLabel: "x", yLabel: "y", yLogarithmic: logarithmic, yRange: yRange,
      series: [.init(.line, name: "theory", group: 0, points: points)])
  }

  @Test("nothing to draw")
  func empty() {
    func error(_ panels: [Figure.Panel]) -> FigureError? {
      failure { () throws(FigureError) in try Figure(panels: panels).write(to: folder.path, name: "e") }
    }
    #expect(error([]) == .nothingToDraw(figure: "e", panel: nil))
    #expect(error([.init(xLabel: "x", yLabel: "y", series: [])]) == .nothingToDraw(figure: "e", panel: 1))
    let empty = FigureError.emptySeries(figure: "e", panel: 1, series: 1, name: "theory")
    #expect(error([panel([])]) == empty)
    #expect(error([panel([.init(.nan, 1), .init(1, .infinity)])]) == empty)
    #expect(error([panel([.init(1, 0), .init(1, -2)], logarithmic: true)]) == empty)
    #expect(error([panel([.init(1, 1)], yRange: 1...1)]) == .invalidRange(figure: "e", panel: 1, axis: "y"))
    #expect(
      error([panel([.init(1, 1)], logarithmic: true, yRange: 0...1)])
        == .invalidRange(figure: "e", panel: 1, axis: "y"))
    #expect(empty.description.contains("series 1 (theory)"))
    #expect(folder.contents.isEmpty)
  }

  @Test(
    "names that are no file names",
    arguments: ["", ".", "..", ".hidden", "a/b", "a\nb", String(repeating: "n", count: 300)])
  func names(name: String) {
    let error = failure { () throws(FigureError) in
      try Figure(panels: [panel([.init(1, 1)])]).write(to: folder.path, name: name)
    }
    #expect(error == .invalidName(name))
    #expect(folder.contents.isEmpty)
  }

  @Test("without gnuplot the package is named, and data and script are written without a picture of an earlier figure")
  func absent() throws {
    try Data().write(to: URL(fileURLWithPath: folder.path + "/a.svg"))
    for searchPath in ["", folder.path] {
      let error = failure { () throws(FigureError) in
        try Figure(panels: [panel([.init(1, 1)])]).write(to: folder.path, name: "a", searchPath: searchPath)
      }
      #expect(error == .gnuplotMissing)
      #expect(error == .gnuplotMissing && error?.description.contains("gnuplot-nox") == true)
      #expect(error?.keepsSources == true && folder.contents == ["a.dat", "a.gp"])
    }
    let (data, script) = (try folder.data("a.dat"), try folder.data("a.gp"))
    guard isGnuplotThere else { return }
    try Figure(panels: [panel([.init(1, 1)])]).write(to: folder.path, name: "a")
    #expect(try folder.data("a.dat") == data && folder.data("a.gp") == script)
  }

  @Test("text that breaks gnuplot's notation is reported or drawn, never half", .enabled(if: isGnuplotThere))
  func notation() {
    var odd = panel([.init(1, 1), .init(2, 2)])
    odd.xLabel = FigureText(enhanced: "{/:Italic unclosed ^{ _ '")
    _ = failure { () throws(FigureError) in try Figure(panels: [odd]).write(to: folder.path, name: "n") }
    #expect(folder.contents == ["n.dat", "n.gp"] || folder.contents.count == 5)
  }

  @Test("a folder that takes no files", .enabled(if: isGnuplotThere))
  func folderMissing() {
    let missing = folder.path + "/none"
    let error = failure { () throws(FigureError) in
      try Figure(panels: [panel([.init(1, 1)])]).write(to: missing, name: "a")
    }
    #expect(error?.description.contains(missing) == true)
  }
}
