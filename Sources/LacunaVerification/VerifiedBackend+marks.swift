import LacunaAlgebra

extension VerifiedBackend {
  /// What one pass over a matrix found.
  struct Observation {
    var marks: Marks
    /// A·u for each further vector u.
    var products: [[Double]]
  }

  /// Measures marks, and products with further vectors in the same pass.
  func measure(
    _ a: Base.Matrix, _ part: Marks.Part, _ vectors: [[Double]] = []
  ) throws(BackendError) -> Observation {
    let all = [probe(a.columns)] + vectors
    let found =
      part == .symmetric
      ? try base.probeSymmetric(a, vectors: all)
      : try base.probeRows(a, part: part == .all ? .all : .lower, vectors: all)
    let total = found.squares.reduce(0, +) * (part == .symmetric ? 2 : 1)
    let marks = Marks(
      part: part, rows: found.products[0], tolerance: 0, isExact: true, size: total.squareRoot(),
      norms: found.squares.map { $0.squareRoot() })
    return Observation(marks: marks, products: Array(found.products.dropFirst()))
  }

  /// Requires measured numbers to be what was expected; those expected that are not finite say nothing.
  func require(
    _ measured: [Double], _ expected: [Double], within tolerance: Double, _ operation: String, _ what: String
  ) throws(BackendError) {
    for (i, (found, value)) in zip(measured, expected).enumerated() where value.isFinite {
      if found == value || abs(found - value) <= tolerance { continue }
      throw failure(operation, "\(what) \(i + 1) gives \(found) for \(value)")
    }
  }

  private func require(_ observed: Marks, _ expected: Marks, _ operation: String) throws(BackendError) {
    try require(
      observed.rows, expected.rows, within: expected.isExact ? 0 : expected.tolerance, operation,
      expected.isExact ? "what was read before is not there now: row" : "the check of row")
  }

  /// Reads a matrix and requires it to hold what is known of it; from now on it has to hold what was read.
  /// - Parameter vectors: to multiply it with in the same pass, where all of it counts.
  @discardableResult
  func observe(
    _ a: Matrix, times vectors: [[Double]] = [], for operation: String
  ) throws(BackendError) -> Observation {
    var part = Marks.Part.all
    if case .marks(let marks) = a.known { part = marks.part }
    let observed = try measure(a.base, part, part == .all ? vectors : [])
    switch a.known {
    case .nothing: break
    case .filled(let filling): try requireEntries(filling, operation)
    case .values(let values, _):
      let row = Element.doubles(values)
      let v = probe(row.count)
      let expected = zip(row, v).reduce(0) { $0 + $1.0 * $1.1 }
      let reach = zip(row, v).reduce(0) { $0 + abs($1.0 * $1.1) }
      try require(observed.marks.rows, [expected], within: Self.sumEpsilon * reach, operation, "the check of vector")
      // Known better than by a mark.
      return try completed(observed, a, vectors)
    case .marks(let marks): try require(observed.marks, marks, operation)
    }
    a.known = .marks(observed.marks)
    return try completed(observed, a, vectors)
  }

  /// With the products that need another pass, of all of the matrix.
  private func completed(
    _ observed: Observation, _ a: Matrix, _ vectors: [[Double]]
  ) throws(BackendError) -> Observation {
    if observed.products.count == vectors.count { return observed }
    var complete = observed
    complete.products = try base.probeRows(a.base, part: .all, vectors: vectors).products
    return complete
  }

  /// Aᵀu for each u, A holding what is known of it.
  func observeColumns(
    _ a: Matrix, times vectors: [[Double]], for operation: String
  ) throws(BackendError) -> (products: [[Double]], marks: Marks) {
    let products = try base.probeColumns(a.base, part: .all, vectors: vectors)
    return (products, try observe(a, for: operation).marks)
  }

  /// Marks to predict from: what is known, or is read now.
  func marks(of a: Matrix, for operation: String) throws(BackendError) -> Marks {
    if case .marks(let marks) = a.known {
      let missing = a.rows - marks.rows.count
      if missing == 0 { return marks }
      var padded = marks
      padded.rows =
        missing < 0 ? Array(marks.rows.prefix(a.rows)) : marks.rows + [Double](repeating: .nan, count: missing)
      return padded
    }
    return try observe(a, for: operation).marks
  }

  /// Marks of the symmetric matrix that the lower triangle stands for.
  func symmetricMarks(of a: Matrix, for operation: String) throws(BackendError) -> Marks {
    if case .marks(let marks) = a.known, marks.part == .symmetric || marks.isZero {
      var found = marks
      found.part = .symmetric
      return found
    }
    let observed = try measure(a.base, .symmetric)
    try observe(a, for: operation)
    return observed.marks
  }

  /// The numbers of a vector.
  func values(_ vector: Matrix) throws(BackendError) -> [Double] {
    if case .values(let values, _) = vector.known { return Element.doubles(values) }
    return Element.doubles(try download(vector))
  }

  /// diag A, read twice.
  func diagonal(of a: Matrix, for operation: String) throws(BackendError) -> [Double] {
    let vector = VerifiedMatrix(try base.makeVector(a.rows))
    try twice(into: vector, reading: [], operation) { (out) throws(BackendError) in
      try base.diagonal(of: a.base, into: out)
    }
    return try values(vector)
  }

  /// Does work into two memories, and requires the same bits or the same refusal; then that the inputs are still what they were.
  func twice(
    into out: Matrix, reading inputs: [Matrix], _ operation: String,
    _ work: (Base.Matrix) throws(BackendError) -> Void
  ) throws(BackendError) {
    let other = try base.makeMatrix(rows: out.rows, columns: out.columns)
    let minor = try refusal(by: work, into: out.base)
    guard try refusal(by: work, into: other) == minor else {
      throw failure(operation, "it refused once, or for two reasons, the same input")
    }
    if let minor { throw .notPositiveDefinite(leadingMinor: minor) }
    if out.rows == 1 {
      let (first, second) = (try base.download(out.base), try base.download(other))
      let (numbers, again) = (Element.doubles(first), Element.doubles(second))
      guard BitSum.of(first) == BitSum.of(second), zip(numbers, again).allSatisfy({ $0 == $1 || $0 != $0 }) else {
        throw failure(operation, "it gave two results for the same input")
      }
      out.known = .values(first, wasRead: true)
    } else {
      try requireSame(out, other, operation)
    }
    for input in inputs { try observe(input, for: operation) }
  }

  /// The minor that work finds not to be positive; nil where it finds none.
  private func refusal(
    by work: (Base.Matrix) throws(BackendError) -> Void, into out: Base.Matrix
  ) throws(BackendError) -> Int? {
    do throws(BackendError) {
      try work(out)
      return nil
    } catch {
      guard case .notPositiveDefinite(let minor) = error else { throw error }
      return minor
    }
  }

  /// Requires the same bits of two matrices, and takes the marks of the first.
  func requireSame(_ out: Matrix, _ other: Base.Matrix, _ operation: String) throws(BackendError) {
    let (first, second) = (try measure(out.base, .all).marks, try measure(other, .all).marks)
    guard zip(first.rows, second.rows).allSatisfy({ $0 == $1 || $0 != $0 && $1 != $1 }) else {
      throw failure(operation, "it gave two results for the same input")
    }
    out.known = .marks(first)
  }

  /// Requires random entries to be those of their stream: the bits as they were computed, and a few numbers of the host's own.
  private func requireEntries(_ filling: Filling<Base.Matrix>, _ operation: String) throws(BackendError) {
    let x = filling.matrix
    guard x.count > 0 else { return }
    if let sum = filling.sum, try base.bitSum(of: x, rows: 0..<x.rows) != sum {
      throw failure(operation, "random entries are not in memory as they were computed")
    }
    let middle = Int(filling.stream.block(filling.offset).x) % x.rows
    for row in Set([0, middle, x.rows - 1]).sorted() {
      let values = Element.doubles(try base.download(x, rows: row..<row + 1))
      for j in stride(from: 0, to: x.columns, by: max(1, x.columns / 16)) {
        let index = filling.offset &+ UInt64(row * x.columns + j)
        let value = filling.law.value(at: index, of: filling.stream, precision: Element.precision)
        // Sixteen times the law's bound: no other number of the stream is as near.
        guard abs(values[j] - value) <= 64 * epsilon * max(abs(value), 1) else {
          throw failure(operation, "the random entry at row \(row + 1), column \(j + 1) is \(values[j]) for \(value)")
        }
      }
    }
  }
}
