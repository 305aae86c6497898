import LacunaAlgebra

extension ObservedRegression {
  /// The data filled, and what rounding may have made of it: cell (i, k) is off by at most samples[i] · coordinates[k].
  ///
  /// With x_i the row filled, P x_i is 0 on its gaps and (S_oo + λI)⁻¹x_o elsewhere, so that |δx̂_ik| ≤ (η w_i + 4uκ s_i) g_k/P_kk,
  /// in the terms of `DigitEstimate`, of which a sixteenth is what
  /// sums of a few hundred terms leave: against long arithmetic no error was off by more.
  func estimated(
    _ values: [Double], ridge: Double
  ) throws -> (filled: [Double], samples: [Double], coordinates: [Double]) {
    let (n, d) = (values.count / coordinateCount, coordinateCount)
    let p = try precision(ridge: ridge)
    let filled = try filled(values, ridge: ridge, precision: p)
    var estimate = DigitEstimate(ulp: Double(Device.Element.ulpOfOne), sampleCount: sampleCount, coordinateCount: d)
    let squares = sizes.map { $0 + ridge }
    let weights = try device.makeVector(elements(squares))
    let inverseWeights = try device.makeVector(elements(squares.map { $0 > 0 ? 1 / $0 : 0 }))
    let vector = try device.makeVector(d)
    try device.rowDots(p, p, weights: weights, into: vector)
    // g_k².
    let forms = doubles(try device.download(vector))
    try device.diagonal(of: p, into: vector)
    let diagonal = doubles(try device.download(vector))
    estimate.condition = max(1, zip(forms, squares).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot())
    let factors = ColumnFrame(means: means, weights: scaling).factors
    var samples: [Double] = []
    let height = min(n, device.rowBlock(columns: d))
    let (x, z) = (try device.makeMatrix(rows: height, columns: d), try device.makeMatrix(rows: height, columns: d))
    let sums = try device.makeVector(height)
    for first in stride(from: 0, to: n, by: height) {
      let count = min(height, n - first)
      let (rows, solved) = (x.firstRows(count), z.firstRows(count))
      let (centered, _): ([Device.Element], [Device.Element]) = observed(
        filled, cells: first * d..<(first + count) * d, means: means, factors: factors)
      try device.upload(centered, to: rows, firstRow: 0)
      try device.multiply(rows, transposeA: false, p, transposeB: false, alpha: 1, beta: 0, into: solved)
      let out = sums.reshaped(rows: 1, columns: count)
      try device.rowDots(solved, solved, weights: weights, into: out)
      let solutions = doubles(try device.download(out))
      try device.rowDots(rows, rows, weights: inverseWeights, into: out)
      for (form, size) in zip(solutions, doubles(try device.download(out))) {
        samples.append(estimate.product(form: form, size: size) / 16)
      }
    }
    let coordinates = (0..<d).map { forms[$0].squareRoot() / diagonal[$0] / (factors?[$0] ?? 1) }
    return (filled, samples, coordinates)
  }
}
