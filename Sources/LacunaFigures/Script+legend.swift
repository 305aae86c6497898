extension Script {
  /// An entry of the legend, drawn piece by piece where the layout puts it: a sample of each kind, then the name.
  mutating func write(_ entry: PreparedPanel.LegendEntry, x: Double, y: Double) {
    let end = x + Layout.legendSample
    let middle = screenY(y)
    switch entry.sample {
    case .series(let group, let kinds):
      for kind in kinds.sorted(by: { layer($0) < layer($1) }) {
        switch kind {
        case .histogram:
          let color = "fc rgb '\(figure.palette.hexadecimal(group, tint: 0.7))'"
          writeRectangle(x...end, (y - 3)...(y + 3), "\(color) fs solid 1 border \(areaBorder(group))")
        case .line: writeSampleLine(x...end, y, stroke(group))
        case .markers, .openMarkers:
          line("set label '' at screen \(screenX((x + end) / 2)), screen \(middle) point \(marker(kind, group))")
        }
      }
    case .mark(let number): writeSampleLine(x...end, y, markStyle(number))
    case .nothing: break
    }
    line(
      "set label \(Self.quoted(entry.name.enhanced)) at screen \(screenX(end + 4)), screen \(middle) left offset 0,sink font ',7'"
    )
  }

  /// A strip of the colours with its title and labels.
  mutating func write(_ bar: Figure.ColorBar, _ place: ColorBarPlace, box: Layout.Box) {
    let cell = (place.right - place.left) / Double(max(1, bar.labels.count))
    let middle = box.top + place.stripRise
    for group in bar.labels.indices {
      let start = box.left + place.left + Double(group) * cell
      writeRectangle(
        start...(start + cell), (middle - ColorBarPlace.stripHeight / 2)...(middle + ColorBarPlace.stripHeight / 2),
        "fc rgb '\(figure.palette.hexadecimal(group))' fs solid 1 noborder")
    }
    writeText(bar.title, x: box.left, y: box.top + place.titleRise, "left")
    for (group, x) in place.labels where bar.labels.indices.contains(group) {
      writeText(bar.labels[group], x: box.left + x, y: box.top + place.labelRise, "center")
    }
  }

  private mutating func writeText(_ text: FigureText, x: Double, y: Double, _ side: String) {
    line(
      "set label \(Self.quoted(text.enhanced)) at screen \(screenX(x)), screen \(screenY(y)) \(side) offset 0,sink font ',7'"
    )
  }

  private mutating func writeSampleLine(_ xs: ClosedRange<Double>, _ y: Double, _ style: String) {
    line(
      "set arrow from screen \(screenX(xs.lowerBound)), screen \(screenY(y)) to screen \(screenX(xs.upperBound)),"
        + " screen \(screenY(y)) nohead \(style)")
  }

  private mutating func writeRectangle(_ xs: ClosedRange<Double>, _ ys: ClosedRange<Double>, _ style: String) {
    line(
      "set object rectangle from screen \(screenX(xs.lowerBound)), screen \(screenY(ys.lowerBound))"
        + " to screen \(screenX(xs.upperBound)), screen \(screenY(ys.upperBound)) \(style) front")
  }
}
