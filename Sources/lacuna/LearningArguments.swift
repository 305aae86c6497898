import ArgumentParser
import LacunaFits

/// What `lacuna fit` is asked of other numbers of rows.
struct LearningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Also print how many rows this error of a cell needs: a mean squared error, or a share of the mean square as in 20%.",
      valueName: "error"),
    transform: WantedError.parse)
  var wantedError: WantedError?

  @Option(
    help: ArgumentHelp(
      "Also measure the error of so many rows, drawn at random, on the others, beside the learning curve.",
      valueName: "counts"),
    transform: LearningOptions.counts)
  var subsamples: [Int]?

  private static func counts(_ text: String) throws -> [Int] {
    let counts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard counts.allSatisfy({ ($0 ?? 0) >= 2 }) else { throw ValidationError("write numbers of rows, as in 100,200") }
    return counts.compactMap { $0 }
  }
}

/// An error that somebody wants.
enum WantedError: Equatable {
  case value(Double)
  /// Of the mean square of a coordinate.
  case share(Double)

  static func parse(_ text: String) throws -> WantedError {
    let isShare = text.hasSuffix("%")
    guard let value = Double(isShare ? String(text.dropLast()) : text), value > 0, value.isFinite else {
      throw ValidationError("write a positive number, or a share as in 20%")
    }
    return isShare ? .share(value / 100) : .value(value)
  }

  func error(meanSquare: Double) -> Double {
    switch self {
    case .value(let value): value
    case .share(let share): share * meanSquare
    }
  }
}

extension FitSummary.Learning {
  /// For the terminal.
  var text: String {
    guard let points else { return wantedError == nil ? "" : reason.map { "no learning curve: \($0)" } ?? "" }
    var table = TextTable(["rows", "error to expect", "standard error", "ridge"])
    for point in points {
      table.append([
        point.sampleCount.map { "\($0)" } ?? "∞", (point.isUpperBound ? "≤ " : "") + format(point.error, digits: 5),
        point.standardError.map { format($0, digits: 2) } ?? "–", format(point.ridge, digits: 4),
      ])
    }
    var lines = [table.text]
    for (found, what) in (selfCheck.map { [($0, "half")] } ?? []) + subsamples.map({ ($0, "subsample") }) {
      lines.append(
        "\(what): \(found.sampleCount) rows (\(found.rows)) have \(format(found.measured, digits: 5)) on the others, "
          + "\(format(found.predicted, digits: 5)) expected (standard error of the difference "
          + "\(format(found.standardError, digits: 2)))")
    }
    if let wantedError {
      lines.append(
        rowsNeeded.map { "an error of \(format(wantedError, digits: 4)) needs about \($0) rows" }
          ?? "an error of \(format(wantedError, digits: 4)) is not reached by any number of rows that the path tells of"
      )
    }
    return lines.joined(separator: "\n")
  }
}
