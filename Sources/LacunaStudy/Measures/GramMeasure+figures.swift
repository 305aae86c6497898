import LacunaFigures

extension GramMeasure {
  /// Both ranks, the determinant and the greatest eigenvalue, against whatever varies most.
  public static func figures(_ study: StudyResults) throws -> [StudyFigure] {
    guard let axis = SweepAxis(study) else { return [] }
    let names: [(label: FigureText, name: QuantityName)] = [
      ("effective rank", .effectiveRank), ("participation ratio", .participationRatio),
      ("ln det({/:Italic S} + λ) / {/:Italic d}", .logDeterminant),
      ("greatest eigenvalue of {/:Italic S}", .greatestEigenvalue),
    ]
    let points = axis.refined(
      word, largest: 4096, names.map { entry in { $0[entry.name].flatMap { $0.comparison ?? $0.theory } } })
    let all = axis.curves(points)
    // But for the determinant every ridge shows the same.
    let curves = axis.curves(axis.ofOneRidge(points))
    let panels = names.map { label, name in
      axis.panel(label, of: name, curves: name == .logDeterminant ? all : curves)
    }.filter { !$0.series.isEmpty }
    return [
      StudyFigure(
        name: "gram",
        figure: Figure(panels: panels, arrangement: .grid(columns: 2), palette: SweepAxis.palette(of: curves)))
    ]
  }
}
