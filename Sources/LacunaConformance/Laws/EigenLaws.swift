import LacunaAlgebra

/// The symmetric eigensolvers.
extension LawChecker {
  func eigen() {
    for example in SymmetricCase.positiveDefinite + SymmetricCase.indefinite {
      for n in sizes.orders([1, 2, 3, 17, 64, 257]) { decomposition(example, n) }
      for n in sizes.orders([1, 2, 17, 130]) { leadingPairs(example, n) }
    }
    for n in sizes.orders([517]) { largerDecomposition(n) }
    attempt("eigendecompose", "order 0") {
      let empty = try backend.makeMatrix(rows: 0, columns: 0)
      record("eigenvalues", "order 0", holds: try backend.eigenvalues(of: empty).isEmpty)
      record("eigendecompose", "order 0", holds: try backend.eigendecompose(empty).isEmpty)
      record("leadingEigenpairs", "order 0", holds: try backend.leadingEigenpairs(of: empty, into: empty).isEmpty)
    }
  }

  /// The largest difference of two lists of eigenvalues; infinite where they are not of one length or not ascending.
  func distance(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count, zip(found, found.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      return .infinity
    }
    return zip(found, expected).reduce(0) { worst, pair in
      let error = abs(pair.0 - pair.1)
      return error <= worst ? worst : error
    }
  }

  private func decomposition(_ example: SymmetricCase, _ n: Int) {
    let name = "\(example.name), order \(n)"
    attempt("eigendecompose", name) {
      let (exact, spectrum) = example.make(n, epsilon)
      let a = backend.rounded(exact).symmetrized
      let unit = Double(n) * epsilon
      let matrix = try backend.matrix(a.withUpperTriangle(.nan))
      let values = try backend.eigendecompose(matrix)
      guard values.count == n else { return record("eigendecompose", "\(name), n values", holds: false) }
      record("eigendecompose", "\(name), ascending", residual: distance(values, values), bound: 0)
      let vectors = try backend.dense(matrix)
      // Rows are vectors: V A = Λ V and V Vᵀ = I.
      let scaled = Dense(rows: n, columns: n) { values[$0] * vectors[$0, $1] }
      record(
        "eigendecompose", name, residual: .ratio((vectors * a - scaled).oneNorm, unit * a.oneNorm), bound: 30)
      let identity = Dense(diagonal: .init(repeating: 1, count: n))
      record(
        "eigendecompose", "\(name), orthogonality",
        residual: .ratio((vectors * vectors.transposed - identity).oneNorm, unit), bound: 30)
      let alone = try backend.eigenvalues(of: try backend.matrix(a.withUpperTriangle(.nan)))
      record("eigenvalues", name, residual: .ratio(distance(alone, values), unit * a.oneNorm), bound: 30)
      if let spectrum {
        record(
          "eigenvalues", "\(name), known", residual: .ratio(distance(alone, spectrum), unit * a.oneNorm), bound: 30)
      }
    }
  }

  private func leadingPairs(_ example: SymmetricCase, _ n: Int) {
    // Each once, and in this order: a set would have another one each time.
    var counts: [Int] = []
    for count in [0, 1, min(3, n), n] where !counts.contains(count) { counts.append(count) }
    for count in counts {
      let name = "\(count) of \(example.name), order \(n)"
      measure("leadingEigenpairs", name, bound: 30) {
        let a = backend.rounded(example.make(n, epsilon).0).symmetrized
        let all = try backend.eigenvalues(of: try backend.matrix(a))
        let vectors = try backend.makeMatrix(rows: count, columns: n)
        let values = try backend.leadingEigenpairs(of: try backend.matrix(a.withUpperTriangle(.nan)), into: vectors)
        let v = try backend.dense(vectors)
        guard values.count == count else { return .infinity }
        return pairResidual(
          values, (0..<count).map { v.row($0) }, all, norm: a.oneNorm,
          apply: { row in (0..<n).map { a.row($0).dot(row) } })
      }
    }
  }

  /// ‖Av − µv‖, |‖v‖² − 1| and the distance from the spectrum of each pair, the largest; infinite where values ascend.
  func pairResidual(
    _ values: [Double], _ vectors: [[Double]], _ all: [Double], norm: Double, apply: ([Double]) -> [Double]
  ) -> Double {
    let unit = Double(all.count) * epsilon
    var worst = WorstResidual()
    for (j, row) in vectors.enumerated() {
      let error = zip(apply(row), row).map { $0 - values[j] * $1 }
      worst.add(error.dot(error).squareRoot(), unit: unit * norm)
      worst.add(abs(row.dot(row) - 1), unit: unit)
      worst.add(abs(values[j] - all[all.count - 1 - j]), unit: unit * norm)
      if j > 0, !(values[j] <= values[j - 1]) { worst.add(.infinity, unit: 1) }
    }
    return worst.value
  }

  private func largerDecomposition(_ n: Int) {
    attempt("eigendecompose", "values tenfold, order \(n)") {
      let spectrum = (0..<n).map { Double($0 / 10) }
      let a = backend.rounded(SymmetricCase.withSpectrum(spectrum, seed: 21)).symmetrized
      let matrix = try backend.matrix(a)
      let values = try backend.eigendecompose(matrix)
      let vectors = try backend.dense(matrix)
      let unit = Double(n) * epsilon * a.oneNorm
      let name = "values tenfold, order \(n)"
      record("eigendecompose", "\(name), known", residual: .ratio(distance(values, spectrum), unit), bound: 30)
      let scaled = Dense(rows: n, columns: n) { values[$0] * vectors[$0, $1] }
      record("eigendecompose", name, residual: .ratio((vectors * a - scaled).oneNorm, unit), bound: 30)
      let alone = try backend.eigenvalues(of: try backend.matrix(a))
      record("eigenvalues", name, residual: .ratio(distance(alone, spectrum), unit), bound: 30)
    }
  }
}
