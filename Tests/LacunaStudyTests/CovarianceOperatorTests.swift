import Foundation
import LacunaAlgebra
import LacunaHost
import LacunaStudy
import MaskedRegression
import RealModule
import Testing

/// Each operator against its Σ written out: products, forms, and the covariance of what it samples.
@Suite struct CovarianceOperatorTests {
  private let host = HostBackend<Double>()

  /// Σ of a model at d coordinates, row-major; spikes from the directions the model drew.
  private func dense(_ model: DataModel, d: Int) throws -> (
    operator: any SampledCovariance<HostBackend<Double>>, sigma: [Double]
  ) {
    let point = try model.configuration(coordinates: d, samples: [d], ridges: "0.1", trials: 1)
    let data = point.configuration.data
    let built = try CovarianceModel(data, seed: point.configuration.seed, device: host)
    var sigma = (0..<d * d).map { model.covariance($0 / d, $0 % d, d) }
    #expect(data.spikes.count == built.spikeDirections.count)
    for (spike, u) in zip(data.spikes, built.spikeDirections) {
      #expect(abs(dot(u, u) - 1) < 1e-14)
      for e in sigma.indices { sigma[e] += spike.strength * u[e / d] * u[e % d] }
    }
    return (try built.realize(on: host), sigma)
  }

  /// Graded variances start and end exactly where they are told to, whatever the rounding between.
  @Test func gradedVariancesEndAsGiven() throws {
    for (a, b) in [(0.1, 0.7), (1e-3, 1 / 3.0), (0.3, 1e5), (3.0, 0.1)] {
      for d in [2, 3, 50] {
        for (profile, middle) in [
          (DataConfiguration.Variances.linear(a, b), (a + b) / 2), (.geometric(a, b), (a * b).squareRoot()),
        ] {
          let values = try profile.values(count: d)
          #expect(values.count == d && values[0] == a && values[d - 1] == b)
          #expect(d != 3 || abs(values[1] - middle) < 1e-14 * middle)
        }
      }
    }
  }

  /// A file of a row or a column is a first row; a matrix is refused, not flattened.
  @Test(arguments: ["toeplitz", "circulant"])
  func firstRowsFromFiles(model: String) throws {
    let path = temporaryPath("row-\(model).csv")
    defer { try? FileManager.default.removeItem(atPath: path) }
    func built(_ text: String) throws -> [Double] {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      let point = try load(study("model: \(model), first_row: {file: \"\(path)\"}"))[0]
      return try CovarianceModel(point.configuration.data, seed: 1, device: host).covariance(on: host)
    }
    let given = try load(study("model: \(model), first_row: [1, 0.25, 0.125]"))[0]
    let expected = try CovarianceModel(given.configuration.data, seed: 1, device: host).covariance(on: host)
    #expect(try built("1,0.25,0.125\n") == expected)
    #expect(try built("1\n0.25\n0.125\n") == expected)
    do {
      Issue.record("accepted as \(try built("1,0.25\n0.125,0\n"))")
    } catch let error as ModelError {
      #expect(error.description.contains(path) && error.description.contains("found 2 × 2"))
    }
  }

  @Test(arguments: DataModel.all, [13, 24])
  func productsAndForms(model: DataModel, d: Int) throws {
    let (covariance, sigma) = try dense(model, d: d)
    let rows = 5
    let stream = RandomStream(seed: 3, purpose: .probes, index: 0)
    let q = (0..<rows * d).map { EntryLaw.gaussian.value(at: UInt64($0), of: stream) }
    var product = [Double](repeating: 0, count: rows * d)
    for i in 0..<rows {
      for j in 0..<d { product[i * d + j] = (0..<d).reduce(0) { $0 + q[i * d + $1] * sigma[$1 * d + j] } }
    }
    let forms = (0..<rows).map { i in (0..<d).reduce(0) { $0 + q[i * d + $1] * product[i * d + $1] } }

    let y = try host.makeMatrix(q, rows: rows, columns: d)
    try covariance.multiply(y)
    for (value, expected) in zip(try host.download(y), product) { #expect(abs(value - expected) < 1e-12 * Double(d)) }

    let out = try host.makeVector(rows)
    try covariance.forms(of: try host.makeMatrix(q, rows: rows, columns: d), into: out)
    for (value, expected) in zip(try host.download(out), forms) { #expect(abs(value - expected) < 1e-11 * expected) }

    for k in 0..<d { #expect(abs(covariance.variances[k] - sigma[k * d + k]) < 1e-13) }
  }

  /// Entry (i, j) of the mean of xxᵀ over n samples has variance (Σ_ii Σ_jj + Σ_ij²)/n for Gaussian entries.
  @Test(arguments: DataModel.all)
  func samplesHaveTheCovariance(model: DataModel) throws {
    let d = 13
    let n = 20000
    let (covariance, sigma) = try dense(model, d: d)
    let x = try host.makeMatrix(rows: n, columns: d)
    try covariance.sample(
      into: x, law: .gaussian, stream: RandomStream(seed: 9, purpose: .samples, index: 0), firstSample: 0)
    let gram = try host.makeMatrix(rows: d, columns: d)
    try host.accumulateGram(of: x, scale: 1 / Double(n), into: gram)
    let values = try host.download(gram)
    for i in 0..<d {
      for j in 0...i {
        let s = sigma[i * d + j]
        let deviation = Double.sqrt((sigma[i * d + i] * sigma[j * d + j] + s * s) / Double(n))
        #expect(abs(values[i * d + j] - s) < 5 * deviation)
      }
    }
  }

  /// A block drawn from the middle of the stream is the same rows as in one draw of all.
  @Test(arguments: DataModel.all)
  func blocksJoin(model: DataModel) throws {
    let d = 11
    let (covariance, _) = try dense(model, d: d)
    let stream = RandomStream(seed: 4, purpose: .samples, index: 7)
    let whole = try host.makeMatrix(rows: 9, columns: d)
    try covariance.sample(into: whole, law: .gaussian, stream: stream, firstSample: 0)
    let part = try host.makeMatrix(rows: 4, columns: d)
    try covariance.sample(into: part, law: .gaussian, stream: stream, firstSample: 5)
    for (a, b) in zip(try host.download(whole).suffix(4 * d), try host.download(part)) { #expect(abs(a - b) < 1e-13) }
  }
}
