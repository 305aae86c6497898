/// The data file beside the script: a block a series, in order, each found by its index.
enum PlotData {
  static func text(_ panels: [PreparedPanel]) -> String {
    var text = ""
    var index = 0
    for (panelIndex, panel) in panels.enumerated() {
      var notes = panel.panel.notes.map { "# note: \($0.split(whereSeparator: \.isNewline).joined(separator: " "))\n" }
        .joined()
      for (series, points) in zip(panel.panel.series, panel.points) {
        if index > 0 { text += "\n\n" }
        let name = series.name.map { ": \($0.enhanced)" } ?? ""
        text += notes + "# index \(index), panel \(panelIndex + 1)\(name)\n# \(columns(series.kind))\n"
        text += rows(series, points, yAxis: panel.yAxis)
        notes = ""
        index += 1
      }
    }
    return text
  }

  private static func columns(_ kind: Figure.Series.Kind) -> String {
    switch kind {
    case .markers, .openMarkers: "x y y_low y_high"
    case .histogram: "x y width"
    case .line: "x y"
    }
  }

  private static func rows(_ series: Figure.Series, _ points: [Figure.Point?], yAxis: Axis) -> String {
    var text = ""
    var interrupted = false
    var isFirst = true
    for point in points {
      guard let point else {
        interrupted = true
        continue
      }
      // One blank line interrupts a line; two would end the block.
      if interrupted && !isFirst && series.kind == .line { text += "\n" }
      interrupted = false
      isFirst = false
      let error = point.error.flatMap { $0.isFinite ? abs($0) : nil } ?? 0
      // On a logarithmic axis a bar that reaches 0 goes down to the axis.
      let lower = point.y - error
      let low = yAxis.logarithmic && lower <= 0 ? min(yAxis.low, point.y) : lower
      switch series.kind {
      case .markers, .openMarkers: text += "\(point.x) \(point.y) \(low) \(point.y + error)\n"
      case .histogram(let width): text += "\(point.x) \(point.y) \(width)\n"
      case .line: text += "\(point.x) \(point.y)\n"
      }
    }
    return text
  }
}
