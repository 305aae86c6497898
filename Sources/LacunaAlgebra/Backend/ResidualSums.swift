/// What goes into the leave-one-out errors of all regressions at one ridge, beside samples and resolvent.
public struct ResidualTerms: Sendable {
  /// Number of samples n.
  public var sampleCount: Int
  /// D², the diagonal of the matrix that was inverted, one a row of the resolvent; each above 0.
  public var sizes: [Double]
  /// q = diag Q of a resolvent of coordinates; c, the complements 1 − h of all samples, of a resolvent of samples.
  public var diagonal: [Double]
  /// What an intercept adds to every leverage: 1/n, or 0 without one.
  public var share: Double
  /// α and β of the rounding α w + β s of a row of the product, and γ of the complement's own.
  public var rounding: (form: Double, size: Double, complement: Double)

  public init(
    sampleCount: Int, sizes: [Double], diagonal: [Double], share: Double = 0,
    rounding: (form: Double, size: Double, complement: Double) = (0, 0, 0)
  ) {
    self.sampleCount = sampleCount
    self.sizes = sizes
    self.diagonal = diagonal
    self.share = share
    self.rounding = rounding
  }
}

/// Sums over samples of what all regressions leave of them: R = XQ, c_i = 1 − x_iᵀR_i/n − share.
public struct SampleResidualSums: Sendable, Equatable {
  /// Σ_i R_ik².
  public var squares: [Double]
  /// Σ_i (R_ik/(c_i q_k + R_ik²/n))².
  public var leftOut: [Double]
  /// Σ_i c_i.
  public var complements = 0.0
  /// Σ_i e_i², e_i = αw_i + βs_i with w_i = ‖DR_i‖ and s_i = ‖D⁻¹x_i‖.
  public var errors = 0.0
  /// Σ_i (e_i/c_i)².
  public var relativeErrors = 0.0
  /// The largest (e_i w_i/n + γ)/|c_i|, NaN where one is; and its row.
  public var worst = 0.0
  public var worstRow: Int?
  /// Sums over each sample's residuals, where they are asked for.
  public var rows: ResidualRowSums?

  public init(coordinateCount d: Int) {
    squares = [Double](repeating: 0, count: d)
    leftOut = squares
  }

  /// Adds what rows that begin with number `firstRow` have.
  public mutating func add(_ other: SampleResidualSums, firstRow: Int) {
    for k in squares.indices {
      squares[k] += other.squares[k]
      leftOut[k] += other.leftOut[k]
    }
    complements += other.complements
    errors += other.errors
    relativeErrors += other.relativeErrors
    take(other.worst, row: other.worstRow.map { $0 + firstRow })
    if let others = other.rows {
      if rows == nil { rows = others } else { rows!.append(others) }
    }
  }

  /// Adds what one row has.
  /// - Parameter form: w_i².
  /// - Parameter size: s_i².
  public mutating func add(row: Int, complement: Double, form: Double, size: Double, terms: ResidualTerms) {
    let w = form.squareRoot()
    let error = terms.rounding.form * w + terms.rounding.size * size.squareRoot()
    let inverse = 1 / abs(complement)
    complements += complement
    errors += error * error
    relativeErrors += (error * inverse) * (error * inverse)
    take((error * w / Double(terms.sampleCount) + terms.rounding.complement) * inverse, row: row)
  }

  private mutating func take(_ error: Double, row: Int?) {
    guard !worst.isNaN, !(error <= worst) else { return }
    (worst, worstRow) = (error, row)
  }
}

/// Sums over samples for each of some coordinates: y_k = Mx_k, p_k = 1 − x_kᵀy_k/n.
public struct CoordinateResidualSums: Sendable, Equatable {
  /// x_kᵀy_k.
  public var explained: [Double]
  /// ‖y_k‖².
  public var squares: [Double]
  /// Σ_i (y_ik/(c_i p_k + y_ik²/n))².
  public var leftOut: [Double]
  /// ‖Dy_k‖² and ‖D⁻¹x_k‖².
  public var forms, sizes: [Double]

  public init(coordinateCount d: Int) {
    explained = [Double](repeating: 0, count: d)
    (squares, leftOut, forms, sizes) = (explained, explained, explained, explained)
  }

  /// Adds the coordinates that come after.
  public mutating func append(_ other: CoordinateResidualSums) {
    explained += other.explained
    squares += other.squares
    leftOut += other.leftOut
    forms += other.forms
    sizes += other.sizes
  }
}

extension Backend {
  /// The sums of R = XQ from which errors of samples left out come, in one pass; see `SampleResidualSums`.
  ///
  /// - Parameter x: block × d.
  /// - Parameter q: d × d, symmetric.
  /// - Parameter terms: with sizes and diagonal of length d.
  /// - Parameter rows: weights of length d for sums over each sample's residuals; nil where those are not wanted.
  public func sampleResidualSums(
    of x: Matrix, resolvent q: Matrix, terms: ResidualTerms, rows: ResidualRowTerms? = nil
  ) throws(BackendError) -> SampleResidualSums {
    try Shapes.require("resolvent", q, rows: x.columns, columns: x.columns, for: "sampleResidualSums")
    try Shapes.require(
      terms.sizes.count == x.columns && terms.diagonal.count == x.columns, "sampleResidualSums",
      expected: "\(x.columns) sizes and diagonal entries",
      actual: "\(terms.sizes.count) and \(terms.diagonal.count)")
    if let rows {
      let counts = [rows.squares.count, rows.shares.count, rows.units.count]
      try Shapes.require(
        counts.allSatisfy { $0 == x.columns }, "sampleResidualSums", expected: "\(x.columns) weights and units of rows",
        actual: "\(counts)")
    }
    return try performSampleResidualSums(of: x, resolvent: q, terms: terms, rows: rows)
  }

  /// The sums of Y = MX, for each column, from which errors of samples left out come; see `CoordinateResidualSums`.
  ///
  /// - Parameter x: n × d.
  /// - Parameter m: n × n, symmetric.
  /// - Parameter terms: with sizes and diagonal of length n, its share and rounding unused.
  public func coordinateResidualSums(
    of x: Matrix, resolvent m: Matrix, terms: ResidualTerms
  ) throws(BackendError) -> CoordinateResidualSums {
    try Shapes.require("resolvent", m, rows: x.rows, columns: x.rows, for: "coordinateResidualSums")
    try Shapes.require(
      terms.sizes.count == x.rows && terms.diagonal.count == x.rows, "coordinateResidualSums",
      expected: "\(x.rows) sizes and diagonal entries", actual: "\(terms.sizes.count) and \(terms.diagonal.count)")
    return try performCoordinateResidualSums(of: x, resolvent: m, terms: terms)
  }
}
