import LacunaFigures

extension PrincipalMeasure {
  /// The error of principal components against their rank, at up to four points; and where something varies, at the best rank along
  /// it, with what masked regression gains.
  public static func figures(_ study: StudyResults) throws -> [StudyFigure] {
    // At every ridge principal components are the same; the joint predictor beside them is at its first.
    let axis = SweepAxis(study)
    let panels = spread(study.points.filter { study.origin(of: $0)?.ridge == 0 }).compactMap { point in
      rankPanel(point, study, swept: axis?.sweptValues(of: point) ?? [])
    }
    var figures =
      panels.isEmpty
      ? []
      : [
        StudyFigure(
          name: "pca-ranks",
          figure: Figure(
            panels: panels, arrangement: panels.count > 2 ? .grid(columns: 2) : .sideBySide))
      ]
    if let axis {
      let points = axis.refined(word, largest: 400, [{ $0[.principalError]?.theory }])
      let curves = axis.curves(points)
      let error = axis.panel(
        "E_{gen} of PCA", of: .principalError, curves: axis.curves(axis.ofOneRidge(points)))
      var gain = axis.panel("E_{gen} of PCA − masked", of: .principalAdvantage, curves: curves)
      gain.yLogarithmic = false
      gain.horizontalMarks = [Figure.Mark(0, "equal")]
      figures.append(
        StudyFigure(
          name: "pca",
          figure: Figure(
            panels: [error] + (gain.series.isEmpty ? [] : [gain]), palette: SweepAxis.palette(of: curves))))
    }
    return figures
  }

  /// The errors of the ranks tried at one point, with theory between; nil of a single rank.
  private static func rankPanel(_ point: PointResult, _ study: StudyResults, swept: [String]) -> Figure.Panel? {
    guard case .list(let items)? = point.quantity(.principalRanks)?.content, items.count > 1,
      let measure = study.origin(of: point)?.stage.measure(PrincipalMeasure.self)
    else { return nil }
    let tried = items.compactMap { item -> (rank: Int, error: Statistic)? in
      guard case .object(let parts) = item, let rank = parts.first?.number, let error = parts.last?.statistic
      else { return nil }
      return (Int(rank), error)
    }
    let last = tried.map(\.rank).max() ?? 0
    // Ranks double: rank 0, which predicts nothing, is a line of its own.
    let ranks = last < 64 ? Array(1...max(1, last)) : geometricRanks(to: last)
    let theory = ranks.compactMap { rank in
      measure.equivalent?.error(rank: rank).map { Figure.Point(Double(rank), $0) }
    }
    let measured = tried.compactMap { entry in
      entry.rank > 0
        ? entry.error.mean.map { Figure.Point(Double(entry.rank), $0, error: entry.error.standardError) } : nil
    }
    var marks: [Figure.Mark] = []
    if let masked = point[.generalizationError].flatMap({ $0.mean ?? $0.comparison }) {
      marks.append(Figure.Mark(masked, "masked, λ = \(FigureText(number: NumberText.brief(point.ridge)))"))
    }
    if let nothing = tried.first(where: { $0.rank == 0 })?.error, let error = nothing.mean ?? nothing.theory {
      marks.append(Figure.Mark(error, "rank 0"))
    }
    let series = [
      Figure.Series(.line, name: "PCA", group: 0, points: theory),
      Figure.Series(.markers, name: "PCA", group: 0, points: measured),
    ].filter { !$0.points.isEmpty }
    guard !series.isEmpty else { return nil }
    return Figure.Panel(
      title: FigureText(
        plain: (["n/d = \(NumberText.brief(point.samplesPerCoordinate))"] + swept).joined(separator: ", ")),
      xLabel: "rank", yLabel: "E_{gen}", xLogarithmic: last > 20, series: series, horizontalMarks: marks)
  }

  /// Up to four of them, from the first to the last.
  private static func spread(_ points: [PointResult]) -> [PointResult] {
    points.count <= 4 ? points : (0..<4).map { points[$0 * (points.count - 1) / 3] }
  }

  private static func geometricRanks(to last: Int) -> [Int] {
    var ranks: [Int] = []
    var next = 1.0
    while Int(next) < last {
      if ranks.last != Int(next) { ranks.append(Int(next)) }
      next *= 1.1
    }
    return ranks + [last]
  }
}
