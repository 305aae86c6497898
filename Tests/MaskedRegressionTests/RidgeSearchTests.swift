import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

@Suite struct RidgeSearchTests {
  /// Coordinates with a common part and noise of their own.
  private func samples(n: Int, d: Int, noise: Double, common: Double = 1, seed: UInt64) -> [Double] {
    let stream = RandomStream(seed: seed, purpose: .samples, index: 0)
    return (0..<n * d).map { e in
      common * EntryLaw.gaussian.value(at: UInt64(1_000_000 + e / d), of: stream)
        + noise * EntryLaw.gaussian.value(at: UInt64(e), of: stream)
    }
  }

  private func fit(_ values: [Double], n: Int, weights: RidgeWeights = .uniform) throws -> DataFit<HostBackend<Double>>
  {
    try DataFit(device: host, values: values, sampleCount: n, centered: true, weights: weights)
  }

  @Test func findsTheLeastError() throws {
    let fit = try fit(samples(n: 40, d: 12, noise: 1, seed: 8), n: 40)
    let search = try fit.search(.automatic)
    #expect(!search.atEdge && search.digitsEndAt == nil)
    #expect(zip(search.path, search.path.dropFirst()).allSatisfy { $0.ridge < $1.ridge })
    for factor in [0.5, 0.9, 0.99, 0.9999, 1.0001, 1.01, 1.1, 2] {
      #expect(try fit.errors(ridge: search.best.ridge * factor).meanHeldOut >= search.best.meanHeldOut * (1 - 1e-12))
    }
    // Refined by parabolas: a fraction of the ridges that golden sections take.
    #expect(search.path.count < 25 + 16)
  }

  /// A minimum far below where the path starts, as the difference of nearly equal columns asks for, is reached.
  @Test func goesOnBelowTheStart() throws {
    let n = 100
    let z = samples(n: n, d: 3, noise: 1, common: 0, seed: 9)
    let values = (0..<n).flatMap { i -> [Double] in
      let (first, second) = (z[3 * i], z[3 * i + 1])
      return [first, first + 1e-4 * second, second + 0.3 * z[3 * i + 2]]
    }
    let fit = try fit(values, n: n)
    let search = try fit.search(.automatic)
    let scale = fit.variances.reduce(0, +) / 3
    #expect(search.best.ridge < 1e-8 * scale && !search.atEdge)
    #expect(search.best.meanHeldOut < 0.2 * (try fit.errors(ridge: 1e-6 * scale).meanHeldOut))
    for factor in [0.3, 0.9, 1.1, 3] {
      #expect(try fit.errors(ridge: search.best.ridge * factor).meanHeldOut >= search.best.meanHeldOut * (1 - 1e-7))
    }
  }

  /// Without noise the least error is at the smallest ridge there is: the path ends where the digits do, and says so.
  @Test func saysWhereTheDigitsEnd() throws {
    let search = try fit(samples(n: 50, d: 3, noise: 0, seed: 10), n: 50).search(.automatic)
    #expect(search.atEdge && search.best.ridge == search.path[0].ridge)
    #expect(try #require(search.digitsEndAt) == search.path[0].ridge && search.path[0].ridge < 1e-10)
  }

  /// Independent coordinates: no ridge is large enough, and the path says that it ends.
  @Test func goesOnAboveTheStart() throws {
    let fit = try fit(samples(n: 30, d: 10, noise: 1, common: 0, seed: 12), n: 30)
    let search = try fit.search(.automatic)
    if search.atEdge { #expect(search.best.ridge > 1e5 && search.path.last == search.best) }
    for ridge in [1e2, 1e3, 1e4] {
      #expect(try fit.errors(ridge: ridge).meanHeldOut >= search.best.meanHeldOut * (1 - 1e-12))
    }
  }

  /// A path that was given is neither extended nor refined.
  @Test func takesAPathAsItIs() throws {
    let fit = try fit(samples(n: 40, d: 5, noise: 1, seed: 8), n: 40)
    let search = try fit.search(.path([10, 1e-9, 1e-3]))
    #expect(search.path.map(\.ridge) == [1e-9, 1e-3, 10])
    #expect(try fit.search(.path([0.5])).atEdge == false)
  }

  /// Exact relations at 0 and float32: the automatic path starts above where the digits end instead of failing.
  @Test func duplicatesInSinglePrecision() throws {
    let (n, d) = (60, 12)
    let x = samples(n: n, d: d, noise: 1, seed: 13)
    let twins = (0..<n).flatMap { i in (0..<2 * d).map { x[i * d + $0 % d] } }
    let fit = try DataFit(device: HostBackend<Float>(), values: twins, sampleCount: n, centered: true)
    let search = try fit.search(.automatic)
    #expect(search.best.meanHeldOut.isFinite && search.best.meanHeldOut < 1e-3)
  }

  /// Weights of the variances: the plain fit of standardised columns given back in their units, on both routes, and the same
  /// ridge chosen.
  @Test(arguments: [(14, 6), (6, 14)]) func weightsAreStandardisedColumns(shape: (Int, Int)) throws {
    let (n, d) = shape
    let units = (0..<d).map { [1, 1e-5, 300, 1e4][$0 % 4] }
    let values = samples(n: n, d: d, noise: 0.7, seed: 17).enumerated().map { $1 * units[$0 % d] }
    let fit = try fit(values, n: n, weights: .variance)
    let roots = fit.variances.map { $0.squareRoot() }
    #expect(fit.penalty == fit.variances)
    let standard = try self.fit(values.enumerated().map { $1 / roots[$0 % d] }, n: n)
    let (own, other) = (try fit.errors(ridge: 0.2), try standard.errors(ridge: 0.2))
    for k in 0..<d {
      let square = fit.variances[k]
      #expect(abs(own.heldOut[k] / square - other.heldOut[k]) < 1e-11 * other.heldOut[k])
      #expect(abs(own.training![k] / square - other.training![k]) < 1e-11 * other.heldOut[k])
      #expect(abs(own.gcv![k] / square - other.gcv![k]) < 1e-11 * other.gcv![k])
    }
    #expect(abs(own.standardizedHeldOut(variances: fit.variances) - other.meanHeldOut) < 1e-11 * other.meanHeldOut)
    let (a, b) = (try fit.predictor(ridge: 0.2), try standard.predictor(ridge: 0.2))
    for e in a.indices { #expect(abs(a[e] * roots[e % d] / roots[e / d] - b[e]) < 1e-11) }
    let (r, s) = (try fit.residuals(ridge: 0.2), try standard.residuals(ridge: 0.2))
    for e in r.indices { #expect(abs(r[e] / roots[e % d] - s[e]) < 1e-11) }
    let ridges = (try fit.search(.automatic), try standard.search(.automatic))
    #expect(abs(ridges.0.best.ridge / ridges.1.best.ridge - 1) < 1e-3)
    // And a diagonal penalty it is: row k by its own normal equations.
    let x = (0..<n).map { i in (0..<d).map { values[i * d + $0] - fit.means[$0] } }
    for k in 0..<d {
      let others = (0..<d).filter { $0 != k }
      func moment(_ i: Int, _ j: Int) -> Double {
        var sum = i == j ? 0.2 * fit.variances[i] : 0
        for row in x { sum += row[i] * row[j] / Double(n) }
        return sum
      }
      let solution = BruteForce.solve(others.map { i in others.map { moment(i, $0) } }, others.map { moment($0, k) })
      for (index, j) in others.enumerated() {
        #expect(abs((a[k * d + j] - solution[index]) * roots[j] / roots[k]) < 1e-9)
      }
    }
  }

  /// Columns of equal numbers have no variance, whatever the number.
  @Test(arguments: [0, 100, 14.62, -1e-30, 1e30 / 3]) func constantsHaveNoVariance(constant: Double) throws {
    let n = 1000
    let x = samples(n: n, d: 3, noise: 1, seed: 18)
    var values: [Double] = []
    for i in 0..<n { values += [x[i * 3], constant, x[i * 3 + 1], x[i * 3 + 2]] }
    let fit = try fit(values, n: n, weights: .variance)
    #expect(fit.means[1] == constant && fit.variances[1] == 0)
    let a = try fit.predictor(ridge: 0.1)
    for k in 0..<4 { #expect(a[k * 4 + 1] == 0 && a[4 + k] == 0) }
  }
}
