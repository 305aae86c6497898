import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// Data in other units, constants, and what lies at the ends of the range of numbers.
@Suite struct FitScaleTests {
  private func samples(n: Int, d: Int, seed: UInt64) -> [Double] {
    let stream = RandomStream(seed: seed, purpose: .samples, index: 0)
    return (0..<n * d).map { e in
      EntryLaw.gaussian.value(at: UInt64(1_000_000 + e / d), of: stream)
        + EntryLaw.gaussian.value(at: UInt64(e), of: stream)
    }
  }

  private func power(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }

  /// Data times 2^k: ridges and errors times 4^k, bit for bit, and the same predictor; the ridge chosen included.
  @Test(arguments: [(20, 5), (5, 9)], [-480, -31, 7, 470])
  func powersOfTwo(shape: (Int, Int), exponent: Int) throws {
    func check<Element: HostScalar>(_ device: HostBackend<Element>) throws {
      let values = samples(n: shape.0, d: shape.1, seed: 3)
      let factor = power(2 * exponent)
      let plain = try DataFit(device: device, values: values, sampleCount: shape.0, centered: true)
      let other = try DataFit(
        device: device, values: values.map { $0 * power(exponent) }, sampleCount: shape.0, centered: true)
      let (a, b) = (try plain.search(.automatic), try other.search(.automatic))
      #expect(a.path.map { $0.ridge * factor } == b.path.map(\.ridge))
      for (x, y) in zip(a.path + [try plain.errors(ridge: 0)], b.path + [try other.errors(ridge: 0)]) {
        #expect(x.heldOut.map { $0 * factor } == y.heldOut)
        #expect(x.training!.map { $0 * factor } == y.training!)
        #expect(x.gcv!.map { $0 * factor } == y.gcv!)
      }
      #expect(try plain.predictor(ridge: a.best.ridge) == other.predictor(ridge: b.best.ridge))
    }
    try check(host)
    if abs(exponent) < 40 { try check(HostBackend<Float>()) }
  }

  @Test(arguments: [1e-150, 1e-77, 1e12, 1e149]) func powersOfTen(factor: Double) throws {
    let values = samples(n: 20, d: 5, seed: 4)
    let top = values.map(abs).max()!
    let plain = try DataFit(device: host, values: values.map { $0 / top }, sampleCount: 20, centered: true)
    let other = try DataFit(device: host, values: values.map { $0 / top * factor }, sampleCount: 20, centered: true)
    let (a, b) = (try plain.errors(ridge: 0.1), try other.errors(ridge: 0.1 * factor * factor))
    for k in 0..<5 {
      #expect(abs(b.heldOut[k] / factor / factor - a.heldOut[k]) < 1e-12 * a.heldOut[k])
      #expect(abs(b.training![k] / factor / factor - a.training![k]) < 1e-12 * a.training![k])
    }
  }

  /// What float64 does not square is refused with its cell.
  @Test(arguments: [1e160, 1e-160]) func outOfRange(value: Double) throws {
    let values = [0, 0, 0, 0, value, 0]
    do {
      _ = try DataFit(device: host, values: values, sampleCount: 3, centered: false)
      Issue.record("not refused")
    } catch let error as FitError {
      #expect(error.description.contains("sample 3, coordinate 1"))
    }
  }

  /// Columns that never vary, one sample, one constant: zeros at every ridge, and no trap.
  @Test(arguments: [0, 1e-300 * 1e-10, 0.1, 1e300], [false, true])
  func constants(ridge: Double, centered: Bool) throws {
    for values in [[Double](repeating: 0, count: 18), [Double](repeating: 1, count: 18)] {
      let fit = try DataFit(device: host, values: values, sampleCount: 6, centered: centered)
      let errors = try fit.errors(ridge: ridge)
      let isZero = centered || values[0] == 0
      #expect(errors.heldOut.allSatisfy { isZero ? $0 == 0 : $0.isFinite && $0 >= 0 })
      #expect(try fit.search(.automatic).best.meanHeldOut.isFinite)
    }
    let one = try DataFit(device: host, values: [3, 4, 5], sampleCount: 1, centered: centered)
    // Without the sample nothing is known.
    for (error, square) in zip(try one.errors(ridge: ridge).heldOut, centered ? [0.0, 0, 0] : [9, 16, 25]) {
      #expect(abs(error - square) <= 1e-14 * square)
    }
  }

  /// A constant column leaves the regressions of the others as they are, whatever the constant.
  @Test(arguments: [0, 1, 100, 14.62, 1e8]) func constantColumn(constant: Double) throws {
    let x = samples(n: 40, d: 3, seed: 5)
    let values = (0..<40).flatMap { Array(x[3 * $0..<3 * $0 + 3]) + [constant] }
    for ridge in [0, 0.2] {
      let errors = try DataFit(device: host, values: values, sampleCount: 40, centered: true).errors(ridge: ridge)
      let expected = try DataFit(device: host, values: x, sampleCount: 40, centered: true).errors(ridge: ridge)
      #expect(errors.heldOut[3] == 0)
      for k in 0..<3 { #expect(abs(errors.heldOut[k] - expected.heldOut[k]) < 1e-12 * expected.heldOut[k]) }
    }
  }

  /// The ridge of least error of data with far samples is that of refits.
  @Test(arguments: [1e2, 1e6, 1e11]) func farSamplesChooseTheirRidge(factor: Double) throws {
    let (n, d) = (12, 4)
    var values = samples(n: n, d: d, seed: 6)
    for k in 0..<d { values[3 * d + k] *= factor }
    let x = (0..<n).map { i in Array(values[i * d..<(i + 1) * d]) }
    for search in [
      try DataFit(device: host, values: values, sampleCount: n, centered: true).search(.automatic),
      try DataFit(device: HostBackend<Float>(), values: values, sampleCount: n, centered: true).search(.automatic),
    ] {
      func error(_ ridge: Double) -> Double {
        Refits(x, ridge: ridge, centered: true).leaveOneOut.reduce(0, +) / Double(d)
      }
      let best = error(search.best.ridge)
      #expect(abs(search.best.meanHeldOut - best) < 1e-3 * best)
      for ridge in search.path.map(\.ridge) + [0.9 * search.best.ridge, 1.1 * search.best.ridge] {
        #expect(error(ridge) >= best * (1 - 2e-3))
      }
    }
  }

  /// Squares that float64 does not hold are refused by the name of a cell under every mask, and no search goes on for ever.
  @Test(arguments: [1e-157, 1e160]) func everyMaskRefusesWhatCannotBeSquared(size: Double) throws {
    let values = samples(n: 6, d: 3, seed: 5).map { $0 * size }
    let gap = values.indices.map { $0 == 4 ? Double.nan : values[$0] }
    let masks: [(any FitMask, [Double])] = [
      (LeaveOneOutFitMask(), values), (ObservedFitMask(), gap), (SchemeFitMask(BernoulliMasks(keep: 0.6)), values),
    ]
    for (mask, data) in masks {
      let error = #expect(throws: FitError.self) {
        _ = try FitRequest(mask: mask).fit(data, sampleCount: 6, on: host)
      }
      guard case .data(let text) = error else {
        Issue.record("\(mask): \(String(describing: error))")
        continue
      }
      #expect(text.hasPrefix("sample 1, coordinate 1 is"), "\(text)")
    }
    // One sample that went on for ever.
    let one = [1.80355474e-158, 1.00169387e-157, -9.59902093e-158]
    #expect(throws: FitError.self) { _ = try FitRequest(mask: ObservedFitMask()).fit(one, sampleCount: 1, on: host) }
  }

  /// At the edge of what is allowed a search ends.
  @Test func searchesEnd() throws {
    for size in [2e-150, 1e-100, 1e100] {
      let values = samples(n: 1, d: 3, seed: 6).map { $0 * size / 4 }.map { abs($0) > 1e-150 ? $0 : 2e-150 }
      let found = try FitRequest(mask: ObservedFitMask()).fit(values, sampleCount: 1, on: host)
      #expect(found.search.path.count < 200)
    }
  }

  /// Mean squares over weights that float64 does not hold are refused, not searched in other units.
  @Test func squaresOverWeightsMustBeNumbers() throws {
    let values = samples(n: 6, d: 3, seed: 5).map { $0 * 1e-149 }
    let error = #expect(throws: FitError.self) {
      _ = try FitRequest(weights: .fixed(.given([1e30, 1e30, 1e30]))).fit(values, sampleCount: 6, on: host)
    }
    guard case .request(let text) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(text.contains("multiply the weights by a power of ten"), "\(text)")
  }
}
