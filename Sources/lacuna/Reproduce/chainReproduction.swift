import DeterministicEquivalents
import LacunaFigures
import LacunaStudy
import MaskedRegression

extension Reproduction {
  static let beyondPCAChain = Reproduction(
    name: "beyond-pca-ar1", title: "Correlation without few directions",
    caption: """
      Error on hidden cells of an AR(1) chain against n/d: the masked regression at its best ridge by theory, and \
      probabilistic principal components at their best rank in hindsight. The regression reads the neighbours and nears the \
      floor that no predictor can beat; components would need to be as many as the coordinates.
      """,
    example: "correlated",
    overrides: { d in
      ["data.coordinates=\(d)", samples([0.5, 1, 2, 4, 8], d), "experiment.trials=4", "measure=errors,pca"]
    },
    draw: chainFigure,
    compare: { study in
      comparisons(
        study, place: ratioAndRidge,
        quantities: [
          ("E_gen, masked", .generalizationError), ("E_gen, PCA at its best rank", .principalError),
          ("PCA − masked", .principalAdvantage),
        ])
    }, live: "kind=chain&correlation=0.7&ratio=2&ridge=0.1")
}

@Sendable private func chainFigure(_ study: StudyResults) throws -> Figure {
  let stage = study.stages[0]
  let population = stage.model.population
  let d = Double(population.coordinateCount)
  let ratios = study.points.map(\.samplesPerCoordinate)
  var line: [Figure.Point] = []
  var principalLine: [Figure.Point] = []
  let counts = geometricPath(from: ratios.min() ?? 0.5, to: ratios.max() ?? 8, count: 30).map {
    Int(($0 * d).rounded())
  }
  for n in counts {
    // Of n as it is, whole.
    let ratio = Double(n) / d
    line.append(Figure.Point(ratio, try ErrorEquivalent.optimalRidge(population: population, sampleCount: n).error))
    let principal = try PrincipalEquivalent(population: population, sampleCount: n)
    let ranks = principalRanks(sampleCount: n, coordinateCount: population.coordinateCount)
    if let least = ranks.compactMap({ principal.error(rank: $0) }).min() {
      principalLine.append(Figure.Point(ratio, least))
    }
  }
  return Figure(panels: [
    Figure.Panel(
      xLabel: "{/:Italic n / d}", yLabel: "error on hidden cells", xLogarithmic: true,
      series: [
        Figure.Series(.line, name: "masked", group: 0, points: line),
        markers(.markers, "masked", group: 0, study.points, .generalizationError, at: \.samplesPerCoordinate),
        Figure.Series(.line, name: "PCA, best rank", group: 1, points: principalLine),
        markers(.openMarkers, "PCA, best rank", group: 1, study.points, .principalError, at: \.samplesPerCoordinate),
      ], horizontalMarks: study.points[0].number(.bayesError).map { [Figure.Mark($0, "Bayes")] } ?? [])
  ])
}
