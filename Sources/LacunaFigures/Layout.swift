/// Where the boxes of the panels lie, in points of a printed page; all text is about 8 points high.
///
/// The box of a panel of 255 points (9 cm, a column of a two-column paper) is 145 points high whatever stands above; those of
/// others are higher or lower alike.
struct Layout {
  static let fontSize = 8.0
  static let lineHeight = 12.0
  /// Room for one letter of text.
  static let letter = 4.4
  /// From the box down to the middle of the axis' label, and to the edge.
  static let labelDepth = 22.0
  static let bottom = 29.0
  static let right = 9.0
  /// From the left edge to the middle of a vertical axis' label.
  static let labelMargin = 9.0
  /// Length of the sample in a legend.
  static let legendSample = 20.0

  struct Box {
    var left, right, bottom, top: Double
  }

  private(set) var width = 0.0
  private(set) var height = 0.0
  private(set) var boxes: [Box] = []
  /// Where the middle of each vertical axis' label stands.
  private(set) var yLabelPlaces: [Double] = []
  /// Where the entries of each panel's legend start: from the left of its box, and their middle above its top.
  private(set) var legends: [[(x: Double, y: Double)]] = []
  /// The colour bar of each panel that has one.
  private(set) var colorBars: [ColorBarPlace?] = []
  /// How far above its box the middle of each panel's title stands.
  private(set) var titleRises: [Double] = []
  /// For each panel and vertical mark, the row above the box that its label stands in, from 0; -1 without a label.
  private(set) var markRows: [[Int]] = []

  init(_ panels: [PreparedPanel], figure: Figure) {
    let ownLefts = panels.map { Self.labelMargin + Self.yLabelDistance($0) }
    let columns = figure.arrangement.columns(of: panels.count)
    let panelWidth = figure.panelWidth
    let boxHeight = min(max(145 * panelWidth / 255, 110), 260)
    // Boxes above one another are aligned.
    let lefts = panels.indices.map { index in
      stride(from: index % columns, to: panels.count, by: columns).map { ownLefts[$0] }.max() ?? 0
    }
    let rows = stride(from: 0, to: panels.count, by: columns).map { $0..<min($0 + columns, panels.count) }
    let boxWidths = lefts.map { panelWidth - $0 - Self.right }
    markRows = zip(panels, boxWidths).map { Self.rows(of: $0, boxWidth: $1) }
    var tops: [Double] = []
    for (index, (panel, boxWidth)) in zip(panels, boxWidths).enumerated() {
      // Legends side by side stand on one line, over the labels of marks.
      let row = rows[index / columns]
      let base = 10 + Double((markRows[row].joined().max() ?? -1) + 1) * Self.lineHeight
      let (entries, legendRows) = Self.legend(panel, width: boxWidth, base: base)
      legends.append(entries)
      let bar = panel.panel.colorBar.map {
        ColorBarPlace($0, width: boxWidth, base: base + Double(legendRows) * Self.lineHeight)
      }
      colorBars.append(bar)
      let rise = base + Double(legendRows + (bar?.rows ?? 0)) * Self.lineHeight
      titleRises.append(rise)
      let top = rise - 4 + (panel.panel.title == nil ? 0 : Self.lineHeight)
      // The letters of several panels have their room whatever else stands above.
      tops.append(max(top, panels.count > 1 ? 14 : 0))
    }
    for row in rows {
      let rise = titleRises[row].max() ?? 0
      for index in row { titleRises[index] = rise }
    }
    let rowTops = rows.map { tops[$0].max() ?? 0 }
    width = panelWidth * Double(columns)
    height = rowTops.reduce(0, +) + Double(rows.count) * (Self.bottom + boxHeight)
    var start = height
    for (row, top) in zip(rows, rowTops) {
      start -= top + boxHeight
      for (column, index) in row.enumerated() {
        let edge = panelWidth * Double(column)
        boxes.append(
          Box(
            left: edge + lefts[index], right: edge + panelWidth - Self.right, bottom: start,
            top: start + boxHeight))
      }
      start -= Self.bottom
    }
    // So are their labels.
    yLabelPlaces = zip(boxes, lefts).map { box, left in box.left - (left - Self.labelMargin) }
  }

  private static func yLabelDistance(_ panel: PreparedPanel) -> Double {
    15 + 5 * (panel.yAxis.ticks.map { FigureText(enhanced: $0.label).width }.max() ?? 0)
  }

  /// Where the label of a vertical mark is centred: above the mark, but on the page.
  static func markCentre(_ mark: Figure.Mark, of panel: PreparedPanel, in box: Box) -> Double {
    let half = (mark.label?.width ?? 0) * letter / 2
    let centre = box.left + panel.xAxis.fraction(mark.value) * (box.right - box.left)
    return min(centre, box.right + right - 2 - half)
  }

  /// The entries in rows, aligned in as many columns as the width holds.
  private static func legend(
    _ panel: PreparedPanel, width: Double, base: Double
  ) -> (entries: [(x: Double, y: Double)], rows: Int) {
    let widths = panel.legend.map { legendSample + 4 + $0.name.width * letter + 10 }
    var starts: [Double] = []
    for columns in stride(from: widths.count, to: 0, by: -1) {
      let columnWidths = (0..<columns).map { column in
        stride(from: column, to: widths.count, by: columns).map { widths[$0] }.max() ?? 0
      }
      starts = columnWidths.indices.map { columnWidths[..<$0].reduce(0, +) }
      if columnWidths.reduce(0, +) - 10 <= width { break }
    }
    let rows = starts.isEmpty ? 0 : (widths.count + starts.count - 1) / starts.count
    let entries = widths.indices.map { index in
      (x: starts[index % starts.count], y: base + Double(rows - 1 - index / starts.count) * lineHeight)
    }
    return (entries, rows)
  }

  /// The first row above the box in which each mark's label does not touch another.
  private static func rows(of panel: PreparedPanel, boxWidth: Double) -> [Int] {
    var taken: [[ClosedRange<Double>]] = []
    return panel.verticalMarks.map { mark in
      guard let label = mark.label else { return -1 }
      let centre = panel.xAxis.fraction(mark.value) * boxWidth
      let half = label.width * letter / 2 + 2
      let extent = (centre - half)...(centre + half)
      let row = taken.firstIndex { !$0.contains { $0.overlaps(extent) } } ?? taken.count
      if row == taken.count { taken.append([]) }
      taken[row].append(extent)
      return row
    }
  }
}
