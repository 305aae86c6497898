import DeterministicEquivalents

/// Theory of the eigenvalues of Â at one ridge, shared by the measures that ask for them.
public struct SpectralTheory: Sendable {
  /// The bulk of Â; nil where theory has none for this Σ.
  public let spectrum: SpectrumEquivalent?
  /// Why there is none; nil where there is.
  public let refusal: PopulationError?
  /// Spikes in Â under leave-one-out masks.
  public let outliers: OutlierEquivalent?

  /// One a ridge of a problem, computed for whoever asks first.
  static func all(_ problem: Experiment.Problem) throws -> [SpectralTheory] {
    try problem.theory.once("spectrum") {
      try problem.frames.map { try SpectralTheory(problem, $0) }
    }
  }

  /// - Throws: `PopulationError`, save that a Σ whose spectrum theory does not cover gives a refusal: it can be simulated.
  private init(_ problem: Experiment.Problem, _ theory: Experiment.Problem.Theory) throws {
    guard let frame = theory.frame else {
      (spectrum, refusal, outliers) = (nil, theory.refusal, nil)
      return
    }
    let (population, ridge, n) = (frame.population, frame.ridge, problem.sampleCount)
    let scheme = problem.configuration.mask.scheme
    // Weights of the data scatter, and with them what the null vectors of few samples make of the spectrum.
    let isScattered = n < problem.coordinateCount && problem.configuration.weights.isOfTheData
    let scattered = PopulationError.unsupported(
      reason: "the spectrum of fewer samples than coordinates under weights of the data")
    if scheme.isLeaveOneOut, let spiked = population.spiked {
      let outliers = try OutlierEquivalent(predictorOf: spiked, sampleCount: n, ridge: ridge)
      self.outliers = outliers
      spectrum = isScattered ? nil : outliers.spectrum
      refusal = isScattered ? scattered : nil
      return
    }
    outliers = nil
    guard !isScattered else {
      (spectrum, refusal) = (nil, scattered)
      return
    }
    do {
      spectrum = try scheme.predictorBulk(of: population, sampleCount: n, ridge: ridge).map {
        try SpectrumEquivalent(bulk: $0)
      }
      refusal = nil
    } catch let error as PopulationError {
      switch error {
      case .unsupported, .noConvergence: (spectrum, refusal) = (nil, error)
      default: throw error
      }
    }
  }
}

/// What theory expects of the extreme eigenvalue on a spike's side, and of the spike's projection onto the outliers there.
struct SpikeExpectation {
  /// z of the edge of the bulk on that side.
  var edge: Double
  /// z of the outermost outlier; nil where none leaves the bulk on this side.
  var outlier: Double?
  /// z to be expected at this d where no outlier leaves the bulk: the edge with its mean displacement; nil where that is not
  /// known, and of an outlier, whose theory is a limit.
  var extreme: Double?
  var overlap: Double
  /// The same at this d, where it can be told.
  var finiteSizeOverlap: Double?
  /// - Parameter weak: for a spike that does not leave the bulk.
  /// - Parameter threshold: of the spike at the edge on its side; nil where it has none.
  init?(_ theory: OutlierEquivalent, weak: SubcriticalOverlap?, spike: Int, strength: Double, threshold: Double?) {
    guard let lowest = theory.edges.first?.position, let highest = theory.edges.last?.position else { return nil }
    let isUpper = strength >= 0
    edge = isUpper ? highest : lowest
    let outliers = theory.outliers.filter { isUpper ? $0.position > highest : $0.position < lowest }
    outlier = isUpper ? outliers.first?.position : outliers.last?.position
    overlap = outliers.reduce(0) { $0 + $1.overlaps[spike].symmetrized }
    extreme = outlier == nil ? theory.meanExtreme(isUpper: isUpper) : nil
    finiteSizeOverlap = outlier == nil ? extreme.flatMap { weak?.value(at: $0, threshold: threshold) } : nil
  }
}
