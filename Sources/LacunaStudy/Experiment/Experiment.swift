import DeterministicEquivalents
import LacunaAlgebra
import MaskedRegression

/// A configured study: every swept combination, sample count and ridge, simulated with theory beside it.
public struct Experiment: Sendable {
  public let points: [ExperimentPoint]

  public init(_ points: [ExperimentPoint]) {
    self.points = points
  }

  /// One (combination, n): what a trial draws one data set for, with what is measured of it and the theory of that.
  public struct Stage: Sendable {
    public let problem: Problem
    /// Errors first.
    public let measures: [any Measure]
    /// How its trials are computed where that is settled; nil leaves it to the planner.
    package var course: Course?

    /// A way to compute trials that was settled beforehand, so that their numbers do not depend on who computes them.
    package struct Course: Sendable, Equatable, Codable {
      /// nil under masks other than leave-one-out.
      package var route: ErrorRoute?
      /// Whether each trial keeps to one thread.
      package var isSingleThreaded: Bool

      enum CodingKeys: String, CodingKey {
        case route
        case isSingleThreaded = "single_threaded"
      }
    }

    /// Computes the theory of every measure that is asked for.
    init(_ problem: Problem, known: [any Measure.Type]) throws {
      self.problem = problem
      let words = problem.configuration.measures + [ErrorMeasure.word]
      measures = try known.filter { words.contains($0.word) }.map { try $0.init(problem) }
    }

    public var point: ExperimentPoint { problem.point }
    public var model: CovarianceModel { problem.model }
    public var sampleCount: Int { problem.sampleCount }
    public var ridges: [Double] { problem.ridges }

    /// A measure of this stage with its theory; nil where it was not asked for.
    public func measure<M: Measure>(_ type: M.Type) -> M? {
      for measure in measures { if let found = measure as? M { return found } }
      return nil
    }

    /// Whether a result is one of this stage's points.
    public func matches(_ result: PointResult) -> Bool {
      problem.parameters == result.parameters && sampleCount == result.sampleCount
        && problem.coordinateCount == result.coordinateCount
    }
  }

  /// Trials over all stages.
  public var trialCount: Int {
    points.reduce(0) { $0 + $1.configuration.trials * $1.configuration.data.samples.count }
  }

  /// Builds models and theory: everything that can be refused is refused here, before any trial runs.
  /// - Parameter device: solves the eigenproblem of a dense Σ.
  /// - Parameter known: the measures that a configuration can ask for.
  package func stages(
    device: some Backend<Double>, known: [any Measure.Type] = MeasureRegistry.all
  ) throws -> [Stage] {
    try points.flatMap { point in
      let configuration = point.configuration
      let model = try CovarianceModel(configuration.data, seed: configuration.seed, device: device)
      let drawMasks = try configuration.mask.drawing(coordinateCount: model.coordinateCount, key: "model.mask")
      let frames = try PenaltyFrames(
        model, weights: configuration.weights, excessKurtosis: configuration.data.law.excessKurtosis, device: device)
      let line = try configuration.mask.scheme.line(of: model, on: device)
      let maskTheory: MaskTheory.Evaluation? =
        if let line { line } else { try configuration.mask.scheme.theory(of: model, on: device) }
      return try configuration.data.samples.map { n in
        let ridges = try configuration.ridges.values(model: model, sampleCount: n)
        let theory = try maskTheory.map { theory in
          try ridges.map { ridge in try MaskTheory { try theory(n, ridge) } }
        }
        return try Stage(
          Problem(
            point: point, model: model, sampleCount: n, ridges: ridges,
            frames: ridges.map { ridge in
              try Problem.Theory { try frames.frame(sampleCount: n, ridge: ridge) }
            }, weights: frames.values, maskTheory: theory, maskLine: line, drawMasks: drawMasks),
          known: known)
      }
    }
  }

  /// The same points from theory alone.
  package func theory(_ stages: [Stage]) -> [PointResult] {
    stages.flatMap { StageOutcomes($0).results }
  }
}

extension Experiment {
  /// One data model at one sample count and the ridges it is regressed at: all that a trial's numbers depend on.
  public struct Problem: Sendable {
    public let point: ExperimentPoint
    public let model: CovarianceModel
    /// n.
    public let sampleCount: Int
    /// λ on S = XᵀX/n.
    public let ridges: [Double]
    /// Of leave-one-out masks, one a ridge.
    let frames: [Theory]
    /// w, where they are given.
    let weights: [Double]?
    /// Under masks other than leave-one-out, their equivalents, one a ridge.
    let maskTheory: [MaskTheory]?
    /// The same at any n and ridge, for lines between the points; nil where there is none that is quick.
    let maskLine: MaskTheory.Line?
    /// How the masks of a trial are drawn; nil under leave-one-out masks.
    let drawMasks: MaskConfiguration.Drawing?
    /// Theory that several measures share.
    let theory = Once()

    init(
      point: ExperimentPoint, model: CovarianceModel, sampleCount: Int, ridges: [Double], frames: [Theory],
      weights: [Double]?, maskTheory: [MaskTheory]?, maskLine: MaskTheory.Line?,
      drawMasks: MaskConfiguration.Drawing?
    ) throws {
      self.point = point
      self.model = model
      self.sampleCount = sampleCount
      self.ridges = ridges
      self.frames = frames
      self.weights = weights
      self.maskTheory = maskTheory
      self.maskLine = maskLine
      self.drawMasks = drawMasks
      guard sampleCount < 1 << 28 else {
        throw ModelError.value(
          path: "data.samples", reason: "\(sampleCount) samples; streams of random numbers are told apart below 2^28")
      }
    }

    public var configuration: ExperimentConfiguration { point.configuration }
    /// d.
    public var coordinateCount: Int { model.coordinateCount }
    /// The swept keys and their values.
    public var parameters: [String: String] {
      Dictionary(point.swept.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
    }

    /// What a trial's cost depends on.
    public var shape: TrialShape {
      TrialShape(
        sampleCount: sampleCount, coordinateCount: coordinateCount, ridgeCount: ridges.count,
        mask: configuration.mask, weights: configuration.weights, spikeCount: model.spikeDirections.count,
        isDense: model.isDense, isIsotropicSpiked: model.isIsotropicSpiked)
    }

    /// The stream of a trial's samples: a function of seed, n and trial alone, so that a point does not depend on its
    /// neighbours.
    func stream(ofTrial trial: Int) -> RandomStream {
      RandomStream(seed: configuration.seed, purpose: .samples, index: streamIndex(ofTrial: trial))
    }

    func streamIndex(ofTrial trial: Int) -> Int { sampleCount << 20 | trial }
  }
}

extension Experiment.Problem {
  /// Theory where there is one, else why not.
  struct Theory: Sendable {
    var frame: PenaltyFrame?
    var refusal: PopulationError?

    /// - Throws: what `make` throws, save that a Σ that theory does not cover gives a refusal: it can be simulated.
    init(_ make: () throws -> PenaltyFrame) throws {
      do {
        frame = try make()
      } catch let error as PopulationError {
        switch error {
        case .unsupported, .noConvergence: refusal = error
        default: throw error
        }
      }
    }
  }
}

extension RidgeConfiguration {
  /// The ridges at n samples of a model.
  fileprivate func values(model: CovarianceModel, sampleCount n: Int) throws -> [Double] {
    guard case .list(let values) = self else {
      let best = try ErrorEquivalent.optimalRidge(population: model.population, sampleCount: n).ridge
      guard best.isFinite else {
        throw PopulationError.unsupported(
          reason:
            "model.ridge: auto finds no best ridge at n = \(n): the error falls as the ridge grows without end, "
            + "since the coordinates say nothing of each other; give a ridge")
      }
      return [best]
    }
    return values
  }
}
