import LacunaFigures
import MaskedRegression

/// Errors against the ridge, the chosen one marked.
func ridgeFigure<Device>(_ search: DataFit<Device>.RidgeSearch) -> Figure? {
  let path = search.path.filter { $0.ridge > 0 }
  guard path.count > 1 else { return nil }
  func series(_ name: FigureText, group: Int, _ value: (FitErrors) -> Double) -> Figure.Series {
    Figure.Series(.line, name: name, group: group, points: path.map { Figure.Point($0.ridge, value($0)) })
  }
  let all = path.flatMap { [$0.meanTraining, $0.meanLeaveOneOut] }
  return Figure(panels: [
    Figure.Panel(
      xLabel: "ridge λ", yLabel: "mean squared error", xLogarithmic: true,
      yLogarithmic: all.min()! > 0 && all.max()! / all.min()! > 20,
      series: [
        series("leave one sample out", group: 0, \.meanLeaveOneOut), series("GCV", group: 1, \.gcv),
        series("training", group: 2, \.meanTraining),
      ],
      verticalMarks: [Figure.Mark(search.best.ridge, FigureText(plain: "λ = " + formatBriefly(search.best.ridge)))])
  ])
}
