import LacunaAlgebra
import Testing

@Suite struct ElementwiseTests {
  static let sizes = [1, 2, 3, 17, 64, 517, 1025]

  @Test(arguments: Subject.all, sizes) func diagonals(subject: Subject, n: Int) throws {
    func law<B: Backend>(_ backend: B) throws {
      let a = backend.rounded(.random(n, n, seed: 1))
      let matrix = try backend.matrix(a)
      let vector = try backend.makeMatrix(rows: 1, columns: n)
      try backend.diagonal(of: matrix, into: vector)
      #expect(try backend.dense(vector).values == (0..<n).map { a[$0, $0] })
      try backend.addDiagonal(0.375, to: matrix)
      var expected = a
      for i in 0..<n { expected[i, i] = Double(B.Element(a[i, i]) + 0.375) }
      #expect(try backend.dense(matrix) == expected)
      try backend.setDiagonal(of: matrix, to: try backend.makeVector((0..<n).map { B.Element($0) }))
      for i in 0..<n { expected[i, i] = Double(i) }
      #expect(try backend.dense(matrix) == expected)
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, sizes) func triangles(subject: Subject, n: Int) throws {
    func law<B: Backend>(_ backend: B) throws {
      let a = backend.rounded(.random(n, n, seed: 2))
      let matrix = try backend.matrix(a.withUpperTriangle(.nan))
      try backend.symmetrize(matrix)
      #expect(try backend.dense(matrix) == a.symmetrized)
      let other = try backend.matrix(a.withUpperTriangle(.nan))
      try backend.clearUpperTriangle(of: other)
      #expect(try backend.dense(other) == a.withUpperTriangle(0))
    }
    try law(subject.backend)
  }

  @Test(
    arguments: Subject.all,
    [[1, 1], [2, 3], [1, 517], [517, 1], [17, 64], [300, 130], [3, 1025], [0, 3], [3, 0]])
  func scales(subject: Subject, shape: [Int]) throws {
    func law<B: Backend>(_ backend: B) throws {
      let (rows, columns) = (shape[0], shape[1])
      let a = backend.rounded(.random(rows, columns, seed: 3))
      let r = backend.rounded(Dense.random(1, rows, seed: 4)).values
      let c = backend.rounded(Dense.random(1, columns, seed: 5)).values
      for (byRows, byColumns) in [(true, true), (true, false), (false, true), (false, false)] {
        let matrix = try backend.matrix(a)
        try backend.scale(
          matrix, rows: byRows ? try backend.vector(r) : nil, columns: byColumns ? try backend.vector(c) : nil)
        let expected = Dense(rows: rows, columns: columns) {
          (byRows ? r[$0] : 1) * a[$0, $1] * (byColumns ? c[$1] : 1)
        }
        #expect(isClose(try backend.dense(matrix), expected, 2 * backend.epsilon))
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, [[1, 1], [2, 3], [1, 517], [17, 64], [300, 130], [3, 1025], [0, 3]])
  func sumsAndProducts(subject: Subject, shape: [Int]) throws {
    func law<B: Backend>(_ backend: B) throws {
      let (rows, columns) = (shape[0], shape[1])
      let a = backend.rounded(.random(rows, columns, seed: 6))
      let b = backend.rounded(.random(rows, columns, seed: 7))
      for (alpha, beta) in [(1.0, 0.0), (-2, 1), (0.5, -0.25), (0, 3)] {
        // Where beta is 0 the old values must not be read: they are NaN.
        let target = try backend.matrix(beta == 0 ? b.map { _ in .nan } : b)
        try backend.add(try backend.matrix(a), alpha: B.Element(alpha), beta: B.Element(beta), to: target)
        let error = (try backend.dense(target) - (alpha * a + (beta == 0 ? b.map { _ in 0 } : beta * b))).maxNorm
        #expect(error <= 2 * backend.epsilon * (abs(alpha) * a.maxNorm + abs(beta) * b.maxNorm))
      }
      let product = Dense(rows: rows, columns: columns) { a[$0, $1] * b[$0, $1] }
      let x = try backend.matrix(a)
      let y = try backend.matrix(b)
      let z = try backend.matrix(a.map { _ in .nan })
      try backend.hadamard(x, y, into: z)
      #expect(isClose(try backend.dense(z), product, backend.epsilon))
      try backend.hadamard(x, y, into: y)
      #expect(isClose(try backend.dense(y), product, backend.epsilon))
      try backend.hadamard(x, x, into: x)
      #expect(isClose(try backend.dense(x), a.map { $0 * $0 }, backend.epsilon))
    }
    try law(subject.backend)
  }

  /// Equal to a relative error in every entry.
  private func isClose(_ a: Dense, _ b: Dense, _ tolerance: Double) -> Bool {
    a.rows == b.rows && a.columns == b.columns
      && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= tolerance * abs($1) }
  }
}
