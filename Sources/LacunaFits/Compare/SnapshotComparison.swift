import MaskedRegression

/// Several tables of the same coordinates, in order: snapshots of what is learned, say. Representations that collapse show there.
public struct SnapshotComparison: Encodable, Sendable {
  /// One of the tables.
  public struct Snapshot: Encodable, Sendable {
    /// The file.
    public var data: String
    public var sampleCount: Int
    public var moments: SpectrumMoments?
    /// The ridge chosen, the error held out and its standard error, and the share predicted.
    public var ridge: Double
    public var error, standardError, rSquared: Double?
    /// Directions in the predictor's spectrum, see `FitSummary.Spectrum`; nil where none can be counted.
    public var directions: Int?
    public var warnings: [String]

    enum CodingKeys: String, CodingKey {
      case data, ridge, error, warnings, rank, directions
      case sampleCount = "n"
      case effectiveRank = "effective_rank"
      case participationRatio = "participation_ratio"
      case logDeterminant = "log_determinant"
      case standardError = "standard_error"
      case rSquared = "r_squared"
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(data, forKey: .data)
      try container.encode(sampleCount, forKey: .sampleCount)
      try container.encode(moments?.rank ?? 0, forKey: .rank)
      try container.encode(moments?.effectiveRank, forKey: .effectiveRank)
      try container.encode(moments?.participationRatio, forKey: .participationRatio)
      try container.encode(moments?.logDeterminant, forKey: .logDeterminant)
      try container.encode(ridge, forKey: .ridge)
      try container.encode(error, forKey: .error)
      try container.encode(standardError, forKey: .standardError)
      try container.encode(rSquared, forKey: .rSquared)
      try container.encode(directions, forKey: .directions)
      try container.encode(warnings, forKey: .warnings)
    }

    /// - Parameter data: the file.
    /// - Parameter moments: of its rows; nil where all are zero.
    /// - Parameter summary: of its fit.
    public init(data: String, moments: SpectrumMoments?, summary: FitSummary) {
      self.data = data
      self.moments = moments
      sampleCount = summary.sampleCount
      ridge = summary.best.ridge
      error = summary.best.heldOutError
      standardError = summary.standardError
      rSquared = summary.rSquared
      directions = summary.spectrum?.directions
      warnings = summary.warnings
    }
  }

  public var coordinateCount: Int
  public var centered: Bool
  public var snapshots: [Snapshot]
  /// Sentences on what is doubtful.
  public var warnings: [String]
  public var device, precision, version: String

  enum CodingKeys: String, CodingKey {
    case centered, snapshots, warnings, device, precision, version
    case coordinateCount = "d"
  }

  /// - Parameter snapshots: at least two, in order.
  /// - Parameter summary: of any of their fits.
  public init(_ snapshots: [Snapshot], summary: FitSummary) {
    self.snapshots = snapshots
    coordinateCount = summary.coordinateCount
    centered = summary.centered
    device = summary.device
    precision = summary.precision
    version = summary.version
    warnings = []
    if !centered {
      warnings.append(
        "columns are as they are: a mean that is not 0 counts as a direction, and one that is common to all rows as the strongest; "
          + "--center takes means off")
    }
    let counts = snapshots.map(\.sampleCount)
    if let least = counts.min(), let most = counts.max(), least < most, least < 10 * coordinateCount {
      warnings.append(
        "the files have \(least) to \(most) rows of \(coordinateCount) coordinates: with few rows effective rank and participation "
          + "ratio depend on how many; compare as many of each")
    }
  }
}
