import DeterministicEquivalents
import LacunaAlgebra
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
    public let finiteSizeTheory: [FiniteSizeErrors?]
    /// Of what is measured beyond the errors, one a ridge; nil where nothing is.
    public let spectralTheory: [SpectralTheory]?
    /// Of principal components, where they are measured.
    public let principalTheory: PrincipalTheory?
    /// Of the first spike, where recovery is measured.
    let lowestThreshold: LowestThreshold?
    /// Under masks other than leave-one-out, the equivalents of their errors, one a ridge.
    public let maskTheory: [MaskTheory]?
    /// How the masks of a trial are drawn; nil under leave-one-out masks.
    let drawMasks: MaskConfiguration.Drawing?
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
      let drawMasks = try configuration.mask.drawing(coordinateCount: model.coordinateCount, key: "model.mask")
      let maskTheory = try configuration.mask.scheme.theory(of: model, on: device)
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
          try FiniteSizeErrors(
            population: model.population, sampleCount: n, ridge: ridge, limit: limit,
            excessKurtosis: configuration.data.law.excessKurtosis)
        }
        let measures = configuration.measures
        let spectral =
          measures.contains(.spectrum) || measures.contains(.recovery)
          ? try ridges.map {
            try SpectralTheory(
              population: model.population, mask: configuration.mask, sampleCount: n, ridge: $0, measures: measures)
          } : nil
        return Stage(
          point: point, model: model, sampleCount: n, theory: theory, finiteSizeTheory: corrected,
          spectralTheory: spectral,
          principalTheory: measures.contains(.pca)
            ? try PrincipalTheory(
              population: model.population, sampleCount: n, rank: configuration.principalRank) : nil,
          lowestThreshold: measures.contains(.recovery)
            ? try LowestThreshold(population: model.population, sampleCount: n) : nil,
          maskTheory: try maskTheory.map { theory in try ridges.map { try theory(n, $0) } }, drawMasks: drawMasks,
          ridges: ridges)
      }
    }
  }

  /// The same points from theory alone.
  public func theory(_ stages: [Stage]) -> [PointResult] {
    stages.flatMap { stage in
      stage.ridges.indices.map { stage.result(ridgeIndex: $0) }
    }
  }
}

extension Experiment.Stage {
  /// What of a trial takes more than the errors of leave-one-out masks under a structured Σ.
  public var demands: TrialForecast.Demands {
    var demands: TrialForecast.Demands = []
    if model.isDense { demands.insert(.dense) }
    let measures = point.configuration.measures
    if measures.contains(where: \.isSpectral) { demands.insert(.spectral) }
    if measures.contains(.recovery) { demands.insert(.recovery) }
    if measures.contains(.variance) { demands.insert(.variance) }
    if measures.contains(.pca) { demands.insert(.principal) }
    if model.isIsotropicSpiked { demands.insert(.isotropicSpiked) }
    return demands
  }

  /// The exact ways to its errors under leave-one-out masks.
  public var routes: [ErrorRoute] {
    ErrorRoute.all(
      sampleCount: sampleCount, coordinateCount: model.coordinateCount, isIsotropicSpiked: model.isIsotropicSpiked)
  }

  /// What a trial of this stage takes on a device by a route; nil under other masks.
  public func forecast<Device: Backend>(on device: Device, route: ErrorRoute?) -> TrialForecast {
    TrialForecast(
      sampleCount: sampleCount, coordinateCount: model.coordinateCount, ridgeCount: ridges.count,
      precision: Device.Element.precision, route: route, mask: point.configuration.mask, demands: demands,
      spikeCount: model.spikeDirections.count, workspace: device.workspaceMatrices)
  }

  /// Seconds that a trial is expected to take by a route, which is nil under other masks.
  public func seconds(route: ErrorRoute?, rates: DeviceRates) -> Double {
    return TrialCost(
      sampleCount: sampleCount, coordinateCount: model.coordinateCount, ridgeCount: ridges.count, route: route,
      isMasked: point.configuration.mask != .leaveOneOut, demands: demands, spikeCount: model.spikeDirections.count,
      drawnMasks: point.configuration.mask.scheme.iteratedMasks
    ).seconds(rates)
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
      device: device, model: model, law: configuration.data.law, sampleCount: n, ridges: ridges,
      route: n < model.coordinateCount ? .sampleInverses : .inverses)
    let stream = trialStream(seed: configuration.seed, sampleCount: n, trial: 0)
    return { try trial.run(stream: stream).flatMap { [$0.meanTraining, $0.meanGeneralization ?? .nan] } }
  }
}
