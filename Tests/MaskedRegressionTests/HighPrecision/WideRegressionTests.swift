import MaskedRegression
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A count or seed from the environment, to run longer than in CI.
func environment(_ name: String, default value: Int) -> Int {
  getenv(name).flatMap { Int(String(cString: $0)) } ?? value
}

/// The route in many digits against refits without each sample.
@Suite struct WideRegressionTests {
  @Test func againstRefits() throws {
    let seed = UInt64(environment("LACUNA_DRAW_SEED", default: 1))
    for number in 0..<environment("LACUNA_WIDE_DRAWS", default: 600) {
      let draw = HardDraw(seed: seed, number: number, decades: 150)
      let (d, ridge) = (draw.coordinateCount, draw.ridge)
      let refits = Refits(draw.reference, ridge: ridge, centered: draw.centered)
      let regression = WideRegression(
        try SampleRows(draw.values, sampleCount: draw.sampleCount), centered: draw.centered,
        scales: ColumnScales(rows: draw.values, columns: d, centered: draw.centered))
      let errors = try regression.errors(ridge: ridge)
      func compare(_ name: String, _ values: [Double], _ expected: [Double]) {
        for k in 0..<d {
          // A number below all digits of the column is 0 in the limit.
          let size = draw.rows.map { abs($0[k]) }.filter { $0 > 0 }.min() ?? 0
          let floor = max(1e-300, ridge == 0 ? size * size * 1e-70 : 0)
          #expect(
            abs(values[k] - expected[k]) <= 1e-9 * abs(expected[k]) + floor,
            "draw \(number), \(name) \(k): \(values[k]) for \(expected[k]); \(draw)")
        }
      }
      compare("training", errors.training, refits.training)
      compare("leave-one-out", errors.leaveOneOut, refits.leaveOneOut)
      compare("gcv", errors.gcv, refits.gcv)
      let predictor = try regression.predictor(ridge: ridge)
      for k in 0..<d {
        let sizes = (0..<d).map { j in draw.rows.map { abs($0[j]) }.max()! }
        let row = (0..<d).reduce(0) { $0 + abs(refits.predictor[k][$1]) * sizes[$1] }
        for j in 0..<d {
          #expect(
            abs(predictor[k * d + j] - refits.predictor[k][j]) * sizes[j] <= 1e-9 * row + 1e-290,
            "draw \(number), predictor \(k), \(j): \(draw)")
        }
      }
    }
  }

  /// With weights the fit is that of columns divided by their roots, given back in their units.
  @Test(arguments: [(11, 4), (4, 7)], [false, true])
  func weights(shape: (Int, Int), centered: Bool) throws {
    let (n, d) = shape
    let x = (0..<n).map { i in (0..<d).map { RefitsTests.value(i, $0) } }
    let weights = Array([0.5, 3, 1e6, 1e-3, 2, 7, 11].prefix(d))
    let refits = Refits(x, ridge: 0.01, centered: centered, weights: weights)
    let rows = x.flatMap { $0 }
    let regression = WideRegression(
      try SampleRows(rows, sampleCount: n), centered: centered,
      scales: ColumnScales(rows: rows, columns: d, centered: centered), weights: weights)
    let errors = try regression.errors(ridge: 0.01)
    let predictor = try regression.predictor(ridge: 0.01)
    for k in 0..<d {
      #expect(abs(errors.training[k] - refits.training[k]) <= 1e-13 * refits.training[k])
      #expect(abs(errors.leaveOneOut[k] - refits.leaveOneOut[k]) <= 1e-13 * refits.leaveOneOut[k])
      #expect(abs(errors.gcv[k] - refits.gcv[k]) <= 1e-13 * refits.gcv[k])
      for j in 0..<d {
        #expect(abs(predictor[k * d + j] - refits.predictor[k][j]) <= 1e-13 * abs(refits.predictor[k][j]))
      }
    }
  }

  /// Rows taken in doubles, far ones in wide arithmetic, against all in wide arithmetic: a fit of few and of many samples.
  @Test func rowsInDoubles() throws {
    let (n, d) = (60, 4)
    var rows = (0..<n * d).map { RefitsTests.value($0 / d, $0 % d) }
    for k in 0..<d { rows[17 * d + k] *= 1e9 }
    let x = (0..<n).map { i in (0..<d).map { rows[i * d + $0] } }
    let scales = ColumnScales(rows: rows, columns: d, centered: true)
    let regression = WideRegression(try SampleRows(rows, sampleCount: n), centered: true, scales: scales)
    let mixed = try regression.errors(ridge: 0.3)
    let refits = Refits(x, ridge: 0.3, centered: true)
    for k in 0..<d {
      #expect(abs(mixed.training[k] - refits.training[k]) <= 1e-9 * refits.training[k])
      #expect(abs(mixed.leaveOneOut[k] - refits.leaveOneOut[k]) <= 1e-9 * refits.leaveOneOut[k])
      #expect(abs(mixed.gcv[k] - refits.gcv[k]) <= 1e-9 * refits.gcv[k])
    }
  }
}
