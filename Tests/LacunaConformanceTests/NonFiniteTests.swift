import LacunaAlgebra
import Testing

/// NaN and infinities are refused by the solvers, with the first position in the triangle that they read.
@Suite struct NonFiniteTests {
  @Test(arguments: Subject.all, [3, 17, 300, 517]) func areRefusedWithTheirPosition(subject: Subject, n: Int) throws {
    func law<B: Backend>(_ backend: B) throws {
      let good = Dense(diagonal: (0..<n).map { 1 + Double($0) })
      for (i, j) in [(0, 0), (1, 0), (n - 1, n / 2), (n - 1, n - 1)] {
        for bad in [Double.nan, .infinity, -.infinity] {
          var a = good
          a[i, j] = bad
          a[n - 1, n - 1] = i == n - 1 ? bad : .nan
          let first = (row: i, column: j)
          try refuses(backend, a, first) { try $0.factorPositiveDefinite($1) }
          try refuses(backend, a, first) { try $0.invertPositiveDefinite($1) }
          try refuses(backend, a, first) { try $0.eigenvalues(of: $1) }
          try refuses(backend, a, first) { try $0.eigendecompose($1) }
          try refuses(backend, a, first) { try $0.tridiagonalize($1) }
          try refuses(backend, a, first) { try $0.leadingEigenpairs(of: $1, into: $0.makeMatrix(rows: 2, columns: n)) }
        }
      }
    }
    try law(subject.backend)
  }

  private func refuses<B: Backend, Result>(
    _ backend: B, _ a: Dense, _ position: (row: Int, column: Int), by operation: (B, B.Matrix) throws -> Result
  ) throws {
    let error = #expect(throws: BackendError.self) { _ = try operation(backend, try backend.matrix(a)) }
    guard case .nonFinite(_, position.row, position.column) = error else {
      Issue.record("expected \(position), got \(String(describing: error))")
      return
    }
  }
}
