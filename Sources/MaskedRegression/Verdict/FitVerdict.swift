import LacunaAlgebra
import RealModule

/// Masked regression or probabilistic PCA, judged on the same hidden cells of samples that neither saw.
public struct FitVerdict: Sendable, Equatable {
  /// The errors of both. All are means over cells of squared error / mean square of the column among the samples trained on.
  public struct Comparison: Sendable, Equatable {
    /// Of Â.
    public var maskedError: Double
    /// Of probabilistic PCA's conditional mean of each cell given all others of its row.
    public var pcaError: Double
    /// Of the column means; of predicting 0 where the fit has no intercept.
    public var emptyError: Double
    /// λ of Â on columns of mean square 1, the median over the folds, at all n samples; ∞ where predicting nothing was best.
    public var ridge: Double
    /// The median over the folds.
    public var pcaRank: Int
    /// `maskedError` − `pcaError`.
    public var difference: Double
    /// Of the difference, over samples, or over groups of them.
    public var standardError: Double
    /// Columns that vary in all that was trained on; no other is part of the comparison.
    public var coordinateCount: Int

    /// Which of the two predicts better.
    public enum Better: String, Sendable {
      case masked, pca
    }

    /// Which error is the less by more than three standard errors; nil where no difference is seen.
    public var better: Better? {
      guard abs(difference) > 3 * standardError else { return nil }
      return difference < 0 ? .masked : .pca
    }

    /// A sentence for people.
    public var sentence: String {
      let (masked, pca) = ("masked regression \(briefly(maskedError))", "PCA of rank \(pcaRank) \(briefly(pcaError))")
      let scatter = "difference \(briefly(difference)) ± \(briefly(standardError))"
      switch better {
      case .masked: return "masked regression predicts hidden cells better: \(masked), \(pca) (\(scatter))"
      case .pca: return "PCA predicts hidden cells better: \(pca), \(masked) (\(scatter))"
      case nil:
        let isEmpty = min(maskedError, pcaError) >= emptyError
        return "no difference seen between \(masked) and \(pca) (\(scatter))"
          + (isEmpty ? "; neither predicts more than \(briefly(emptyError)), what predicting nothing leaves" : "")
      }
    }
  }

  /// nil where there is none.
  public var comparison: Comparison?
  /// Why there is none.
  public var reason: String?
}

extension FitResult {
  /// Whether masked regression or probabilistic PCA predicts these data better.
  ///
  /// Five folds of samples, drawn by the request's seed; groups and copies stay together. Each fold's samples are predicted by both
  /// methods trained on the other four, on columns of mean square 1 there and, with an intercept, of mean 0. λ (of which nλ is kept
  /// from fewer samples to more) and the rank are those of least error when each of the four is predicted by the three others. The
  /// weights of the fit have no part in it.
  /// - Throws: `FitError.backend` for a device that fails.
  public func verdict() throws(FitError) -> FitVerdict {
    if let reason = verdictAbsence { return FitVerdict(reason: reason) }
    guard let samples = fit.leaveOneOutFit else {
      return FitVerdict(reason: "it is known for dense samples under leave-one-out masks alone")
    }
    let units: [[Int]]
    if let groups = request.groups {
      units = groups.members
    } else if let copies {
      units = SampleGroups(labels: copies.firsts).members
    } else {
      units = (0..<sampleCount).map { [$0] }
    }
    guard units.count >= VerdictFolds.leastUnits else {
      return FitVerdict(
        reason: "\(units.count) \(request.groups == nil ? "different samples" : "groups"): it takes at least "
          + "\(VerdictFolds.leastUnits)")
    }
    let folds = VerdictFolds(units: units, seed: request.seed)
    guard VerdictFolds.pairs.allSatisfy({ folds.without([$0, $1]).count >= 4 }) else {
      return FitVerdict(reason: "without its greatest groups too few samples are left to train on")
    }
    return try FitError.wrapping { try VerdictTrial(samples, folds: folds).verdict() }
  }

  /// What stands against it beforehand.
  private var verdictAbsence: String? {
    switch fit.validation {
    case .folds: "it is known for leave-one-out masks alone"
    case .hiddenCells: "it is not made with missing cells"
    case .leaveOneSampleOut, .leaveOneGroupOut:
      if request.mask is RoleFitMask {
        "it is known where every coordinate is predicted from all others"
      } else if request.groups == nil, copies == nil, let rows, rows.hasRelatedNeighbours {
        "neighbouring rows are alike, and folds of single rows would share what they have in common: --groups names rows "
          + "that belong together, --groups runs:L a series"
      } else {
        nil
      }
    }
  }
}

extension RidgeFit {
  /// What holds the samples of a fit under leave-one-out masks; nil for others.
  fileprivate var leaveOneOutFit: DataFit<Device>? {
    if let fit = self as? DataFit<Device> { return fit }
    if let fit = self as? GroupFit<Device> { return fit.base }
    if let fit = self as? SelfWeightedFit<Device> { return fit.start.leaveOneOutFit }
    return nil
  }
}
