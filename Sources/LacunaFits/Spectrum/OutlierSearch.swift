import DeterministicEquivalents
import LacunaAlgebra
import MaskedRegression
import RealModule

/// The rounds in which outliers are found: see `FitSpectrum`.
struct OutlierSearch<Device: Backend> {
  private let fit: DataFit<Device>
  /// Coordinates that vary.
  private let active: [Int]
  /// n, less one for an intercept, and n over it.
  private let rows: Int
  private let unit: Double
  /// λ of the fit, and of the mean over `rows`, as are the variances.
  private let fitRidge, ridge: Double
  private let variances: [Double]
  private let eigenvalues: PredictorEigenvalues<Device>
  /// The greatest of permuted copies.
  private var permuted: (count: Int, place: Double, gram: Double)?

  /// A null with what is beyond it.
  private struct Round {
    var null: SpectrumEdges
    /// z.
    var threshold: Double
    var count: Int
  }

  /// An outlier taken for a spike.
  private struct Spike {
    /// nil where it is not beyond the edge itself.
    var found: SpectrumEdges.SpreadSpike?
    /// u ∝ D^(−½)v, over the coordinates that vary, of the columns over √w.
    var direction: [Double]
  }

  init(_ fit: DataFit<Device>, ridge: Double) throws {
    self.fit = fit
    fitRidge = ridge
    rows = fit.sampleCount - (fit.centered ? 1 : 0)
    let all = fit.weightedVariances
    active = all.indices.filter { all[$0] > 0 }
    guard rows >= 10, active.count >= 10 else {
      throw NoSpectrum(description: "fewer than ten rows, or coordinates that vary, have no bulk")
    }
    guard ridge > 0 || rows > active.count else {
      throw NoSpectrum(description: "without a ridge it needs more rows than coordinates")
    }
    let unit = Double(fit.sampleCount) / Double(rows)
    self.unit = unit
    self.ridge = ridge * unit
    variances = active.map { all[$0] * unit }
    eigenvalues = try PredictorEigenvalues(of: fit, ridge: ridge, stillCount: all.count - active.count)
  }

  /// Takes the greatest eigenvalues of so many permuted copies in the place of the Tracy–Widom law.
  mutating func permute(count: Int, seed: UInt64) throws {
    let streams = (1...count).map { RandomStream(seed: seed, purpose: .probes, index: $0) }
    let found = try fit.permutedExtremes(ridge: fitRidge, streams: streams)
    permuted = (count, found.place, found.gram)
  }

  /// Outliers beyond which there is no low rank: a tenth of the coordinates, or three of fewer than thirty, and no more than half of
  /// what the rows can tell.
  private var most: Int { min(max(3, active.count / 10), (rows - 1) / 2) }

  func spectrum() throws -> FitSpectrum {
    var noise = variances
    var round = try self.round(noise: noise, spikes: [])
    var spikes: [Spike] = []
    var isSettled = false
    // A count that falls does not rise again, or two nulls would take turns.
    var cap = Int.max
    for _ in 0..<24 where !isSettled {
      let count = round.count
      guard count > 0, count <= most else { break }
      var next = try self.spikes(of: round)
      var change = next.count == spikes.count ? 0 : Double.infinity
      for (index, earlier) in zip(next.indices, spikes) where next.count == spikes.count {
        guard let old = earlier.found?.strength, let new = next[index].found?.strength else { continue }
        change = max(change, abs(Double.log(new / old)))
        // Halfway, as a smaller strength leaves more noise, and more noise a greater strength.
        next[index].found?.strength = (old * new).squareRoot()
      }
      spikes = next
      noise = self.noise(without: spikes)
      round = try self.round(noise: noise, spikes: spikes)
      if round.count < count { cap = round.count }
      round.count = min(round.count, cap)
      isSettled = round.count == count && change <= 0.02
    }
    let isCorrelated = round.count > most
    spikes = isCorrelated ? [] : try self.spikes(of: round)
    let listed = isCorrelated && eigenvalues.all == nil ? most : round.count
    let place = SpectrumEquivalent.predictorEigenvalue
    return FitSpectrum(
      eigenvalues: eigenvalues.all, null: round.null,
      edges: round.null.lower.map { (place($0), place(round.null.upper)) },
      threshold: place(round.threshold),
      outliers: try (0..<listed).map { rank in
        let spike = isCorrelated || !isSettled ? nil : spikes[rank].found
        return FitSpectrum.Outlier(
          eigenvalue: place(try eigenvalues.place(rank: rank)),
          strength: spike?.strength, overlap: spike?.right)
      }, outlierCount: round.count, level: permuted.map { .permutations($0.count) } ?? .tracyWidom,
      isCorrelated: isCorrelated, principalDirections: try principalDirections(noise: noise),
      directions: spikes.map { inUnits($0.direction) })
  }

  private func round(noise: [Double], spikes: [Spike]) throws -> Round {
    let known = spikes.compactMap { spike in spike.found.map { ($0.strength, spike.direction) } }
    let bulk =
      known.isEmpty
      ? try DiagonalPopulation(variances: noise).predictorBulk(sampleCount: rows, ridge: ridge)
      : try SpikedPopulation(variances: noise, strengths: known.map(\.0), directions: known.map(\.1))
        .predictorBulk(sampleCount: rows, ridge: ridge)
    let null = try SpectrumEdges(of: bulk)
    guard let threshold = permuted?.place ?? null.greatestEigenvalue?.fivePercentPlace else {
      throw NoSpectrum(
        description:
          "the edge of unrelated coordinates is not sharp enough for the Tracy–Widom law; compare with permuted copies",
        isOfLaw: true)
    }
    return Round(null: null, threshold: threshold, count: try eigenvalues.count(beyond: threshold))
  }

  private func spikes(of round: Round) throws -> [Spike] {
    let directions = try eigenvalues.directions(round.count)
    return try directions.enumerated().map { rank, direction in
      Spike(
        found: round.null.spreadSpike(at: try eigenvalues.place(rank: rank)),
        direction: normalized(active.map { direction[$0] }))
    }
  }

  /// ψ less the parts of spikes: along a direction found as far as it is the spike's, the rest spread.
  private func noise(without spikes: [Spike]) -> [Double] {
    let d = Double(active.count)
    var parts = [Double](repeating: 0, count: active.count)
    for spike in spikes {
      guard let found = spike.found else { continue }
      let (own, spread) = (found.strength * found.right, found.strength * (1 - found.right) / d)
      for (k, entry) in spike.direction.enumerated() { parts[k] += own * entry * entry + spread }
    }
    // A smaller rest is of what was taken for a spike.
    return zip(variances, parts).map { max($0 - $1, 0.1 * $0) }
  }

  /// Over all coordinates, of the columns as they are in the data.
  private func inUnits(_ direction: [Double]) -> [Double] {
    let units = fit.columnUnits
    var whole = [Double](repeating: 0, count: fit.coordinateCount)
    for (place, k) in active.enumerated() { whole[k] = direction[place] * units[k] }
    return normalized(whole)
  }

  private func principalDirections(noise: [Double]) throws -> Int? {
    let edge =
      try permuted.map { $0.gram * unit }
      ?? SpectrumEdges(of: DiagonalPopulation(variances: noise).gramBulk(sampleCount: rows))
      .greatestEigenvalue?.fivePercentPlace
    guard let edge else { return nil }
    return try fit.gramEigenvalues().count { $0 * unit > edge }
  }
}

/// Of length 1, the entry of greatest size positive.
private func normalized(_ vector: [Double]) -> [Double] {
  let greatest = vector.max { abs($0) < abs($1) } ?? 1
  let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot() * (greatest < 0 ? -1 : 1)
  return vector.map { $0 / length }
}
