import LacunaFiles
import MaskedRegression

extension FitSummary {
  /// Masked regression or PCA, `verdict` and the key about it. Errors are in units of the columns' mean squares.
  public struct Verdict: Encodable, Sendable {
    /// As in `FitVerdict.Comparison`.
    public struct Comparison: Encodable, Sendable {
      public var maskedError, pcaError, emptyError: Double
      /// nil where predicting nothing was best.
      @OrNull public var ridge: Double?
      public var pcaRank: Int
      public var difference, standardError: Double
      /// `masked`, `pca`, or nil where no difference is seen.
      @OrNull public var better: String?
      public var coordinateCount: Int

      enum CodingKeys: String, CodingKey {
        case ridge, difference, better
        case maskedError = "masked_error"
        case pcaError = "pca_error"
        case emptyError = "empty_error"
        case pcaRank = "pca_rank"
        case standardError = "standard_error"
        case coordinateCount = "coordinates"
      }
    }

    public var comparison: Comparison?
    /// Why there is none.
    public var reason: String?
    /// For people.
    public var sentence: String

    /// - Parameter verdict: of the fit.
    public init(_ verdict: FitVerdict) {
      comparison = verdict.comparison.map {
        Comparison(
          maskedError: $0.maskedError, pcaError: $0.pcaError, emptyError: $0.emptyError, ridge: finite($0.ridge),
          pcaRank: $0.pcaRank, difference: $0.difference, standardError: $0.standardError,
          better: $0.better?.rawValue, coordinateCount: $0.coordinateCount)
      }
      reason = verdict.reason
      sentence =
        verdict.comparison?.sentence ?? "masked regression and PCA are not compared: \(verdict.reason ?? "no reason")"
    }

    enum CodingKeys: String, CodingKey {
      case comparison = "verdict"
      case reason = "verdict_reason"
    }

    public func encode(to encoder: any Encoder) throws { try Optional(self).encodeKeys(to: encoder) }
  }
}

extension FitSummary.Verdict? {
  /// The keys, each there and null where there is nothing, beside those of the summary.
  func encodeKeys(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: FitSummary.Verdict.CodingKeys.self)
    try container.encode(self?.comparison, forKey: .comparison)
    try container.encode(self?.reason, forKey: .reason)
  }
}
