import LacunaAlgebra
import Testing

/// Products against three loops in float64. Rounding errs by at most about k·ε·|A||B| in each entry.
@Suite struct ProductTests {
  static let shapes = [
    [1, 1, 1], [2, 3, 1], [3, 2, 17], [17, 64, 3], [64, 17, 64], [1, 64, 517], [64, 1, 517], [1, 1, 517],
    [33, 130, 517],
    [517, 64, 2],
  ]

  @Test(arguments: Subject.all, shapes) func multiplyAgreesWithThreeLoops(subject: Subject, shape: [Int]) throws {
    func law<B: Backend>(_ backend: B) throws {
      let (m, n, k) = (shape[0], shape[1], shape[2])
      for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)] {
        let a = backend.rounded(transposeA ? .random(k, m, seed: 1) : .random(m, k, seed: 1))
        let b = backend.rounded(transposeB ? .random(n, k, seed: 2) : .random(k, n, seed: 2))
        let c = backend.rounded(.random(m, n, seed: 3))
        let opA = transposeA ? a.transposed : a
        let opB = transposeB ? b.transposed : b
        for (alpha, beta) in [(1.0, 0.0), (-1.5, 1), (0.25, -0.5)] {
          // Where beta is 0 the old values must not be read: they are NaN.
          let target = try backend.matrix(beta == 0 ? c.map { _ in .nan } : c)
          try backend.multiply(
            try backend.matrix(a), transposeA: transposeA, try backend.matrix(b), transposeB: transposeB,
            alpha: B.Element(alpha), beta: B.Element(beta), into: target)
          let expected = alpha * (opA * opB) + beta * c
          let size = abs(alpha) * (opA.map(abs) * opB.map(abs)).maxNorm + abs(beta) * c.maxNorm
          let error = (try backend.dense(target) - expected).maxNorm
          #expect(error <= 2 * Double(k + 2) * backend.epsilon * size, "transposes \(transposeA), \(transposeB)")
        }
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func anEmptyInnerSideScales(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let a = try backend.makeMatrix(rows: 3, columns: 0)
      let b = try backend.makeMatrix(rows: 0, columns: 2)
      let c = try backend.makeMatrix([1, 2, 3, 4, 5, 6], rows: 3, columns: 2)
      try backend.multiply(a, transposeA: false, b, transposeB: false, alpha: 1, beta: 2, into: c)
      #expect(try backend.download(c) == [2, 4, 6, 8, 10, 12])
      try backend.upload([.nan, .nan], to: c, firstRow: 1)
      try backend.multiply(a, transposeA: false, b, transposeB: false, alpha: 1, beta: 0, into: c)
      #expect(try backend.download(c) == [0, 0, 0, 0, 0, 0])
      let none = try backend.makeMatrix(rows: 3, columns: 0)
      try backend.multiply(
        c, transposeA: false, b.reshaped(rows: 2, columns: 0), transposeB: false, alpha: 1, beta: 0, into: none)
      #expect(try backend.download(none).isEmpty)
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, [[1, 1], [3, 2], [17, 64], [130, 33], [300, 517], [0, 5]])
  func gramsOfBlocksAddUp(subject: Subject, shape: [Int]) throws {
    func law<B: Backend>(_ backend: B) throws {
      let (n, d) = (shape[0], shape[1])
      let x = backend.rounded(.random(n, d, seed: 4))
      let start = backend.rounded(.random(d, d, seed: 5))
      let s = try backend.matrix(start.withUpperTriangle(.nan))
      let buffer = try backend.makeMatrix(rows: max(1, (n + 2) / 3), columns: d)
      var row = 0
      while row < n {
        let count = min(buffer.rows, n - row)
        let block = buffer.firstRows(count)
        try backend.upload(
          x.values[row * d..<(row + count) * d].map { B.Element($0) }, to: block, firstRow: 0)
        try backend.accumulateGram(of: block, scale: 0.5, into: s)
        row += count
      }
      try check(backend, s, start + 0.5 * (x.transposed * x), terms: n, size: x.transposed.map(abs) * x.map(abs))
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, [[1, 1], [2, 3], [64, 17], [33, 130], [517, 300], [5, 0]])
  func theGramOfTheSamples(subject: Subject, shape: [Int]) throws {
    func law<B: Backend>(_ backend: B) throws {
      let (n, d) = (shape[0], shape[1])
      let x = backend.rounded(.random(n, d, seed: 6))
      let start = backend.rounded(.random(n, n, seed: 7))
      let k = try backend.matrix(start.withUpperTriangle(.nan))
      try backend.accumulateSampleGram(of: try backend.matrix(x), scale: -0.25, into: k)
      try check(backend, k, start + -0.25 * (x * x.transposed), terms: d, size: x.map(abs) * x.transposed.map(abs))
    }
    try law(subject.backend)
  }

  /// The lower triangle within rounding, the upper one neither read nor written: it held NaN and still does.
  private func check<B: Backend>(
    _ backend: B, _ result: B.Matrix, _ expected: Dense, terms: Int, size: Dense
  ) throws {
    let values = try backend.dense(result)
    let bound = 2 * Double(terms + 3) * backend.epsilon * (size.maxNorm + 5)
    for i in 0..<values.rows {
      for j in 0..<values.columns {
        if j > i {
          if !values[i, j].isNaN { Issue.record("the upper triangle was written at (\(i), \(j))") }
        } else if !(abs(values[i, j] - expected[i, j]) <= bound) {
          Issue.record("entry (\(i), \(j)): \(values[i, j]), expected \(expected[i, j])")
        }
      }
    }
  }
}
