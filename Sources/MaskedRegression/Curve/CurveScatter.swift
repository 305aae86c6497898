import LacunaAlgebra
import RealModule

/// How far the error that a learning curve expects scatters from one draw of Gaussian rows to the next.
///
/// The curve's error is e^F with F = ln GCV + (1 − a) ln ℓ, ℓ = 1 − df₂/n and a = nℓ/(n'(1 − df₂/n')). F depends on the data
/// through q_k = Q_kk and q_k' = dQ_kk/dλ, which are derivatives of ln det(S + Γ) by the entries of a diagonal Γ; and for rows of
/// Gaussian entries
///
///     cov(ln det(S + Γ₁), ln det(S + Γ₂)) = 2 ln [n tr(M₁M₂)/(tr M₁ tr M₂)],   M = I − XQXᵀ/n,
///
/// so that with the operator D = Σ_k (α_k + β_k ∂_λ) ∂_Γk, α_k = ∂F/∂q_k and β_k = ∂F/∂q_k', the variance of F is
/// 2 D₁D₂ ln tr(M₁M₂) at Γ₁ = Γ₂ = λI. Here are the normalised traces m(X, Y) = tr(XY)/tr(M²) that it is made of, X and Y among
/// M and its derivatives ∂_a M, ∂_b M, ∂_1 M, ∂_λ∂_b M, ∂_λ∂_1 M, where ∂_v = Σ_k v_k ∂_Γk and a, b are the parts of α, β that
/// the mean error has, the rest being multiples of 1.
/// Source: for the scalar case Z. D. Bai, J. W. Silverstein, *CLT for linear spectral statistics of large-dimensional sample
/// covariance matrices*, 2004, doi:10.1214/aop/1078415845; the rest is the argument above.
struct CurveScatter {
  /// Derivatives of M.
  enum Part: Int, CaseIterable {
    case mean, slope, one, slopeByRidge, oneByRidge
  }

  /// m of two parts.
  var pairs: [[Double]]
  /// m of a part and M.
  var singles: [Double]
  /// λ, tr M, and tr M².
  let ridge, trace, square: Double

  /// The variance of F.
  /// - Parameter amplification: a; 0 for n' = ∞, 1 for n' = n.
  func variance(amplification a: Double) -> Double {
    let alpha: [(Part, Double)] = [(.mean, 1), (.one, -2 * a * ridge / trace)]
    let rest = (1 - a) * ridge * ridge / square
    return variance(alpha, beta: [(.slope, .slopeByRidge, 1), (.one, .oneByRidge, rest)])
  }

  /// The variance of ln ℓ alone.
  var leftVariance: Double {
    variance([(.one, 2 * ridge / trace)], beta: [(.one, .oneByRidge, ridge * ridge / square)])
  }

  /// Of Σ α q + Σ β q', both as combinations of parts; those of β with their derivatives by λ.
  private func variance(_ alpha: [(Part, Double)], beta: [(plain: Part, byRidge: Part, weight: Double)]) -> Double {
    let l = [(Part.one, 1.0)]
    let b = beta.map { ($0.plain, $0.weight) }
    let lb = beta.map { ($0.byRidge, $0.weight) }
    func m(_ x: [(Part, Double)], _ y: [(Part, Double)]) -> Double {
      var sum = 0.0
      for (i, u) in x {
        for (j, v) in y { sum += u * v * pairs[i.rawValue][j.rawValue] }
      }
      return sum
    }
    func m(_ x: [(Part, Double)]) -> Double { x.reduce(0) { $0 + $1.1 * singles[$1.0.rawValue] } }
    let (ma, mb, ml, mlb) = (m(alpha), m(b), m(l), m(lb))
    // The joint cumulants of the derivatives by (1; 2): those of a logarithm.
    let second = m(alpha, alpha) - ma * ma
    let third = m(alpha, lb) - m(alpha, l) * mb - m(alpha, b) * ml - mlb * ma + 2 * ma * ml * mb
    let triples = 2 * (m(lb, l) * mb + m(lb, b) * ml)
    let doubles = mlb * mlb + m(l, l) * m(b, b) + m(l, b) * m(l, b)
    let lone = 2 * mlb * ml * mb + m(l, l) * mb * mb + 2 * m(l, b) * mb * ml + m(b, b) * ml * ml
    let fourth = m(lb, lb) - triples - doubles + 2 * lone - 6 * ml * ml * mb * mb
    return 2 * (second + 2 * third + fourth)
  }
}

extension DataFit {
  /// How what a learning curve makes of one ridge scatters: three products of order d, or with n < d of n × n and n × d.
  /// - Parameter ridge: λ > 0.
  /// - Parameter spectrum: the eigenvalues of S that are not 0, in the units of the device's columns.
  func scatter(ridge: Double, spectrum: [Double]) throws -> CurveScatter? {
    guard let ridge = deviceRidge(ridge), ridge > 0 else { return nil }
    let rows = Double(sampleCount - (centered ? 1 : 0))
    var (trace, square) = (rows, rows)
    for s in spectrum {
      let share = s / (s + ridge)
      trace -= share
      square += share * share - 2 * share
    }
    let empty = CurveScatter(pairs: [], singles: [], ridge: ridge, trace: trace, square: square)
    guard trace > 0, square > 0 else { return nil }
    switch route {
    case .primal(let primal): return try primal.scatter(empty, weights: divisors.map { $0 * $0 })
    case .dual(let dual): return try dual.scatter(empty, weights: divisors.map { $0 * $0 })
    }
  }
}

/// a_k and b_k of the mean error, Σ_k w_k E_k over what it is, E_k = (q_k + λq_k')/q_k².
private struct ErrorSlopes {
  private(set) var mean: [Double] = []
  private(set) var slope: [Double] = []
  private(set) var sum = 0.0

  /// - Parameter diagonal: Q_kk.
  /// - Parameter explained: (QSQ)_kk.
  mutating func add(weight: Double, diagonal q: Double, explained: Double, ridge: Double) {
    let error = explained / (q * q)
    sum += weight * error
    mean.append(weight * (1 / (q * q) - 2 * error / q))
    slope.append(weight * ridge / (q * q))
  }
}

extension PrimalEvaluation {
  /// With G = QSQ, P = QG, T = QP and diagonal X, Y: tr(M_X M_Y) = Σ x_k y_j G_kj², of a derivative by λ −2 Σ x_k b_j G_kj P_kj, of
  /// two 2 Σ b_k b_j (P² + G∘T)_kj; tr(M_X M) = λ Σ x_k P_kk, −2λ Σ b_k T_kk.
  fileprivate func scatter(_ empty: CurveScatter, weights: [Double]) throws -> CurveScatter {
    let d = squares.count
    let ridge = empty.ridge
    let (q, diagonal) = try resolvent(ridge: ridge)
    let g = try device.makeMatrix(rows: d, columns: d)
    let p = try device.makeMatrix(rows: d, columns: d)
    let t = try device.makeMatrix(rows: d, columns: d)
    // G = Q(I − λQ), by way of I − λQ.
    try device.copy(q, to: p)
    try device.scale(
      p, rows: nil, columns: try device.makeVector([Device.Element](repeating: -Device.Element(ridge), count: d)))
    try device.addDiagonal(1, to: p)
    func multiply(_ a: Device.Matrix, _ b: Device.Matrix, into c: Device.Matrix) throws(BackendError) {
      try device.multiply(a, transposeA: false, b, transposeB: false, alpha: 1, beta: 0, into: c)
    }
    try multiply(q, p, into: g)
    try multiply(q, g, into: p)
    try multiply(q, p, into: t)
    let vector = try device.makeVector(d)
    func diagonalOf(_ matrix: Device.Matrix) throws(BackendError) -> [Double] {
      try device.diagonal(of: matrix, into: vector)
      return doubles(try device.download(vector))
    }
    let (explained, diagonalP, diagonalT) = (try diagonalOf(g), try diagonalOf(p), try diagonalOf(t))
    var slopes = ErrorSlopes()
    for k in 0..<d {
      slopes.add(weight: weights[k], diagonal: diagonal[k], explained: explained[k], ridge: ridge)
    }
    let plain = [
      slopes.mean.map { $0 / slopes.sum }, slopes.slope.map { $0 / slopes.sum }, [Double](repeating: 1, count: d),
    ]
    /// Σ_kj x_k A_kj B_kj y_j for all pairs of the three.
    func forms(_ a: Device.Matrix, _ b: Device.Matrix) throws(BackendError) -> [[Double]] {
      var table: [[Double]] = []
      for y in plain {
        try device.rowDots(a, b, weights: try device.makeVector(elements(y)), into: vector)
        let sums = doubles(try device.download(vector))
        table.append(plain.map { dot($0, sums) })
      }
      return table
    }
    let (gg, gp, pp, gt) = (try forms(g, g), try forms(g, p), try forms(p, p), try forms(g, t))
    // Which vector a part has, and whether it is a derivative by λ.
    let parts: [(Int, Bool)] = [(0, false), (1, false), (2, false), (1, true), (2, true)]
    var result = empty
    result.pairs = parts.map { x in
      parts.map { y in
        let value =
          switch (x.1, y.1) {
          case (false, false): gg[x.0][y.0]
          case (true, true): 2 * (pp[x.0][y.0] + gt[x.0][y.0])
          default: -2 * gp[x.0][y.0]
          }
        return value / empty.square
      }
    }
    result.singles = parts.map {
      ($0.1 ? -2 * dot(plain[$0.0], diagonalT) : dot(plain[$0.0], diagonalP)) * ridge / empty.square
    }
    return result
  }
}

extension DualEvaluation {
  /// With R = XQ = MX of the Gram of the samples (M there without the null vector): M_X = R X Rᵀ/n, ∂_λ M_X = −(M M_X + M_X M).
  fileprivate func scatter(_ empty: CurveScatter, weights: [Double]) throws -> CurveScatter {
    let n = sampleCount
    let ridge = empty.ridge
    _ = try regression.invert(ridge: ridge)
    func makeSquare() throws(BackendError) -> Device.Matrix { try device.makeMatrix(rows: n, columns: n) }
    let byMean = try makeSquare()
    let bySlope = try makeSquare()
    let byOne = try makeSquare()
    for matrix in [byMean, bySlope, byOne] { try device.clear(matrix) }
    let storage = try device.makeMatrix(
      rows: n, columns: dualBlockColumns(sampleCount: n, coordinateCount: coordinateCount))
    var slopes = ErrorSlopes()
    try regression.forEachBlock(times: regression.inverse) { block in
      let r = block.product
      let (p, squares) = try regression.diagonals(of: block, ridge: ridge)
      for (index, (p, square)) in zip(p, squares).enumerated() {
        slopes.add(
          weight: weights[block.first + index], diagonal: p / ridge, explained: square / Double(n), ridge: ridge)
      }
      let copy = storage.reshaped(rows: n, columns: r.columns)
      func accumulate(_ values: ArraySlice<Double>, into matrix: Device.Matrix) throws {
        try device.copy(r, to: copy)
        try device.scale(copy, rows: nil, columns: try device.makeVector(elements(Array(values))))
        try device.multiply(
          copy, transposeA: false, r, transposeB: true, alpha: 1 / Device.Element(n), beta: 1, into: matrix)
      }
      try accumulate(slopes.mean[block.first...], into: byMean)
      try accumulate(slopes.slope[block.first...], into: bySlope)
      try device.multiply(r, transposeA: false, r, transposeB: true, alpha: 1 / Device.Element(n), beta: 1, into: byOne)
    }
    // M without the null vector, in the inverse's place: all derivatives are 0 along it.
    let m = regression.inverse
    if regression.deflation > 0 {
      let ones = try device.makeMatrix([Device.Element](repeating: 1, count: n), rows: n, columns: 1)
      let share = 1 / (Double(n) * (regression.deflation + ridge))
      try device.multiply(
        ones, transposeA: false, ones, transposeB: true, alpha: -Device.Element(share), beta: 1, into: m)
    }
    func derivative(of matrix: Device.Matrix) throws -> Device.Matrix {
      let result = try makeSquare()
      try device.multiply(m, transposeA: false, matrix, transposeB: false, alpha: -1, beta: 0, into: result)
      try device.multiply(matrix, transposeA: false, m, transposeB: false, alpha: -1, beta: 1, into: result)
      return result
    }
    let matrices = [byMean, bySlope, byOne, try derivative(of: bySlope), try derivative(of: byOne)]
    // The first two and the derivative of the second are in units of the sum of errors.
    let units = [1 / slopes.sum, 1 / slopes.sum, 1, 1 / slopes.sum, 1]
    func form(_ a: Device.Matrix, _ b: Device.Matrix) throws -> Double {
      try device.doubleRowDots(a, b).reduce(0, +) / empty.square
    }
    var result = empty
    result.pairs = [[Double]](repeating: [Double](repeating: 0, count: 5), count: 5)
    for i in 0..<5 {
      for j in 0...i {
        let value = try form(matrices[i], matrices[j]) * units[i] * units[j]
        result.pairs[i][j] = value
        result.pairs[j][i] = value
      }
      result.singles.append(try form(matrices[i], m) * ridge * units[i])
    }
    return result
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
