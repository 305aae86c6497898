import LacunaAlgebra
import Testing

/// The symmetric eigensolvers, with errors measured as LAPACK's own tests do: residual / (norm · size · ε) below 30.
@Suite struct EigenTests {
  static let sizes = [1, 2, 3, 17, 64, 257]
  static let cases = SymmetricCase.positiveDefinite + SymmetricCase.indefinite

  @Test(arguments: Subject.all, cases) func decompositions(subject: Subject, example: SymmetricCase) throws {
    func law<B: Backend>(_ backend: B) throws {
      for n in Self.sizes {
        let (exact, spectrum) = example.make(n, backend.epsilon)
        let a = backend.rounded(exact).symmetrized
        let unit = 30 * Double(n) * backend.epsilon
        let matrix = try backend.matrix(a.withUpperTriangle(.nan))
        let values = try backend.eigendecompose(matrix)
        let vectors = try backend.dense(matrix)
        #expect(values.count == n && zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }, "order \(n)")
        // Rows are vectors: V A = Λ V and V Vᵀ = I.
        let scaled = Dense(rows: n, columns: n) { values[$0] * vectors[$0, $1] }
        #expect((vectors * a - scaled).oneNorm <= unit * a.oneNorm, "order \(n)")
        let identity = Dense(diagonal: .init(repeating: 1, count: n))
        #expect((vectors * vectors.transposed - identity).oneNorm <= unit, "order \(n)")

        let alone = try backend.eigenvalues(of: try backend.matrix(a.withUpperTriangle(.nan)))
        #expect(alone.count == n && zip(alone, alone.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(zip(alone, values).allSatisfy { abs($0 - $1) <= unit * a.oneNorm }, "order \(n)")
        if let spectrum {
          #expect(zip(alone, spectrum).allSatisfy { abs($0 - $1) <= unit * a.oneNorm }, "order \(n)")
        }
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, cases) func leadingPairs(subject: Subject, example: SymmetricCase) throws {
    func law<B: Backend>(_ backend: B) throws {
      for n in [1, 2, 17, 130] {
        let a = backend.rounded(example.make(n, backend.epsilon).0).symmetrized
        let all = try backend.eigenvalues(of: try backend.matrix(a))
        let unit = 30 * Double(n) * backend.epsilon
        for count in Set([0, 1, min(3, n), n]) {
          let vectors = try backend.makeMatrix(rows: count, columns: n)
          let values = try backend.leadingEigenpairs(of: try backend.matrix(a.withUpperTriangle(.nan)), into: vectors)
          let v = try backend.dense(vectors)
          #expect(values.count == count)
          for j in 0..<min(count, values.count) {
            let row = v.row(j)
            let residual = (0..<n).map { a.row($0).dot(row) - values[j] * row[$0] }
            #expect(residual.dot(residual).squareRoot() <= unit * a.oneNorm, "order \(n), pair \(j)")
            #expect(abs(row.dot(row) - 1) <= unit)
            #expect(abs(values[j] - all[n - 1 - j]) <= unit * a.oneNorm)
            #expect(j == 0 || values[j] <= values[j - 1])
          }
        }
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func aLargerDecomposition(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let n = 517
      let spectrum = (0..<n).map { Double($0 / 10) }
      let a = backend.rounded(SymmetricCase.withSpectrum(spectrum, seed: 21)).symmetrized
      let matrix = try backend.matrix(a)
      let values = try backend.eigendecompose(matrix)
      let vectors = try backend.dense(matrix)
      let unit = 30 * Double(n) * backend.epsilon
      #expect(zip(values, spectrum).allSatisfy { abs($0 - $1) <= unit * a.oneNorm })
      let scaled = Dense(rows: n, columns: n) { values[$0] * vectors[$0, $1] }
      #expect((vectors * a - scaled).oneNorm <= unit * a.oneNorm)
      let alone = try backend.eigenvalues(of: try backend.matrix(a))
      #expect(zip(alone, spectrum).allSatisfy { abs($0 - $1) <= unit * a.oneNorm })
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func theEmptyMatrixHasNone(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let empty = try backend.makeMatrix(rows: 0, columns: 0)
      #expect(try backend.eigenvalues(of: empty).isEmpty)
      #expect(try backend.eigendecompose(empty).isEmpty)
      #expect(try backend.leadingEigenpairs(of: empty, into: empty).isEmpty)
    }
    try law(subject.backend)
  }
}
