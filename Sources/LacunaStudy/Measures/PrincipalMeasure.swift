import DeterministicEquivalents

extension Experiment.Stage {
  /// The ranks of principal components that are tried; nil where each trial chooses its own by the bulk's edge.
  var principalRanks: [Int]? {
    switch point.configuration.principalRank {
    case .best: LacunaStudy.principalRanks(sampleCount: sampleCount, coordinateCount: model.coordinateCount)
    case .bulkEdge: nil
    case .list(let ranks): ranks
    }
  }

  /// Adds to a point what was measured beyond the errors.
  /// - Parameter outcomes: one a trial, empty for theory alone.
  /// - Parameter generalization: E_gen of the same trials.
  func add(_ outcomes: [SpectralOutcome], generalization: [Double], ridgeIndex r: Int, to result: inout PointResult) {
    let measures = point.configuration.measures
    if measures.contains(.spectrum) {
      result.spectrum = spectrum(outcomes.compactMap(\.eigenvalues), theory: spectralTheory?[r].spectrum)
    }
    if measures.contains(.recovery) {
      result.recovery = recovery(outcomes.compactMap(\.recovery), theory: spectralTheory?[r])
    }
    if measures.contains(.pca) {
      result.principal = principal(
        outcomes.compactMap(\.principal), generalization: generalization)
    }
  }

  private func spectrum(_ trials: [[Double]], theory: SpectrumEquivalent?) -> SpectrumResult {
    let distance = theory.flatMap { theory in
      trials.isEmpty ? nil : SpectralDistance(of: trials.flatMap { $0 }, to: theory)
    }
    let count = trials.isEmpty ? 0 : min(5, model.coordinateCount)
    return SpectrumResult(
      edgesTheory: theory.map { $0.predictorIntervals.map { [$0.lower, $0.upper] } },
      kolmogorovSmirnov: distance?.kolmogorovSmirnov, wasserstein1: distance?.wasserstein1,
      finiteSizeKolmogorovSmirnov: distance?.finiteSizeKolmogorovSmirnov,
      topEigenvalues: (0..<count).map { place in
        trials.reduce(0) { $0 + $1[$1.count - 1 - place] } / Double(trials.count)
      }, eigenvalues: trials)
  }

  private func recovery(_ trials: [SpectralOutcome.Recovery], theory: SpectralTheory?) -> RecoveryResult {
    let strengths = point.configuration.data.spikes.map(\.strength)
    func expectation(
      _ outliers: OutlierEquivalent?, _ weak: SubcriticalOverlap?, _ spike: Int
    ) -> SpikeExpectation? {
      outliers.flatMap {
        SpikeExpectation($0, weak: weak, spike: spike, strength: strengths[spike])
      }
    }
    let predicted = strengths.indices.map { expectation(theory?.outliers, theory?.weakOverlap, $0) }
    let own = predicted[0]
    let principal = expectation(theory?.principal, theory?.weakPrincipalOverlap, 0)
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
      overlap(trials.map { $0.overlaps[spike] }, predicted[spike])
    }
    let eigenvalues = trials.map { $0.eigenvalues[0] }
    func gap(_ value: Double?) -> Double? { value.flatMap { value in edge.map { outward * (value - $0) } } }
    return RecoveryResult(
      thresholdTheory: own?.threshold, lowestThresholdTheory: lowestThreshold, edgeTheory: edge,
      outlier: Statistic(
        of: eigenvalues, theory: own?.outlier.map(predictor), finiteSizeTheory: own?.extreme.map(predictor)),
      gap: Statistic(
        of: eigenvalues.compactMap { gap($0) }, theory: gap(own?.outlier.map(predictor)),
        finiteSizeTheory: gap(own?.extreme.map(predictor))),
      overlap: overlaps[0], overlaps: overlaps.count > 1 ? overlaps : nil,
      principalThresholdTheory: principal?.threshold,
      principalOutlier: Statistic(
        of: trials.map { $0.principalEigenvalues[0] }, theory: principal?.outlier,
        finiteSizeTheory: principal?.extreme),
      principalOverlap: overlap(trials.map { $0.principalOverlaps[0] }, principal))
  }

  private func principal(_ trials: [[PrincipalRankError]], generalization: [Double]) -> PrincipalResult? {
    let equivalent = principalTheory?.equivalent
    // A rank chosen trial by trial stands under the one that most trials chose, or theory's own.
    let chosen = trials.compactMap(\.first?.rank)
    let tried = principalRanks ?? [mostFrequent(chosen) ?? equivalent?.edgeRank].compactMap { $0 }
    let ranks = tried.enumerated().map { index, rank in
      PrincipalResult.RankError(
        rank: rank,
        generalizationError: Statistic(
          of: trials.map { $0[index].error }, theory: equivalent?.error(rank: rank), finiteSizeTheory: nil))
    }
    func error(_ index: Int) -> Double? {
      ranks[index].generalizationError.mean ?? ranks[index].generalizationError.theory
    }
    guard let best = ranks.indices.min(by: { error($0) ?? .infinity < error($1) ?? .infinity }), error(best) != nil
    else { return nil }
    return PrincipalResult(
      rank: ranks[best].rank, generalizationError: ranks[best].generalizationError,
      advantage: Statistic(
        of: zip(trials, generalization).map { $0[best].error - $1 },
        theory: nil, finiteSizeTheory: nil),
      ranks: ranks)
  }
}

/// The least of the values that occur most often.
private func mostFrequent(_ values: [Int]) -> Int? {
  let counts = Dictionary(values.map { ($0, 1) }, uniquingKeysWith: +)
  return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
}
