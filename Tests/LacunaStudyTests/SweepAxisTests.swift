import DeterministicEquivalents
import LacunaFigures
import LacunaHost
import LacunaStudy
import MaskedRegression
import Testing

/// What the figures of a study are drawn against.
@Suite struct SweepAxisTests {
  private func results(_ text: String, _ overrides: String...) throws -> StudyResults {
    try Study(configuration: text, name: "axis", overrides: overrides, host: HostBackend<Double>()).theory().results
  }

  private let correlated = "data: {model: ar1, coordinates: 24, samples: [12, 24, 48, 96]}\nmodel: {ridge: auto}\n"

  /// A ridge that was found is no axis: it differs at every point.
  @Test func foundRidges() throws {
    let study = try results(correlated, "data.correlation=0.9,0.3,0.6")
    let axis = try #require(SweepAxis(study))
    #expect(axis.kind == .samples)
    let curves = axis.curves(study.points)
    #expect(curves.map { $0.name } == ["0.3", "0.6", "0.9"].map { FigureText(plain: "data.correlation = \($0)") })
    #expect(curves.allSatisfy { $0.points.count == 4 })
    let figure = try ErrorMeasure.figures(study)[0].figure
    let panel = figure.panels[0]
    #expect(panel.colorBar == nil && panel.series.count == 3)
    for (series, curve) in zip(panel.series, curves) {
      #expect(series.points.count > 20)
      let stage = try #require(study.origin(of: curve.points[0])?.stage)
      for point in series.points {
        let n = Int((point.x * 24).rounded())
        // No ridge does better, and one does as well.
        let all = try geometricPath(from: 1e-3, to: 1e2, count: 121).map { ridge in
          try ErrorEquivalent(population: stage.model.population, sampleCount: n, ridge: ridge).generalizationError
        }
        let least = try #require(all.min())
        #expect(point.y <= least * (1 + 1e-12) && point.y > least * (1 - 1e-3), "n = \(n)")
      }
    }
  }

  @Test func moreCurvesThanALegendHolds() throws {
    for (count, hasBar) in [(8, false), (9, true)] {
      let ridges = (1...count).map { "\(Double($0) / 10)" }.joined(separator: ",")
      let ratios = (1...12).map { "\(6 * $0)" }.joined(separator: ",")
      let study = try results(correlated, "data.correlation=0.5", "model.ridge=\(ridges)", "data.samples=\(ratios)")
      let panels = try ErrorMeasure.figures(study)[0].figure.panels
      #expect(panels.allSatisfy { ($0.colorBar != nil) == hasBar && $0.series.count == count })
      if let bar = panels[0].colorBar {
        #expect(bar.title == "λ" && bar.labels.first == "0.1" && bar.labels.count == count)
      }
    }
  }

  /// Under masks too the line is finer than the points, goes through their theory, and is that of a study at each n of it.
  @Test(arguments: ["{bernoulli: {keep: 0.5}}", "{random: {keep: 0.5, masks: 3}}"])
  func linesUnderMasks(mask: String) throws {
    let study = try results(
      correlated, "data.correlation=0.5", "model.mask=\(mask)", "model.ridge=0.05", "data.samples=12,24,48")
    let series = try #require(try ErrorMeasure.figures(study)[0].figure.panels[0].series.first)
    #expect(series.points.count > 20)
    for point in study.points {
      let drawn = series.points.first { $0.x == point.samplesPerCoordinate }
      #expect(try #require(drawn).y == point[.generalizationError]?.theory)
    }
    let between = try #require(series.points.first { ![12, 24, 48].contains(Int(($0.x * 24).rounded())) })
    let n = Int((between.x * 24).rounded())
    let alone = try results(
      correlated, "data.correlation=0.5", "model.mask=\(mask)", "model.ridge=0.05", "data.samples=\(n)")
    #expect(alone.points[0][.generalizationError]?.theory == between.y)
  }

  @Test func singlePoints() throws {
    let study = try results(correlated, "data.correlation=0.5", "data.samples=24")
    #expect(SweepAxis(study) == nil)
    // At one n a swept key is drawn against itself.
    let swept = try results(correlated, "data.correlation=0.3,0.6", "data.samples=24")
    #expect(SweepAxis(swept)?.kind == .swept("data.correlation"))
  }
}
