import MaskedRegression

/// What the trials of a stage gave so far, in their order.
struct StageOutcomes {
  private let stage: Experiment.Stage
  private var training, generalization, fullContext, variances: [[Double]]
  private var spectral: [[SpectralOutcome]]

  init(_ stage: Experiment.Stage) {
    self.stage = stage
    training = stage.ridges.map { _ in [] }
    generalization = training
    fullContext = training
    variances = training
    spectral = stage.ridges.map { _ in [] }
  }

  /// Takes one trial in.
  /// - Returns: its lines, one a ridge.
  mutating func add(_ outcome: TrialOutcome, trial: Int) -> [TrialRecord] {
    outcome.errors.indices.map { r in
      let errors = outcome.errors[r]
      let spectral = outcome.spectral?[r]
      if let spectral { self.spectral[r].append(spectral) }
      training[r].append(errors.meanTraining)
      generalization[r].append(errors.meanGeneralization ?? .nan)
      if let value = errors.meanFullContext { fullContext[r].append(value) }
      if let value = errors.predictorVariance { variances[r].append(value) }
      return TrialRecord(
        parameters: stage.parameters, sampleCount: stage.sampleCount, coordinateCount: stage.model.coordinateCount,
        ridge: stage.ridges[r], trial: trial, trainingError: errors.meanTraining,
        generalizationError: errors.meanGeneralization ?? .nan, topEigenvalue: spectral?.eigenvalues?.last,
        outlier: spectral?.recovery?.eigenvalues.first, overlap: spectral?.recovery?.overlaps.first,
        principalOverlap: spectral?.recovery?.principalOverlaps.first, principalRanks: spectral?.principal?.map(\.rank),
        principalErrors: spectral?.principal?.map(\.error),
        fullContextError: errors.meanFullContext, predictorVariance: errors.predictorVariance)
    }
  }

  /// One result a ridge.
  var results: [PointResult] {
    stage.ridges.indices.map { r in
      stage.result(
        ridgeIndex: r, training: training[r], generalization: generalization[r], fullContext: fullContext[r],
        variances: variances[r], spectral: spectral[r])
    }
  }
}

extension Experiment.Stage {
  func result(
    ridgeIndex r: Int, training: [Double] = [], generalization: [Double] = [], fullContext: [Double] = [],
    variances: [Double] = [], spectral: [SpectralOutcome] = []
  ) -> PointResult {
    let equivalent = theory[r]
    let limit =
      maskTheory?[r]
      ?? MaskTheory(training: equivalent.trainingError, generalization: equivalent.generalizationError)
    let corrected =
      maskTheory?[r]
      ?? MaskTheory(
        training: finiteSizeTheory[r]?.trainingError, generalization: finiteSizeTheory[r]?.generalizationError)
    // Of drawn masks theory knows the limit of infinitely many alone: nothing to measure a deviation from.
    let isDrawn = point.configuration.mask.drawnMasks != nil
    func statistic(_ values: [Double], _ theory: Double?, _ corrected: Double?) -> Statistic {
      var result = Statistic(of: values, theory: theory, finiteSizeTheory: isDrawn ? nil : corrected)
      result.comparesWithTheory = !isDrawn
      return result
    }
    var result = PointResult(
      parameters: parameters, sampleCount: sampleCount, coordinateCount: model.coordinateCount, ridge: ridges[r],
      trials: training.count,
      trainingError: statistic(training, limit.training, corrected.training),
      generalizationError: statistic(generalization, limit.generalization, corrected.generalization),
      bayesError: equivalent.bayesError)
    if let masked = maskTheory?[r] {
      result.fullContextError = statistic(fullContext, masked.fullContext, masked.fullContext)
      if point.configuration.measures.contains(.variance) {
        result.predictorVariance = statistic(variances, masked.variance, masked.variance)
      }
    }
    let own =
      maskTheory?[r]
      ?? MaskTheory(
        effectiveRidge: equivalent.effectiveRidge, degreesOfFreedom1: equivalent.degreesOfFreedom1,
        degreesOfFreedom2: equivalent.degreesOfFreedom2)
    result.effectiveRidge = own.effectiveRidge
    result.degreesOfFreedom1 = own.degreesOfFreedom1
    result.degreesOfFreedom2 = own.degreesOfFreedom2
    add(spectral, generalization: generalization, ridgeIndex: r, to: &result)
    return result
  }
}
