import LacunaFigures

extension RecoveryMeasure {
  /// The eigenvalue of the first spike and the squared overlap with it, in the joint predictor and beside it in principal components.
  public static func figures(_ study: StudyResults) throws -> [StudyFigure] {
    guard let axis = SweepAxis(study) else { return [] }
    // Where no outlier leaves the bulk its edge is the extreme.
    let top: (PointResult) -> Double? = { $0[.outlier]?.theory ?? $0.number(.recoveryEdge) }
    let overlap: (PointResult) -> Double? = { $0[.overlap]?.theory }
    let rival: (PointResult) -> Double? = { $0[.principalOverlap]?.theory }
    let points = axis.refined(word, largest: 4096, [top, overlap, rival])
    let curves = axis.curves(points)
    var panels = [
      axis.panel("extreme eigenvalue of Â", of: .outlier, curves: curves, theory: top),
      axis.panel("squared overlap, masked", of: .overlap, curves: curves, theory: overlap),
      // Principal components have no ridge.
      axis.panel(
        "squared overlap, PCA", of: .principalOverlap, curves: axis.curves(axis.ofOneRidge(points)), theory: rival),
    ]
    for index in 1..<panels.count {
      panels[index].yRange = 0...1
      panels[index].yLogarithmic = false
    }
    if curves.count == 1 {
      // One curve a method: both in one panel.
      let other = panels.removeLast().series.map { series in
        Figure.Series(
          series.kind == .markers ? .openMarkers : series.kind, name: "PCA", group: 1, points: series.points)
      }
      for series in panels[1].series.indices { panels[1].series[series].name = "masked" }
      panels[1].series += other
      panels[1].yLabel = "squared overlap with the spike"
    }
    return [
      StudyFigure(name: "recovery", figure: Figure(panels: panels, palette: SweepAxis.palette(of: curves)))
    ]
  }
}
