import DeterministicEquivalents
import LacunaFigures
import LacunaStudy
import MaskedRegression

private let errorQuantities: [Compared] = [("E_train", .trainingError), ("E_gen", .generalizationError)]

extension Reproduction {
  static let learningCurves = Reproduction(
    name: "learning-curves", title: "Errors against the number of samples",
    caption: """
      Generalisation and training error of the joint predictor against n/d, for three ridges. Lines are theory, markers \
      simulation. With little regularisation the generalisation error peaks at n = d, where the data are just \
      interpolated; a ridge removes the peak.
      """,
    example: "learning-curve",
    overrides: { d in
      ["data.coordinates=\(d)", samples([0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2, 4], d)]
    },
    draw: { study in try ErrorMeasure.figures(study)[0].figure },
    compare: { study in comparisons(study, place: ratioAndRidge, quantities: errorQuantities) },
    live: "ratio=1&ridge=0.01")

  static let ridgePath = Reproduction(
    name: "ridge-path", title: "Errors against the ridge",
    caption: """
      The same errors along the ridge, for an AR(1) chain. Training error always grows with the ridge; \
      generalisation error has a minimum by theory, marked with its n/d: the fewer the samples, the larger the ridge.
      """,
    example: "ridge-path",
    overrides: { d in
      [
        "data.coordinates=\(d)", samples([0.5, 1, 2], d), "experiment.trials=5", "model.ridge.count=9",
      ]
    },
    draw: { study in
      var figure = try ErrorMeasure.figures(study)[0].figure
      // One optimum a curve, named by its n/d.
      figure.panels[0].verticalMarks = try study.stages.compactMap { stage in
        let best = try ErrorEquivalent.optimalRidge(population: stage.model.population, sampleCount: stage.sampleCount)
          .ridge
        let path = stage.ridges[0]...(stage.ridges.last ?? .infinity)
        let ratio = Double(stage.sampleCount) / Double(stage.model.coordinateCount)
        return path.contains(best) ? Figure.Mark(best, "best, n/d = \(formatBriefly(ratio))") : nil
      }
      return figure
    },
    compare: { study in comparisons(study, place: ratioAndRidge, quantities: errorQuantities) },
    live: "kind=chain&correlation=0.7&ratio=1&ridge=0.1")

  static let universality = Reproduction(
    name: "universality", title: "The law of the entries does not matter",
    caption: """
      The same curves when the entries are Gaussian, signs, heavy-tailed or mostly zero: only the covariance matters \
      when n and d are large, and one line of theory serves all.
      """,
    example: "heavy-tails",
    overrides: { d in
      [
        "data.coordinates=\(d)", samples([0.5, 1, 1.5, 2, 4], d), "experiment.trials=6", "model.ridge=0.1",
        "data.noise.law=gaussian,rademacher,{student_t: 8},{sparse: 0.3}",
      ]
    },
    draw: universalityFigure,
    compare: { study in
      comparisons(
        study, place: { [("law", lawName($0)), ("n/d", ratioText($0))] }, quantities: errorQuantities)
    })
}

private func lawName(_ point: PointResult) -> String {
  switch point.parameters["data.noise.law"] {
  case "gaussian": "Gaussian"
  case "rademacher": "Rademacher"
  case let law? where law.contains("student"): "Student t, 8"
  default: "sparse, 0.3"
  }
}

@Sendable private func universalityFigure(_ study: StudyResults) throws -> Figure {
  var laws: [String] = []
  for point in study.points where !laws.contains(lawName(point)) { laws.append(lawName(point)) }
  let stage = study.stages[0]
  let d = Double(stage.model.coordinateCount)
  let ratios = study.points.map(\.samplesPerCoordinate)
  let theory = try geometricPath(from: ratios.min() ?? 0.5, to: ratios.max() ?? 4, count: 80).map { ratio in
    (
      ratio,
      try ErrorEquivalent(
        population: stage.model.population, sampleCount: Int((ratio * d).rounded()), ridge: stage.ridges[0])
    )
  }
  func panel(
    _ label: FigureText, _ value: (ErrorEquivalent) -> Double, _ quantity: QuantityName
  ) -> Figure.Panel {
    let line = Figure.Series(
      .line, name: "theory", group: 0, points: theory.map { Figure.Point($0.0, value($0.1)) })
    let measured = laws.enumerated().map { index, law in
      markers(
        index % 2 == 0 ? .markers : .openMarkers, FigureText(plain: law), group: index,
        study.points.filter { lawName($0) == law }, quantity, at: \.samplesPerCoordinate)
    }
    return Figure.Panel(xLabel: "{/:Italic n / d}", yLabel: label, series: [line] + measured)
  }
  return Figure(panels: [
    panel("E_{gen}", \.generalizationError, .generalizationError), panel("E_{tr}", \.trainingError, .trainingError),
  ])
}
