import LacunaFigures

extension ErrorMeasure {
  /// Generalisation and training error with theory as lines, against whatever varies most: n/d, the ridge, or a swept key; under
  /// masks that hide more than a coordinate at a time also the error with all others visible, by which masks compare.
  public static func figures(_ study: StudyResults) throws -> [StudyFigure] {
    guard let axis = SweepAxis(study) else { return [] }
    let names: [(label: FigureText, name: QuantityName)] = [
      ("E_{gen}", .generalizationError), ("E_{tr}", .trainingError), ("E_{gen}, all others visible", .fullContextError),
    ]
    let curves = axis.curves(axis.refined(word, names.map { entry in { $0[entry.name]?.theory } }))
    var panels = names.map { label, name in
      axis.panel(label, of: name, curves: curves) { $0[name]?.theory }
    }
    // Other masks hide more than one coordinate at a time, and their errors have another floor.
    let floors = Set(study.points.filter { $0[.fullContextError] == nil }.map { $0.number(.bayesError) })
    if case let floor?? = floors.first, floors.count == 1 {
      panels[0].horizontalMarks = [Figure.Mark(floor, "Bayes")]
    }
    let palette = SweepAxis.palette(of: curves)
    let context = panels.removeLast()
    // Of partitions it is the error itself.
    let isOther = study.points.contains { $0[.fullContextError]?.mean != $0[.generalizationError]?.mean }
    return [StudyFigure(name: "errors", figure: Figure(panels: panels, palette: palette))]
      + (isOther && !context.series.isEmpty
        ? [StudyFigure(name: "full-context", figure: Figure(panels: [context], palette: palette))] : [])
  }
}
