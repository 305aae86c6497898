import LacunaAlgebra

/// What a fit says of other numbers of rows, and how that stands up to a measurement.
public struct FitLearning: Sendable {
  /// The error of the fit of some rows, drawn at random, on all others.
  public struct Measurement: Sendable, Equatable {
    /// Rows fitted, at the ridge that the curve says for so many.
    public var sampleCount: Int
    public var predicted: Double
    public var measured: Double
    /// Of the difference: of the measurement over rows, and of the prediction.
    public var standardError: Double

    /// Whether the two are further apart than chance and the finite number of coordinates explain.
    var isMiss: Bool { !(abs(predicted - measured) <= 3 * standardError + 0.02 * measured) }
  }

  /// With n/2, n, 2n, 4n, 10n and ∞ rows, as far as the path tells.
  public var points: [LearningCurve.Point]
  /// The curve itself; nil where there is none.
  public var curve: LearningCurve?
  /// Why there is no curve.
  public var reason: String?
  /// The rows, half of all or as many as fit into 2²⁷ numbers, that were fitted to see whether the curve holds.
  public var selfCheck: Measurement?
  /// Other numbers of rows that were asked for.
  public var subsamples: [Measurement]
  /// Sentences on what is doubtful.
  public var warnings: [String]
}

extension FitResult {
  /// The learning curve of this fit, checked on a random half of the rows.
  /// - Parameter subsamples: other numbers of rows to measure the error of, each below the fit's own.
  /// - Throws: `FitError.request` for a number of rows that leaves none to measure on, or fewer than two to fit; what the
  ///   device throws.
  public func learning(subsamples: [Int] = []) throws(FitError) -> FitLearning {
    var learning = FitLearning(points: [], subsamples: [], warnings: [])
    if let count = subsamples.first(where: { $0 < 2 || $0 > sampleCount - 2 }) {
      throw .request("a subsample of \(count) rows: of \(sampleCount), 2 to \(sampleCount - 2) can be fitted")
    }
    guard let fit = fit as? DataFit<Device>, let scatter = rows?.standardError, best.meanHeldOut > 0 else {
      learning.reason = absence
      return learning
    }
    return try FitError.wrapping {
      let path = search.path.map { (ridge: $0.ridge, error: $0.meanHeldOut, score: fit.criterion($0)) }
      guard
        let curve = LearningCurve(
          path: path, spectrum: try fit.spectrum(), unit: fit.ridgeUnit, sampleCount: sampleCount,
          centered: fit.centered, relativeError: scatter / best.meanHeldOut, precision: precision)
      else {
        learning.reason = "it needs a path of ridges: at fewer than three of these the data tell of more rows"
        return learning
      }
      learning.curve = curve
      let n = sampleCount
      learning.points = [n / 2, n, 2 * n, 4 * n, 10 * n, nil].compactMap {
        curve.expected(sampleCount: $0)
      }
      let order = KeyedPermutation(
        count: n, stream: RandomStream(seed: request.seed, purpose: .probes, index: 0), index: 0)
      func measure(_ count: Int) throws -> FitLearning.Measurement? {
        guard count >= 2, n - count >= 2, let point = curve.expected(sampleCount: count),
          let found = try fit.measured(fitting: (0..<count).map { order($0) }.sorted(), ridge: point.ridge)
        else { return nil }
        return FitLearning.Measurement(
          sampleCount: count, predicted: point.error, measured: found.error,
          standardError: (found.standardError * found.standardError + point.standardError * point.standardError)
            .squareRoot())
      }
      learning.selfCheck = try measure(min(n / 2, max(2, Self.copiedNumbers / coordinateCount)))
      learning.subsamples = try subsamples.compactMap(measure)
      if let check = learning.selfCheck, check.isMiss {
        learning.warnings.append(
          "the learning curve says \(briefly(check.predicted)) for \(check.sampleCount) rows, and so many at random have "
            + "\(briefly(check.measured)) on the others (standard error \(briefly(check.standardError))): rows that are repeated, "
            + "follow each other or belong together (--groups), or are of several kinds, make it wrong")
      }
      return learning
    }
  }

  /// Numbers that the self-check may copy: fewer than half of the rows are fitted where half have more.
  private static var copiedNumbers: Int { 1 << 27 }

  /// Why this fit has no learning curve.
  private var absence: String {
    switch fit.validation {
    case .leaveOneGroupOut: "rows in groups are not independent, which it presumes"
    case .hiddenCells: "with missing cells the rows do not tell alike of the coordinates"
    case .folds: "it is known for leave-one-out masks alone"
    case .leaveOneSampleOut:
      best.meanHeldOut > 0
        ? "it is not made of sparse samples" : "there is no error to expect: nothing is left of the data"
    }
  }
}
