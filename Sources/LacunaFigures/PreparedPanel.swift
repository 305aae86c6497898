/// A panel made ready to draw: points that can be drawn, axes that hold them, and what goes into the legend.
struct PreparedPanel {
  let panel: Figure.Panel
  let xAxis: Axis
  let yAxis: Axis
  /// The series that the panel has, with only their drawable points; nil stands where a line is interrupted.
  let points: [[Figure.Point?]]
  let verticalMarks: [Figure.Mark]
  let horizontalMarks: [Figure.Mark]
  let legend: [LegendEntry]

  struct LegendEntry {
    var name: FigureText
    var sample: Sample

    /// What stands before the name.
    enum Sample {
      case series(group: Int, kinds: [Figure.Series.Kind])
      /// A horizontal mark, by its number.
      case mark(Int)
      case nothing
    }
  }

  /// So many stand in a legend, which is then lower than its plot in one column too.
  static let legendLimit = 8

  /// - Throws: `nothingToDraw`, `emptySeries`, `invalidRange`.
  init(_ panel: Figure.Panel, figure: String, number: Int) throws(FigureError) {
    guard !panel.series.isEmpty else { throw .nothingToDraw(figure: figure, panel: number) }
    for (range, logarithmic, axis) in [
      (panel.xRange, panel.xLogarithmic, "x"), (panel.yRange, panel.yLogarithmic, "y"),
    ] {
      guard let range else { continue }
      guard Axis.holds(range.lowerBound, logarithmic: logarithmic),
        Axis.holds(range.upperBound, logarithmic: logarithmic), range.lowerBound < range.upperBound
      else { throw .invalidRange(figure: figure, panel: number, axis: axis) }
    }
    var points: [[Figure.Point?]] = []
    for (index, series) in panel.series.enumerated() {
      let drawable = series.points.map { point in
        Axis.holds(point.x, logarithmic: panel.xLogarithmic) && Axis.holds(point.y, logarithmic: panel.yLogarithmic)
          ? point : nil
      }
      guard drawable.contains(where: { $0 != nil }) else {
        throw .emptySeries(figure: figure, panel: number, series: index + 1, name: series.name?.enhanced ?? "")
      }
      points.append(drawable)
    }
    let verticalMarks = panel.verticalMarks.filter { Axis.holds($0.value, logarithmic: panel.xLogarithmic) }
    let horizontalMarks = panel.horizontalMarks.filter { Axis.holds($0.value, logarithmic: panel.yLogarithmic) }

    var xs = verticalMarks.map(\.value)
    var ys = horizontalMarks.map(\.value)
    var fromZero = false
    for (series, drawable) in zip(panel.series, points) {
      for case let point? in drawable {
        var half = 0.0
        if case .histogram(let width) = series.kind {
          half = width / 2
          fromZero = true
        }
        xs += [point.x - half, point.x + half]
        if let range = panel.xRange, !range.contains(point.x) { continue }
        ys.append(point.y)
        if let error = point.error, error.isFinite { ys += [point.y - error, point.y + error] }
      }
    }
    if fromZero { ys.append(0) }
    xAxis = Axis(
      values: xs.filter { Axis.holds($0, logarithmic: panel.xLogarithmic) }, given: panel.xRange,
      logarithmic: panel.xLogarithmic)
    yAxis = Axis(
      values: ys.filter { Axis.holds($0, logarithmic: panel.yLogarithmic) }, given: panel.yRange,
      logarithmic: panel.yLogarithmic, fromZero: fromZero)
    self.panel = panel
    self.points = points
    self.verticalMarks = verticalMarks
    self.horizontalMarks = horizontalMarks

    legend = Self.legend(panel, marks: horizontalMarks)
  }

  /// The names of the series, unless a colour bar stands for them, and of the marks; beyond the limit it is said how many are
  /// left out.
  private static func legend(_ panel: Figure.Panel, marks: [Figure.Mark]) -> [LegendEntry] {
    var named: [(name: FigureText, group: Int, kinds: [Figure.Series.Kind])] = []
    for series in panel.series where panel.colorBar == nil {
      guard let name = series.name else { continue }
      if let known = named.firstIndex(where: { $0.name == name && $0.group == series.group }) {
        named[known].kinds.append(series.kind)
      } else {
        named.append((name, series.group, [series.kind]))
      }
    }
    let marked = marks.enumerated().compactMap { index, mark in
      mark.label.map { LegendEntry(name: $0, sample: .mark(index)) }
    }.prefix(legendLimit / 2)
    let room = legendLimit - marked.count
    let shown = named.count > room ? room - 1 : named.count
    var legend = named.prefix(shown).map { entry in
      LegendEntry(name: entry.name, sample: .series(group: entry.group, kinds: entry.kinds))
    }
    if shown < named.count { legend.append(LegendEntry(name: "and \(named.count - shown) more", sample: .nothing)) }
    return legend + marked
  }
}
