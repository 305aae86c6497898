import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// Weights that are given, against regressions with that diagonal penalty written out.
@Suite struct RidgeWeightsTests {
  private func weights(_ d: Int) -> [Double] { (0..<d).map { [0.3, 1, 20, 4e-3, 700, 2, 0.05][$0 % 7] } }

  @Test(arguments: [(12, 5), (5, 9), (7, 7)], [false, true])
  func leaveOneOutFits(shape: (Int, Int), centered: Bool) throws {
    let (n, d) = shape
    let (x, w, ridge) = (unequalSamples(n: n, d: d, seed: 21), weights(d), 0.2)
    func check<Element: HostScalar>(_ device: HostBackend<Element>, tolerance: Double) throws {
      let fit = try DataFit(
        device: device, values: x.flatMap { $0 }, sampleCount: n, centered: centered, weights: .given(w))
      let (errors, predictor) = (try fit.errors(ridge: ridge), try fit.predictor(ridge: ridge))
      let residuals = try fit.residuals(ridge: ridge)
      #expect(try fit.penalty(ridge: ridge) == w && fit.weights == .given)
      for k in 0..<d {
        let whole = WeightedRefit(x, coordinate: k, ridge: ridge, weights: w, count: n, centered: centered)
        for j in 0..<d {
          // In the columns' own scales, in which nothing is large.
          let scale = (w[j] / w[k]).squareRoot()
          #expect(abs(Double(predictor[k * d + j]) - whole.coefficients[j]) * scale < tolerance * max(1, scale))
        }
        let training = x.reduce(0) { $0 + whole.residual($1, k) * whole.residual($1, k) } / Double(n)
        #expect(abs(try #require(errors.training)[k] - training) < tolerance * training)
        let left = WeightedRefit.leaveOneOut(x, coordinate: k, ridge: ridge, weights: w, centered: centered)
        #expect(abs(errors.heldOut[k] - left) < tolerance * left)
        let square = (0..<n).reduce(0) { $0 + Double(residuals[$1 * d + k]) * Double(residuals[$1 * d + k]) }
        #expect(abs(square / Double(n) - left) < tolerance * left)
      }
    }
    try check(host, tolerance: 1e-10)
    try check(HostBackend<Float>(), tolerance: 1e-4)
  }

  /// A block hidden together, each of five folds left out.
  @Test(arguments: [false, true]) func partitions(centered: Bool) throws {
    let (n, d, ridge) = (23, 6, 0.3)
    let (x, w) = (unequalSamples(n: n, d: d, seed: 22), weights(6))
    func check<Element: HostScalar>(_ device: HostBackend<Element>, tolerance: Double) throws {
      let fit = try SchemeFit(
        device: device, values: x.flatMap { $0 }, sampleCount: n, centered: centered,
        scheme: PartitionMasks([Partition(contiguous: 3, coordinateCount: d)]), weights: .given(w))
      let (errors, predictor) = (try fit.errors(ridge: ridge), try fit.predictor(ridge: ridge))
      for k in 0..<d {
        let hidden = [k - k % 2, k - k % 2 + 1]
        let whole = WeightedRefit(
          x, coordinate: k, hidden: hidden, ridge: ridge, weights: w, count: n, centered: centered)
        for j in 0..<d {
          let scale = (w[j] / w[k]).squareRoot()
          #expect(abs(Double(predictor[k * d + j]) - whole.coefficients[j]) * scale < tolerance * max(1, scale))
        }
        var sum = 0.0
        for fold in 0..<5 {
          let train = x.indices.filter { $0 % 5 != fold }.map { x[$0] }
          let part = WeightedRefit(
            train, coordinate: k, hidden: hidden, ridge: ridge, weights: w, count: train.count, centered: centered)
          for i in x.indices where i % 5 == fold { sum += part.residual(x[i], k) * part.residual(x[i], k) }
        }
        #expect(abs(errors.heldOut[k] - sum / Double(n)) < tolerance * sum / Double(n))
      }
    }
    try check(host, tolerance: 1e-10)
    try check(HostBackend<Float>(), tolerance: 1e-4)
  }

  /// Gaps filled by S_ho (S_oo + λ diag(w_o))⁻¹ x_o, S over the pairs observed.
  @Test func gaps() throws {
    let (n, d, ridge) = (60, 5, 0.3)
    let w = weights(d)
    var values = unequalSamples(n: n, d: d, seed: 23).flatMap { $0 }
    let stream = RandomStream(seed: 23, purpose: .masks, index: 0)
    for cell in values.indices where EntryLaw.gaussian.value(at: UInt64(cell), of: stream) > 1.2 { values[cell] = .nan }
    var gram = [[Double]](repeating: [Double](repeating: 0, count: d), count: d)
    for i in 0..<d {
      for j in 0..<d {
        let rows = (0..<n).filter { !values[$0 * d + i].isNaN && !values[$0 * d + j].isNaN }
        gram[i][j] = rows.reduce(0) { $0 + values[$1 * d + i] * values[$1 * d + j] } / Double(rows.count)
      }
    }
    func check<Element: HostScalar>(_ device: HostBackend<Element>, tolerance: Double) throws {
      let fit = try ObservedRegression(
        device: device, values: values, sampleCount: n, centered: false, weights: .given(w))
      #expect(fit.liftedEigenvalue == nil)
      let filled = try fit.filled(values, ridge: ridge)
      var gaps = 0
      for i in 0..<n {
        let shown = (0..<d).filter { !values[i * d + $0].isNaN }
        let normal = shown.map { a in shown.map { gram[a][$0] + (a == $0 ? ridge * w[a] : 0) } }
        let solution = BruteForce.solve(normal, shown.map { values[i * d + $0] })
        for h in 0..<d where values[i * d + h].isNaN {
          let expected = zip(shown, solution).reduce(0) { $0 + gram[h][$1.0] * $1.1 }
          #expect(abs(filled[i * d + h] - expected) < tolerance * max(1, abs(expected)))
          gaps += 1
        }
      }
      #expect(gaps > 20)
    }
    try check(host, tolerance: 1e-10)
    try check(HostBackend<Float>(), tolerance: 1e-4)
  }

  @Test func weightsThatAreNone() throws {
    let values = unequalSamples(n: 6, d: 3, seed: 24).flatMap { $0 }
    let masks: [any FitMask] = [
      LeaveOneOutFitMask(), ObservedFitMask(),
      SchemeFitMask(PartitionMasks([Partition(contiguous: 3, coordinateCount: 3)])),
    ]
    for mask in masks {
      let cases: [([Double], String)] = [
        ([1, 2], "2 weights for 3"), ([1, 0, 2], "coordinate 2 is 0"), ([1, 2, .nan], "coordinate 3"),
      ]
      for (wrong, part) in cases {
        let error = #expect(throws: FitError.self) {
          _ = try FitRequest(mask: mask, ridge: .path([0.1]), weights: .fixed(.given(wrong))).fit(
            values, sampleCount: 6, on: host)
        }
        #expect(try #require(error).description.contains(part))
      }
    }
  }
}
