import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

@Suite struct FitVerdictTests {
  private struct Draw {
    let stream: RandomStream
    var count: UInt64 = 0
    init(_ seed: UInt64) { stream = RandomStream(seed: seed, purpose: .samples, index: 31) }
    mutating func normal() -> Double {
      count += 1
      return EntryLaw.gaussian.value(at: count, of: stream)
    }
  }

  /// Rows of r factors with noise of a standard deviation each coordinate.
  private static func factors(n: Int, noise: [Double], factors r: Int, seed: UInt64) -> [[Double]] {
    var draw = Draw(seed)
    let loadings = (0..<r).map { _ in noise.map { _ in draw.normal() } }
    return (0..<n).map { _ in
      let scores = (0..<r).map { _ in draw.normal() }
      return noise.indices.map { k in
        3 + noise[k] * draw.normal() + (0..<r).reduce(0) { $0 + scores[$1] * loadings[$1][k] }
      }
    }
  }

  private func verdict(
    _ x: [[Double]], centered: Bool = true, weights: WeightChoice = .uniform, seed: UInt64 = 1,
    groups: SampleGroups? = nil
  ) throws -> FitVerdict {
    try FitRequest(ridge: .path([0.1, 1]), weights: weights, centered: centered, seed: seed, groups: groups)
      .fit(x.flatMap { $0 }, sampleCount: x.count, on: host).verdict()
  }

  /// The same where there is one.
  private func comparison(
    _ x: [[Double]], centered: Bool = true, weights: WeightChoice = .uniform, groups: SampleGroups? = nil
  ) throws -> FitVerdict.Comparison {
    let found = try verdict(x, centered: centered, weights: weights, groups: groups)
    return try #require(found.comparison)
  }

  private func close(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool { abs(a - b) <= tolerance * abs(b) }

  /// Against the whole procedure written out: eigenvectors by Jacobi's rotations, Σ of PCA in full, each cell's regression on all
  /// others solved anew. Fewer samples than coordinates, more, and more by far; a column that does not vary, groups.
  @Test(arguments: [(26, 5), (22, 6), (14, 9), (15, 24)], [false, true])
  func writtenOut(shape: (Int, Int), centered: Bool) throws {
    let (n, d) = shape
    let noise = (0..<d).map { 0.3 + 0.2 * Double($0 % 4) }
    var x = Self.factors(n: n, noise: noise, factors: 2, seed: UInt64(n))
    // Beside the others in scale, and no part of it.
    for i in x.indices {
      x[i][1] *= 1e4
      if centered { x[i][2] = 7 }
    }
    let groups = n == 26 ? SampleGroups(labels: (0..<n).map { $0 % 13 }) : nil
    let found = try comparison(x, centered: centered, groups: groups)
    let wanted = VerdictReference(
      x, centered: centered, units: groups?.members ?? (0..<n).map { [$0] },
      kept: (0..<d).filter { !centered || $0 != 2 }
    ).verdict()
    #expect(found.coordinateCount == (centered ? d - 1 : d))
    #expect(close(found.maskedError, wanted.masked), "\(found.maskedError) \(wanted.masked)")
    #expect(close(found.pcaError, wanted.pca), "\(found.pcaError) \(wanted.pca)")
    #expect(close(found.emptyError, wanted.empty))
    #expect(found.pcaRank == wanted.rank && close(found.ridge, wanted.ridge))
    #expect(close(found.difference, wanted.masked - wanted.pca, 1e-6))
    #expect(close(found.standardError, wanted.standardError, 1e-6))
  }

  /// What is scaled or moved, and which weights a fit has, is no part of it.
  @Test func unitsAndWeights() throws {
    let x = Self.factors(n: 40, noise: [0.1, 0.5, 1, 2, 0.3, 0.7], factors: 2, seed: 3)
    let moved = x.map { row in row.enumerated().map { 50 + $1 * [1, 1e3, 1e-3, 7, 0.1, 20][$0] } }
    let own = try comparison(x)
    for weights in [WeightChoice.uniform, .variance, .selfWeighted] {
      let other = try comparison(moved, weights: weights)
      #expect(close(other.maskedError, own.maskedError) && close(other.pcaError, own.pcaError))
      #expect(close(other.standardError, own.standardError, 1e-6) && other.pcaRank == own.pcaRank)
    }
    let copied = try comparison(x + x)
    #expect(copied.standardError > 0.5 * own.standardError, "copies are no further samples")
  }

  /// Noise that differs from coordinate to coordinate after scaling: masked regression weighs by it.
  @Test func unequalNoise() throws {
    let noise: [Double] = (0..<30).map { k in
      let step = Double((k * 11) % 30 + 1)
      return 0.03 * step * step / 8
    }
    var seen = 0
    for seed in 0..<5 {
      let x = Self.factors(n: 500, noise: noise, factors: 3, seed: UInt64(40 + seed))
      let found: FitVerdict.Comparison = try comparison(x)
      #expect(found.better != .pca)
      if found.better == .masked { seen += 1 }
      #expect(found.maskedError < 0.8 * found.emptyError)
    }
    #expect(seen >= 4, "\(seen) of 5")
  }

  /// Two strong factors under equal noise, n ≪ d: PCA has the very model.
  @Test func strongFactors() throws {
    var seen = 0
    for seed in 0..<5 {
      let x = Self.factors(n: 30, noise: [Double](repeating: 1, count: 120), factors: 2, seed: UInt64(60 + seed))
      let found = try comparison(x)
      #expect(found.pcaRank == 2 && found.difference > 0)
      guard found.better == .pca else { continue }
      seen += 1
      #expect(found.sentence.hasPrefix("PCA predicts hidden cells better"))
    }
    #expect(seen >= 4, "\(seen) of 5")
  }

  /// Nothing tells of anything.
  @Test(arguments: [(60, 12), (24, 40)])
  func isotropic(shape: (Int, Int)) throws {
    var seen = 0
    for seed in 0..<40 {
      let noise = [Double](repeating: 1, count: shape.1)
      let found = try comparison(Self.factors(n: shape.0, noise: noise, factors: 0, seed: UInt64(100 + seed)))
      if found.better != nil { seen += 1 } else { #expect(found.sentence.hasPrefix("no difference seen")) }
    }
    #expect(seen <= 2, "\(seen) of 40")
  }

  @Test func whereThereIsNone() throws {
    let x = Self.factors(n: 60, noise: [1, 1, 1, 1], factors: 1, seed: 9)
    let values = x.flatMap { $0 }
    var series = x
    for i in 1..<60 { for k in 0..<4 { series[i][k] = 0.95 * series[i - 1][k] + 0.05 * x[i][k] } }
    #expect(try verdict(series).reason?.contains("--groups runs:L") == true)
    #expect(try verdict(series, groups: SampleGroups(runs: 6, sampleCount: 60)).comparison != nil)
    #expect(try verdict(x, groups: SampleGroups(runs: 10, sampleCount: 60)).reason?.contains("6 groups") == true)
    #expect(try verdict(Array(x[..<9])).reason?.contains("at least 10") == true)
    let large = SampleGroups(labels: (0..<60).map { $0 < 45 ? -1 : $0 })
    #expect(try verdict(x, groups: large).comparison != nil)
    for mask in [SchemeFitMask(BernoulliMasks(keep: 0.5)) as any FitMask, ObservedFitMask()] {
      let found = try FitRequest(mask: mask).fit(values, sampleCount: 60, on: host).verdict()
      #expect(found.comparison == nil && found.reason != nil)
    }
  }
}
