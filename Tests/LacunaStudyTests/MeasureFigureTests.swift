import LacunaFigures
import LacunaHost
import LacunaStudy
import Testing

/// What the figures of recovery, principal components, variance and the errors of whole contexts show.
@Suite struct MeasureFigureTests {
  private let host = HostBackend<Double>()

  private func results(_ text: String, _ overrides: String...) throws -> StudyResults {
    try Study(configuration: text, name: "figures", overrides: overrides, host: host).run(on: StudyDevice(host)).results
  }

  /// With equal noise a spike is seen from √(d/n) on: there the overlap leaves 0, and the eigenvalue the edge.
  @Test func recovery() throws {
    let text = """
      experiment: {trials: 2}
      data: {model: spiked, coordinates: 40, samples: 160, spikes: [{strength: 1}]}
      model: {ridge: 0.1}
      measure: [recovery]
      """
    let study = try results(text, "data.spikes.0.strength=0.1,0.3,1,2")
    let figure = try #require(try RecoveryMeasure.figures(study).first).figure
    #expect(figure.panels.count == 2 && figure.panels[1].series.map(\.name) == ["masked", "masked", "PCA", "PCA"])
    let overlap = try #require(figure.panels[1].series.first).points
    let (below, above) = (overlap.filter { $0.x < 0.49 }, overlap.filter { $0.x > 0.51 })
    #expect(below.count > 3 && below.allSatisfy { $0.y == 0 } && above.count > 10 && above.allSatisfy { $0.y > 0 })
    // Of PCA in the limit: (1 − γ/θ²)/(1 + γ/θ), γ = d/n.
    for point in figure.panels[1].series[2].points where point.x > 0.51 {
      let expected = (1 - 0.25 / (point.x * point.x)) / (1 + 0.25 / point.x)
      #expect(abs(point.y - expected) < 1e-6, "θ = \(point.x)")
    }
    let top = try #require(figure.panels[0].series.first).points
    // The edge is all but the same below, and the outlier rises from it.
    let edge = try #require(top.first).y
    for point in top { #expect(point.x < 0.49 ? abs(point.y - edge) < 0.01 : point.y > edge - 0.01) }
    let several = try results(text, "data.spikes.0.strength=0.1,0.3,1,2", "model.ridge=0.01,0.1")
    let panels = try #require(try RecoveryMeasure.figures(several).first).figure.panels
    // PCA has no ridge.
    #expect(panels.map { $0.series.count { $0.kind == .markers } } == [2, 2, 1])
  }

  @Test func principal() throws {
    let text = """
      experiment: {trials: 2}
      data: {model: ar1, correlation: 0.8, coordinates: 32, samples: [40, 80]}
      model: {ridge: [0.05, 0.5]}
      measure: [pca]
      """
    let figures = try PrincipalMeasure.figures(try results(text))
    #expect(figures.map(\.name) == ["pca-ranks", "pca"])
    let panels = figures[0].figure.panels
    #expect(panels.count == 2)
    for panel in panels {
      let (line, markers) = (panel.series[0], panel.series[1])
      #expect(line.points.count == 24 && panel.horizontalMarks.count == 2)
      // d = 32 is not large: theory within a tenth of what two trials say.
      for marker in markers.points {
        let theory = try #require(line.points.first { $0.x == marker.x })
        #expect(abs(theory.y - marker.y) < 0.1 * marker.y)
      }
    }
    let gain = figures[1].figure.panels[1]
    #expect(!gain.yLogarithmic && gain.horizontalMarks.first?.value == 0 && gain.series.count == 2)
    let single = try PrincipalMeasure.figures(try results(text, "data.samples=80", "model.ridge=0.05"))
    #expect(single.map(\.name) == ["pca-ranks"] && single[0].figure.panels.count == 1)
  }

  @Test func masks() throws {
    let text = """
      experiment: {trials: 2}
      data: {model: ar1, correlation: 0.8, coordinates: 16, samples: [20, 40]}
      model: {ridge: 0.1, mask: {bernoulli: {keep: 0.5}}}
      measure: [errors, variance]
      """
    let study = try results(text)
    let figures = try study.figures()
    #expect(figures.map(\.name) == ["errors", "full-context", "variance"])
    for figure in figures.dropFirst() {
      let series = try #require(figure.figure.panels.first).series
      #expect(series.map(\.kind) == [.line, .markers] && series[0].points.count > 15)
    }
    // A block that is predicted is predicted with all others visible.
    let partition = try results(text, "model.mask={partition: {blocks: 4}}", "measure=[errors]")
    #expect(try partition.figures().map(\.name) == ["errors"])
  }
}
