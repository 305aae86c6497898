import DeterministicEquivalents
import LacunaAlgebra
import MaskedRegression

extension QuantityName {
  /// [lower, upper] of every interval of the bulk, ascending, in μ; none where theory has no spectrum for this covariance.
  public static let spectrumEdges: QuantityName = "spectrum.edges_theory"
  /// See `SpectralDistance`; none without trials or theory.
  public static let kolmogorovSmirnov: QuantityName = "spectrum.kolmogorov_smirnov"
  /// The distance from theory at this d, where it corrects the spectrum.
  public static let finiteSizeKolmogorovSmirnov: QuantityName = "spectrum.kolmogorov_smirnov_finite_size"
  public static let wasserstein1: QuantityName = "spectrum.wasserstein_1"
  /// The five greatest, each its mean over trials, descending.
  public static let topEigenvalues: QuantityName = "spectrum.top_eigenvalues"
  public static let topEigenvalue: QuantityName = "spectrum.top_eigenvalue"
  /// All of them, a row a trial, ascending.
  public static let eigenvalues: QuantityName = "spectrum.eigenvalues"
}

/// `spectrum`: all eigenvalues μ of the joint predictor Â, beside the density of theory.
public struct SpectrumMeasure: Measure {
  public static let word = "spectrum"

  public static func isMeasured(under mask: MaskConfiguration) -> Bool {
    mask.scheme.resolventForm != nil
  }

  public static func needs(_ shape: TrialShape) -> TrialNeeds {
    TrialNeeds(
      parts: [.resolvent, .workspace],
      work: [shape.work(.eigendecompose, cubes: 4 * Double(shape.ridgeCount))])
  }

  /// One a ridge.
  public let theory: [SpectralTheory]

  public init(_ problem: Experiment.Problem) throws {
    theory = try SpectralTheory.all(problem)
  }

  public func warnings(ridge r: Int) -> [String] {
    if let refusal = theory[r].refusal { return ["without theory of the spectrum: \(refusal)"] }
    guard let missing = theory[r].spectrum?.missingMass, abs(missing) > 1e-3 else { return [] }
    return [
      "the theory of the spectrum lacks a fraction \(NumberText.format(missing, digits: 2)) of the eigenvalues: "
        + "spectrum.edges_theory may lack intervals, and distances from it are as uncertain"
    ]
  }

  public func observe<Device: Backend>(_ data: TrialData<Device>, ridge r: Int) throws -> [Double] {
    try data.eigenvalues(ridge: r)
  }

  public func record(_ observation: [Double]) -> [Quantity] {
    observation.last.map { [Quantity(QuantityName(key: "top_eigenvalue"), .number($0))] } ?? []
  }

  public func quantities(_ trials: [[Double]], ridge r: Int) -> [Quantity] {
    let spectrum = theory[r].spectrum
    let distance = spectrum.flatMap { spectrum in
      trials.isEmpty ? nil : SpectralDistance(of: trials.flatMap { $0 }, to: spectrum)
    }
    let count = min(5, trials.first?.count ?? 0)
    let top = (0..<count).map { place in
      trials.reduce(0) { $0 + $1[$1.count - 1 - place] } / Double(trials.count)
    }
    let edges = spectrum.map { $0.predictorIntervals.map { Quantity.Content.numbers([$0.lower, $0.upper]) } }
    return [
      Quantity(.spectrumEdges, title: "bulk of Â by theory", edges.map { .list($0) } ?? .number(nil)),
      Quantity(.topEigenvalue, title: "top eigenvalue", Statistic(of: trials.compactMap(\.last))),
      Quantity(.topEigenvalues, .numbers(top)),
      Quantity(.kolmogorovSmirnov, title: "KS distance", .number(distance?.kolmogorovSmirnov)),
      Quantity(.finiteSizeKolmogorovSmirnov, .number(distance?.finiteSizeKolmogorovSmirnov)),
      Quantity(.wasserstein1, title: "Wasserstein-1", .number(distance?.wasserstein1)),
    ] + (trials.isEmpty ? [] : [Quantity(.eigenvalues, .rows(trials))])
  }
}
