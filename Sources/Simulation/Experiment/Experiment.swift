import DeterministicEquivalents
import LinearAlgebra
import MaskedRegression

/// A configured study: every swept combination, sample count and ridge, simulated with theory beside it.
public struct Experiment: Sendable {
  public let points: [ExperimentPoint]

  public init(_ points: [ExperimentPoint]) {
    self.points = points
  }

  /// One (combination, n): what a trial draws one data set for.
  public struct Stage: Sendable {
    public let point: ExperimentPoint
    public let model: CovarianceModel
    public let sampleCount: Int
    /// Deterministic equivalents, one a ridge: the limit, and corrected for finite size.
    public let theory: [ErrorEquivalent]
    public let finiteSizeTheory: [FiniteSizeErrors]
    /// Of what is measured beyond the errors, one a ridge; nil where nothing is.
    public let spectralTheory: [SpectralTheory]?
    /// Of principal components, where they are measured.
    public let principalTheory: PrincipalTheory?
    /// Of the first spike, where recovery is measured.
    let lowestThreshold: LowestThreshold?
    /// Under masks other than leave-one-out, the equivalents of their errors, one a ridge.
    public let maskTheory: [MaskTheory]?
    /// Masks that a file gives.
    let givenMasks: GivenMasks?
    public let ridges: [Double]

    /// Whether a result is one of this stage's points.
    public func matches(_ result: PointResult) -> Bool {
      parameters == result.parameters && sampleCount == result.sampleCount
        && model.coordinateCount == result.coordinateCount
    }

    var parameters: [String: String] {
      Dictionary(point.swept.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
    }
  }

  /// Trials over all stages.
  public var trialCount: Int {
    points.reduce(0) { $0 + $1.configuration.trials * $1.configuration.data.samples.count }
  }

  /// Builds models and theory: everything that can be refused is refused here, before any trial runs.
  /// - Parameter device: solves the eigenproblem of a dense Σ.
  public func stages(device: some Backend<Double>) throws -> [Stage] {
    try points.flatMap { point in
      let configuration = point.configuration
      let model = try CovarianceModel(configuration.data, seed: configuration.seed, device: device)
      let givenMasks = try configuration.mask.readFile(coordinateCount: model.coordinateCount)
      let maskTheory = try MaskTheorist(configuration.mask, model: model, device: device)
      return try configuration.data.samples.map { n in
        let ridges: [Double]
        switch configuration.ridges {
        case .list(let values): ridges = values
        case .auto:
          let best = try optimalRidge(population: model.population, sampleCount: n).ridge
          guard best.isFinite else {
            throw PopulationError.unsupported(
              reason:
                "model.ridge: auto finds no best ridge at n = \(n): the error falls as the ridge grows without end, "
                + "since the coordinates say nothing of each other; give a ridge")
          }
          ridges = [best]
        }
        let theory = try ridges.map {
          try ErrorEquivalent(population: model.population, sampleCount: n, ridge: $0)
        }
        let corrected = try zip(ridges, theory).map { ridge, limit in
          try FiniteSizeErrors(population: model.population, sampleCount: n, ridge: ridge, limit: limit)
        }
        let measures = configuration.measures
        let spectral =
          measures.contains(.spectrum) || measures.contains(.recovery)
          ? try ridges.map {
            try SpectralTheory(population: model.population, sampleCount: n, ridge: $0, measures: measures)
          } : nil
        return Stage(
          point: point, model: model, sampleCount: n, theory: theory, finiteSizeTheory: corrected,
          spectralTheory: spectral,
          principalTheory: measures.contains(.pca)
            ? try PrincipalTheory(
              population: model.population, sampleCount: n, rank: configuration.principalRank) : nil,
          lowestThreshold: measures.contains(.recovery)
            ? try LowestThreshold(population: model.population, sampleCount: n) : nil,
          maskTheory: try maskTheory.map { theorist in
            try ridges.map { try theorist.errors(sampleCount: n, ridge: $0) }
          }, givenMasks: givenMasks, ridges: ridges)
      }
    }
  }

  /// The stream of one trial: a function of seed, n and trial alone, so that a point does not depend on its neighbours.
  static func stream(seed: UInt64, sampleCount: Int, trial: Int) -> RandomStream {
    RandomStream(seed: seed, purpose: .samples, index: sampleCount << 20 | trial)
  }

  /// Runs all trials of the stages in order.
  ///
  /// - Parameter fallback: asked for another device when one fails (not when the data do); the failed trial runs again
  ///   there, and all later ones. Nil makes the failure an error.
  /// - Parameter record: called with the lines of each finished trial, one a ridge.
  /// - Returns: one result a stage and ridge, in order.
  public func simulate(
    _ stages: [Stage], on device: any Backend, fallback: ((BackendError) -> (any Backend)?)? = nil,
    record: ([TrialRecord]) throws -> Void
  ) throws -> [PointResult] {
    var device = RetreatingDevice(device, fallback: fallback)
    return try stages.flatMap { stage in
      let configuration = stage.point.configuration
      device.begin()
      var outcomes = stage.ridges.map { _ in [SpectralOutcome]() }
      var training = stage.ridges.map { _ in [Double]() }
      var generalization = training
      for index in 0..<configuration.trials {
        let stream = Self.stream(seed: configuration.seed, sampleCount: stage.sampleCount, trial: index)
        let outcome = try device.run(stage, stream: stream)
        let errors = outcome.errors
        let spectral = outcome.spectral
        let records = errors.indices.map { r in
          let outcome = spectral?[r]
          return TrialRecord(
            parameters: stage.parameters, sampleCount: stage.sampleCount, coordinateCount: stage.model.coordinateCount,
            ridge: stage.ridges[r], trial: index, trainingError: errors[r].meanTraining,
            generalizationError: errors[r].meanGeneralization ?? .nan,
            topEigenvalue: outcome?.eigenvalues?.last, outlier: outcome?.recovery?.eigenvalues.first,
            overlap: outcome?.recovery?.overlaps.first, principalOverlap: outcome?.recovery?.principalOverlaps.first,
            principalRanks: outcome?.principal?.map(\.rank), principalErrors: outcome?.principal?.map(\.error))
        }
        if let spectral { for r in outcomes.indices { outcomes[r].append(spectral[r]) } }
        for (r, line) in records.enumerated() {
          training[r].append(line.trainingError)
          generalization[r].append(line.generalizationError)
        }
        try record(records)
      }
      return stage.ridges.indices.map { r in
        stage.result(
          ridgeIndex: r, training: training[r], generalization: generalization[r], spectral: outcomes[r])
      }
    }
  }

  /// The same points from theory alone.
  public func theory(_ stages: [Stage]) -> [PointResult] {
    stages.flatMap { stage in
      stage.ridges.indices.map { stage.result(ridgeIndex: $0, training: [], generalization: [], spectral: []) }
    }
  }
}

extension Experiment.Stage {
  func runner<Device: Backend>(on device: Device) throws -> any TrialRunner {
    try StageTrial(device: device, stage: self)
  }

  /// What of a trial takes more than the errors of leave-one-out masks under a structured Σ.
  public var demands: TrialForecast.Demands {
    var demands: TrialForecast.Demands = []
    if model.isDense { demands.insert(.dense) }
    if point.configuration.measures.contains(where: { $0 != .errors }) { demands.insert(.spectral) }
    if point.configuration.mask != .leaveOneOut { demands.insert(.masked) }
    return demands
  }

  /// What a trial of this stage takes.
  public func forecast(precision: Precision) -> TrialForecast {
    TrialForecast(
      sampleCount: sampleCount, coordinateCount: model.coordinateCount, ridgeCount: ridges.count, precision: precision,
      demands: demands)
  }

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
          training: finiteSizeTheory[r].trainingError, generalization: finiteSizeTheory[r].generalizationError)
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

extension Experiment {
  /// The first trial of the first stage, ready to run again and again: each call returns both mean errors a ridge.
  /// - Parameter host: solves the eigenproblem of a dense Σ.
  public func preparedTrial<Device: Backend>(
    on device: Device, host: some Backend<Double>
  ) throws -> () throws -> [Double] {
    let configuration = points[0].configuration
    let model = try CovarianceModel(configuration.data, seed: configuration.seed, device: host)
    guard case .list(let ridges) = configuration.ridges else {
      preconditionFailure("a prepared trial has given ridges")
    }
    let n = configuration.data.samples[0]
    let trial = try ErrorTrial(
      device: device, model: model, law: configuration.data.law, sampleCount: n, ridges: ridges)
    let stream = Self.stream(seed: configuration.seed, sampleCount: n, trial: 0)
    return { try trial.run(stream: stream).flatMap { [$0.meanTraining, $0.meanGeneralization ?? .nan] } }
  }
}
