import LacunaFigures
import LacunaFiles
import MaskedRegression

extension FitSummary {
  /// The learning curve, `learning_curve` and the keys about it.
  public struct Learning: Encodable, Sendable {
    public struct Point: Encodable, Sendable {
      /// nil for ∞.
      @OrNull public var sampleCount: Int?
      public var ridge, error: Double
      @OrNull public var standardError: Double?
      public var isUpperBound: Bool

      enum CodingKeys: String, CodingKey {
        case ridge, error
        case sampleCount = "n"
        case standardError = "standard_error"
        case isUpperBound = "upper_bound"
      }
    }

    public struct Measurement: Encodable, Sendable {
      public var sampleCount: Int
      /// Which were fitted: `random`, `random, copies together` or `first`.
      public var rows: String
      public var predicted, measured, standardError: Double

      enum CodingKeys: String, CodingKey {
        case rows, predicted, measured
        case sampleCount = "n"
        case standardError = "standard_error"
      }

      init(_ found: FitLearning.Measurement) {
        sampleCount = found.sampleCount
        rows =
          switch found.choice {
          case .random: "random"
          case .copiesTogether: "random, copies together"
          case .firstRows: "first"
          }
        predicted = found.predicted
        measured = found.measured
        standardError = found.standardError
      }
    }

    /// nil where there is no curve.
    public var points: [Point]?
    /// Why there is none.
    public var reason: String?
    /// The error that was wanted.
    public var wantedError: Double?
    /// The rows that it needs; nil where none is wanted, or no number of rows is seen to reach it.
    public var rowsNeeded: Int?
    public var selfCheck: Measurement?
    public var subsamples: [Measurement]

    /// - Parameter learning: of the fit.
    /// - Parameter wantedError: a mean squared error of a cell.
    public init(_ learning: FitLearning, wantedError: Double? = nil) {
      if learning.curve != nil {
        points = learning.points.map {
          Point(
            sampleCount: $0.expected.sampleCount, ridge: $0.expected.ridge, error: $0.expected.error,
            standardError: $0.standardError, isUpperBound: $0.expected.isUpperBound)
        }
      }
      reason = learning.reason
      self.wantedError = wantedError
      rowsNeeded = wantedError.flatMap { learning.curve?.rows(reaching: $0) }
      selfCheck = learning.selfCheck.map(Measurement.init)
      subsamples = learning.subsamples.map(Measurement.init)
    }

    enum CodingKeys: String, CodingKey {
      case subsamples
      case points = "learning_curve"
      case reason = "learning_curve_reason"
      case wantedError = "wanted_error"
      case rowsNeeded = "rows_needed"
      case selfCheck = "self_check"
    }

    public func encode(to encoder: any Encoder) throws { try Optional(self).encodeKeys(to: encoder) }
  }
}

extension FitSummary {
  /// Takes in what a fit says of other numbers of rows, with its warnings.
  /// - Parameter found: of the fit.
  /// - Parameter wantedError: a mean squared error of a cell that somebody wants.
  public mutating func take(_ found: FitLearning, wantedError: Double? = nil) {
    learning = Learning(found, wantedError: wantedError)
    warnings += found.warnings
    let training = Dictionary(found.training.map { ($0.ridge, $0.error) }, uniquingKeysWith: { first, _ in first })
    for index in path.indices { path[index].expectedTrainingError = finite(training[path[index].ridge]) }
  }
}

extension FitSummary.Learning? {
  /// The keys, each there and null where there is nothing, beside those of the summary.
  func encodeKeys(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: FitSummary.Learning.CodingKeys.self)
    try container.encode(self?.points, forKey: .points)
    try container.encode(self?.reason, forKey: .reason)
    try container.encode(self?.wantedError, forKey: .wantedError)
    try container.encode(self?.rowsNeeded, forKey: .rowsNeeded)
    try container.encode(self?.selfCheck, forKey: .selfCheck)
    try container.encode(self?.subsamples ?? [], forKey: .subsamples)
  }
}

extension FitResult {
  /// The error to expect against the number of rows; nil without a curve.
  /// - Parameter learning: of this fit.
  public func learningFigure(_ learning: FitLearning) -> Figure? {
    guard let curve = learning.curve else { return nil }
    let n = Double(sampleCount)
    let measured = (learning.selfCheck.map { [$0] } ?? []) + learning.subsamples
    // From a quarter of the rows, or what was measured of fewer, to ten times as many.
    let least = min(0.25, Double(measured.map(\.sampleCount).min() ?? sampleCount) / n)
    let path = geometricPath(from: least, to: 10, count: 61)
    let line = path.compactMap { share -> Figure.Point? in
      let rows = Int((n * share).rounded())
      return rows < 3 ? nil : curve.expected(sampleCount: rows).map { Figure.Point(Double(rows), $0.error) }
    }
    guard line.count > 1 else { return nil }
    var series = [
      Figure.Series(.line, name: "expected", group: 0, points: line),
      Figure.Series(
        .markers, name: "leave one sample out", group: 0,
        points: [Figure.Point(n, best.meanHeldOut, error: try? standardError())]),
    ]
    // The other rows are not all rows, and have an error of their own: what was measured is drawn as far from the line as it was
    // from what the line says of them.
    let points = measured.compactMap { part in
      curve.expected(sampleCount: part.sampleCount).map { whole in
        let ratio = whole.error / part.predicted
        return Figure.Point(Double(part.sampleCount), ratio * part.measured, error: ratio * part.standardError)
      }
    }
    if !points.isEmpty {
      series.append(Figure.Series(.openMarkers, name: "some rows, against expected", group: 1, points: points))
    }
    return Figure(panels: [
      Figure.Panel(
        xLabel: "rows n", yLabel: "mean squared error", xLogarithmic: true, yLogarithmic: false, series: series,
        verticalMarks: [])
    ])
  }
}
