import LacunaFiles
import MaskedRegression

/// What a model made of rows: `apply.json`; a value that is not known is null.
public struct ApplySummary: Encodable, Sendable {
  /// A row that is as unlike the fit's as any.
  public struct Row: Encodable, Sendable {
    /// From 1, and its name where it has one.
    public var row: Int
    @OrNull public var name: String?
    public var score: Double
    /// (1 + r)/(n + 1), r the samples of the fit whose score is at least the row's.
    @OrNull public var rank: Double?
    @OrNull public var gaussianTail: Double?
    /// What makes up most of the score, and its share.
    public var coordinates: [Part]

    public struct Part: Encodable, Sendable {
      public var name: String
      public var share: Double
    }

    enum CodingKeys: String, CodingKey {
      case row, name, score, rank, coordinates
      case gaussianTail = "gaussian_tail"
    }
  }

  /// The fit that was applied.
  public struct Fit: Encodable, Sendable {
    public var path: String
    public var sampleCount: Int
    public var mask: String
    public var ridge: Double
    @OrNull public var error: Double?
    @OrNull public var standardError: Double?
    public var version: String

    enum CodingKeys: String, CodingKey {
      case path, mask, ridge, error, version
      case sampleCount = "n"
      case standardError = "standard_error"
    }
  }

  public var rowCount, coordinateCount: Int
  public var fit: Fit
  /// How columns were matched to coordinates: `name` or `position`.
  public var columns: String
  /// Mean squared error of a cell by the observed others of its row, its standard error over rows, and 1 − it over what the fit's
  /// means leave.
  @OrNull public var error: Double?
  @OrNull public var standardError: Double?
  @OrNull public var rSquared: Double?
  @OrNull public var rSquaredStandardError: Double?
  public var missingCells: Int
  /// The rows of greatest score, greatest first.
  public var unusual: [Row]
  public var warnings: [String]
  public var device, precision, version: String

  enum CodingKeys: String, CodingKey {
    case fit, columns, error, unusual, warnings, device, precision, version
    case rowCount = "n"
    case coordinateCount = "d"
    case standardError = "standard_error"
    case rSquared = "r_squared"
    case rSquaredStandardError = "r_squared_standard_error"
    case missingCells = "missing_cells"
  }

  /// - Parameter tally: of all rows.
  /// - Parameter path: of the model, as it was named.
  /// - Parameter rowNames: the rows' names.
  /// - Parameter columns: how columns were matched, `name` or `position`.
  /// - Parameter warnings: what is doubtful beside what the rows say themselves.
  /// - Parameter device: where it was computed.
  /// - Parameter precision: of it.
  /// - Parameter version: of the program.
  public init(
    _ tally: ApplyTally, path: String, rowNames: [String]?, columns: String, warnings: [String], device: String,
    precision: String, version: String
  ) {
    let model = tally.model
    rowCount = tally.rows.count
    coordinateCount = model.coordinateCount
    fit = Fit(
      path: path, sampleCount: model.header.sampleCount, mask: model.header.mask, ridge: model.header.ridge,
      error: model.header.error, standardError: model.header.standardError, version: model.header.program)
    self.columns = columns
    error = finite(tally.error?.value)
    standardError = finite(tally.error?.standardError)
    rSquared = finite(tally.rSquared?.value)
    rSquaredStandardError = finite(tally.rSquared?.standardError)
    missingCells = tally.rows.reduce(0) { $0 + $1.missing }
    let tail = tally.tail
    let order = tally.rows.indices.filter { tally.ranks(tally.rows[$0]) && tally.rows[$0].score?.isFinite == true }
      .sorted { (tally.rows[$0].score!, $1) > (tally.rows[$1].score!, $0) }
    unusual = order.prefix(5).map { i in
      let (row, score) = (tally.rows[i], tally.rows[i].score!)
      return Row(
        row: i + 1, name: rowNames?[i], score: score, rank: tail?.rank(of: score),
        gaussianTail: finite(tail?.gaussianTail(of: score)),
        coordinates: row.largest.map { Row.Part(name: model.name(of: $0.coordinate), share: $0.share) })
    }
    self.device = device
    self.precision = precision
    self.version = version
    self.warnings = warnings + Self.doubts(tally)
  }

  /// Sentences on what the rows themselves make doubtful.
  private static func doubts(_ tally: ApplyTally) -> [String] {
    let model = tally.model
    var found: [String] = []
    let unlike = tally.unlike()
    if let first = unlike.first {
      let more = unlike.count > 1 ? "; so it is with \(unlike.count - 1) more" : ""
      found.append(
        "coordinate \(escaped(model.name(of: first.coordinate))): \(first.reason)\(more); are the units those of the fit?"
      )
    }
    if model.header.validation == Validation.folds.rawValue {
      found.append(
        "the fit is under masks (\(model.header.mask)), and here every other coordinate of a row is seen: its own errors are of "
          + "other cells, and there are no scores")
    } else if let (error, own) = tally.error, let own, let before = model.header.error {
      let scatter = (own * own + (model.header.standardError ?? 0) * (model.header.standardError ?? 0)).squareRoot()
      if error - before > 4 * scatter {
        found.append(
          "the error is \(briefly((error - before) / scatter)) standard errors above that of the fit's samples left out "
            + "(\(briefly(before))): these rows are of another kind")
      } else if before - error > 4 * scatter {
        found.append(
          "the error is \(briefly((before - error) / scatter)) standard errors below that of the fit's samples left out "
            + "(\(briefly(before))): these rows are easier than the fit's, or are the fit's own")
      }
    }
    if let correlation = tally.neighbourCorrelation {
      found.append(
        "residuals of neighbouring rows correlate (\(briefly(correlation))): the standard errors here, over rows, are too small"
      )
    }
    if model.scores != nil, tally.rows.contains(where: { !tally.ranks($0) }) {
      found.append("rows with gaps have no rank: the fit's scores are of whole rows")
    }
    return found
  }
}
