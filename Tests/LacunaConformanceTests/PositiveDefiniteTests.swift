import LacunaAlgebra
import RealModule
import Testing

/// Cholesky's laws, with errors measured as LAPACK's own tests do: residual / (norm · size · ε) below 30.
@Suite struct PositiveDefiniteTests {
  static let sizes = [1, 2, 3, 17, 64, 257]

  @Test(arguments: Subject.all, SymmetricCase.positiveDefinite)
  func theFactorMultipliesBack(subject: Subject, example: SymmetricCase) throws {
    func law<B: Backend>(_ backend: B) throws {
      for n in Self.sizes {
        let a = backend.rounded(example.make(n, backend.epsilon).0).symmetrized
        let matrix = try backend.matrix(a.withUpperTriangle(.nan))
        let logDeterminant = try backend.factorPositiveDefinite(matrix)
        let l = try backend.dense(matrix).withUpperTriangle(0)
        let residual = (l * l.transposed - a).oneNorm
        #expect(residual <= 30 * Double(n) * backend.epsilon * a.oneNorm, "order \(n)")
        let logs = (0..<n).map { 2 * Double.log(l[$0, $0]) }
        let size = logs.reduce(0) { $0 + abs($1) }
        #expect(abs(logDeterminant - logs.reduce(0, +)) <= Double(n) * Double.ulpOfOne * size)
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, SymmetricCase.positiveDefinite)
  func theInverseUndoes(subject: Subject, example: SymmetricCase) throws {
    func law<B: Backend>(_ backend: B) throws {
      for n in Self.sizes {
        let a = backend.rounded(example.make(n, backend.epsilon).0).symmetrized
        let matrix = try backend.matrix(a.withUpperTriangle(.nan))
        let logDeterminant = try backend.invertPositiveDefinite(matrix)
        let inverse = try backend.dense(matrix).symmetrized
        let residual = (a * inverse - Dense(diagonal: .init(repeating: 1, count: n))).oneNorm
        #expect(residual <= 30 * Double(n) * backend.epsilon * a.oneNorm * inverse.oneNorm, "order \(n)")
        let factored = try backend.factorPositiveDefinite(try backend.matrix(a))
        #expect(abs(logDeterminant - factored) <= 30 * Double(n) * backend.epsilon * (1 + abs(factored)))
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, SymmetricCase.positiveDefinite.filter { $0.testDescription != "nearly singular" })
  func theLogDeterminantIsThatOfTheSpectrum(subject: Subject, example: SymmetricCase) throws {
    func law<B: Backend>(_ backend: B) throws {
      for n in Self.sizes {
        let (a, spectrum) = example.make(n, backend.epsilon)
        guard let spectrum else { continue }
        let expected = spectrum.reduce(0) { $0 + Double.log($1) }
        let found = try backend.factorPositiveDefinite(try backend.matrix(a))
        // d ln det A = tr A⁻¹dA; the condition numbers here are at most n.
        #expect(abs(found - expected) <= 30 * Double(n) * Double(n) * backend.epsilon * (1 + abs(expected) / Double(n)))
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, [17, 64, 517]) func theFailingMinorIsNamed(subject: Subject, n: Int) throws {
    func law<B: Backend>(_ backend: B) throws {
      let good = SymmetricCase.withSpectrum((0..<n).map { 1 + Double($0) / Double(n) }, seed: 2)
      for position in [0, 1, n / 2, n - 1] {
        for pivot in [-1, -1e-3] {
          var a = good
          a[position, position] = pivot
          for operation in [B.factorPositiveDefinite, B.invertPositiveDefinite] {
            #expect(throws: BackendError.notPositiveDefinite(leadingMinor: position + 1)) {
              _ = try operation(backend)(try backend.matrix(a))
            }
          }
        }
      }
      #expect(throws: BackendError.notPositiveDefinite(leadingMinor: 2)) {
        _ = try backend.factorPositiveDefinite(try backend.matrix(Dense(rows: n, columns: n) { _, _ in 1 }))
      }
      #expect(throws: BackendError.notPositiveDefinite(leadingMinor: 1)) {
        _ = try backend.invertPositiveDefinite(try backend.makeMatrix(rows: n, columns: n))
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func theEmptyMatrixHasDeterminantOne(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let empty = try backend.makeMatrix(rows: 0, columns: 0)
      #expect(try backend.factorPositiveDefinite(empty) == 0)
      #expect(try backend.invertPositiveDefinite(empty) == 0)
    }
    try law(subject.backend)
  }
}
