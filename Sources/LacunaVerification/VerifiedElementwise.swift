import LacunaAlgebra

/// Elementwise work and reductions.
extension VerifiedBackend {
  public func performAddDiagonal(_ value: Element, to a: Matrix) throws(BackendError) {
    let old = try marks(of: a, for: "addDiagonal")
    try base.addDiagonal(value, to: a.base)
    let (v, shift) = (probe(a.rows), Double(value))
    let rows = zip(old.rows, v).map { $0 + shift * $1 }
    let reach = max(old.norm, abs(shift))
    a.known = .marks(old.predicted(rows, tolerance: old.tolerance + 8 * epsilon * reach))
  }

  public func performDiagonal(of a: Matrix, into vector: Matrix) throws(BackendError) {
    try twice(into: vector, reading: [a], "diagonal") { (out) throws(BackendError) in
      try base.diagonal(of: a.base, into: out)
    }
  }

  public func performSetDiagonal(of a: Matrix, to vector: Matrix) throws(BackendError) {
    let new = try values(vector)
    let old = try diagonal(of: a, for: "setDiagonal")
    let marks = try observe(a, for: "setDiagonal").marks
    try base.setDiagonal(of: a.base, to: vector.base)
    let v = probe(a.rows)
    let reach = marks.norm + new.largest + old.largest
    a.known = .marks(
      marks.predicted(
        v.indices.map { marks.rows[$0] + (new[$0] - old[$0]) * v[$0] }, tolerance: Self.sumEpsilon * reach))
  }

  public func performSymmetrize(_ a: Matrix) throws(BackendError) {
    let marks = try symmetricMarks(of: a, for: "symmetrize")
    try base.symmetrize(a.base)
    a.known = .marks(
      marks.predicted(
        marks.rows, tolerance: marks.tolerance + Self.sumEpsilon * Double(a.rows).squareRoot() * marks.norm, part: .all)
    )
  }

  public func performClearUpperTriangle(of a: Matrix) throws(BackendError) {
    let marks = try measure(a.base, .triangle).marks
    try observe(a, for: "clearUpperTriangle")
    try base.clearUpperTriangle(of: a.base)
    a.known = .marks(
      marks.predicted(
        marks.rows, tolerance: Self.sumEpsilon * Double(a.rows).squareRoot() * marks.norm, part: .all))
  }

  /// D_r A (D_c v).
  public func performScale(_ a: Matrix, rows: Matrix?, columns: Matrix?) throws(BackendError) {
    var vector = probe(a.columns)
    if let columns { vector = zip(try values(columns), vector).map { $0 * $1 } }
    let factors = if let rows { try values(rows) } else { [Double](repeating: 1, count: a.rows) }
    let observed = try observe(a, times: [vector], for: "scale")
    try base.scale(a.base, rows: rows?.base, columns: columns?.base)
    let norms =
      observed.marks.norms.count == factors.count
      ? observed.marks.norms : [Double](repeating: observed.marks.norm, count: factors.count)
    let reach = zip(factors, norms).map { $0 * $1 }.largest * vector.norm
    a.known = .marks(
      observed.marks.predicted(
        zip(factors, observed.products[0]).map { $0 * $1 }, tolerance: 8 * epsilon * reach, part: .all))
  }

  public func performAdd(_ source: Matrix, alpha: Element, beta: Element, to target: Matrix) throws(BackendError) {
    let operation = "add"
    func isSymmetric(_ matrix: Matrix) -> Bool {
      if case .marks(let marks) = matrix.known { marks.part == .symmetric } else { false }
    }
    let (scale, factor) = (Double(alpha), Double(beta))
    let asSymmetric = isSymmetric(source) || factor != 0 && isSymmetric(target)
    let added = asSymmetric ? try symmetricMarks(of: source, for: operation) : try observe(source, for: operation).marks
    var rows = added.rows.map { scale * $0 }
    var tolerance = abs(scale) * (added.isExact ? 0 : added.tolerance) + 8 * epsilon * abs(scale) * added.norm
    if factor != 0 {
      let old = asSymmetric ? try symmetricMarks(of: target, for: operation) : try observe(target, for: operation).marks
      for i in rows.indices { rows[i] += factor * old.rows[i] }
      tolerance += abs(factor) * (old.isExact ? 0 : old.tolerance) + 8 * epsilon * abs(factor) * old.norm
    }
    try base.add(source.base, alpha: alpha, beta: beta, to: target.base)
    target.known = .marks(
      added.predicted(rows, tolerance: 2 * tolerance, part: asSymmetric ? .symmetric : .all))
  }

  /// The marks of a ∘ b are the dots of the rows of a and b, weighted by v.
  public func performHadamard(_ a: Matrix, _ b: Matrix, into target: Matrix) throws(BackendError) {
    let operation = "hadamard"
    let v = try base.makeVector(Element.nearest(probe(a.columns)))
    let dots = try base.makeVector(a.rows)
    try base.rowDots(a.base, b.base, weights: v, into: dots)
    let rows = Element.doubles(try base.download(dots))
    let (first, second) = (try observe(a, for: operation).marks, try observe(b, for: operation).marks)
    try base.hadamard(a.base, b.base, into: target.base)
    let reach = first.norms.largest * second.norms.largest
    target.known = .marks(first.predicted(rows, tolerance: 16 * epsilon * reach, part: .all))
  }

  public func performLeaveSamplesOut(
    _ r: Matrix, complements: Matrix, diagonal: Matrix, sampleCount: Int
  ) throws(BackendError) {
    let operation = "leaveSamplesOut"
    let other = try base.makeMatrix(rows: r.rows, columns: r.columns)
    try base.copy(r.base, to: other)
    try observe(r, for: operation)
    for matrix in [r.base, other] {
      try base.leaveSamplesOut(
        matrix, complements: complements.base, diagonal: diagonal.base, sampleCount: sampleCount)
    }
    try observe(complements, for: operation)
    try observe(diagonal, for: operation)
    try requireSame(r, other, operation)
  }

  public func performRowDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError) {
    if a.contents === b.contents, weights == nil, !isTriangle(a) { return try requireSquares(of: a, into: out) }
    try twice(into: out, reading: inputs(a, b, weights), "rowDots") { (out) throws(BackendError) in
      try base.rowDots(a.base, b.base, weights: weights?.base, into: out)
    }
  }

  public func performColumnDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError) {
    try twice(into: out, reading: inputs(a, b, weights), "columnDots") { (out) throws(BackendError) in
      try base.columnDots(a.base, b.base, weights: weights?.base, into: out)
    }
  }

  private func isTriangle(_ a: Matrix) -> Bool {
    if case .marks(let marks) = a.known { marks.part != .all } else { false }
  }

  /// Σ_j a_ij² by the operation, and by the pass that reads the marks.
  private func requireSquares(of a: Matrix, into out: Matrix) throws(BackendError) {
    let operation = "rowDots"
    try base.rowDots(a.base, a.base, weights: nil, into: out.base)
    let found = try base.download(out.base)
    let squares = try observe(a, for: operation).marks.norms.map { $0 * $0 }
    let least = Double(Element.leastNormalMagnitude)
    // Two orders of summation, each term of either off by an ulp of float64 at most; then rounded to the precision.
    let bound = 8 * epsilon + Double(a.columns) * 0x1p-50
    let (values, rounded) = (Element.doubles(found), Element.doubles(Element.nearest(squares)))
    for (i, (value, square)) in zip(values, squares).enumerated() where square.isFinite {
      // What overflows in the precision does so in both.
      if value == rounded[i] || abs(value - square) <= bound * square + least { continue }
      throw failure(operation, "row \(i + 1) gives \(value) for \(square)")
    }
    // Read once, and compared less closely than bit by bit.
    out.known = .values(found, wasRead: false)
  }

  private func inputs(_ a: Matrix, _ b: Matrix, _ weights: Matrix?) -> [Matrix] {
    (a.contents === b.contents ? [a] : [a, b]) + (weights.map { [$0] } ?? [])
  }
}
