import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

/// The training error that theory expects beside errors of samples left out.
@Suite struct ExpectedTrainingTests {
  private func rows(n: Int, d: Int, seed: UInt64) -> [[Double]] {
    let stream = RandomStream(seed: seed, purpose: .samples, index: 8)
    return (0..<n).map { i in
      func value(_ k: Int) -> Double { EntryLaw.gaussian.value(at: UInt64(i * (d + 1) + k), of: stream) }
      return (0..<d).map { k in 2 + value(d) + value(k) * (0.5 + Double(k % 3)) }
    }
  }

  private func ratios(_ x: [[Double]], centered: Bool) throws -> [Double] {
    let result = try FitRequest(ridge: .path([0.03, 0.1, 0.3, 1, 3]), centered: centered).fit(
      x.flatMap { $0 }, sampleCount: x.count, on: HostBackend<Double>())
    let expected = try result.learningCurve().training
    #expect(expected.map(\.ridge) == [0.03, 0.1, 0.3, 1, 3])
    return zip(expected, result.search.path).map { $0.error / $1.meanTraining! }
  }

  /// What is left out of the theory of many rows is of the order of one row.
  @Test(arguments: [(400, 60), (120, 100), (80, 200), (200, 8)], [false, true])
  func independentRows(shape: (Int, Int), centered: Bool) throws {
    for ratio in try ratios(rows(n: shape.0, d: shape.1, seed: 3), centered: centered) {
      #expect(abs(ratio - 1) < 5 / Double(shape.0), "\(ratio)")
    }
  }

  /// The theory has leverages alike: a row far from the others is told worse when it is left out than it says.
  @Test func farRow() throws {
    var x = rows(n: 60, d: 40, seed: 4)
    x[7] = x[7].enumerated().map { $0 % 2 == 0 ? 30 * $1 : -30 * $1 }
    #expect(try ratios(x, centered: true).allSatisfy { $0 > 1.2 })
  }
}
