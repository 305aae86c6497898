import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// Sparse data of several kinds: rare columns, full ones, constant and empty ones.
private func samples(n: Int, d: Int, fill: Double, seed: UInt64) -> (dense: [Double], sparse: SparseSamples) {
  let stream = RandomStream(seed: seed, purpose: .samples, index: 0)
  func uniform(_ i: Int) -> Double { stream.uniforms(UInt64(i)).0 }
  var cells = [Double](repeating: 0, count: n * d)
  for i in 0..<n {
    for k in 0..<d {
      let e = i * d + k
      // Columns 0 and 1 are nearly and wholly full, 2 is constant, 3 empty.
      let share = k == 0 ? 0.9 : k == 1 ? 1 : k == 3 ? 0 : fill
      if k == 2 {
        cells[e] = 0.1
      } else if uniform(e) < share {
        cells[e] = 1 + (4 * uniform(3_000_000 + i)).rounded() + uniform(1_000_000 + e)
      }
    }
  }
  return (cells, sparse(cells, d: d))
}

private func sparse(_ cells: [Double], d: Int) -> SparseSamples {
  var starts = [0]
  var indices: [Int32] = []
  var values: [Double] = []
  for i in 0..<cells.count / d {
    for k in 0..<d where cells[i * d + k] != 0 {
      indices.append(Int32(k))
      values.append(cells[i * d + k])
    }
    starts.append(values.count)
  }
  // The rows were made here in ascending order.
  return try! SparseSamples(coordinateCount: d, rowStarts: starts, columnIndices: indices, values: values)
}

private func expectClose(_ a: [Double], _ b: [Double], _ tolerance: Double, _ what: String) {
  let scale = b.map(abs).max() ?? 1
  #expect(a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * scale }, "\(what)")
}

@Suite struct SparseFitTests {
  /// Both routes, with and without an intercept and weights, several panels and blocks among them.
  @Test(
    arguments: [(60, 12), (17, 40), (25, 25), (1500, 70)], [(false, "uniform"), (true, "uniform"), (true, "variance")])
  func agreesWithTheDenseFit(shape: (Int, Int), kind: (Bool, String)) throws {
    let (centered, weights) = (kind.0, kind.1 == "variance" ? RidgeWeights.variance : .uniform)
    let (n, d) = shape
    let data = samples(n: n, d: d, fill: 0.15, seed: 5)
    let dense = try DataFit(device: host, values: data.dense, sampleCount: n, centered: centered, weights: weights)
    for keepsGram in [true, false] {
      let fit = try SparseFit(
        device: host, samples: data.sparse, centered: centered, weights: weights, keepsGram: keepsGram)
      expectClose(fit.means, dense.means, 1e-15, "means")
      expectClose(fit.variances, dense.variances, Double(n) * .ulpOfOne, "mean squares")
      #expect(fit.penalty.count == d && fit.isFactored == dense.isFactored)
      for ridge in [0.3, 0.02] {
        let (a, b) = (try fit.errors(ridge: ridge), try dense.errors(ridge: ridge))
        expectClose(a.heldOut, b.heldOut, 1e-12, "leave-one-out at \(ridge)")
        expectClose(try #require(a.training), try #require(b.training), 1e-12, "training at \(ridge)")
        expectClose(try #require(a.gcv), try #require(b.gcv), 1e-12, "cross-validation at \(ridge)")
        #expect(a.doubts == b.doubts)
        expectClose(try fit.predictor(ridge: ridge), try dense.predictor(ridge: ridge), 1e-12, "predictor at \(ridge)")
        expectClose(try fit.residuals(ridge: ridge), try dense.residuals(ridge: ridge), 1e-12, "residuals at \(ridge)")
      }
    }
  }

  /// Coordinates whose ridge regressions are solved anew without each sample.
  @Test(arguments: [(14, 6), (6, 9)], [false, true]) func leaveOneSampleOutIsExact(shape: (Int, Int), centered: Bool)
    throws
  {
    let (n, d) = shape
    let data = samples(n: n, d: d, fill: 0.4, seed: 8)
    let x = (0..<n).map { Array(data.dense[$0 * d..<($0 + 1) * d]) }
    let fit = try SparseFit(device: host, samples: data.sparse, centered: centered)
    let errors = try fit.errors(ridge: 0.2)
    for k in 0..<d {
      var sum = 0.0
      for i in 0..<n {
        var rest = x
        rest.remove(at: i)
        let model = BruteForce.regression(rest, coordinate: k, penalty: Double(n) * 0.2, intercept: centered)
        let residual = x[i][k] - model.intercept - zip(model.weights, x[i]).reduce(0) { $0 + $1.0 * $1.1 }
        sum += residual * residual / Double(n)
      }
      #expect(abs(errors.heldOut[k] - sum) <= 1e-10 * max(sum, 1))
    }
  }

  /// The factors give the predictor.
  @Test(arguments: [RidgeWeights.uniform, .variance]) func factors(weights: RidgeWeights) throws {
    let (n, d) = (15, 40)
    let data = samples(n: n, d: d, fill: 0.2, seed: 6)
    let fit = try SparseFit(device: host, samples: data.sparse, centered: true, weights: weights)
    let a = try fit.predictor(ridge: 0.1)
    var g: [Double] = []
    let s = try #require(try fit.factors(ridge: 0.1) { g += $0 })
    var product = [Double](repeating: 0, count: d * d)
    for k in 0..<d {
      for j in 0..<d where j != k {
        product[k * d + j] = s[k] * (0..<n).reduce(0) { $0 + g[k * n + $1] * g[j * n + $1] }
      }
    }
    expectClose(product, a, 1e-12, "factors")
  }

  /// The whole workflow: the same path, the same ridge and the same sentences; the limit λ → 0 too.
  @Test(arguments: [(80, 12), (12, 30)], [RidgeChoice.automatic, .ridgeless, .path([0.1]), .path([0.01, 0.1, 1])])
  func workflow(shape: (Int, Int), ridge: RidgeChoice) throws {
    let (n, d) = shape
    var data = samples(n: n, d: d, fill: 0.3, seed: 7)
    if ridge == .ridgeless {
      // Without the columns of which nothing is left, the Gram has an inverse.
      let kept = data.dense.indices.filter { $0 % d != 2 && $0 % d != 3 }.map { data.dense[$0] }
      data = (kept, sparse(kept, d: d - 2))
    }
    let request = FitRequest(ridge: ridge, centered: true)
    let (a, b) = (
      try request.fit(data.sparse, on: host), try request.fit(data.dense, sampleCount: n, on: host)
    )
    #expect(a.search.path.count == b.search.path.count)
    for (x, y) in zip(a.search.path, b.search.path) {
      #expect(abs(x.ridge - y.ridge) <= 1e-3 * y.ridge)
      if abs(x.ridge - y.ridge) <= 1e-12 * y.ridge { expectClose(x.heldOut, y.heldOut, 1e-9, "at \(y.ridge)") }
    }
    #expect(a.warnings == b.warnings)
  }

  /// Ridges where the device's digits end are evaluated in more, as for dense data.
  @Test func moreDigits() throws {
    let data = samples(n: 40, d: 8, fill: 0.3, seed: 9)
    let float = HostBackend<Float>()
    let fit = try SparseFit(device: float, samples: data.sparse, centered: true)
    let exact = try DataFit(device: host, values: data.dense, sampleCount: 40, centered: true)
    for ridge in [1e-12, 1e-6, 1] {
      let (a, b) = (try fit.errors(ridge: ridge), try exact.errors(ridge: ridge))
      for k in 0..<8 where b.heldOut[k] > 0 { #expect(abs(a.heldOut[k] - b.heldOut[k]) <= 1e-3 * b.heldOut[k]) }
    }
  }

  @Test(arguments: [-300, 300]) func powersOfTwo(exponent: Int) throws {
    let data = samples(n: 30, d: 6, fill: 0.3, seed: 10)
    let factor = Double(sign: .plus, exponent: exponent, significand: 1)
    let a = try SparseFit(device: host, samples: data.sparse, centered: true).errors(ridge: 0.1)
    let other = try SparseSamples(
      coordinateCount: 6, rowStarts: data.sparse.rowStarts, columnIndices: data.sparse.columnIndices,
      values: data.sparse.values.map { $0 * factor })
    let b = try SparseFit(device: host, samples: other, centered: true).errors(ridge: 0.1 * factor * factor)
    #expect(a.heldOut.map { $0 * factor * factor } == b.heldOut)
  }

  @Test func refusals() throws {
    func message(_ starts: [Int], _ indices: [Int32], _ values: [Double]) -> String {
      do {
        _ = try SparseSamples(coordinateCount: 3, rowStarts: starts, columnIndices: indices, values: values)
        return "taken"
      } catch { return error.description }
    }
    #expect(message([0, 2], [0, 2], [1, 2]) == "taken")
    #expect(message([0, 2], [2, 0], [1, 2]).contains("sample 1 do not rise"))
    #expect(message([0, 2], [0, 3], [1, 2]).contains("outside 3"))
    #expect(message([0, 2], [0, 0], [1, 2]).contains("do not rise"))
    #expect(message([0, 3], [0, 1], [1, 2]).contains("do not fit"))
    #expect(message([0, 1, 0, 2], [0, 1], [1, 2]).contains("do not fit"))
    #expect(message([], [], []).contains("do not fit"))
    #expect(message([0, 1], [0], [.nan]).contains("not finite"))
    let huge = try SparseSamples(coordinateCount: 2, rowStarts: [0, 1, 2], columnIndices: [0, 1], values: [1, 1e160])
    #expect {
      _ = try SparseFit(device: host, samples: huge, centered: false)
    } throws: { "\($0)".contains("sample 2, coordinate 2 is 1e+160") }
    #expect {
      _ = try FitRequest(ridge: .path([0])).fit(samples(n: 5, d: 8, fill: 0.3, seed: 1).sparse, on: host)
    } throws: { "\($0)".contains("positive definite") }
  }
}
