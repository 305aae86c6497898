import DeterministicEquivalents
import LacunaAlgebra
import LacunaHost
import MaskedRegression
import RealModule
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What one data set says of other numbers of rows, against the theory under the Σ that it was drawn from.
@Suite struct LearningCurveTheoryTests {
  private static let d = 300
  private static let host = HostBackend<Double>()

  /// Draws of each case: LACUNA_CURVE_DRAWS, or 2.
  private static let draws = ProcessInfo.processInfo.environment["LACUNA_CURVE_DRAWS"].flatMap(Int.init) ?? 2

  /// Σ, d × d.
  private static func covariance(_ model: String) throws -> [Double] {
    let stream = RandomStream(seed: 77, purpose: .spikeDirections, index: 0)
    func random(_ index: Int) -> Double { EntryLaw.gaussian.value(at: UInt64(index), of: stream) }
    var sigma = [Double](repeating: 0, count: d * d)
    switch model {
    case "ar1":
      for i in 0..<d {
        for j in 0..<d {
          let scales = (0.5 + 1.5 * Double(i) / Double(d - 1)) * (0.5 + 1.5 * Double(j) / Double(d - 1))
          sigma[i * d + j] = scales.squareRoot() * Double.pow(0.7, abs(i - j))
        }
      }
    case "spiked":
      for i in 0..<d { sigma[i * d + i] = 0.2 * Double.pow(15, Double(i) / Double(d - 1)) }
      for (spike, strength) in [40.0, 20, 8].enumerated() {
        let u = (0..<d).map { random(spike * d + $0) }
        let square = u.reduce(0) { $0 + $1 * $1 }
        for i in 0..<d { for j in 0..<d { sigma[i * d + j] += strength * u[i] * u[j] / square } }
      }
    default:
      // Eigenvalues 20/j in directions of a random matrix.
      let a = try host.makeMatrix((0..<d * d).map(random), rows: d, columns: d)
      let gram = try host.makeMatrix(rows: d, columns: d)
      try host.accumulateGram(of: a, scale: 1, into: gram)
      _ = try host.eigendecompose(gram)
      let scaled = try host.makeMatrix(rows: d, columns: d)
      try host.copy(gram, to: scaled)
      try host.scale(scaled, rows: try host.makeVector((1...d).map { 20 / Double($0) }), columns: nil)
      let product = try host.makeMatrix(rows: d, columns: d)
      try host.multiply(gram, transposeA: true, scaled, transposeB: false, alpha: 1, beta: 0, into: product)
      try host.symmetrize(product)
      sigma = try host.download(product)
    }
    return sigma
  }

  /// Predictions at n/2 … 10n: their means within 2 % of the theory at the ridge they name, and two standard errors about each
  /// hold the theory about as often as they should.
  @Test func againstTheory() throws {
    let (host, d) = (Self.host, Self.d)
    var (inside, count) = (0, 0)
    let isLong = Self.draws >= 20
    for model in ["ar1", "spiked", "power law"] {
      let sigma = try Self.covariance(model)
      let population = try DensePopulation(covariance: sigma, coordinateCount: d, backend: host)
      let root = try host.makeMatrix(sigma, rows: d, columns: d)
      _ = try host.factorPositiveDefinite(root)
      try host.clearUpperTriangle(of: root)
      var pooled: [Double] = []
      for n in [200, 600] {
        var errors: [Int: [Double]] = [:]
        var claimed: [Int: Double] = [:]
        for draw in 0..<Self.draws {
          let z = try host.makeMatrix(rows: n, columns: d)
          try host.fill(z, law: .gaussian, stream: RandomStream(seed: 5, purpose: .samples, index: draw), offset: 0)
          let x = try host.makeMatrix(rows: n, columns: d)
          try host.multiply(z, transposeA: false, root, transposeB: true, alpha: 1, beta: 0, into: x)
          let scale = (0..<d).reduce(0) { $0 + sigma[$1 * d + $1] } / Double(d)
          let path = geometricPath(from: 1e-5 * scale, to: 10 * scale, count: 19)
          let result = try FitRequest(ridge: .path(path)).fit(try host.download(x), sampleCount: n, on: host)
          for point in try result.learningCurve().points {
            let expected = point.expected
            guard let rows = expected.sampleCount else { continue }
            let theory = try ErrorEquivalent(population: population, sampleCount: rows, ridge: expected.ridge)
              .generalizationError
            errors[rows, default: []].append(expected.error / theory - 1)
            let standardError = try #require(point.standardError)
            claimed[rows] = standardError / expected.error
            count += 1
            if abs(expected.error - theory) <= 2 * standardError { inside += 1 }
          }
        }
        #expect(errors.count == 5)
        for (rows, values) in errors.sorted(by: { $0.key < $1.key }) {
          pooled += values
          let mean = values.reduce(0, +) / Double(values.count)
          // Of 20 draws 2 %; fewer scatter by more.
          let chance = 3 * (claimed[rows] ?? 0) / Double(values.count).squareRoot()
          #expect(abs(mean) <= max(0.02, chance), "\(model), \(n) rows, at \(rows): \(mean), chance \(chance)")
          if isLong { print("\(model), \(n) rows, at \(rows): bias \(mean), chance \(chance / 3)") }
        }
      }
      let bias = pooled.reduce(0, +) / Double(pooled.count)
      print("\(model): bias \(bias) over \(pooled.count) predictions")
      if isLong { #expect(abs(bias) <= 0.02, "\(model): \(bias)") }
    }
    let coverage = Double(inside) / Double(count)
    print("coverage of two standard errors: \(coverage) of \(count)")
    #expect(coverage >= 0.85)
    #expect(!isLong || coverage <= 0.98)
  }

  /// Standard errors are what draws scatter by, at a ridge so small that ln ℓ does most of it (n < d) and with more rows.
  @Test(arguments: [40, 120])
  func scatter(n: Int) throws {
    let (host, d, draws) = (Self.host, 60, 300)
    var errors: [[Double]] = []
    var claimed: [[Double]] = []
    for draw in 0..<draws {
      let x = try host.makeMatrix(rows: n, columns: d)
      try host.fill(x, law: .gaussian, stream: RandomStream(seed: 6, purpose: .samples, index: draw), offset: 0)
      try host.autoregress(x, correlation: 0.7, adjoint: false)
      // A path that ends at 0.3, where the error is least for ever more rows.
      let result = try FitRequest(ridge: .path([0.3, 0.6, 1.2])).fit(try host.download(x), sampleCount: n, on: host)
      let points = try result.learningCurve().points.filter { $0.expected.sampleCount ?? .max >= 2 * n }
      try #require(points.count == 4)
      errors.append(points.map { Double.log($0.expected.error) })
      claimed.append(try points.map { try #require($0.standardError) / $0.expected.error })
    }
    for place in errors[0].indices {
      let values = errors.map { $0[place] }
      let mean = values.reduce(0, +) / Double(draws)
      let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws - 1)
      let claim = claimed.reduce(0) { $0 + $1[place] } / Double(draws)
      #expect(abs(claim / square.squareRoot() - 1) < 0.2, "\(claim) for \(square.squareRoot())")
    }
  }
}
