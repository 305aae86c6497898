import LacunaAlgebra

extension LawChecker {
  func elementwise() {
    for n in sizes.sides([1, 2, 3, 17, 64, 517, 1025]) {
      diagonals(n)
      triangles(n)
    }
    let shapes = [[1, 1], [2, 3], [1, 517], [517, 1], [17, 64], [300, 130], [3, 1025], [0, 3], [3, 0]]
    for shape in sizes.fitting(shapes) {
      scales(shape[0], shape[1])
      sums(shape[0], shape[1])
      elementProducts(shape[0], shape[1])
      residualsWithoutSamples(shape[0], shape[1])
    }
  }

  private func diagonals(_ n: Int) {
    let a = backend.rounded(.random(n, n, seed: 1))
    attempt("diagonal", "order \(n)") {
      let matrix = try backend.matrix(a)
      let vector = try backend.makeMatrix(rows: 1, columns: n)
      try backend.diagonal(of: matrix, into: vector)
      record("diagonal", "order \(n)", try backend.dense(vector).values, equals: (0..<n).map { a[$0, $0] })
      try backend.addDiagonal(0.375, to: matrix)
      var expected = a
      for i in 0..<n { expected[i, i] = backend.rounded([a[i, i] + 0.375])[0] }
      record("addDiagonal", "order \(n)", try backend.dense(matrix).values, equals: expected.values)
      try backend.setDiagonal(of: matrix, to: try backend.vector((0..<n).map { Double($0) }))
      for i in 0..<n { expected[i, i] = Double(i) }
      record("setDiagonal", "order \(n)", try backend.dense(matrix).values, equals: expected.values)
    }
  }

  private func triangles(_ n: Int) {
    let a = backend.rounded(.random(n, n, seed: 2))
    attempt("symmetrize", "order \(n)") {
      let matrix = try backend.matrix(a.withUpperTriangle(.nan))
      try backend.symmetrize(matrix)
      record("symmetrize", "order \(n)", try backend.dense(matrix).values, equals: a.symmetrized.values)
    }
    attempt("clearUpperTriangle", "order \(n)") {
      let matrix = try backend.matrix(a.withUpperTriangle(.nan))
      try backend.clearUpperTriangle(of: matrix)
      record(
        "clearUpperTriangle", "order \(n)", try backend.dense(matrix).values, equals: a.withUpperTriangle(0).values)
    }
  }

  private func scales(_ rows: Int, _ columns: Int) {
    let a = backend.rounded(.random(rows, columns, seed: 3))
    let r = backend.rounded(Dense.random(1, rows, seed: 4)).values
    let c = backend.rounded(Dense.random(1, columns, seed: 5)).values
    for (byRows, byColumns) in [(true, true), (true, false), (false, true), (false, false)] {
      let name = "\(rows) × \(columns)\(byRows ? ", rows" : "")\(byColumns ? ", columns" : "")"
      measure("scale", name, bound: 2) {
        let matrix = try backend.matrix(a)
        try backend.scale(
          matrix, rows: byRows ? try backend.vector(r) : nil, columns: byColumns ? try backend.vector(c) : nil)
        let expected = Dense(rows: rows, columns: columns) {
          (byRows ? r[$0] : 1) * a[$0, $1] * (byColumns ? c[$1] : 1)
        }
        return relativeError(try backend.dense(matrix), expected)
      }
    }
  }

  private func sums(_ rows: Int, _ columns: Int) {
    let a = backend.rounded(.random(rows, columns, seed: 6))
    let b = backend.rounded(.random(rows, columns, seed: 7))
    for (alpha, beta) in [(1.0, 0.0), (-2, 1), (0.5, -0.25), (0, 3)] {
      measure("add", "\(rows) × \(columns), α = \(alpha), β = \(beta)", bound: 2) {
        // Where beta is 0 the old values must not be read: they are NaN.
        let target = try backend.matrix(beta == 0 ? b.map { _ in .nan } : b)
        try backend.add(try backend.matrix(a), alpha: B.Element(alpha), beta: B.Element(beta), to: target)
        let error = (try backend.dense(target) - (alpha * a + beta * b)).maxNorm
        return .ratio(error, epsilon * (abs(alpha) * a.maxNorm + abs(beta) * b.maxNorm))
      }
    }
  }

  private func elementProducts(_ rows: Int, _ columns: Int) {
    let a = backend.rounded(.random(rows, columns, seed: 6))
    let b = backend.rounded(.random(rows, columns, seed: 7))
    let product = Dense(rows: rows, columns: columns) { a[$0, $1] * b[$0, $1] }
    attempt("hadamard", "\(rows) × \(columns)") {
      let x = try backend.matrix(a)
      let y = try backend.matrix(b)
      let z = try backend.matrix(a.map { _ in .nan })
      func compare(_ found: B.Matrix, _ expected: Dense, _ name: String) throws {
        record(
          "hadamard", "\(rows) × \(columns), \(name)", residual: relativeError(try backend.dense(found), expected),
          bound: 1)
      }
      try backend.hadamard(x, y, into: z)
      try compare(z, product, "apart")
      try backend.hadamard(x, y, into: y)
      try compare(y, product, "into a factor")
      try backend.hadamard(x, x, into: x)
      try compare(x, a.map { $0 * $0 }, "a square in place")
    }
  }

  /// Nothing cancels in r/q / (c + r²/(nq)) with c and q above 0: a few roundings an entry.
  private func residualsWithoutSamples(_ rows: Int, _ columns: Int) {
    measure("leaveSamplesOut", "\(rows) × \(columns)", bound: 8) {
      let n = 37
      let r = backend.rounded(.random(rows, columns, seed: 8))
      let c = backend.rounded(Dense.random(1, rows, seed: 9).values.map { 0.01 + abs($0) })
      let q = backend.rounded(Dense.random(1, columns, seed: 10).values.map { 0.1 + abs($0) })
      let matrix = try backend.matrix(r)
      try backend.leaveSamplesOut(
        matrix, complements: try backend.vector(c), diagonal: try backend.vector(q), sampleCount: n)
      let expected = Dense(rows: rows, columns: columns) { i, k in
        r[i, k] / q[k] / (c[i] + r[i, k] * r[i, k] / (Double(n) * q[k]))
      }
      return relativeError(try backend.dense(matrix), expected)
    }
  }

  /// The largest relative error of an entry, in ε.
  private func relativeError(_ found: Dense, _ expected: Dense) -> Double {
    guard found.rows == expected.rows, found.columns == expected.columns else { return .infinity }
    var worst = WorstResidual()
    for (x, y) in zip(found.values, expected.values) { worst.add(abs(x - y), unit: epsilon * abs(y)) }
    return worst.value
  }
}
