import LacunaFigures

extension VarianceMeasure {
  /// The variance of the predictor against whatever varies most.
  public static func figures(_ study: StudyResults) throws -> [StudyFigure] {
    guard let axis = SweepAxis(study) else { return [] }
    let curves = axis.curves(axis.refined(word, [{ $0[.predictorVariance]?.theory }]))
    let panel = axis.panel("E‖Â − EÂ‖² / {/:Italic d}", of: .predictorVariance, curves: curves)
    guard !panel.series.isEmpty else { return [] }
    return [
      StudyFigure(name: "variance", figure: Figure(panels: [panel], palette: SweepAxis.palette(of: curves)))
    ]
  }
}
