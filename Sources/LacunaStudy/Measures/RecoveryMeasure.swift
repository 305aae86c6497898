import DeterministicEquivalents
import LacunaAlgebra

extension QuantityName {
  /// θ_c of the first spike in the joint predictor: the strength itself at which it would leave the bulk, D under that strength,
  /// whatever strength is asked; none where no strength does, as for a spike on one coordinate.
  public static let threshold: QuantityName = "recovery.threshold_theory"
  /// The lowest θ_c and the ridge that gives it: 0 where θ_c grows with the ridge from the first, none where it falls without
  /// end; absent for a spike of negative strength, for which the search has no meaning, and with weights of the penalty.
  public static let lowestThreshold: QuantityName = "recovery.lowest_threshold_theory"
  /// The edge of the bulk on the first spike's side, in μ.
  public static let recoveryEdge: QuantityName = "recovery.edge_theory"
  /// The extreme eigenvalue of Â on the first spike's side; its theory is nil where no outlier leaves the bulk, its theory at
  /// finite size then the mean extreme of the bulk.
  public static let outlier: QuantityName = "recovery.outlier"
  /// Its distance from the edge, positive outside the bulk.
  public static let outlierGap: QuantityName = "recovery.gap"
  /// Squared overlap of the symmetrised eigenvectors with D^½u/|D^½u|.
  public static let overlap: QuantityName = "recovery.overlap"
  /// The overlaps of all spikes, in the order of the configuration, where there are several.
  public static let overlaps: QuantityName = "recovery.overlaps"
  /// The same for principal components: θ_c, the extreme eigenvalue of S, the overlap of its eigenvectors with u.
  public static let principalThreshold: QuantityName = "recovery.pca_threshold_theory"
  public static let principalOutlier: QuantityName = "recovery.pca_outlier"
  public static let principalOverlap: QuantityName = "recovery.pca_overlap"
}

/// `recovery`: outliers and the overlaps of their eigenvectors with the spikes, for the joint predictor and principal
/// components. The single numbers are those of the first spike.
public struct RecoveryMeasure: Measure {
  public static let word = "recovery"

  public static func isMeasured(under mask: MaskConfiguration) -> Bool { mask.isLeaveOneOut }

  public static func refusal(of data: DataConfiguration) -> (reason: String, remedy: String)? {
    data.spikes.isEmpty ? ("there is no spike to recover", "add data.spikes, such as [{strength: 1.0}]") : nil
  }

  public static func needs(_ shape: TrialShape) -> TrialNeeds {
    TrialNeeds(
      parts: [.resolvent, .workspace],
      work: [shape.work(.eigendecompose, cubes: 4 * Double(shape.ridgeCount + 1))])
  }

  private let strengths: [Double]
  private let directions: [[Double]]
  /// Spikes in Â, one a ridge.
  let spectra: [SpectralTheory]
  /// Spikes in the Gram, for principal components.
  let principal: OutlierEquivalent?
  /// What is left of the overlap with a weak spike at finite d.
  private let weak: [SubcriticalOverlap?]
  private let weakPrincipal: SubcriticalOverlap?
  private let lowest: (ridge: Double, threshold: Double)?
  /// θ_c of each spike on its side, one list a ridge, in units in which the penalty is that of one ridge; and for principal
  /// components.
  private let thresholds: [[Double?]]
  /// What strengths along each spike are times in those units, one list a ridge.
  private let scales: [[Double]]
  private let principalThresholds: [Double?]

  public init(_ problem: Experiment.Problem) throws {
    strengths = problem.configuration.data.spikes.map(\.strength)
    directions = problem.model.spikeDirections
    let n = problem.sampleCount
    spectra = try SpectralTheory.all(problem)
    let directions = directions
    scales = problem.frames.map { theory in directions.map { theory.frame?.scale(of: $0) ?? 1 } }
    guard let spiked = problem.model.population.spiked else {
      (principal, weakPrincipal, lowest) = (nil, nil, nil)
      weak = problem.ridges.map { _ in nil }
      (thresholds, principalThresholds) = (problem.ridges.map { _ in [] }, [])
      return
    }
    let principal = try OutlierEquivalent(gramOf: spiked, sampleCount: n)
    self.principal = principal
    let strengths = strengths
    func solved(_ theory: OutlierEquivalent?) throws -> [Double?] {
      try strengths.indices.map { try theory?.threshold(of: $0, isUpper: strengths[$0] >= 0) }
    }
    thresholds = try spectra.map { try solved($0.outliers) }
    principalThresholds = try solved(principal)
    weakPrincipal = SubcriticalOverlap(gramOf: spiked, spectrum: principal.spectrum)
    weak = try zip(problem.frames, spectra).map { theory, spectral in
      guard let frame = theory.frame, let own = frame.population.spiked else { return nil }
      return try spectral.spectrum.map {
        try SubcriticalOverlap(predictorOf: own, sampleCount: n, ridge: frame.ridge, spectrum: $0)
      }
    }
    lowest =
      problem.configuration.weights == .uniform && (strengths.first.map { $0 >= 0 } ?? false)
      ? try OutlierEquivalent.lowestThreshold(population: spiked, sampleCount: n, spike: 0) : nil
  }

  public func warnings(ridge r: Int) -> [String] {
    guard spectra[r].outliers == nil, let refusal = spectra[r].refusal else { return [] }
    return ["without theory of the spikes: \(refusal)"]
  }

  public struct Observation: Codable, Sendable {
    var predictor, principal: SpikeProjection
  }

  public func prepare<Device: Backend>(_ data: TrialData<Device>) throws {
    _ = try data.once("principal spikes") {
      try SpikeProjection(of: data.gram(), on: data, strengths: strengths, targets: directions)
    }
  }

  public func observe<Device: Backend>(_ data: TrialData<Device>, ridge r: Int) throws -> Observation {
    let principal = try data.once("principal spikes") {
      try SpikeProjection(of: data.gram(), on: data, strengths: strengths, targets: directions)
    }
    let (predictor, diagonal) = try data.symmetrizedPredictor(ridge: r)
    let roots = diagonal.map { $0.squareRoot() }
    return Observation(
      predictor: try SpikeProjection(
        of: predictor, on: data, strengths: strengths, targets: directions.map { u in zip(roots, u).map { $0 * $1 } }),
      principal: principal)
  }

  public func record(_ observation: Observation) -> [Quantity] {
    [
      Quantity("outlier", .number(observation.predictor.eigenvalues.first)),
      Quantity("overlap", .number(observation.predictor.overlaps.first)),
      Quantity("pca_overlap", .number(observation.principal.overlaps.first)),
    ]
  }

  public func quantities(_ trials: [Observation], ridge r: Int) -> [Quantity] {
    func expectation(
      _ outliers: OutlierEquivalent?, _ weak: SubcriticalOverlap?, _ spike: Int, _ thresholds: [Double?]
    ) -> SpikeExpectation? {
      outliers.flatMap {
        SpikeExpectation($0, weak: weak, spike: spike, strength: strengths[spike], threshold: thresholds[spike])
      }
    }
    let predicted = strengths.indices.map { expectation(spectra[r].outliers, weak[r], $0, thresholds[r]) }
    let own = predicted[0]
    let rival = expectation(principal, weakPrincipal, 0, principalThresholds)
    let outward = strengths[0] < 0 ? -1.0 : 1.0
    let predictor = SpectrumEquivalent.predictorEigenvalue
    let edge = own.map { predictor($0.edge) }
    func overlap(_ values: [Double], _ theory: SpikeExpectation?) -> Statistic {
      var result = Statistic(of: values, theory: theory?.overlap, finiteSizeTheory: theory?.finiteSizeOverlap)
      if let weak = theory?.finiteSizeOverlap, !values.isEmpty {
        result.expectedStandardError = weak * (2 / Double(values.count)).squareRoot()
      }
      return result
    }
    let overlaps = strengths.indices.map { spike in
      overlap(trials.map { $0.predictor.overlaps[spike] }, predicted[spike])
    }
    let eigenvalues = trials.map { $0.predictor.eigenvalues[0] }
    func gap(_ value: Double?) -> Double? { value.flatMap { value in edge.map { outward * (value - $0) } } }
    let (limit, extreme) = (own?.outlier.map(predictor), own?.extreme.map(predictor))
    return [
      Quantity(.threshold, title: "θ_c", .number((thresholds[r].first ?? nil).map { $0 / scales[r][0] })),
      Quantity(
        .lowestThreshold, title: "lowest θ_c (ridge)",
        lowest.map { found in
          .object([
            Quantity("threshold", .number(found.threshold)),
            Quantity("ridge", .number(found.ridge.isFinite ? found.ridge : nil)),
          ])
        } ?? .number(nil)),
      Quantity(.recoveryEdge, .number(edge)),
      Quantity(
        .outlier, title: "top of Â", Statistic(of: eigenvalues, theory: limit, finiteSizeTheory: extreme)),
      Quantity(
        .outlierGap,
        Statistic(of: eigenvalues.compactMap { gap($0) }, theory: gap(limit), finiteSizeTheory: gap(extreme))),
      Quantity(.overlap, title: "overlap", overlaps[0]),
    ] + (overlaps.count > 1 ? [Quantity(.overlaps, .list(overlaps.map { .measured($0) }))] : []) + [
      Quantity(.principalThreshold, title: "θ_c PCA", .number(principalThresholds.first ?? nil)),
      Quantity(
        .principalOutlier,
        Statistic(
          of: trials.map { $0.principal.eigenvalues[0] }, theory: rival?.outlier, finiteSizeTheory: rival?.extreme)),
      Quantity(.principalOverlap, title: "overlap PCA", overlap(trials.map { $0.principal.overlaps[0] }, rival)),
    ]
  }

  public static func note(_ points: [PointResult]) -> String? {
    "top: the extreme eigenvalue on the first spike's side; overlap: squared, with it"
  }
}
