import LacunaAlgebra
import RealModule

/// What a fit says of other numbers of rows, and how that stands up to a measurement.
public struct FitLearning: Sendable {
  /// What to expect, and how well that is known.
  public struct Point: Sendable, Equatable {
    public var expected: LearningCurve.Point
    /// Of its error: the larger of what rows scatter by and of `CurveScatter`, whose rows are Gaussian; nil where the device does
    /// not keep the digits.
    public var standardError: Double?
  }

  /// The error of the fit of some rows on all others.
  public struct Measurement: Sendable, Equatable {
    /// How the rows to fit were chosen.
    public enum Choice: Sendable, Equatable {
      case random
      /// At random, but those that are equal stay together.
      case copiesTogether
      /// The first of them all: neighbours are alike.
      case firstRows
    }

    /// Rows fitted, at the ridge that the curve says for so many.
    public var sampleCount: Int
    public var choice: Choice
    /// What the curve says for the rows that were not fitted: their own errors, each left out of the whole fit, times the curve's
    /// error at so many rows over that of the whole.
    public var predicted: Double
    public var measured: Double
    /// Of the difference: over those rows with what `dependence` makes of it, and what ℓ of `CurveScatter` scatters by in the whole
    /// and in the part.
    public var standardError: Double

    /// By what factor the variance of the difference exceeds that of so many independent rows.
    ///
    /// To first order in the regressors a fit is off by the mean of u_j = x_j ε_j over its rows j, and differences are sums over pairs
    /// of uncorrelated numbers u_i·u_j. Of n rows let n' be fitted and q be left. A row i of these differs by −2 u_i·(Σ_j u_j/n' −
    /// Σ_j u_j/n) + (Σ_j u_j/n')² − (Σ_j u_j/n)², which the part and the whole are summed over, and the sum over i has pairs of the
    /// rows left with (n + n')/n², of both kinds with −2q(n + n')/(n'n²), of the rows fitted with q²(n + n')/(n'²n²). That is
    /// 2(n + n')²q²/(nn')² in all, in units of a pair's variance, where the rows left, taken for independent, show 4q²/(nn'): each pair
    /// of them counts in the differences of both, and the rows fitted are in all.
    static func dependence(fitted: Int, of sampleCount: Int) -> Double {
      let (part, whole) = (Double(fitted), Double(sampleCount))
      return (whole + part) * (whole + part) / (2 * whole * part)
    }

    /// Whether the two are further apart than chance and the finite number d of coordinates explain: three standard errors, and 1/d
    /// of the error, at most a fiftieth, that the theory of many coordinates may be off by.
    func isMiss(coordinateCount d: Int) -> Bool {
      !(abs(predicted - measured) <= 3 * standardError + min(0.02, 1 / Double(d)) * measured)
    }
  }

  /// With n/2, n, 2n, 4n, 10n and ∞ rows, as far as the path tells.
  public var points: [Point]
  /// The training error at each ridge above 0 of the path that theory expects of the errors left out.
  public var training: [ExpectedTraining] = []
  /// The curve itself; nil where there is none.
  public var curve: LearningCurve?
  /// Why there is no curve.
  public var reason: String?
  /// Half of the rows, or as many as fit into 2²⁷ numbers (2²², or 4d², of samples that are read where they are), fitted to see
  /// whether the curve holds.
  public var selfCheck: Measurement?
  /// Other numbers of rows that were asked for.
  public var subsamples: [Measurement]
  /// Sentences on what is doubtful.
  public var warnings: [String]
}

extension FitResult {
  /// The learning curve of this fit, checked on half of the rows.
  ///
  /// Rows that are equal are fitted together or not at all, and where neighbours correlate the first half is fitted: what rows tell
  /// of each other is then no part of what is measured, and the check fails where the curve rests on it.
  /// - Parameter subsamples: other numbers of rows to measure the error of, drawn at random.
  /// - Throws: `FitError.request` for a number of rows that leaves none to measure on, or fewer than two to fit; what the
  ///   device throws.
  public func learningCurve(subsamples: [Int] = []) throws(FitError) -> FitLearning {
    var learning = FitLearning(points: [], subsamples: [], warnings: [])
    if let count = subsamples.first(where: { $0 < 2 || $0 > sampleCount - 2 }) {
      throw .request("a subsample of \(count) rows: of \(sampleCount), 2 to \(sampleCount - 2) can be fitted")
    }
    guard let fit = fit as? DataFit<Device>, let rows, let scatter = rows.standardError(), best.meanHeldOut > 0 else {
      learning.reason = absence
      return learning
    }
    do {
      try fill(&learning, of: fit, rows: rows, relativeError: scatter / best.meanHeldOut, subsamples: subsamples)
    } catch let error as RegressionError {
      learning = FitLearning(points: [], reason: "\(error)", subsamples: [], warnings: [])
    } catch let error as BackendError where !error.isDeviceFault {
      learning = FitLearning(points: [], reason: "\(error)", subsamples: [], warnings: [])
    } catch {
      _ = try FitError.wrapping { throw error }
    }
    return learning
  }

  private func fill(
    _ learning: inout FitLearning, of fit: DataFit<Device>, rows: ResidualRows, relativeError relative: Double,
    subsamples: [Int]
  ) throws {
    let spectrum = try fit.spectrum()
    let path = search.path.map { (ridge: $0.ridge, error: $0.meanHeldOut, score: criterion($0)) }
    learning.training = path.compactMap {
      ExpectedTraining(
        ridge: $0.ridge, leaveOneOut: $0.error, spectrum: spectrum, unit: fit.ridgeUnit, sampleCount: sampleCount,
        coordinateCount: fit.variances.count { $0 > 0 }, centered: fit.centered)
    }
    guard
      let curve = LearningCurve(
        path: path, spectrum: spectrum, unit: fit.ridgeUnit, sampleCount: sampleCount, centered: fit.centered,
        precision: precision)
    else {
      learning.reason = "it needs three ridges or more at which the data tell of more rows"
      return
    }
    learning.curve = curve
    let n = sampleCount
    var known: [Double: CurveScatter?] = [:]
    func curveScatter(_ point: LearningCurve.Point) throws -> CurveScatter? {
      let ridge = point.source.ridge
      if let found = known[ridge] { return found }
      let found = try fit.keepsDigits(ridge: ridge) ? fit.scatter(ridge: ridge, spectrum: spectrum) : nil
      known[ridge] = .some(found)
      return found
    }
    learning.points = try [n / 2, n, 2 * n, 4 * n, 10 * n, nil].compactMap { count in
      guard let point = curve.expected(sampleCount: count) else { return nil }
      let variance = try curveScatter(point)?.variance(amplification: point.source.amplification)
      return FitLearning.Point(
        expected: point, standardError: variance.map { point.error * max($0, relative * relative).squareRoot() })
    }
    func measure(_ chosen: [Int], _ choice: FitLearning.Measurement.Choice) throws -> FitLearning.Measurement? {
      let count = chosen.count
      guard count >= 2, n - count >= 2, let point = curve.expected(sampleCount: count),
        let left = try curveScatter(point)?.leftVariance,
        let found = try measuredIfKept(fit, chosen, ridge: point.ridge)
      else { return nil }
      let ratio = point.error / best.meanHeldOut / Double(coordinateCount)
      let squares = rows.squares
      let expected = found.samples.map { ratio * squares[$0] }
      let differences = zip(found.errors, expected).map { $0 - $1 }
      let others = Double(differences.count)
      let mean = differences.reduce(0, +) / others
      let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (others - 1)
      let predicted = expected.reduce(0, +) / others
      let amplified = predicted * point.source.amplification
      return FitLearning.Measurement(
        sampleCount: count, choice: choice, predicted: predicted, measured: found.errors.reduce(0, +) / others,
        standardError: (FitLearning.Measurement.dependence(fitted: count, of: n) * variance / others
          + 2 * max(0, left) * amplified * amplified).squareRoot())
    }
    let order = KeyedPermutation(
      count: n, stream: RandomStream(seed: request.seed, purpose: .probes, index: 0), index: 0)
    func drawn(_ count: Int) -> [Int] { (0..<count).map { order($0) }.sorted() }
    let half = min(n / 2, max(2, copiedNumbers(of: fit) / coordinateCount))
    if let copies {
      learning.selfCheck = try measure(copies.together((0..<n).map { order($0) }, count: half), .copiesTogether)
    } else if rows.hasRelatedNeighbours {
      learning.selfCheck = try measure(Array(0..<half), .firstRows)
    } else {
      learning.selfCheck = try measure(drawn(half), .random)
    }
    for count in subsamples {
      guard let found = try measure(drawn(count), .random) else {
        learning.warnings.append(
          "the error of \(count) rows was not measured: no ridge of the path tells of so many, or "
            + "\(precision.rawValue) keeps no digits of their fit")
        continue
      }
      learning.subsamples.append(found)
      if n - count < 10 {
        learning.warnings.append(
          "the error of \(count) rows was measured on \(n - count) others alone: its standard error is hardly known")
      }
    }
    if let check = learning.selfCheck, check.isMiss(coordinateCount: coordinateCount) {
      learning.warnings.append(check.warning)
    }
  }

  /// What `DataFit.measured` gives; nil too where the rows chosen are singular.
  private func measuredIfKept(
    _ fit: DataFit<Device>, _ chosen: [Int], ridge: Double
  ) throws -> (samples: [Int], errors: [Double])? {
    do {
      return try fit.measured(fitting: chosen, ridge: ridge)
    } catch is RegressionError {
      return nil
    }
  }

  /// Numbers that the self-check may copy: fewer than half of the rows are fitted where half have more. Samples that are read
  /// where they are stay there, but for some of the size of what the fit itself takes.
  private func copiedNumbers(of fit: DataFit<Device>) -> Int {
    fit.readsSamples ? max(1 << 22, 4 * coordinateCount * coordinateCount) : 1 << 27
  }

  /// Why this fit has no learning curve, and its predictor no spectrum to speak of.
  package var absence: String {
    switch fit.validation {
    case .leaveOneGroupOut: "rows in groups are not independent, which it presumes"
    case .hiddenCells: "with missing cells the rows do not tell alike of the coordinates"
    case .folds: "it is known for leave-one-out masks alone"
    case .leaveOneSampleOut where fit.weights == .selfWeighted:
      "weights that are learned at each ridge change with the rows"
    case .leaveOneSampleOut where request.mask is RoleFitMask:
      "it is known where every coordinate is predicted from all others"
    case .leaveOneSampleOut:
      best.meanHeldOut > 0
        ? "it is not made of sparse samples" : "there is no error to expect: nothing is left of the data"
    }
  }
}

extension BackendError {
  /// Whether it is of the device, and not of what the numbers or their memory ask of it.
  package var isDeviceFault: Bool {
    switch self {
    case .nonFinite, .notPositiveDefinite, .noConvergence, .outOfMemory: false
    default: true
    }
  }
}

extension FitLearning.Measurement {
  /// That the curve does not hold.
  fileprivate var warning: String {
    let which =
      switch choice {
      case .random: "so many at random"
      case .copiesTogether: "so many without the copies of others"
      case .firstRows: "the first so many"
      }
    return
      "the learning curve says \(briefly(predicted)) for \(sampleCount) rows, and \(which) have \(briefly(measured)) on the "
      + "others (standard error \(briefly(standardError))): rows that are repeated, follow each other or belong together "
      + "(--groups), or are of several kinds, make it wrong"
  }
}
