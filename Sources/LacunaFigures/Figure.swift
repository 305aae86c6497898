/// A figure for a paper: one panel, or several side by side, in pairs or stacked, drawn by gnuplot as SVG, PDF and PNG.
public struct Figure: Sendable {
  public var panels: [Panel]
  public var arrangement: Arrangement
  public var palette: Palette
  /// Of a whole panel, in points of a printed page; a column of a two-column paper is 255.
  var panelWidth = 255.0
  var font = FigureStyle.Font.sans

  public enum Arrangement: Sendable, Equatable {
    case sideBySide
    case stacked
    /// Row by row, this many panels in each.
    case grid(columns: Int)

    /// How many of the panels stand in a row.
    package func columns(of panelCount: Int) -> Int {
      switch self {
      case .sideBySide: max(1, panelCount)
      case .stacked: 1
      case .grid(let columns): max(1, min(columns, panelCount))
      }
    }
  }

  public init(
    panels: [Panel], arrangement: Arrangement = .sideBySide, palette: Palette = .distinct
  ) {
    self.panels = panels
    self.arrangement = arrangement
    self.palette = palette
  }

  /// Those of all panels, each once.
  public var notes: [String] {
    panels.flatMap(\.notes).reduce(into: []) { notes, note in if !notes.contains(note) { notes.append(note) } }
  }

  /// One pair of axes and what is drawn between them.
  public struct Panel: Sendable {
    public var title: FigureText?
    public var xLabel: FigureText
    public var yLabel: FigureText
    public var xLogarithmic: Bool
    public var yLogarithmic: Bool
    /// The ends of an axis; nil fits the data.
    public var xRange: ClosedRange<Double>?
    public var yRange: ClosedRange<Double>?
    public var series: [Series]
    /// Thin lines across the panel at an x, with their labels above it: thresholds, optima.
    public var verticalMarks: [Mark]
    /// Thin lines across the panel at a y, with their labels in the legend: floors, limits.
    public var horizontalMarks: [Mark]
    /// Stands for the names of the series where they are too many for a legend.
    public var colorBar: ColorBar?
    /// What a reader of the data should know, a sentence each: comments above the panel's series in the data file.
    public var notes: [String] = []

    public init(
      title: FigureText? = nil, xLabel: FigureText, yLabel: FigureText, xLogarithmic: Bool = false,
      yLogarithmic: Bool = false, xRange: ClosedRange<Double>? = nil, yRange: ClosedRange<Double>? = nil,
      series: [Series], verticalMarks: [Mark] = [], horizontalMarks: [Mark] = [],
      colorBar: ColorBar? = nil
    ) {
      self.title = title
      self.xLabel = xLabel
      self.yLabel = yLabel
      self.xLogarithmic = xLogarithmic
      self.yLogarithmic = yLogarithmic
      self.xRange = xRange
      self.yRange = yRange
      self.series = series
      self.verticalMarks = verticalMarks
      self.horizontalMarks = horizontalMarks
      self.colorBar = colorBar
    }
  }

  /// The colours of the groups side by side, some of them labelled: the legend of many ordered groups.
  public struct ColorBar: Sendable {
    /// What the groups are told apart by.
    public var title: FigureText
    /// One a group, in their order.
    public var labels: [FigureText]

    public init(title: FigureText, labels: [FigureText]) {
      self.title = title
      self.labels = labels
    }
  }

  /// A line at one coordinate.
  public struct Mark: Sendable {
    public var value: Double
    public var label: FigureText?

    public init(_ value: Double, _ label: FigureText? = nil) {
      self.value = value
      self.label = label
    }
  }
}
