import DeterministicEquivalents
import Foundation
import RealModule
import Testing

/// Spectra at the ends of what can be asked: noise over decades, n from d/25 to 50 d, ridges from nothing to a thousand means.
@Suite struct SpectrumGridTests {
  /// LACUNA_SPECTRA cells from the seed LACUNA_SEED.
  private static let count = ProcessInfo.processInfo.environment["LACUNA_SPECTRA"].flatMap(Int.init) ?? 120
  private static let seed = ProcessInfo.processInfo.environment["LACUNA_SEED"].flatMap(UInt64.init) ?? 1

  private struct Cell: CustomStringConvertible {
    var description: String
    var bulk: BulkMeasure
    /// Σ_k w_k of D(Σ + λ): the trace of W's equivalent.
    var trace: Double
  }

  private static func cell(_ numbers: inout TestNumbers) throws -> Cell {
    let d = 20 + Int(numbers.next() * 300)
    let drawn = max(2, Int(Double(d) * .exp(.log(0.04) + numbers.next() * .log(50 / 0.04))))
    // At n = d the spectrum of the Gram begins at 0.
    let n = numbers.next() < 0.2 ? d - 1 + Int(numbers.next() * 3) : drawn
    let kind = Int(numbers.next() * 7)
    let spread = 4.5 * numbers.next()
    let variances = (0..<d).map { Double.pow(10, spread * (Double($0) / Double(d - 1) - 0.5)) }
    let mean = variances.reduce(0, +) / Double(d)
    let ridge = (kind == 3 || kind == 5 ? 1 : mean) * .pow(10, -5 + 8 * numbers.next())
    let population: any Population
    switch kind {
    case 0, 1: population = try DiagonalPopulation(variances: variances)
    case 2:
      population = try SpikedPopulation(
        variances: variances, strengths: [20 * mean * numbers.next()], directions: [numbers.unitVector(d)])
    case 3:
      population = try AutoregressivePopulation(correlation: 1.98 * numbers.next() - 0.99, coordinateCount: d)
    case 4: population = try DiagonalPopulation(variances: variances.map { ($0 * 4).rounded(.up) / 4 })
    case 5:
      population = try BlockPopulation(
        coordinateCount: d, blocks: 1 + Int(numbers.next() * Double(d)), correlation: 0.98 * numbers.next())
    default:
      var u = [Double](repeating: 0, count: d)
      for (k, value) in numbers.unitVector(5).enumerated() { u[k * 3] = value }
      population = try SpikedPopulation(variances: variances, strengths: [50 * mean * numbers.next()], directions: [u])
    }
    let isGram = numbers.next() < 0.3
    let bulk =
      try isGram
      ? population.gramBulk(sampleCount: n)
      : kind < 2 && numbers.next() < 0.3
        ? population.predictorBulk(sampleCount: n, keep: 0.6, ridge: ridge)
        : population.predictorBulk(sampleCount: n, ridge: ridge)
    return Cell(
      description: "kind \(kind), d \(d), n \(n), 10^\(spread), ridge \(ridge)\(isGram ? ", Gram" : "")", bulk: bulk,
      trace: bulk.nodes.reduce(0) { $0 + $1.weight * ($1.scaled + $1.shift) })
  }

  /// ∫ z dF through the quantiles, piece by piece, closer together at the ends of each, where tails hold much of it.
  private static func mean(of spectrum: SpectrumEquivalent) -> Double {
    let pieces =
      spectrum.intervals.map { (position: $0.lower, mass: $0.mass, isAtom: false) }
      + spectrum.atoms.map { (position: $0.position, mass: $0.mass, isAtom: true) }
    var below = 0.0
    var mean = 0.0
    for piece in pieces.sorted(by: { $0.position < $1.position }) {
      if piece.isAtom {
        mean += piece.mass * piece.position
      } else {
        let count = max(16, Int(400 * piece.mass))
        for k in 0..<count {
          let angle = (Double(k) + 0.5) * .pi / Double(count)
          let share = (1 - .cos(angle)) / 2
          mean += spectrum.quantile(below + piece.mass * share) * piece.mass * .sin(angle) / 2 * .pi / Double(count)
        }
      }
      below += piece.mass
    }
    return mean
  }

  /// All eigenvalues are found; the mean of z is that of W, through the quantiles; and the density is the slope of the
  /// distribution function.
  @Test func everythingIsFound() throws {
    var numbers = TestNumbers(seed: Self.seed)
    for _ in 0..<Self.count {
      let cell = try Self.cell(&numbers)
      let spectrum: SpectrumEquivalent
      do {
        spectrum = try SpectrumEquivalent(bulk: cell.bulk)
      } catch {
        Issue.record("\(cell): \(error)")
        continue
      }
      #expect(abs(spectrum.missingMass) <= 1e-6, "\(cell): \(spectrum.missingMass)")
      for (a, b) in zip(spectrum.intervals, spectrum.intervals.dropFirst()) {
        #expect(a.lower < a.upper && a.upper <= b.lower, "\(cell)")
      }
      let mean = Self.mean(of: spectrum)
      let expected = cell.trace / cell.bulk.weight
      #expect(abs(mean - expected) <= 0.01 * expected, "\(cell): \(mean) \(expected)")
      // The slope of the distribution function, well inside an interval.
      for fraction in [0.02, 0.21, 0.5, 0.83, 0.97] {
        let z = spectrum.quantile(fraction)
        let density = spectrum.density(at: z)
        let step = 2e-6 / density
        guard density > 0,
          spectrum.intervals.contains(where: { $0.lower < z - 100 * step && $0.upper > z + 100 * step })
        else { continue }
        let slope = (spectrum.distribution(at: z + step) - spectrum.distribution(at: z - step)) / (2 * step)
        #expect(abs(slope - density) <= 0.01 * density, "\(cell), \(fraction): \(slope) \(density)")
      }
    }
  }

  /// Classes of coordinates of one variance each, as many as the samples, one fewer and one more: no atom, a hard edge, an atom.
  @Test(arguments: [2, 4, 8], [1.001, 3, 1000])
  func classesAsLargeAsTheSamples(classes: Int, spread: Double) throws {
    let count = 12
    let variances = (0..<classes * count).map { Double.pow(spread, Double($0 / count) / Double(classes - 1)) }
    let population = try DiagonalPopulation(variances: variances)
    for ridge in [1e-4, 0.1, 10] {
      for n in [count - 1, count, count + 1] {
        let spectrum = try SpectrumEquivalent(bulk: population.predictorBulk(sampleCount: n, ridge: ridge))
        #expect(abs(spectrum.missingMass) <= 1e-6, "n \(n), ridge \(ridge)")
        #expect(spectrum.atoms.count == (n < count ? classes : 0))
        // c vanishes at λD of a class as large as the samples: as many eigenvalues lie below as entries of λD.
        for (index, shift) in Set(spectrum.bulk.nodes.map(\.shift)).sorted().enumerated() where n == count {
          let below = spectrum.distribution(at: shift)
          #expect(abs(below - Double(index) / Double(classes)) < 1e-4, "ridge \(ridge), \(index)")
        }
      }
    }
  }
}
