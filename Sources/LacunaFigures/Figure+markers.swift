extension Figure {
  /// A marker on the page: what a reader may point at.
  package struct PlacedMarker {
    /// In points from the left and from the top of the page.
    package var x, y: Double
    package var point: Point
    /// Of its series, and of the axes; plain text.
    package var name: String?
    package var xLabel, yLabel: String
  }

  /// Where the markers of a figure are drawn, on a page of so many points.
  package func placedMarkers() throws(FigureError) -> (width: Double, height: Double, markers: [PlacedMarker]) {
    var prepared: [PreparedPanel] = []
    for (index, panel) in panels.enumerated() {
      prepared.append(try PreparedPanel(panel, figure: "figure", number: index + 1))
    }
    let layout = Layout(prepared, figure: self)
    let markers = zip(prepared, layout.boxes).flatMap { prepared, box in
      zip(prepared.panel.series, prepared.points).flatMap { series, points -> [PlacedMarker] in
        guard series.kind == .markers || series.kind == .openMarkers else { return [] }
        return points.compactMap { point in
          guard let point else { return nil }
          let (x, y) = (prepared.xAxis.fraction(point.x), prepared.yAxis.fraction(point.y))
          guard (0...1).contains(x), (0...1).contains(y) else { return nil }
          return PlacedMarker(
            x: box.left + x * (box.right - box.left), y: layout.height - box.bottom - y * (box.top - box.bottom),
            point: point, name: series.name?.plain, xLabel: prepared.panel.xLabel.plain,
            yLabel: prepared.panel.yLabel.plain)
        }
      }
    }
    return (layout.width, layout.height, markers)
  }
}

extension FigureText {
  /// The text without its notation: `E_gen`, `10^−3`, `n / d`.
  var plain: String {
    var text = ""
    var rest = Substring(enhanced)
    while let character = rest.popFirst() {
      switch character {
      case "\\": if let next = rest.popFirst() { text.append(next) }
      case "{": if rest.first == "/" { rest = rest.drop { $0 != " " && $0 != "}" }.dropFirst() }
      case "}": break
      default: text.append(character)
      }
    }
    return text
  }
}
