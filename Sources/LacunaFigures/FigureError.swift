import LacunaFiles

/// Why a figure was not drawn.
public enum FigureError: Error, Sendable, Equatable {
  /// The figure has no panels, or a panel (counted from 1) has no series.
  case nothingToDraw(figure: String, panel: Int?)
  /// No point of a series is finite (and above 0 on a logarithmic axis); panel and series counted from 1.
  case emptySeries(figure: String, panel: Int, series: Int, name: String)
  /// A name that is empty, starts with a point or holds a slash or a control character.
  case invalidName(String)
  /// Ends of an axis that are not finite, equal, or not above 0 on a logarithmic axis.
  case invalidRange(figure: String, panel: Int, axis: String)
  /// gnuplot is not on the path; data and script are written.
  case gnuplotMissing
  /// gnuplot ended with this status (negative: a signal) or wrote no picture; `log` is what it said. Data and script are written.
  case gnuplotFailed(figure: String, status: Int, log: String)
  /// A file could not be written.
  case file(DataFileError)
}

extension FigureError {
  /// Whether NAME.dat and NAME.gp are there nevertheless.
  public var keepsSources: Bool {
    switch self {
    case .gnuplotMissing, .gnuplotFailed: true
    case .nothingToDraw, .emptySeries, .invalidName, .invalidRange, .file: false
    }
  }
}

extension FigureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .nothingToDraw(let figure, let panel):
      "figure \(figure)" + (panel.map { ", panel \($0): it has no series" } ?? " has no panels")
    case .emptySeries(let figure, let panel, let series, let name):
      "figure \(figure), panel \(panel), series \(series)" + (name.isEmpty ? "" : " (\(name))")
        + ": no point of it can be drawn (all are NaN, infinite, or not above 0 on a logarithmic axis)"
    case .invalidName(let name): "'\(name)' is no name for a figure; use letters, digits, '-', '_'"
    case .invalidRange(let figure, let panel, let axis):
      "figure \(figure), panel \(panel): the \(axis) range is empty, not finite or not above 0 on a logarithmic axis"
    case .gnuplotMissing:
      "gnuplot is not on the path, so figures are not drawn; each gets its data NAME.dat and its script NAME.gp: install gnuplot "
        + "(Debian, Ubuntu: apt-get install gnuplot-nox; macOS: brew install gnuplot) and run gnuplot NAME.gp beside them"
    case .gnuplotFailed(let figure, let status, let log):
      "gnuplot could not draw figure \(figure) (status \(status))" + (log.isEmpty ? "" : ":\n\(log)")
    case .file(let error): error.description
    }
  }
}
