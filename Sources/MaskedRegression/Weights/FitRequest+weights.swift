import LacunaAlgebra

/// One kind of weights that `WeightChoice.automatic` tried.
public struct WeightTrial: Sendable, Equatable {
  public var weights: RidgeWeights.Kind
  /// The least mean over coordinates of error held out/mean square on its ridges; nil where no ridge could be fitted.
  public var standardizedError: Double?
  /// The same where weights were learned without the rows that the errors are of; nil for weights that are not learned.
  public var crossFittedError: Double?

  /// What kinds are compared by: an error that weights which know its rows make too small does not count.
  public var comparedError: Double? { standardizedError.map { max($0, crossFittedError ?? 0) } }
}

extension FitRequest {
  /// Makes the fit with the weights chosen, and chooses its ridge.
  /// - Parameter prepare: the fit with given weights, of this request or one with another seed.
  /// - Parameter part: the same of some of the samples; nil where samples cannot be taken apart.
  func choose<Device: Backend>(
    names: [String]?, report: @escaping (Int, Int) throws -> Void,
    prepare: @escaping (FitRequest, RidgeWeights) throws(FitError) -> any RidgeFit<Device>,
    part: ((FitRequest, RidgeWeights, [Int]) throws(FitError) -> any RidgeFit<Device>)? = nil
  ) throws(FitError) -> FitResult<Device> {
    switch weights {
    case .fixed(let weights): return try finish(try prepare(self, weights), names: names, report: report)
    case .selfWeighted: return try finish(try selfWeighted(prepare, part), names: names, report: report)
    case .automatic: break
    }
    if case .path = ridge {
      throw .request(
        "weights auto find their ridge too: with uniform weights it has the columns' units squared, with others it is a pure "
          + "number, so that one for all means nothing; leave it to be found, or choose the weights")
    }
    var trials: [WeightTrial] = []
    var best: (result: FitResult<Device>, error: Double)?
    var failure: FitError?
    var done = 0
    for kind in [RidgeWeights.Kind.uniform, .variance, .selfWeighted] {
      var trial = WeightTrial(weights: kind, standardizedError: nil)
      var last = 0
      do throws(FitError) {
        let fit: any RidgeFit<Device> =
          kind == .selfWeighted
          ? try selfWeighted(prepare, part) : try prepare(self, kind == .uniform ? .uniform : .variance)
        let result = try finish(fit, names: names) {
          last = $0
          try report(done + $0, done + $1)
        }
        let own = result.standardizedError
        if own.isFinite { trial.standardizedError = own }
        trial.crossFittedError = result.crossFittedError
        let error = trial.comparedError ?? own
        let least = best?.error ?? .infinity
        if best == nil || error < least || least.isNaN { best = (result, error) }
      } catch {
        guard case .regression = error else { throw error }
        failure = failure ?? error
      }
      done += last
      trials.append(trial)
    }
    guard var best = best?.result else { throw failure ?? .data("no weights can be fitted") }
    best.weightTrials = trials
    return best
  }

  private func selfWeighted<Device: Backend>(
    _ prepare: @escaping (FitRequest, RidgeWeights) throws(FitError) -> any RidgeFit<Device>,
    _ part: ((FitRequest, RidgeWeights, [Int]) throws(FitError) -> any RidgeFit<Device>)?
  ) throws(FitError) -> any RidgeFit<Device> {
    /// What the fit itself would throw.
    func bare(_ make: () throws(FitError) -> any RidgeFit<Device>) throws -> any RidgeFit<Device> {
      do throws(FitError) {
        return try make()
      } catch {
        if case .regression(let cause) = error { throw cause }
        throw error
      }
    }
    let start = try prepare(self, .variance)
    var other = self
    other.seed = seed ^ 0x5851_F42D_4C95_7F2D
    let learning = other
    return SelfWeightedFit(
      start: start, make: { weights in try bare { () throws(FitError) in try prepare(self, .given(weights)) } },
      learner: start.validation == .hiddenCells
        ? { weights in try bare { () throws(FitError) in try prepare(learning, .given(weights)) } } : nil,
      others: part.map { part in
        { rows in
          var own = self
          own.groups = groups?.among(rows)
          let request = own
          return SelfWeightedFit(
            start: try part(request, .variance, rows),
            make: { weights in try bare { () throws(FitError) in try part(request, .given(weights), rows) } })
        }
      }, groups: groups)
  }

  /// Chooses the ridge of a fit that is prepared.
  private func finish<Device: Backend>(
    _ fit: any RidgeFit<Device>, names: [String]?, report: @escaping (Int, Int) throws -> Void
  ) throws(FitError) -> FitResult<Device> {
    if ridge == .path([0]) && fit.isFactored {
      throw .regression(.singularGram(sampleCount: fit.sampleCount, coordinateCount: fit.coordinateCount))
    }
    return try FitError.wrapping {
      do {
        let search = try fit.search(ridge, standardizes: weights == .automatic ? true : nil, report: report)
        return FitResult(
          request: self, names: names, fit: fit, search: search, learning: try fit.learning(ridge: search.best.ridge),
          crossFitted: try fit.crossFittedErrors(ridge: search.best.ridge),
          rows: try fit.residualRows(search.best))
      } catch let error as RegressionError where names != nil && weights != .automatic {
        throw FitError.data(error.description(names: names))
      }
    }
  }
}
