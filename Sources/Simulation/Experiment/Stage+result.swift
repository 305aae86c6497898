import MaskedRegression

/// What the trials of a stage gave so far, in their order.
struct StageOutcomes {
  private let stage: Experiment.Stage
  private var training, generalization: [[Double]]
  private var spectral: [[SpectralOutcome]]

  init(_ stage: Experiment.Stage) {
    self.stage = stage
    training = stage.ridges.map { _ in [] }
    generalization = training
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
      return TrialRecord(
        parameters: stage.parameters, sampleCount: stage.sampleCount, coordinateCount: stage.model.coordinateCount,
        ridge: stage.ridges[r], trial: trial, trainingError: errors.meanTraining,
        generalizationError: errors.meanGeneralization ?? .nan, topEigenvalue: spectral?.eigenvalues?.last,
        outlier: spectral?.recovery?.eigenvalues.first, overlap: spectral?.recovery?.overlaps.first,
        principalOverlap: spectral?.recovery?.principalOverlaps.first, principalErrors: spectral?.principalErrors)
    }
  }

  /// One result a ridge.
  var results: [PointResult] {
    stage.ridges.indices.map { r in
      stage.result(
        ridgeIndex: r, training: training[r], generalization: generalization[r], spectral: spectral[r])
    }
  }
}

extension Experiment.Stage {
  func result(
    ridgeIndex r: Int, training: [Double], generalization: [Double], spectral: [SpectralOutcome]
  ) -> PointResult {
    let equivalent = theory[r]
    let limit =
      maskTheory?[r]
      ?? MaskTheory(training: equivalent.trainingError, generalization: equivalent.generalizationError)
    // Of drawn masks theory knows the limit of infinitely many alone: nothing to measure a deviation from.
    let isDrawn = if case .random = point.configuration.mask { true } else { false }
    let corrected =
      isDrawn
      ? MaskTheory()
      : maskTheory?[r]
        ?? MaskTheory(
          training: finiteSizeTheory[r]?.trainingError, generalization: finiteSizeTheory[r]?.generalizationError)
    var result = PointResult(
      parameters: parameters, sampleCount: sampleCount, coordinateCount: model.coordinateCount, ridge: ridges[r],
      trials: training.count,
      trainingError: Statistic(of: training, theory: limit.training, finiteSizeTheory: corrected.training),
      generalizationError: Statistic(
        of: generalization, theory: limit.generalization, finiteSizeTheory: corrected.generalization),
      bayesError: equivalent.bayesError, effectiveRidge: equivalent.effectiveRidge,
      degreesOfFreedom1: equivalent.degreesOfFreedom1, degreesOfFreedom2: equivalent.degreesOfFreedom2)
    add(spectral, generalization: generalization, ridgeIndex: r, to: &result)
    return result
  }
}
