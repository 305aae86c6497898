import Foundation
import LacunaFigures
import Testing

@Suite struct ContentTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func rows(_ series: Figure.Series, logarithmic: Bool = false) throws -> [String] {
    let panel = Figure.Panel(xLabel: "x", yLabel: "y", yLogarithmic: logarithmic, series: [series])
    try Figure(panels: [panel]).write(to: folder.path, name: "c")
    return try folder.text("c.dat").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      .filter { !$0.hasPrefix("#") }.dropLast()
  }

  @Test(
    "points that cannot be drawn are left out; a line is interrupted, markers are not", .enabled(if: isGnuplotThere))
  func dropped() throws {
    let points: [Figure.Point] = [.init(.nan, 0), .init(1, 2), .init(2, .nan), .init(3, -4), .init(5, 6)]
    #expect(try rows(.init(.line, group: 0, points: points)) == ["1.0 2.0", "", "3.0 -4.0", "5.0 6.0"])
    #expect(
      try rows(.init(.openMarkers, group: 0, points: points)) == [
        "1.0 2.0 2.0 2.0", "3.0 -4.0 -4.0 -4.0", "5.0 6.0 6.0 6.0",
      ])
    #expect(try rows(.init(.line, group: 0, points: points), logarithmic: true) == ["1.0 2.0", "", "5.0 6.0"])
  }

  @Test(
    "error bars go from y − error to y + error, and to the axis where that is below 0", .enabled(if: isGnuplotThere))
  func bars() throws {
    let points: [Figure.Point] = [.init(1, 2, error: 0.5), .init(2, 3), .init(3, 4, error: .nan)]
    #expect(
      try rows(.init(.markers, group: 0, points: points)) == ["1.0 2.0 1.5 2.5", "2.0 3.0 3.0 3.0", "3.0 4.0 4.0 4.0"])
    let down = try rows(
      .init(.markers, group: 0, points: [.init(1, 1, error: 2), .init(2, 10, error: 1)]), logarithmic: true)
    let low = try #require(Double(down[0].split(separator: " ")[2]))
    #expect(low > 0 && low <= 1)
  }

  @Test("a histogram has density 1 and counts each value once")
  func histogram() throws {
    let values = [0, 0.1, 0.24, 0.25, 0.5, 0.99, 1]
    let series = Figure.Series.histogram(of: values, bins: 4, group: 0)
    #expect(series.kind == .histogram(binWidth: 0.25))
    #expect(series.points.map(\.x) == [0.125, 0.375, 0.625, 0.875])
    #expect(series.points.map { ($0.y * 7 * 0.25).rounded(.toNearestOrEven) } == [3, 1, 1, 2])
    #expect(abs(series.points.reduce(0) { $0 + $1.y * 0.25 } - 1) < 1e-15)
    let part = Figure.Series.histogram(of: values, bins: 1, range: 0...0.5, group: 0)
    #expect(part.points.map(\.y) == [5 / (7 * 0.5)])
  }

  /// CIE lightness of an sRGB colour, 0 … 100.
  func lightness(_ color: SIMD3<Double>) -> Double {
    func linear(_ c: Double) -> Double { c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4) }
    return 116 * cbrt(0.2126 * linear(color.x) + 0.7152 * linear(color.y) + 0.0722 * linear(color.z)) - 16
  }

  @Test("colours differ in lightness by 7 of 100 and more, and none is too pale for white paper")
  func palette() {
    #expect(abs(lightness(SIMD3(repeating: 1)) - 100) < 1e-6)
    for palette in [Palette.distinct, .sequential(5)] {
      let all = (0..<palette.count).map { lightness(palette.color($0)) }.sorted()
      #expect(zip(all, all.dropFirst()).allSatisfy { $1 - $0 >= 7 }, "\(all)")
      #expect(all.allSatisfy { $0 < 80 })
    }
    let ordered = (0..<5).map { lightness(Palette.sequential(5).color($0)) }
    #expect(ordered == ordered.sorted())
    #expect(Palette.distinct.color(-1) == Palette.distinct.color(Palette.distinct.count - 1))
  }

  @Test("numbers in labels", .enabled(if: isGnuplotThere))
  func numbers() throws {
    for (value, text) in [(0.1, "0.1"), (2, "2"), (-2.5e-7, "−2.5·10−7"), (1e20, "1020")] as [(Double, String)] {
      let panel = Figure.Panel(
        xLabel: "x", yLabel: "y",
        series: [.init(.line, name: "λ = \(value)", group: 0, points: [.init(1, 1), .init(2, 2)])])
      try Figure(panels: [panel]).write(to: folder.path, name: "n")
      let svg = try folder.text("n.svg")
      let plain = svg.replacing(try Regex("<[^>]*>|\n"), with: "").replacing("\t", with: "")
      #expect(plain.contains("λ = " + text), "\(value)")
    }
  }
}
