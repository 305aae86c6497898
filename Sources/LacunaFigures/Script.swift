/// The gnuplot script of a figure: run in its folder, it draws NAME.svg, NAME.pdf and NAME.png from NAME.dat.
struct Script {
  let figure: Figure
  let panels: [PreparedPanel]
  let layout: Layout
  let name: String
  private(set) var text = ""

  init(_ figure: Figure, _ panels: [PreparedPanel], name: String) {
    self.figure = figure
    self.panels = panels
    self.layout = Layout(panels, figure: figure)
    self.name = name
    write()
  }

  /// A string of gnuplot, in which nothing is expanded but the enhanced notation.
  static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  mutating func line(_ line: String) { text += line + "\n" }

  private mutating func write() {
    let file = Self.quoted("./\(name).")
    line("# Run in this folder: gnuplot \(name).gp")
    line("set encoding utf8")
    line("do for [format in 'svg pdf png'] {")
    line(
      "if (format eq 'svg') { set terminal svg enhanced \(size(2)) \(font(2)) linewidth 1.3 background rgb 'white' }")
    let centimetres = "size \(short(layout.width / 72 * 2.54))cm,\(short(layout.height / 72 * 2.54))cm"
    line("if (format eq 'pdf') { set terminal pdfcairo enhanced \(centimetres) \(font(0.75)) linewidth 0.9 }")
    line(
      "if (format eq 'png') { set terminal pngcairo enhanced \(size(4)) \(font(3)) linewidth 3.2 pointscale 4"
        + " background rgb 'white' }")
    // The svg terminal draws markers half as large and text higher than the cairo ones.
    line("svg = format eq 'svg'; marker = svg ? 2 : 1; tick = svg ? -0.05 : 0.4; sink = svg ? -0.2 : 0")
    line("set output \(file).format")
    line("set multiplot")
    var index = 0
    for (number, panel) in panels.enumerated() {
      write(panel, number: number, firstIndex: index)
      index += panel.panel.series.count
    }
    line("unset multiplot")
    line("unset output")
    line("}")
  }

  private func size(_ scale: Double) -> String {
    "size \(Int((layout.width * scale).rounded())),\(Int((layout.height * scale).rounded()))"
  }

  /// The cairo terminals draw text 4/3 as large as they are told.
  private func font(_ scale: Double) -> String {
    "font '\(figure.font.family),\(short(Layout.fontSize))' fontscale \(short(scale))"
  }

  private mutating func write(_ prepared: PreparedPanel, number: Int, firstIndex: Int) {
    let panel = prepared.panel
    let box = layout.boxes[number]
    line("# panel \(number + 1)")
    line("reset")
    line("set encoding utf8")
    line("set minussign")
    line("set lmargin at screen \(screenX(box.left)); set rmargin at screen \(screenX(box.right))")
    line("set bmargin at screen \(screenY(box.bottom)); set tmargin at screen \(screenY(box.top))")
    line("set border 3 lw 0.7 lc rgb '#222222'")
    line("set tics out nomirror scale 0.6,0.3 font ',7'")
    line("set pointintervalbox 0")
    line("set errorbars 0.6")
    write(prepared.xAxis, "x", offset: "0,tick")
    write(prepared.yAxis, "y", offset: "0.5,sink")
    line(
      "set label \(Self.quoted(panel.xLabel.enhanced)) at screen \(screenX((box.left + box.right) / 2)),"
        + " screen \(screenY(box.bottom - Layout.labelDepth)) center")
    line(
      "set label \(Self.quoted(panel.yLabel.enhanced)) at screen \(screenX(layout.yLabelPlaces[number])),"
        + " screen \(screenY((box.bottom + box.top) / 2)) center rotate by 90")
    writeLabels(prepared, number: number, box: box)
    line("unset key")
    for (entry, place) in zip(prepared.legend, layout.legends[number]) {
      write(entry, x: box.left + place.x, y: box.top + place.y)
    }
    if let bar = panel.colorBar, let place = layout.colorBars[number] { write(bar, place, box: box) }
    writePlot(prepared, firstIndex: firstIndex)
  }

  private mutating func write(_ axis: Axis, _ letter: String, offset: String) {
    if axis.logarithmic { line("set logscale \(letter)") }
    line("set \(letter)range [\(axis.low):\(axis.high)] noextend")
    let ticks = axis.ticks.map { "\(Self.quoted($0.label)) \($0.value)\($0.isMajor ? "" : " 1")" }
    line("set \(letter)tics (\(ticks.joined(separator: ", "))) offset \(offset)")
  }

  private mutating func writeLabels(_ prepared: PreparedPanel, number: Int, box: Layout.Box) {
    for (mark, row) in zip(prepared.verticalMarks, layout.markRows[number]) {
      line(
        "set arrow from first \(mark.value), graph 0 to first \(mark.value), graph 1 nohead back lw 0.8"
          + " dt (3,3) lc rgb '#666666'")
      if let label = mark.label {
        line(
          "set label \(Self.quoted(label.enhanced)) at screen \(screenX(Layout.markCentre(mark, of: prepared, in: box))),"
            + " screen \(screenY(box.top + 7 + Double(row) * Layout.lineHeight)) center font ',7' tc rgb '#444444'"
        )
      }
    }
    for (index, mark) in prepared.horizontalMarks.enumerated() {
      line(
        "set arrow from graph 0, first \(mark.value) to graph 1, first \(mark.value) nohead back \(markStyle(index))")
    }
    let above = layout.titleRises[number]
    if let title = prepared.panel.title {
      line(
        "set label \(Self.quoted(title.enhanced)) at screen \(screenX(box.left)), screen \(screenY(box.top + above)) left"
      )
    }
    if panels.count > 1, number < 26 {
      let letter = String(UnicodeScalar(UInt8(97 + number)))
      line(
        "set label '{/:Bold (\(letter))}' at screen \(screenX(max(2, box.left - 30))), screen \(screenY(box.top + 7)) left"
      )
    }
  }

  func markStyle(_ index: Int) -> String {
    let dashes = ["(6,4)", "(2,3)", "(9,3,2,3)"]
    return "lw 1 dt \(dashes[index % dashes.count]) lc rgb '#666666'"
  }

  private mutating func writePlot(_ prepared: PreparedPanel, firstIndex: Int) {
    let file = Self.quoted("./\(name).dat")
    let order = prepared.panel.series.indices.sorted {
      let (first, second) = (layer(prepared.panel.series[$0].kind), layer(prepared.panel.series[$1].kind))
      return first == second ? $0 < $1 : first < second
    }
    let drawn = order.map { index in
      let series = prepared.panel.series[index]
      let isolated = prepared.points[index].compactMap { $0 }.count == 1
      let source = "\(file) index \(firstIndex + index)"
      return styles(series.kind, series.group, isolated: isolated).map { "\(source) \($0)" }.joined(
        separator: ", \\\n  ")
    }
    line("plot " + drawn.joined(separator: ", \\\n  "))
  }

  /// Areas under lines under markers.
  func layer(_ kind: Figure.Series.Kind) -> Int {
    switch kind {
    case .histogram: 0
    case .line: 1
    case .markers, .openMarkers: 2
    }
  }

  private func styles(_ kind: Figure.Series.Kind, _ group: Int, isolated: Bool) -> [String] {
    let color = "lc rgb '\(figure.palette.hexadecimal(group))'"
    switch kind {
    // A line through one point would be nothing: a cross marks it.
    case .line where isolated: return ["using 1:2 with points pt 1 ps 0.9*marker lw 1.3 \(color)"]
    case .line: return ["using 1:2 with lines \(stroke(group))"]
    case .markers, .openMarkers:
      // gnuplot's own error bars blank out what lies around the markers.
      return [
        "using 1:3:(0):($4-$3) with vectors heads size screen \(screenX(1.6)),90 nofilled lw 1 \(color)",
        "using 1:2 with points \(marker(kind, group))",
      ]
    case .histogram:
      let fill = figure.palette.hexadecimal(group, tint: 0.7)
      return ["using 1:2:3 with boxes fc rgb '\(fill)' fs solid 1 border \(areaBorder(group))"]
    }
  }

  func stroke(_ group: Int) -> String {
    "lw 1.5 \(GroupStyle.dash(group)) lc rgb '\(figure.palette.hexadecimal(group))'"
  }

  func marker(_ kind: Figure.Series.Kind, _ group: Int) -> String {
    "pt \(GroupStyle.marker(group, open: kind == .openMarkers)) ps 0.5*marker lw 1 lc rgb '\(figure.palette.hexadecimal(group))'"
  }

  func areaBorder(_ group: Int) -> String {
    "lc rgb '\(figure.palette.hexadecimal(group, tint: 0.35))' lw 0.5"
  }

  func screenX(_ points: Double) -> String { short(points / layout.width) }
  func screenY(_ points: Double) -> String { short(points / layout.height) }

  /// Four decimals, which place a line to a thousandth of a millimetre.
  private func short(_ value: Double) -> String {
    let text = ((value * 1e4).rounded() / 1e4).description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
