import LacunaAlgebra
import RealModule
import Testing

@Suite struct CovarianceRootTests {
  /// L with LLᵀ = (ρ^|i−j|), entry by entry.
  private func autoregressiveRoot(_ n: Int, _ correlation: Double) -> Dense {
    let innovation = Double.sqrt((1 - correlation) * (1 + correlation))
    return Dense(rows: n, columns: n) { i, j in
      i < j ? 0 : Double.pow(correlation, i - j) * (j == 0 ? 1 : innovation)
    }
  }

  @Test(arguments: [0, 0.7, -0.9, 0.999, 1]) func theRootInUseIsARoot(correlation: Double) {
    let l = autoregressiveRoot(20, correlation)
    let sigma = Dense(rows: 20, columns: 20) { Double.pow(correlation, abs($0 - $1)) }
    #expect((l * l.transposed - sigma).maxNorm <= 20 * Double.ulpOfOne)
  }

  @Test(
    arguments: Subject.all,
    [[1, 1], [3, 2], [17, 64], [9, 517], [64, 17], [8, 100], [2, 1025], [0, 4], [4, 0]])
  func autoregression(subject: Subject, shape: [Int]) throws {
    func law<B: Backend>(_ backend: B) throws {
      let (rows, columns) = (shape[0], shape[1])
      let z = backend.rounded(.random(rows, columns, seed: 1))
      for nominal in [0, 0.7, -0.9, 0.999, 1] {
        let correlation = Double(B.Element(nominal))
        let l = autoregressiveRoot(columns, correlation)
        for adjoint in [false, true] {
          let matrix = try backend.matrix(z)
          try backend.autoregress(matrix, correlation: B.Element(nominal), adjoint: adjoint)
          // Rows: z ← Lz is Z Lᵀ.
          let root = adjoint ? l : l.transposed
          let bound = 8 * backend.epsilon * (z.map(abs) * root.map(abs)).maxNorm
          #expect((try backend.dense(matrix) - z * root).maxNorm <= bound * Double(columns))
        }
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, [1, 2, 3, 17, 64, 517, 1025]) func theAdjointIsOne(subject: Subject, n: Int) throws {
    func law<B: Backend>(_ backend: B) throws {
      let z = backend.rounded(.random(5, n, seed: 2))
      let y = backend.rounded(.random(5, n, seed: 3))
      let forward = try backend.matrix(z)
      let backward = try backend.matrix(y)
      try backend.autoregress(forward, correlation: 0.8, adjoint: false)
      try backend.autoregress(backward, correlation: 0.8, adjoint: true)
      let lz = try backend.dense(forward)
      let ly = try backend.dense(backward)
      for i in 0..<5 {
        let bound = 16 * Double(n) * backend.epsilon * 3
        #expect(abs(lz.row(i).dot(y.row(i)) - z.row(i).dot(ly.row(i))) <= bound)
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, [[0, 1], [0, 5], [0, 2, 2, 7, 64], [0, 100, 517], [0, 17, 520, 1025]])
  func blocks(subject: Subject, bounds: [Int]) throws {
    func law<B: Backend>(_ backend: B) throws {
      let columns = bounds.last!
      let x = backend.rounded(.random(13, columns, seed: 4))
      let shift = backend.rounded(Dense.random(1, bounds.count - 1, seed: 5)).values
      let matrix = try backend.matrix(x)
      try backend.mixBlocks(matrix, bounds: bounds, scale: 0.75, shift: shift.map { B.Element($0) })
      var expected = 0.75 * x
      for i in 0..<13 {
        for b in shift.indices where bounds[b] < bounds[b + 1] {
          let block = bounds[b]..<bounds[b + 1]
          let mean = block.reduce(0) { $0 + x[i, $1] } / Double(block.count)
          for j in block { expected[i, j] += shift[b] * mean }
        }
      }
      #expect((try backend.dense(matrix) - expected).maxNorm <= 30 * backend.epsilon * x.maxNorm)
    }
    try law(subject.backend)
  }

  /// C with C_ij = c_((i−j) mod m), c the inverse transform of the eigenvalues.
  private func circulant(_ eigenvalues: [Double]) -> Dense {
    let m = eigenvalues.count
    let c = (0..<m).map { j in
      (0..<m).reduce(0) { $0 + eigenvalues[$1] * Double.cos(2 * .pi * Double($1 * j % m) / Double(m)) } / Double(m)
    }
    return Dense(rows: m, columns: m) { c[(($0 - $1) % m + m) % m] }
  }

  private func eigenvalues(_ m: Int, _ epsilon: Double) -> [Double] {
    (0..<m).map { Double(Float(1 + Double.cos(2 * .pi * Double(min($0, m - $0)) / Double(m)))) }
  }

  @Test(arguments: Subject.all, [1, 2, 3, 16, 17, 60, 64, 211, 517, 1025]) func circulantFilter(
    subject: Subject, m: Int
  )
    throws
  {
    func law<B: Backend>(_ backend: B) throws {
      let spectrum = eigenvalues(m, backend.epsilon)
      let c = circulant(spectrum)
      for (rows, columns) in [(1, m), (4, m), (7, (m + 1) / 2), (2, 0), (0, m)] {
        var z = backend.rounded(.random(rows, m, seed: 6))
        // Rows of very different size must not spoil each other.
        if rows > 1 { for j in 0..<m { z[1, j] *= 0x1p-30 } }
        let expected = z * c
        let matrix = try backend.matrix(z)
        let out = columns == m ? matrix : try backend.makeMatrix(rows: rows, columns: columns)
        try backend.filterCirculant(matrix, eigenvalues: spectrum.map { B.Element($0) }, into: out)
        let found = try backend.dense(out)
        for i in 0..<rows {
          let row = z.row(i)
          let bound = 30 * backend.epsilon * Double.sqrt(row.dot(row)) * 2
          #expect((0..<columns).allSatisfy { abs(found[i, $0] - expected[i, $0]) <= bound })
        }
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, [1, 2, 3, 16, 17, 60, 64, 211, 517, 1025]) func circulantForms(subject: Subject, m: Int)
    throws
  {
    func law<B: Backend>(_ backend: B) throws {
      let spectrum = eigenvalues(m, backend.epsilon)
      let c = circulant(spectrum)
      for (rows, columns) in [(1, m), (4, (m + 1) / 2), (5, m), (2, 0), (0, m)] {
        var q = backend.rounded(.random(rows, columns, seed: 7))
        if rows > 1 { for j in 0..<columns { q[1, j] *= 0x1p-30 } }
        let out = try backend.makeMatrix(rows: 1, columns: rows)
        try backend.circulantForms(of: try backend.matrix(q), eigenvalues: spectrum.map { B.Element($0) }, into: out)
        let found = try backend.dense(out).values
        for i in 0..<rows {
          let row = q.row(i) + [Double](repeating: 0, count: m - columns)
          let expected = row.dot((0..<m).map { c.row($0).dot(row) })
          #expect(abs(found[i] - expected) <= 30 * backend.epsilon * row.dot(row) * 2)
        }
      }
    }
    try law(subject.backend)
  }
}
