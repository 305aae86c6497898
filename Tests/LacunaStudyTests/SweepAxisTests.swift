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
    #expect(curves.map { $0.name } == ["0.3", "0.6", "0.9"].map { FigureText(plain: "correlation = \($0)") })
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

  /// Between the values of a swept key, of a partition and of weights that are learned too.
  @Test(arguments: [
    ["data.correlation=0.2,0.5,0.8", "data.samples=48", "model.ridge=0.05"],
    ["data.correlation=0.5", "model.mask={partition: {blocks: 4}}", "data.samples=12,48", "model.ridge=0.001"],
    ["data.correlation=0.5", "model.weights=self", "data.samples=12,48", "model.ridge=0.05"],
  ])
  func linesBetween(overrides: [String]) throws {
    func study(_ overrides: [String]) throws -> StudyResults {
      try Study(configuration: correlated, name: "axis", overrides: overrides, host: HostBackend<Double>()).theory()
        .results
    }
    let results = try study(overrides)
    let line = try #require(try ErrorMeasure.figures(results)[0].figure.panels[0].series.first).points
    #expect(line.count > 20)
    for (before, after) in zip(line, line.dropFirst()) { #expect(before.x < after.x) }
    let points = results.points
    let isSwept = SweepAxis(results)?.isSwept == true
    let between = try #require(
      line.first { point in !points.contains { $0.samplesPerCoordinate == point.x } && point.x > 0.3 })
    let key = isSwept ? "data.correlation=\(between.x)" : "data.samples=\(Int((between.x * 24).rounded()))"
    let alone = try study([key] + overrides.filter { !$0.hasPrefix(key.prefix { $0 != "=" }) })
    #expect(alone.points[0][.generalizationError]?.theory == between.y)
  }

  /// Whole numbers and words have nothing between them.
  @Test func nothingBetween() throws {
    let study = try results(
      correlated, "data.correlation=0.5", "experiment.seed=1,2,3", "data.samples=48", "model.ridge=0.1")
    #expect(try ErrorMeasure.figures(study)[0].figure.panels[0].series.map(\.points.count) == [3])
  }

  /// Without theory the measured values say whether decades are spanned.
  @Test func decadesWithoutTheory() throws {
    let study = try Study(
      configuration: correlated, name: "axis",
      overrides: [
        "data.correlation=0.5", "model.ridge=0.0001", "model.mask={partition: {blocks: 4, order: random, passes: 2}}",
        "experiment.trials=2",
      ], host: HostBackend<Double>())
    let panels = try ErrorMeasure.figures(try study.run(on: StudyDevice(HostBackend<Double>())).results)[0].figure
      .panels
    #expect(panels[1].yLogarithmic && panels[1].series.allSatisfy { $0.kind == .markers })
  }

  @Test func singlePoints() throws {
    let study = try results(correlated, "data.correlation=0.5", "data.samples=24")
    #expect(SweepAxis(study) == nil)
    // At one n a swept key is drawn against itself.
    let swept = try results(correlated, "data.correlation=0.3,0.6", "data.samples=24")
    #expect(SweepAxis(swept)?.kind == .swept("data.correlation"))
  }
}
