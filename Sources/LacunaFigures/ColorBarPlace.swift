/// Where a colour bar stands above its box, in points: from the left of the box, and above its top.
struct ColorBarPlace {
  /// The ends of the strip of colours.
  let left, right: Double
  /// The middle of the strip, of the labels below it, and of the title.
  let stripRise, labelRise, titleRise: Double
  /// The groups that carry a label, and where its middle stands.
  let labels: [(group: Int, x: Double)]
  /// How many lines of text it takes.
  let rows: Int

  static let stripHeight = 6.0

  /// - Parameter width: of the box.
  /// - Parameter base: of its lowest line of text, above the box.
  init(_ bar: Figure.ColorBar, width: Double, base: Double) {
    let titleWidth = bar.title.width * Layout.letter
    // A long title has a line of its own.
    let isBeside = titleWidth < 0.35 * width
    left = isBeside ? titleWidth + 10 : 0
    right = width
    labelRise = base
    stripRise = base + 0.85 * Layout.lineHeight
    titleRise = isBeside ? stripRise : base + 1.85 * Layout.lineHeight
    rows = isBeside ? 2 : 3
    let cell = (right - left) / Double(max(1, bar.labels.count))
    let widest = bar.labels.map { $0.width * Layout.letter }.max() ?? 0
    let last = bar.labels.count - 1
    // As many intervals as the labels leave room for, the first and last group among the labelled ones.
    let intervals = max(1, min(4, last, Int((right - left - widest) / (widest + 8))))
    let labelled = last < 1 ? [0] : (0...intervals).map { ($0 * last + intervals / 2) / intervals }
    labels = labelled.map { [left, right] group in
      let half = bar.labels.isEmpty ? 0 : bar.labels[group].width * Layout.letter / 2
      let centre = left + (Double(group) + 0.5) * cell
      return (group, min(max(centre, left + half), max(right - half, left + half)))
    }
  }
}
