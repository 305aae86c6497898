import DeterministicEquivalents
import LacunaAlgebra
import LacunaFiles
import LacunaHost
import LacunaStudy
import RealModule
import Testing

/// The spectrum of S as a measure: against its definition on samples drawn by hand, and against theory.
@Suite struct GramMeasureTests {
  private let host = HostBackend<Double>()

  private func run(_ data: String, ridges: String = "0.1", trials: Int, mask: String = "leave_one_out") throws
    -> (points: [PointResult], records: [TrialRecord])
  {
    let text = """
      experiment: {trials: \(trials), seed: 5}
      data: {\(data)}
      model: {ridge: \(ridges), mask: \(mask)}
      measure: [gram]
      """
    let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml"))
    var records: [TrialRecord] = []
    let points = try experiment.simulate(try experiment.stages(device: host), on: host) { records += $0 }
    return (points, records)
  }

  /// tr S and tr S² from the entries, ln det(S + λI) by elimination; the entropy's derivative from traces of powers cannot be had
  /// so cheaply, so it is checked where eigenvalues are known: S of one sample has one.
  @Test(arguments: [50, 5]) func definition(n: Int) throws {
    let (d, ridge) = (9, 0.3)
    let (_, records) = try run(
      "model: ar1, correlation: 0.6, coordinates: \(d), samples: \(n)", ridges: "[\(ridge), 2.0]", trials: 1)
    let stream = RandomStream(seed: 5, purpose: .samples, index: n << 20)
    var s = [Double](repeating: 0, count: d * d)
    for i in 0..<n {
      var x = (0..<d).map { EntryLaw.gaussian.value(at: UInt64(i * d + $0), of: stream) }
      for j in 1..<d { x[j] = 0.6 * x[j - 1] + 0.8 * x[j] }
      for j in 0..<d { for k in 0..<d { s[j * d + k] += x[j] * x[k] / Double(n) } }
    }
    let trace = (0..<d).reduce(0) { $0 + s[$1 * d + $1] }
    let ratio = trace * trace / s.reduce(0) { $0 + $1 * $1 }
    #expect(records.count == 2)
    for (record, ridge) in zip(records, [ridge, 2]) {
      #expect(abs(try #require(record["participation_ratio"]) - ratio) < 1e-12 * ratio)
      let expected = logDeterminant(s, order: d, ridge: ridge) / Double(d)
      #expect(abs(try #require(record["log_determinant"]) - expected) < 1e-12)
      let rank = try #require(record["effective_rank"])
      #expect(rank >= ratio && rank <= Double(min(n, d)))
      let greatest = try #require(record["greatest_eigenvalue"])
      #expect(greatest < trace && greatest >= trace / Double(min(n, d)))
      // S less its least eigenvalue is singular, less a little more indefinite.
      let least = try #require(record["least_positive_eigenvalue"])
      #expect(least > 0 && record["least_eigenvalue"] == (n < d ? 0 : least))
    }
  }

  @Test func oneSample() throws {
    let (_, records) = try run("model: isotropic, coordinates: 7, samples: 1", trials: 3)
    for record in records {
      for name in ["effective_rank", "participation_ratio"] as [QuantityName] {
        #expect(abs(try #require(record[name]) - 1) < 1e-12)
      }
      let greatest = try #require(record["greatest_eigenvalue"])
      #expect(record["least_positive_eigenvalue"] == greatest && record["least_eigenvalue"] == 0)
      let expected = (Double.log(greatest + 0.1) + 6 * Double.log(0.1)) / 7
      #expect(abs(try #require(record["log_determinant"]) - expected) < 1e-12)
    }
  }

  /// Within 4 standard errors + 1/d of theory at this size, for more and fewer samples than coordinates, over every kind of Σ; the
  /// extreme eigenvalues where theory knows them at this size.
  @Test(arguments: [
    "model: isotropic", "model: ar1, correlation: 0.7", "model: power_law, exponent: 1.0",
    "model: diagonal, noise: {variances: {geometric: [0.2, 3.0]}}", "model: block, blocks: 4, correlation: 0.3",
  ])
  func theory(data: String) throws {
    let d = 200
    let (points, _) = try run("\(data), coordinates: \(d), samples: [80, 500]", ridges: "[0.05, 1.0]", trials: 30)
    var compared = 0
    for point in points {
      for name in [
        QuantityName.effectiveRank, .participationRatio, .logDeterminant, .leastEigenvalue, .leastPositiveEigenvalue,
        .greatestEigenvalue,
      ] {
        let statistic = try #require(point[name])
        let (mean, error) = (try #require(statistic.mean), try #require(statistic.standardError))
        let isExtreme = [QuantityName.leastEigenvalue, .leastPositiveEigenvalue, .greatestEigenvalue].contains(name)
        #expect(isExtreme || statistic.finiteSizeTheory != nil)
        #expect(isExtreme ? statistic.theory != nil : statistic.comparison != nil)
        guard let theory = statistic.comparison else { continue }
        compared += 1
        #expect(
          abs(mean - theory) <= 4 * error + abs(theory) / Double(d),
          "\(name), n = \(point.sampleCount): \(mean) ± \(error), theory \(theory)")
        #expect(4 * error <= 0.15 * abs(theory), "\(name) is too uncertain to tell anything")
      }
      #expect((try #require(point[.leastEigenvalue]).mean == 0) == (point.sampleCount < d))
    }
    #expect(compared >= 16)
    // The rank does not know the ridge.
    #expect(points[0][.effectiveRank] == points[1][.effectiveRank])
  }

  /// It is there under masks as well, of the same data.
  @Test func underMasks() throws {
    let data = "model: ar1, correlation: 0.5, coordinates: 30, samples: 60"
    let plain = try run(data, trials: 2).records
    for mask in ["{bernoulli: {keep: 0.5}}", "{random: {keep: 0.5, masks: 2}}", "{partition: {blocks: 3}}"] {
      let masked = try run(data, trials: 2, mask: mask).records
      #expect(masked.count == plain.count)
      for (a, b) in zip(masked, plain) {
        for name in ["effective_rank", "log_determinant", "greatest_eigenvalue"] as [QuantityName] {
          let (x, y) = (try #require(a[name]), try #require(b[name]))
          #expect(abs(x - y) <= 1e-12 * abs(y), "\(mask)")
        }
      }
    }
  }

  /// At λ = 0 with n < d the determinant is 0 and its logarithm nothing to write.
  @Test func ridgelessBelowD() throws {
    let point = try run("model: isotropic, coordinates: 20, samples: 10", ridges: "ridgeless", trials: 2).points[0]
    let statistic = try #require(point[.logDeterminant])
    #expect(statistic.mean == nil && statistic.theory == nil)
    #expect(try encodeJSON(point, pretty: false).contains("\"log_determinant\":{\"mean\":null"))
  }

  private func logDeterminant(_ matrix: [Double], order d: Int, ridge: Double) -> Double {
    var a = matrix
    for j in 0..<d { a[j * d + j] += ridge }
    var sum = 0.0
    for p in 0..<d {
      sum += Double.log(a[p * d + p])
      for i in p + 1..<max(d, p + 1) {
        let factor = a[i * d + p] / a[p * d + p]
        for k in p..<d { a[i * d + k] -= factor * a[p * d + k] }
      }
    }
    return sum
  }
}
