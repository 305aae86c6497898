/// What a paper asks of its figures: how wide they are, and in which font.
public struct FigureStyle: Sendable, Equatable {
  public enum Width: Sendable, Equatable {
    /// Panels as the figure has them, each 9 cm wide: two side by side on a page of 18 cm.
    case page
    /// Panels above one another in a column of 9 cm.
    case column
    /// A width of one's own, 6 to 60 cm, with as many panels in a row as keep 6 cm each.
    case centimetres(Double)

    /// `column`, `page`, or a number of centimetres, `cm` behind it or not; nil for anything else.
    public init?(_ text: String) {
      switch text {
      case "page": self = .page
      case "column": self = .column
      default:
        guard let width = Double(text.hasSuffix("cm") ? String(text.dropLast(2)) : text), Self.widths.contains(width)
        else { return nil }
        self = .centimetres(width)
      }
    }

    static let widths = 6.0...60.0
  }

  /// In which of the program's own fonts text is drawn.
  public enum Font: String, Sendable, CaseIterable {
    case sans, serif

    /// For fontconfig and browsers, which know what stands for it.
    var family: String { self == .sans ? "sans-serif" : "serif" }
  }

  public var width: Width
  public var font: Font

  /// - Parameter width: a page unless told.
  /// - Parameter font: without serifs unless told.
  public init(width: Width = .page, font: Font = .sans) {
    self.width = width
    self.font = font
  }
}

extension Figure {
  /// The same figure in a style.
  /// - Parameter style: widths outside 6 to 60 cm are brought to the nearer end.
  public func styled(_ style: FigureStyle) -> Figure {
    var figure = self
    figure.font = style.font
    switch style.width {
    case .page: break
    case .column: figure.arrangement = .stacked
    case .centimetres(let width):
      let points = min(max(width, FigureStyle.Width.widths.lowerBound), FigureStyle.Width.widths.upperBound) / 2.54 * 72
      let fitting = max(1, Int(points / (FigureStyle.Width.widths.lowerBound / 2.54 * 72)))
      let columns = min(arrangement.columns(of: panels.count), fitting)
      figure.arrangement = .grid(columns: columns)
      figure.panelWidth = points / Double(columns)
    }
    return figure
  }
}
