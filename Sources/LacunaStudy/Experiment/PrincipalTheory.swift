import DeterministicEquivalents

/// Theory of principal components at one stage; the same at every ridge.
public struct PrincipalTheory: Sendable {
  /// The top edge of the bulk of S; nil where no rank is chosen by it.
  let edge: Double?
  /// The error by rank; nil where coordinates differ.
  public let equivalent: PrincipalEquivalent?

  /// - Throws: `PopulationError`, save that a Σ without a closed form gives no error.
  init(population: any Population, sampleCount: Int, rank: PrincipalRank) throws(PopulationError) {
    equivalent =
      population.hasEqualCoordinates
      ? try PrincipalEquivalent(population: population, sampleCount: sampleCount) : nil
    guard rank == .bulkEdge else {
      edge = nil
      return
    }
    if let equivalent {
      edge = equivalent.spectrum.intervals.last?.upper
    } else {
      edge = try SpectrumEquivalent(bulk: population.gramBulk(sampleCount: sampleCount)).intervals.last?.upper
    }
  }
}
