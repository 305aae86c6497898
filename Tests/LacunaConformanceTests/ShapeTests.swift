import LacunaAlgebra
import Testing

/// Shapes that do not fit are the caller's mistake, and named so.
@Suite struct ShapeTests {
  @Test(arguments: Subject.all) func shapesThatDoNotFitAreRefused(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let square = try backend.makeMatrix(rows: 4, columns: 4)
      let other = try backend.makeMatrix(rows: 5, columns: 5)
      let tall = try backend.makeMatrix(rows: 5, columns: 4)
      let vector = try backend.makeMatrix(rows: 1, columns: 3)
      let column = try backend.makeMatrix(rows: 4, columns: 1)
      let four = [B.Element](repeating: 1, count: 4)

      refuses { _ = try backend.makeMatrix(rows: -1, columns: 3) }
      refuses { _ = try backend.makeMatrix(rows: 3, columns: -1) }
      refuses { try backend.upload([1, 2, 3], to: square, firstRow: 0) }
      refuses { try backend.upload(four, to: square, firstRow: 4) }
      refuses { try backend.upload(four, to: square, firstRow: -1) }
      refuses { try backend.upload(four, to: square, firstRow: .max) }
      refuses { try backend.copy(square, to: tall) }
      refuses {
        try backend.multiply(square, transposeA: false, tall, transposeB: false, alpha: 1, beta: 0, into: square)
      }
      refuses { try backend.multiply(tall, transposeA: true, tall, transposeB: false, alpha: 1, beta: 0, into: other) }
      refuses { try backend.multiply(tall, transposeA: false, tall, transposeB: true, alpha: 1, beta: 0, into: square) }
      refuses { try backend.accumulateGram(of: tall, scale: 1, into: other) }
      refuses { try backend.accumulateSampleGram(of: tall, scale: 1, into: square) }
      refuses { _ = try backend.factorPositiveDefinite(tall) }
      refuses { _ = try backend.invertPositiveDefinite(tall) }
      refuses { _ = try backend.eigenvalues(of: tall) }
      refuses { _ = try backend.eigendecompose(tall) }
      refuses { _ = try backend.leadingEigenpairs(of: tall, into: square) }
      refuses { _ = try backend.leadingEigenpairs(of: square, into: vector) }
      refuses { _ = try backend.leadingEigenpairs(of: square, into: tall) }
      refuses { _ = try backend.tridiagonalize(tall) }
      let t = SymmetricTridiagonal(diagonal: [1, 1, 1, 1], offDiagonal: [0, 0, 0])
      refuses { try backend.resolventForms(of: tall, tridiagonal: t, shifts: [1], probes: [], into: square) }
      refuses { try backend.resolventForms(of: square, tridiagonal: t, shifts: [1], probes: [], into: square) }
      refuses { try backend.resolventForms(of: square, tridiagonal: t, shifts: [1], probes: [[1]], into: square) }
      refuses { try backend.copyColumns(of: square, from: 0, to: tall) }
      refuses { try backend.copyColumns(of: square, from: 1, to: square) }
      refuses { try backend.copyColumns(of: square, from: -1, to: column) }
      refuses { try backend.addDiagonal(1, to: tall) }
      refuses { try backend.diagonal(of: tall, into: vector) }
      refuses { try backend.diagonal(of: square, into: vector) }
      refuses { try backend.diagonal(of: square, into: column) }
      refuses { try backend.setDiagonal(of: square, to: vector) }
      refuses { try backend.symmetrize(tall) }
      refuses { try backend.clearUpperTriangle(of: tall) }
      refuses { try backend.scale(square, rows: vector, columns: nil) }
      refuses { try backend.scale(square, rows: nil, columns: vector) }
      refuses { try backend.add(square, alpha: 1, beta: 1, to: tall) }
      refuses { try backend.hadamard(square, tall, into: square) }
      refuses { try backend.hadamard(square, square, into: tall) }
      refuses { try backend.rowDots(square, tall, weights: nil, into: column) }
      refuses { try backend.rowDots(square, square, weights: nil, into: column) }
      refuses { try backend.rowDots(square, square, weights: vector, into: square.firstRows(1)) }
      refuses { try backend.columnDots(square, tall, weights: nil, into: column) }
      refuses { try backend.columnDots(square, square, weights: nil, into: column) }
      refuses { try backend.columnDots(square, square, weights: vector, into: square.firstRows(1)) }
      refuses { try backend.mixBlocks(square, bounds: [0, 3], scale: 1, shift: [1]) }
      refuses { try backend.mixBlocks(square, bounds: [0, 3, 2, 4], scale: 1, shift: [1, 1, 1]) }
      refuses { try backend.mixBlocks(square, bounds: [0, 2, 4], scale: 1, shift: [1]) }
      refuses { try backend.mixBlocks(square, bounds: [], scale: 1, shift: []) }
      refuses { try backend.filterCirculant(square, eigenvalues: [1, 1, 1], into: square) }
      refuses { try backend.filterCirculant(square, eigenvalues: four, into: tall) }
      refuses { try backend.filterCirculant(square, eigenvalues: four, into: other.firstRows(4)) }
      refuses { try backend.circulantForms(of: square, eigenvalues: [1, 1, 1], into: square.firstRows(1)) }
      refuses { try backend.circulantForms(of: square, eigenvalues: four, into: vector) }
    }
    try law(subject.backend)
  }

  private func refuses(_ call: () throws -> Void, at location: SourceLocation = #_sourceLocation) {
    let error = #expect(throws: BackendError.self, sourceLocation: location, performing: call)
    guard case .dimensionMismatch = error else {
      Issue.record("got \(String(describing: error))", sourceLocation: location)
      return
    }
  }
}
