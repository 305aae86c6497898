import DeterministicEquivalents
import LacunaAlgebra
import LacunaFits
import LacunaHost
import MaskedRegression
import RealModule
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How often directions are found that are there, and that are not.
@Suite(.serialized) struct DirectionCountTests {
  /// Draws of each case: LACUNA_DIRECTION_DRAWS, or few.
  private static let draws = ProcessInfo.processInfo.environment["LACUNA_DIRECTION_DRAWS"].flatMap(Int.init)

  /// The greatest count that noise at 5 % exceeds less than once in a thousand times.
  private static func most(of draws: Int) -> Int {
    var (count, tail) = (0, 1 - Double.pow(0.95, draws))
    var term = Double.pow(0.95, draws)
    while tail > 1e-3 {
      term *= Double(draws - count) / Double(count + 1) * 0.05 / 0.95
      count += 1
      tail -= term
    }
    return count
  }

  /// The greatest eigenvalue of unrelated coordinates lies where the law says, mean and fifth percentile, given the columns' own mean
  /// squares.
  @Test(arguments: [(120, 60), (60, 120)], [0.1, 1])
  func law(shape: (Int, Int), ridge: Double) throws {
    let samples = SpectrumSamples(n: shape.0, d: shape.1)
    let draws = Self.draws ?? 100
    var values: [Double] = []
    for draw in 0..<draws {
      let fit = try samples.fit(draw, ridge: .path([ridge]))
      let spectrum = try fit.spectrum().get()
      let fitted = fit.fit.variances
      let greatest = try #require(spectrum.eigenvalues?.last)
      let null = try SpectrumEdges(
        of: DiagonalPopulation(variances: fitted).predictorBulk(sampleCount: samples.n, ridge: ridge))
      let law = try #require(null.greatestEigenvalue)
      values.append((1 / (1 - greatest) - law.center) / law.scale)
    }
    let mean = values.reduce(0, +) / Double(draws)
    let chance = 1.268 / Double(draws).squareRoot()
    print("n \(shape.0), d \(shape.1), ridge \(ridge): mean \(mean) ± \(chance)")
    // What is left is of higher order in 1/d than a tenth of the scale.
    #expect(abs(mean + 1.2065) < 3 * chance + 0.15)
    #expect(values.count { $0 > 0.979316 } <= Self.most(of: draws))
  }

  /// Noise of unequal variances has directions once in twenty times.
  @Test(arguments: [(200, 100), (100, 200)], [false, true])
  func noise(shape: (Int, Int), searchesRidge: Bool) throws {
    let samples = SpectrumSamples(n: shape.0, d: shape.1)
    let draws = Self.draws ?? 40
    var (found, principal) = (0, 0)
    for draw in 0..<draws {
      let fit = try samples.fit(draw, ridge: searchesRidge ? .automatic : .path([0.1]), centered: true)
      let spectrum = try fit.spectrum().get()
      if !spectrum.outliers.isEmpty { found += 1 }
      if spectrum.principalDirections ?? 0 > 0 { principal += 1 }
    }
    print("noise, n \(shape.0), d \(shape.1): \(found) of \(draws); principal components \(principal)")
    #expect(found <= Self.most(of: draws))
    #expect(principal <= Self.most(of: draws))
  }

  /// So has noise of Student-t(5) entries against permuted copies.
  @Test(arguments: [(80, 40), (40, 60)])
  func permuted(shape: (Int, Int)) throws {
    let samples = SpectrumSamples(n: shape.0, d: shape.1, law: .studentT(degreesOfFreedom: 5))
    let draws = Self.draws ?? 25
    var (found, principal, tracyWidom) = (0, 0, 0)
    for draw in 0..<draws {
      let fit = try samples.fit(draw, ridge: .path([0.1]))
      let spectrum = try fit.spectrum(permutations: 19).get()
      #expect(spectrum.level == .permutations(19))
      if !spectrum.outliers.isEmpty { found += 1 }
      if spectrum.principalDirections ?? 0 > 0 { principal += 1 }
      if try !fit.spectrum().get().outliers.isEmpty { tracyWidom += 1 }
    }
    print(
      "Student-t(5), n \(shape.0), d \(shape.1): \(found) of \(draws); principal components \(principal); Tracy–Widom \(tracyWidom)"
    )
    #expect(found <= Self.most(of: draws))
    #expect(principal <= Self.most(of: draws))
  }

  /// A spike of twice its threshold is found in 95 of 100 draws; so are two of them, and no third more often than in noise.
  @Test(arguments: [200, 600])
  func spikes(n: Int) throws {
    var samples = SpectrumSamples(n: n, d: 300, strengths: [1])
    let ridge = 0.1
    let population = try SpikedPopulation(
      variances: samples.variances, strengths: [1], directions: samples.directions)
    let threshold = try #require(
      try OutlierEquivalent(predictorOf: population, sampleCount: n, ridge: ridge).threshold(of: 0))
    samples.strengths = [2 * threshold]
    let draws = Self.draws ?? 8
    var (found, more) = (0, 0)
    for draw in 0..<draws {
      let spectrum = try samples.fit(draw, ridge: .path([ridge])).spectrum().get()
      if spectrum.outliers.count >= 1 { found += 1 }
      if spectrum.outliers.count > 1 { more += 1 }
    }
    print("spike of twice the threshold \(threshold), n \(n), d 300: \(found) of \(draws); more than it \(more)")
    #expect(Double(found) >= 0.95 * Double(draws) - 2 * (0.0475 * Double(draws)).squareRoot())
    #expect(more <= Self.most(of: draws))
  }
}
