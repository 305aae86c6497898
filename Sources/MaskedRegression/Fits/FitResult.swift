import LacunaAlgebra

/// A fit with its ridge chosen: what was found, and the predictor, residuals and filled data on request.
public struct FitResult<Device: Backend> {
  public let request: FitRequest
  /// Of the coordinates, where they have any.
  public let names: [String]?
  public let fit: any RidgeFit<Device>
  /// Every ridge tried, the best of them, and whether it is at an end.
  public let search: RidgeSearch
  /// How the weights were learned at the ridge chosen; nil where they were not.
  public let learning: WeightLearning?
  /// The errors held out at weights learned without the rows they are of, at the ridge chosen: `RidgeFit.crossFittedErrors`.
  public let crossFitted: [Double]?
  /// The kinds of weights that were tried; empty where they were chosen beforehand.
  public internal(set) var weightTrials: [WeightTrial] = []
  /// Residuals of samples (or groups) left out at the best ridge, sample by sample; nil where the fit has none in tiles. Where the
  /// ridge was given they are in units of E_k by generalised cross-validation, and have no scores.
  public let rows: ResidualRows?
  /// Samples that are others once again, where there are many.
  public private(set) var copies: RepeatedRows?
  /// Sentences on what is doubtful.
  public private(set) var warnings: [String]

  public var sampleCount: Int { fit.sampleCount }
  public var coordinateCount: Int { fit.coordinateCount }
  public var best: FitErrors { search.best }
  public var precision: Precision { Device.Element.precision }

  init(
    request: FitRequest, names: [String]?, fit: any RidgeFit<Device>, search: RidgeSearch, learning: WeightLearning?,
    crossFitted: [Double]?, rows: ResidualRows?
  ) {
    self.request = request
    self.names = names
    self.fit = fit
    self.search = search
    self.rows = rows
    self.learning = learning
    self.crossFitted = crossFitted
    let name = { (k: Int) in names?[k] ?? "\(k + 1)" }
    warnings =
      (request.weights == .uniform ? scaleWarnings(fit) : []) + learningWarnings(learning, name: name)
      + crossFittingWarnings(
        search.best.standardizedHeldOut(variances: fit.variances),
        crossFitted: standardized(crossFitted, fit.variances),
        standardError: rows?.standardError(groups: request.groups?.members, standardizes: true))
      + edgeWarnings(search, choice: request.ridge) + gapWarnings(fit, search.best)
      + neighbourWarnings(rows, groups: request.groups)
      + search.best.doubts.map {
        $0.sentence(name, precision: Device.Element.precision.rawValue)
      }
  }

  /// The same of data with copies among them.
  func with(_ copies: RepeatedRows?) -> FitResult {
    guard let copies else { return self }
    var result = self
    result.copies = copies
    result.warnings.append(copies.warning)
    return result
  }

  /// The name of coordinate k, counted from 0: its own, or its number from 1.
  public func name(of k: Int) -> String { names?[k] ?? "\(k + 1)" }

  /// 1 − error held out / what predicting nothing leaves of it; nil for a coordinate that never varies, or is never hidden, or of
  /// which no cell was held out.
  public func rSquared(of k: Int) -> Double? {
    let (error, empty) = (best.heldOut[k], fit.variances[k] * fit.hiddenShares[k])
    return empty > 0 && !error.isNaN ? 1 - error / empty : nil
  }

  /// The share that is predicted: 1 − Σ_k E_k / Σ_k v_k over the cells held out, E_k the error held out and v_k what predicting nothing
  /// leaves of it; with weights 1 − the mean of E_k/v_k, as ridges are compared. nil where nothing varies.
  public var rSquared: Double? {
    var (errors, squares) = (0.0, 0.0)
    let (variances, shares) = (fit.variances, fit.hiddenShares)
    for (k, error) in best.heldOut.enumerated() where !error.isNaN {
      let (cells, empty) = (Double(best.heldOutCells?[k] ?? 1), variances[k] * shares[k])
      guard empty > 0 || !standardizes else { continue }
      errors += standardizes ? cells * (error / empty) : cells * error
      squares += standardizes ? cells : cells * empty
    }
    let share = 1 - errors / squares
    return squares > 0 && share.isFinite ? share : nil
  }

  /// The mean error held out that predicting nothing leaves, over the cells that errors are held out on; over all coordinates
  /// where there are none.
  public var emptyError: Double {
    let squares = zip(fit.variances, fit.hiddenShares).map { $0 * $1 }
    let held = FitErrors(
      ridge: best.ridge, training: nil, heldOut: zip(squares, best.heldOut).map { $1.isNaN ? .nan : $0 },
      heldOutCells: best.heldOutCells
    ).meanHeldOut
    return held.isNaN ? mean(squares) : held
  }

  /// Whether the ridges were compared by errors in units of the mean squares.
  public var standardizes: Bool { request.weights == .automatic || fit.weights != .uniform }

  /// What the ridges were compared by.
  public func criterion(_ errors: FitErrors) -> Double { fit.criterion(errors, standardizes: standardizes) }

  /// The mean over coordinates of error / mean square, of weights learned without the rows that errors are of.
  public var crossFittedError: Double? { standardized(crossFitted, fit.variances) }

  /// The mean over the cells held out of error / mean square.
  public var standardizedError: Double { best.standardizedHeldOut(variances: fit.variances) }
}

/// nil where it is no number.
private func standardized(_ errors: [Double]?, _ variances: [Double]) -> Double? {
  errors.map { FitErrors(ridge: 0, training: nil, heldOut: $0).standardizedHeldOut(variances: variances) }
    .flatMap { $0.isFinite ? $0 : nil }
}

/// Learned weights that have seen the rows which errors are of, where that tells.
private func crossFittingWarnings(_ error: Double, crossFitted: Double?, standardError: Double?) -> [String] {
  guard let crossFitted, let standardError, crossFitted - error > standardError else { return [] }
  return [
    "at self weights learned without the rows that it is of the error is \(briefly(crossFitted)) of the mean square, not "
      + "\(briefly(error)): a few rows hold up weights that others would make small; judge by that, look for such rows, or take "
      + "--weights variance"
  ]
}

/// One ridge for columns of unlike scales.
private func scaleWarnings(_ fit: some RidgeFit) -> [String] {
  let scales = fit.variances.filter { $0 > 0 }.map { $0.squareRoot() }
  guard let least = scales.min(), let greatest = scales.max(), greatest > 100 * least else {
    return []
  }
  return [
    "the scales of the columns differ by a factor of \(briefly(greatest / least)), and one ridge for all of them all but "
      + "leaves out the small ones: --weights auto tries weights that do not depend on units"
  ]
}

/// Weights that are not what they are meant to be.
private func learningWarnings(_ learning: WeightLearning?, name: (Int) -> String) -> [String] {
  guard let learning else { return [] }
  var warnings: [String] = []
  if !learning.converged {
    warnings.append(
      "the self weights did not settle in \(learning.rounds) rounds: they are not the errors that they lead to, "
        + "and depend on where they started")
  }
  if !learning.floored.isEmpty {
    let names = learning.floored.prefix(5).map(name).joined(separator: ", ")
    let more = learning.floored.count > 5 ? " and \(learning.floored.count - 5) more" : ""
    warnings.append(
      "the others tell \(names)\(more) to less than 1e-4 of their spread; their self weights are kept at 1e-8 of the mean "
        + "square")
  }
  return warnings
}

/// A least error that may lie beyond the ridges tried.
private func edgeWarnings(_ search: RidgeSearch, choice: RidgeChoice) -> [String] {
  guard search.atEdge else { return [] }
  let ridge = briefly(search.best.ridge)
  if choice == .automatic {
    if search.best.ridge == search.path[0].ridge {
      return [
        "the least error is at ridge \(ridge), the smallest that the digits of the numbers allow; "
          + "it may lie lower, and --ridge ridgeless is the limit"
      ]
    }
    return [
      "the least error is at ridge \(ridge), the largest tried: no coordinate is seen to tell of the others"
    ]
  }
  return ["the least error is at an end of the ridge path; it may lie beyond \(ridge)"]
}

private func gapWarnings(_ fit: some RidgeFit, _ best: FitErrors) -> [String] {
  var warnings: [String] = []
  if let lowest = fit.liftedEigenvalue {
    warnings.append(
      "the Gram of jointly observed pairs has eigenvalues down to \(briefly(lowest)); those below 0 are lifted to 0")
  }
  if best.meanHeldOut.isNaN {
    warnings.append("there are too few observed cells to hide some, so that no ridge could be judged")
  }
  return warnings
}

/// Samples whose neighbours tell of them, though they were left out.
private func neighbourWarnings(_ rows: ResidualRows?, groups: SampleGroups?) -> [String] {
  guard groups == nil, let rows, rows.hasRelatedNeighbours, let (value, _) = rows.neighbourCorrelation else {
    return []
  }
  return [
    "residuals of neighbouring rows correlate (\(briefly(value))): rows that are alike tell of each other, and errors of rows "
      + "left out one by one are too small; leave out rows that belong together with --groups, a series in pieces with "
      + "--groups runs:L"
  ]
}
