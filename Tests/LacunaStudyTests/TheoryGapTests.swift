import LacunaFigures
import LacunaFiles
import LacunaHost
import LacunaStudy
import Testing

/// Where theory is silent it is said, point by point, and a line is interrupted.
@Suite struct TheoryGapTests {
  private let text = """
    data: {model: ar1, correlation: 0.5, coordinates: 24, samples: [8, 96]}
    model: {ridge: 0.1}
    """

  private func report(_ overrides: String...) throws -> StudyReport {
    try Study(configuration: text, name: "gaps", overrides: overrides, host: HostBackend<Double>()).theory()
  }

  /// One mask a sample that hides half: without a ridge there is theory where n/2 is above d, and none below.
  @Test func refusedPoints() throws {
    let report = try report("model.mask={random: {keep: 0.5, masks: 1}}", "model.ridge=ridgeless")
    let points = report.results.points
    #expect(points.map { $0[.generalizationError]?.theory == nil } == [true, false])
    #expect(points.map(\.warnings.count) == [1, 0])
    let reason = try #require(points[0].warnings.first)
    #expect(reason.contains("no more masked copies than coordinates") && reason.contains("give a ridge"))
    #expect(report.warnings == ["at 1 of 2 points, n = 8, ridge 0 the first, \(reason)"])
    let written = try encodeJSON(points, pretty: false)
    #expect(written.contains("\"warnings\":[\"\(reason)\"]") && written.contains("\"warnings\":[]"))

    let panels = try #require(try report.results.figures().first).figure.panels
    for panel in panels {
      let line = try #require(panel.series.first).points
      #expect(line.contains { $0.y.isNaN } && line.contains { !$0.y.isNaN })
      for point in line { #expect(point.y.isNaN == (point.x <= 2), "n/d = \(point.x)") }
      let silent = Set(line.filter(\.y.isNaN).map(\.x)).count
      let all = Set(line.map(\.x)).count
      #expect(
        panel.notes == ["its lines have gaps at \(silent) of \(all) values of n/d, 0.333 the first: \(reason)"],
        "\(panel.notes)")
    }
  }

  /// Between the points too, where theory is computed for the line alone: at a correlation of 0 no ridge is the best.
  @Test func failuresBetween() throws {
    let report = try report("data.correlation=-0.1,0.52", "model.ridge=auto", "data.samples=48")
    #expect(report.warnings.isEmpty)
    let panel = try #require(try report.results.figures().first).figure.panels[0]
    let line = try #require(panel.series.first).points
    let gaps = line.filter(\.y.isNaN)
    #expect(!gaps.isEmpty && gaps.allSatisfy { abs($0.x) < 0.02 } && line.count - gaps.count > 20)
    let note = try #require(panel.notes.first)
    #expect(panel.notes.count == 1 && note.hasPrefix("its lines have gaps at \(Set(gaps.map(\.x)).count) of "))
    #expect(note.contains("values of correlation") && note.contains("finds no best ridge"), "\(note)")
  }

  /// Where theory is silent at every point a study says so once, and there is no line.
  @Test func silentEverywhere() throws {
    let report = try report("model.mask={partition: {blocks: 4, order: random}}")
    #expect(report.warnings.count == 1 && report.warnings[0].hasPrefix("without theory of the errors: none is known"))
    #expect(report.results.points.allSatisfy { $0.warnings == report.warnings })
    let panels = try report.results.figures().flatMap(\.figure.panels)
    #expect(panels.allSatisfy { $0.series.isEmpty && $0.notes.isEmpty })
  }

  /// Where theory has an answer everywhere nothing is said.
  @Test func noGaps() throws {
    let report = try report("model.ridge=0.01,0.1,1")
    #expect(report.warnings.isEmpty && report.results.points.allSatisfy(\.warnings.isEmpty))
    let panels = try report.results.figures().flatMap(\.figure.panels)
    #expect(!panels.isEmpty && panels.allSatisfy(\.notes.isEmpty))
    #expect(panels.allSatisfy { $0.series.allSatisfy { $0.points.allSatisfy { $0.y.isFinite } } })
  }
}
