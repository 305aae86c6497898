import LacunaAlgebra

extension ObservedRegression {
  /// What rounding may have made of predictions, of the Gram and of its inverse: cell (i, k) is off by about the root of
  /// the sum of squares of two products, of its sample's and its coordinate's parts: signs differ.
  struct Rounding {
    /// (η ‖D z_i‖, 4uκ ‖E⁻¹x_i‖), one a sample.
    var samples: [SIMD2<Double>] = []
    /// (‖D(e_k − a_k)‖, ‖E a_k‖) in the units of the data, one a coordinate.
    var coordinates: [SIMD2<Double>] = []

    func of(sample i: Int, coordinate k: Int) -> Double {
      let parts = samples[i] * coordinates[k]
      return (parts * parts).sum().squareRoot()
    }
  }

  /// Rows less the means filled, and what rounding may have made of them.
  ///
  /// With D² = diag S, E² = D² + λ, x_i the row filled and z_i = P x_i, which is 0 on its gaps and (S_oo + λI)⁻¹x_o elsewhere, a
  /// Gram off by |δS_jl| ≤ η D_j D_l moves x̂_ik by (e_k − a_k)ᵀδS z_i, and an inverse that leaves uκ the coefficients a_k by
  /// 4uκ of their size: η, κ and u are those of `DigitEstimate`. A ridge far above the squares is in neither part.
  func estimated(_ values: [Double], ridge: Double) throws -> (filled: [Double], rounding: Rounding) {
    let (n, d) = (values.count / coordinateCount, coordinateCount)
    let p = try precision(ridge: ridge)
    let filled = try completed(values, ridge: ridge, precision: p)
    let estimate = DigitEstimate(ulp: Double(Device.Element.ulpOfOne), sampleCount: sampleCount, coordinateCount: d)
    // The inverse has a part of its own.
    let gramError = estimate.gramError - 4 * estimate.unitRoundoff
    let squares = sizes.map { $0 + ridge }
    let (inner, outer) = (try device.makeVector(elements(sizes)), try device.makeVector(elements(squares)))
    let inverses = try device.makeVector(elements(squares.map { $0 > 0 ? 1 / $0 : 0 }))
    let vector = try device.makeVector(d)
    func rowForms(_ weights: Device.Matrix) throws -> [Double] {
      try device.rowDots(p, p, weights: weights, into: vector)
      return doubles(try device.download(vector))
    }
    let (gramForms, forms) = (try rowForms(inner), try rowForms(outer))
    // A row without its own entry: a difference would leave the rounding of the own.
    let ownEntries = try device.makeVector(d)
    try device.diagonal(of: p, into: ownEntries)
    try device.setDiagonal(of: p, to: try device.makeVector(d))
    let others = try rowForms(outer)
    try device.setDiagonal(of: p, to: ownEntries)
    let diagonal = doubles(try device.download(ownEntries))
    let condition = max(1, zip(forms, squares).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot())
    var rounding = Rounding()
    for k in 0..<d {
      let unit = 1 / (diagonal[k] * factors[k])
      rounding.coordinates.append(unit * SIMD2(gramForms[k].squareRoot(), others[k].squareRoot()))
    }
    let height = min(n, device.rowBlock(columns: d))
    let (x, z) = (try device.makeMatrix(rows: height, columns: d), try device.makeMatrix(rows: height, columns: d))
    let sums = try device.makeVector(height)
    for first in stride(from: 0, to: n, by: height) {
      let count = min(height, n - first)
      let (rows, solved) = (x.firstRows(count), z.firstRows(count))
      let (scaled, _): ([Device.Element], [Device.Element]) = observed(
        filled, cells: first * d..<(first + count) * d, factors: factors)
      try device.upload(scaled, to: rows, firstRow: 0)
      try device.multiply(rows, transposeA: false, p, transposeB: false, alpha: 1, beta: 0, into: solved)
      let out = sums.reshaped(rows: 1, columns: count)
      try device.rowDots(solved, solved, weights: inner, into: out)
      let solutions = doubles(try device.download(out))
      try device.rowDots(rows, rows, weights: inverses, into: out)
      for (solution, row) in zip(solutions, doubles(try device.download(out))) {
        rounding.samples.append(
          SIMD2(
            gramError * solution.squareRoot(), 4 * estimate.unitRoundoff * condition * row.squareRoot()))
      }
    }
    return (filled, rounding)
  }
}
