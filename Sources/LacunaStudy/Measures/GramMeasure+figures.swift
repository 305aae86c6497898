import DeterministicEquivalents
import LacunaFigures
import MaskedRegression

extension GramMeasure {
  /// Both ranks, the determinant and the greatest eigenvalue, against whatever varies most.
  public static func figures(_ study: StudyResults) throws -> [StudyFigure] {
    guard let axis = SweepAxis(study) else { return [] }
    // But for the determinant every ridge shows the same.
    let curves = axis.curves(study.points.filter { axis.kind == .ridge || study.origin(of: $0)?.ridge == 0 })
    func panel(
      _ label: FigureText, _ name: QuantityName, _ curves: [SweepAxis.Curve],
      _ value: (GramEquivalent, _ ridge: Double) throws -> Prediction?
    ) throws -> Figure.Panel {
      let lines = try curves.map { try line(of: $0, along: axis, study, value) }
      return axis.panel(
        label, of: name, curves: curves, theory: lines.contains { $0 == nil } ? nil : lines.map { $0 ?? [] })
    }
    let panels = [
      try panel("effective rank", .effectiveRank, curves) { equivalent, _ in equivalent.effectiveRank },
      try panel("participation ratio", .participationRatio, curves) { equivalent, _ in equivalent.participationRatio },
      try panel("ln det({/:Italic S} + λ) / {/:Italic d}", .logDeterminant, axis.curves(study.points)) {
        equivalent, ridge in
        let isRegular = equivalent.sampleCount > equivalent.population.coordinateCount
        return ridge > 0 || isRegular ? try equivalent.logDeterminant(ridge: ridge) : nil
      },
      try panel("greatest eigenvalue of {/:Italic S}", .greatestEigenvalue, curves) { equivalent, _ in
        // Where it is not found the line has a gap.
        try? equivalent.extremes().largest
      },
    ].filter { !$0.series.isEmpty }
    return [
      StudyFigure(
        name: "gram",
        figure: Figure(panels: panels, arrangement: .grid(columns: 2), palette: SweepAxis.palette(of: curves)))
    ]
  }

  /// Theory of a curve between its points too; nil where that takes long, or another key than n varies.
  private static func line(
    of curve: SweepAxis.Curve, along axis: SweepAxis, _ study: StudyResults,
    _ value: (GramEquivalent, _ ridge: Double) throws -> Prediction?
  ) throws -> [Figure.Point]? {
    guard axis.kind == .samples, let first = curve.points.first, let last = curve.points.last,
      let stage = study.origin(of: first)?.stage, stage.model.coordinateCount <= 4096
    else { return nil }
    let path = geometricPath(from: Double(first.sampleCount), to: Double(last.sampleCount), count: 32)
    let counts = Set(path.map { Int($0.rounded()) } + curve.points.map(\.sampleCount))
    let population = stage.model.population
    let kurtosis = stage.point.configuration.data.law.excessKurtosis
    return try counts.sorted().compactMap { n in
      let equivalent = try GramEquivalent(population: population, sampleCount: n, excessKurtosis: kurtosis)
      return try value(equivalent, first.ridge).map {
        Figure.Point(Double(n) / Double(population.coordinateCount), $0.expected)
      }
    }
  }
}
