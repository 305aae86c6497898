import LacunaAlgebra
import Testing

/// The orthogonal reduction to tridiagonal form, and forms of resolvents in it.
@Suite struct ResolventTests {
  @Test(arguments: Subject.all, SymmetricCase.positiveDefinite + SymmetricCase.indefinite)
  func reductions(subject: Subject, example: SymmetricCase) throws {
    func law<B: Backend>(_ backend: B) throws {
      for n in [1, 2, 3, 17, 64, 257] {
        let a = backend.rounded(example.make(n, backend.epsilon).0).symmetrized
        let unit = 30 * Double(n) * backend.epsilon
        let matrix = try backend.matrix(a.withUpperTriangle(.nan))
        let t = try backend.tridiagonalize(matrix)
        let w = try backend.dense(matrix)
        #expect(t.diagonal.count == n && t.offDiagonal.count == n - 1)
        // T W = W A, and W Wᵀ = I.
        #expect((t.dense * w - w * a).oneNorm <= unit * a.oneNorm, "order \(n)")
        let identity = Dense(diagonal: .init(repeating: 1, count: n))
        #expect((w * w.transposed - identity).oneNorm <= unit, "order \(n)")
      }
    }
    try law(subject.backend)
  }

  /// Tridiagonal matrices T ≻ 0: their forms against the solutions of Gaussian elimination.
  @Test(arguments: Subject.all, [1, 2, 3, 40, 131])
  func forms(subject: Subject, order: Int) throws {
    func law<B: Backend>(_ backend: B) throws {
      for (name, t, shifts) in TridiagonalCase.all(order) {
        let inverses = shifts.map { (t.dense + Dense(diagonal: .init(repeating: $0, count: order))).inverse }
        for (columns, count) in [(1, 0), (8, 2), (13, 1)] {
          let w = backend.rounded(Dense.random(order, columns, seed: 31))
          let probes = (0..<count).map { Dense.random(1, order, seed: 40 + UInt64($0)).values }
          let out = try backend.makeMatrix(rows: (2 + count) * shifts.count, columns: columns)
          try backend.resolventForms(
            of: try backend.matrix(w), tridiagonal: t, shifts: shifts, probes: probes, into: out)
          let result = try backend.dense(out)
          for (r, inverse) in inverses.enumerated() {
            // A backward stable solve errs by cond · ε of its norm; a form by as much of the norm of the resolvent.
            let condition = (t.dense.oneNorm + shifts[r]) * inverse.oneNorm
            let unit = 30 * Double(order) * backend.epsilon * condition
            for k in 0..<columns {
              let column = (0..<order).map { w[$0, k] }
              let solution = (0..<order).map { inverse.row($0).dot(column) }
              let size = column.dot(column).squareRoot()
              let row = (2 + count) * r
              let scale = unit * inverse.oneNorm * size
              #expect(abs(result[row, k] - column.dot(solution)) <= scale * size, "\(name), \(shifts[r])")
              let square = solution.dot(solution)
              #expect(abs(result[row + 1, k] - square) <= 2 * scale * inverse.oneNorm * size, "\(name), \(shifts[r])")
              for (p, probe) in probes.enumerated() {
                let expected = probe.dot(solution)
                #expect(
                  abs(result[row + 2 + p, k] - expected) <= scale * probe.dot(probe).squareRoot(),
                  "\(name), \(shifts[r])")
              }
            }
          }
        }
      }
    }
    try law(subject.backend)
  }

  /// Together: (A + λI)⁻¹_kk and (A + λI)⁻²_kk of a Gram matrix, against its inverse.
  @Test(arguments: Subject.all) func diagonalsOfResolvents(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let n = 90
      let x = Dense.random(2 * n, n, seed: 3)
      let a = backend.rounded((1 / Double(2 * n)) * (x.transposed * x)).symmetrized
      let shifts = [0.01, 0.3, 7]
      let w = try backend.matrix(a.withUpperTriangle(.nan))
      let t = try backend.tridiagonalize(w)
      let out = try backend.makeMatrix(rows: 2 * shifts.count, columns: n)
      try backend.resolventForms(of: w, tridiagonal: t, shifts: shifts, probes: [], into: out)
      let result = try backend.dense(out)
      for (r, shift) in shifts.enumerated() {
        let inverse = (a + Dense(diagonal: .init(repeating: shift, count: n))).inverse
        let unit = 30 * Double(n) * backend.epsilon * inverse.oneNorm
        for k in 0..<n {
          let row = inverse.row(k)
          #expect(abs(result[2 * r, k] - row[k]) <= unit * inverse.oneNorm)
          #expect(abs(result[2 * r + 1, k] - row.dot(row)) <= unit * inverse.oneNorm * inverse.oneNorm)
        }
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func anIndefiniteShiftIsRefused(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let t = SymmetricTridiagonal(diagonal: [2, 1, 3], offDiagonal: [1, 2])
      let w = try backend.makeMatrix(rows: 3, columns: 4)
      let out = try backend.makeMatrix(rows: 2, columns: 4)
      // Leading minors of T: 2, 1, −5.
      #expect(throws: BackendError.notPositiveDefinite(leadingMinor: 3)) {
        try backend.resolventForms(of: w, tridiagonal: t, shifts: [0], probes: [], into: out)
      }
      #expect(throws: BackendError.notPositiveDefinite(leadingMinor: 1)) {
        try backend.resolventForms(of: w, tridiagonal: t, shifts: [-2], probes: [], into: out)
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func nothingOfOrderZero(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let empty = try backend.makeMatrix(rows: 0, columns: 0)
      let t = try backend.tridiagonalize(empty)
      #expect(t.order == 0)
      let out = try backend.makeMatrix(rows: 2, columns: 0)
      try backend.resolventForms(of: empty, tridiagonal: t, shifts: [1], probes: [], into: out)
    }
    try law(subject.backend)
  }
}

/// Positive definite tridiagonal matrices with shifts.
private enum TridiagonalCase {
  static func all(_ n: Int) -> [(String, SymmetricTridiagonal, [Double])] {
    let noise = Dense.random(1, n, seed: 9).values
    func make(_ diagonal: (Int) -> Double, _ off: (Int) -> Double) -> SymmetricTridiagonal {
      SymmetricTridiagonal(diagonal: (0..<n).map(diagonal), offDiagonal: (0..<max(n - 1, 0)).map(off))
    }
    return [
      ("of condition 10", make({ 3 + abs(noise[$0]) }, { _ in 1 }), [0, 0.5, 100]),
      ("second differences", make({ _ in 2 }, { _ in -1 }), [0.1, 1]),
      ("coupled now and then", make({ 1 + Double($0 % 3) }, { $0 % 4 == 0 ? 0 : 0.5 }), [0.2]),
      ("diagonal", make({ 1 + Double($0 % 7) }, { _ in 0 }), [0, 3]),
      // L grows down the diagonal: pivots fall towards the ridge.
      ("nearly singular", make({ $0 == 0 ? 1 : 2 }, { _ in 1 }), [1e-3]),
    ]
  }
}

extension SymmetricTridiagonal {
  fileprivate var dense: Dense {
    Dense(rows: order, columns: order) { i, j in
      i == j ? diagonal[i] : abs(i - j) == 1 ? offDiagonal[min(i, j)] : 0
    }
  }
}

extension Dense {
  /// Gauss–Jordan elimination with partial pivoting.
  fileprivate var inverse: Dense {
    var a = self
    var result = Dense(diagonal: .init(repeating: 1, count: rows))
    for j in 0..<rows {
      let pivot = (j..<rows).max { abs(a[$0, j]) < abs(a[$1, j]) }!
      if pivot != j {
        for k in 0..<columns {
          (a[j, k], a[pivot, k]) = (a[pivot, k], a[j, k])
          (result[j, k], result[pivot, k]) = (result[pivot, k], result[j, k])
        }
      }
      let factor = 1 / a[j, j]
      for k in 0..<columns {
        a[j, k] *= factor
        result[j, k] *= factor
      }
      for i in 0..<rows where i != j && a[i, j] != 0 {
        let weight = a[i, j]
        for k in 0..<columns {
          a[i, k] -= weight * a[j, k]
          result[i, k] -= weight * result[j, k]
        }
      }
    }
    return result
  }
}
