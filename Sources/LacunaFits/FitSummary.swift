import LacunaAlgebra
import LacunaFiles
import MaskedRegression

/// What a fit found: `fit.json`, one schema for every mask; a value that a mask does not have is null.
public struct FitSummary: Encodable, Sendable {
  /// Mean errors at one ridge, in the units of the data squared.
  public struct Point: Encodable, Sendable {
    public var ridge: Double
    public var trainingError, leaveOneOutError, gcvError, heldOutError: Double?
    /// The mean over the cells held out of error / mean square.
    public var standardizedError: Double?
    /// What theory expects of the training error beside the errors of samples left out; nil where it is not known.
    public var expectedTrainingError: Double?

    enum CodingKeys: String, CodingKey {
      case ridge
      case expectedTrainingError = "expected_training_error"
      case trainingError = "training_error"
      case leaveOneOutError = "leave_one_out_error"
      case gcvError = "gcv_error"
      case heldOutError = "held_out_error"
      case standardizedError = "standardized_error"
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try encode(into: &container)
      try container.encode(standardizedError, forKey: .standardizedError)
      try container.encode(expectedTrainingError, forKey: .expectedTrainingError)
    }

    fileprivate func encode(into container: inout KeyedEncodingContainer<CodingKeys>) throws {
      try container.encode(ridge, forKey: .ridge)
      try container.encode(trainingError, forKey: .trainingError)
      try container.encode(leaveOneOutError, forKey: .leaveOneOutError)
      try container.encode(gcvError, forKey: .gcvError)
      try container.encode(heldOutError, forKey: .heldOutError)
    }
  }

  /// The penalty of the ridge.
  public struct Weights: Encodable, Sendable {
    /// A kind of weights that was tried.
    public struct Trial: Encodable, Sendable {
      public var kind: String
      @OrNull public var standardizedError: Double?
      /// The same at weights learned without the rows that errors are of, where they are learned; what kinds are compared by where it
      /// is greater.
      @OrNull public var crossFittedError: Double?

      enum CodingKeys: String, CodingKey {
        case kind
        case standardizedError = "standardized_error"
        case crossFittedError = "cross_fitted_error"
      }
    }

    public var kind: String
    @OrNull public var standardizedError: Double?
    /// The same at self weights learned without the rows that errors are of; null for weights that are not learned.
    @OrNull public var crossFittedError: Double?
    /// How often errors were computed until self weights were the errors that they lead to, and whether they became so; null
    /// for weights that are not learned.
    @OrNull public var rounds: Int?
    @OrNull public var converged: Bool?
    /// The kinds that `auto` tried; null where they were chosen beforehand.
    @OrNull public var compared: [Trial]?

    enum CodingKeys: String, CodingKey {
      case kind, rounds, converged, compared
      case standardizedError = "standardized_error"
      case crossFittedError = "cross_fitted_error"
    }
  }

  /// What was left out together.
  public struct Groups: Encodable, Sendable {
    public var count: Int
    /// Mean squared error of a cell by the fit without its group, and its standard error over groups.
    @OrNull public var error: Double?
    @OrNull public var standardError: Double?

    enum CodingKeys: String, CodingKey {
      case count, error
      case standardError = "standard_error"
    }
  }

  public var mask: String
  /// Names of the coordinates that never predict, and of those that are never predicted.
  public var targets, covariates: [String]
  public var seed: UInt64
  public var sampleCount, coordinateCount: Int
  public var best: Point
  /// Of the error that ridges were compared by, over samples; nil where the mask has none.
  public var standardError: Double?
  /// The share of the mean square that is predicted, by that error; nil where it has no meaning.
  public var rSquared: Double?
  /// How the ridge came to be: `automatic`, `path`, `given` or `ridgeless`.
  public var ridgeChoice: String
  public var path: [Point]
  /// Whether the least error is at an end of the path.
  public var atEdge: Bool
  public var validation: Validation
  public var weights: Weights
  public var centered: Bool
  /// nil where samples were left out one by one.
  public var groups: Groups?
  /// What the fit says of other numbers of rows.
  public var learning: Learning?
  /// Masked regression or PCA; nil where it was not asked for.
  public var verdict: Verdict?
  /// Directions in the data; nil where there is no spectrum to tell of them, and why.
  public var spectrum: Spectrum?
  public var spectrumReason: String?
  public var missingCells: Int
  public var liftedEigenvalue: Double?
  /// n times the best ridge: λ where the objective is a sum of squares, as in the literature on EASE.
  public var easeLambda: Double
  /// Mean square of a coordinate: the error of predicting nothing.
  public var meanSquare: Double
  /// What predicting nothing leaves of the mean error held out: under masks the share that is hidden of the mean square.
  public var emptyError: Double
  public var warnings: [String]
  /// Whether the first row of a text of data was read as names; nil where the format has no such row.
  public var header: Bool?
  /// The file's column, from 1, that was taken as row names.
  public var indexColumn: Int?
  public var device, precision, version: String

  /// - Parameter version: of the program.
  /// - Throws: what residuals throw, of which the standard error is made.
  public init<Device: Backend>(_ result: FitResult<Device>, version: String) throws {
    let fit = result.fit
    func point(_ errors: FitErrors) -> Point {
      Point(
        ridge: errors.ridge, trainingError: finite(errors.meanTraining),
        leaveOneOutError: fit.validation == .leaveOneSampleOut ? finite(errors.meanHeldOut) : nil,
        gcvError: finite(errors.meanGCV), heldOutError: finite(errors.meanHeldOut),
        standardizedError: finite(errors.standardizedHeldOut(variances: fit.variances)))
    }
    mask = result.request.maskName
    let roles = (result.request.mask as? RoleFitMask)?.roles
    targets = roles?.targets.map(result.name(of:)) ?? []
    covariates = roles?.covariates.map(result.name(of:)) ?? []
    seed = result.request.seed
    sampleCount = fit.sampleCount
    coordinateCount = fit.coordinateCount
    best = point(result.best)
    standardError = try result.standardError()
    rSquared = result.rSquared
    ridgeChoice = result.request.ridge.name
    path = result.search.path.map(point)
    atEdge = result.search.atEdge
    validation = fit.validation
    let trials = result.weightTrials.map {
      Weights.Trial(
        kind: $0.weights.rawValue, standardizedError: $0.standardizedError, crossFittedError: $0.crossFittedError)
    }
    weights = Weights(
      kind: fit.weights.rawValue, standardizedError: best.standardizedError,
      crossFittedError: result.crossFittedError, rounds: result.learning?.rounds,
      converged: result.learning?.converged, compared: trials.isEmpty ? nil : trials)
    centered = result.request.centered
    let heldOut = best.heldOutError
    groups = result.request.groups.map {
      Groups(count: $0.count, error: heldOut, standardError: result.rows?.standardError(groups: $0.members))
    }
    missingCells = fit.missingCount
    liftedEigenvalue = fit.liftedEigenvalue
    easeLambda = Double(fit.sampleCount) * best.ridge
    emptyError = result.emptyError
    meanSquare = fit.variances.reduce(0, +) / Double(fit.coordinateCount)
    warnings = result.warnings
    device = fit.device.description
    precision = result.precision.rawValue
    self.version = version
  }

  enum CodingKeys: String, CodingKey {
    case mask, targets, covariates, seed, path, weights, centered, groups, warnings, header, device, precision, version,
      validation, spectrum
    case spectrumReason = "spectrum_reason"
    case standardError = "standard_error"
    case rSquared = "r_squared"
    case ridgeChoice = "ridge_choice"
    case sampleCount = "n"
    case coordinateCount = "d"
    case atEdge = "at_edge"
    case missingCells = "missing_cells"
    case liftedEigenvalue = "lifted_eigenvalue"
    case meanSquare = "mean_square"
    case easeLambda = "ease_lambda"
    case indexColumn = "index_column"
  }

  public func encode(to encoder: any Encoder) throws {
    var errors = encoder.container(keyedBy: Point.CodingKeys.self)
    try best.encode(into: &errors)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(mask, forKey: .mask)
    try container.encode(targets, forKey: .targets)
    try container.encode(covariates, forKey: .covariates)
    try container.encode(seed, forKey: .seed)
    try container.encode(sampleCount, forKey: .sampleCount)
    try container.encode(coordinateCount, forKey: .coordinateCount)
    try container.encode(standardError, forKey: .standardError)
    try container.encode(rSquared, forKey: .rSquared)
    try container.encode(ridgeChoice, forKey: .ridgeChoice)
    try container.encode(path, forKey: .path)
    try container.encode(atEdge, forKey: .atEdge)
    try container.encode(validation.rawValue, forKey: .validation)
    try container.encode(weights, forKey: .weights)
    try container.encode(centered, forKey: .centered)
    try container.encode(groups, forKey: .groups)
    try learning.encodeKeys(to: encoder)
    try verdict.encodeKeys(to: encoder)
    try container.encode(missingCells, forKey: .missingCells)
    try container.encode(liftedEigenvalue, forKey: .liftedEigenvalue)
    try container.encode(easeLambda, forKey: .easeLambda)
    try container.encode(meanSquare, forKey: .meanSquare)
    try container.encode(spectrum, forKey: .spectrum)
    try container.encode(spectrumReason, forKey: .spectrumReason)
    try container.encode(header, forKey: .header)
    try container.encode(indexColumn, forKey: .indexColumn)
    try container.encode(warnings, forKey: .warnings)
    try container.encode(device, forKey: .device)
    try container.encode(precision, forKey: .precision)
    try container.encode(version, forKey: .version)
  }
}

extension RidgeChoice {
  fileprivate var name: String {
    switch self {
    case .automatic: "automatic"
    case .ridgeless: "ridgeless"
    case .path(let ridges): ridges.count > 1 ? "path" : "given"
    }
  }
}

/// A number that JSON can hold, else nil.
func finite(_ value: Double?) -> Double? {
  guard let value, value.isFinite else { return nil }
  return value
}
