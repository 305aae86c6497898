import LacunaAlgebra

/// The orthogonal reduction to tridiagonal form, and forms of resolvents in it.
extension LawChecker {
  func resolvents() {
    for example in SymmetricCase.positiveDefinite + SymmetricCase.indefinite {
      for n in sizes.orders([1, 2, 3, 17, 64, 257]) {
        reduction(example, n, "tridiagonalize") { SymmetricBand(try backend.tridiagonalize($0)) }
      }
      for n in sizes.orders([1, 2, 3, 15, 16, 17, 33, 64, 257]) {
        reduction(example, n, "reduceToBand") { try backend.reduceToBand($0) }
      }
    }
    for order in sizes.orders([1, 2, 3, 40, 131]) {
      for example in BandCase.tridiagonal(order) {
        let inverses = example.shifts.map {
          (example.matrix.dense + Dense(diagonal: .init(repeating: $0, count: order))).inverse
        }
        for (columns, probes) in [(1, 0), (8, 2), (13, 1)] { forms(example, inverses, columns, probes) }
      }
    }
    for (order, width) in [(1, 2), (3, 2), (7, 3), (9, 16), (40, 5), (48, 16), (131, 16), (131, 33)]
    where order <= sizes.order {
      for example in BandCase.all(order, width: width) {
        let inverses = example.shifts.map {
          (example.matrix.dense + Dense(diagonal: .init(repeating: $0, count: order))).inverse
        }
        for (columns, probes) in [(1, 0), (13, 2), (140, 1)] { forms(example, inverses, columns, probes) }
      }
    }
    for n in [min(90, sizes.order), min(33, sizes.order)] {
      diagonalsOfResolvents(n) { SymmetricBand(try backend.tridiagonalize($0)) }
      diagonalsOfResolvents(n) { try backend.reduceToBand($0) }
    }
    indefiniteShifts()
    attempt("reduceToBand", "order 0") {
      let empty = try backend.makeMatrix(rows: 0, columns: 0)
      let b = try backend.reduceToBand(empty)
      record("reduceToBand", "order 0", holds: b.order == 0)
      let out = try backend.makeMatrix(rows: 2, columns: 0)
      try backend.resolventForms(of: empty, band: b, shifts: [1], probes: [], into: out)
    }
    attempt("tridiagonalize", "order 0") {
      let empty = try backend.makeMatrix(rows: 0, columns: 0)
      let t = try backend.tridiagonalize(empty)
      record("tridiagonalize", "order 0", holds: t.order == 0)
      let out = try backend.makeMatrix(rows: 2, columns: 0)
      try backend.resolventForms(of: empty, tridiagonal: t, shifts: [1], probes: [], into: out)
    }
  }

  private func indefiniteShifts() {
    let t = SymmetricTridiagonal(diagonal: [2, 1, 3], offDiagonal: [1, 2])
    // Leading minors of T: 2, 1, −5.
    for (shift, minor) in [(0.0, 3), (-2, 1)] {
      refuses(
        "resolventForms", "an indefinite shift", with: .notPositiveDefinite(leadingMinor: minor)
      ) {
        let w = try backend.makeMatrix(rows: 3, columns: 4)
        let out = try backend.makeMatrix(rows: 2, columns: 4)
        try backend.resolventForms(of: w, tridiagonal: t, shifts: [shift], probes: [], into: out)
      }
    }
    // Leading minors 1, −3: in the first block, and in the one after.
    for (order, bad) in [(4, 2), (7, 6)] {
      let b = SymmetricBand(order: order, width: 3) { i, j in i == j ? 1 : i == bad - 1 && j == bad - 2 ? 2 : 0 }
      refuses(
        "resolventForms(band:)", "an indefinite shift, minor \(bad)", with: .notPositiveDefinite(leadingMinor: bad)
      ) {
        let w = try backend.makeMatrix(rows: order, columns: 4)
        let out = try backend.makeMatrix(rows: 4, columns: 4)
        try backend.resolventForms(of: w, band: b, shifts: [9, 0], probes: [], into: out)
      }
    }
  }

  private func reduction(
    _ example: SymmetricCase, _ n: Int, _ operation: String, _ reduce: (B.Matrix) throws -> SymmetricBand
  ) {
    let name = "\(example.name), order \(n)"
    attempt(operation, name) {
      let a = backend.rounded(example.make(n, epsilon).0).symmetrized
      let unit = Double(n) * epsilon
      let matrix = try backend.matrix(a.withUpperTriangle(.nan))
      let t = try reduce(matrix)
      guard t.order == n else { return record(operation, "\(name), its order", holds: false) }
      let w = try backend.dense(matrix)
      // T W = W A, and W Wᵀ = I.
      record(
        operation, name, residual: .ratio((t.dense * w - w * a).oneNorm, unit * a.oneNorm), bound: 30)
      let identity = Dense(diagonal: .init(repeating: 1, count: n))
      record(
        operation, "\(name), orthogonality",
        residual: .ratio((w * w.transposed - identity).oneNorm, unit), bound: 30)
    }
  }

  /// Forms against the solutions of Gaussian elimination. A backward stable solve errs by cond · ε of its norm; a form by as
  /// much of the norm of the resolvent.
  private func forms(_ example: BandCase, _ inverses: [Dense], _ columns: Int, _ count: Int) {
    let (t, order) = (example.matrix.dense, example.matrix.order)
    let name = "\(example.name), order \(order), \(columns) columns, \(count) probes"
    let tridiagonal = example.matrix.tridiagonal
    measure(tridiagonal == nil ? "resolventForms(band:)" : "resolventForms", name, bound: 30) {
      let w = backend.rounded(Dense.random(order, columns, seed: 31))
      let probes = (0..<count).map { Dense.random(1, order, seed: 40 + UInt64($0)).values }
      let out = try backend.makeMatrix(rows: (2 + count) * example.shifts.count, columns: columns)
      if let tridiagonal {
        try backend.resolventForms(
          of: try backend.matrix(w), tridiagonal: tridiagonal, shifts: example.shifts, probes: probes, into: out)
      } else {
        try backend.resolventForms(
          of: try backend.matrix(w), band: example.matrix, shifts: example.shifts, probes: probes, into: out)
      }
      let result = try backend.dense(out)
      var worst = WorstResidual()
      for (r, inverse) in inverses.enumerated() {
        let condition = (t.oneNorm + example.shifts[r]) * inverse.oneNorm
        for k in 0..<columns {
          let column = (0..<order).map { w[$0, k] }
          let solution = (0..<order).map { inverse.row($0).dot(column) }
          let size = column.dot(column).squareRoot()
          let row = (2 + count) * r
          let unit = Double(order) * epsilon * condition * inverse.oneNorm * size
          worst.add(abs(result[row, k] - column.dot(solution)), unit: unit * size)
          worst.add(abs(result[row + 1, k] - solution.dot(solution)), unit: 2 * unit * inverse.oneNorm * size)
          for (p, probe) in probes.enumerated() {
            worst.add(
              abs(result[row + 2 + p, k] - probe.dot(solution)), unit: unit * probe.dot(probe).squareRoot())
          }
        }
      }
      return worst.value
    }
  }

  /// Together: (A + λI)⁻¹_kk and (A + λI)⁻²_kk of a Gram matrix, against its inverse.
  private func diagonalsOfResolvents(_ n: Int, _ reduce: (B.Matrix) throws -> SymmetricBand) {
    measure("resolventForms", "diagonals of resolvents, order \(n)", bound: 30) {
      let x = Dense.random(2 * n, n, seed: 3)
      let a = backend.rounded((1 / Double(2 * n)) * (x.transposed * x)).symmetrized
      let shifts = [0.01, 0.3, 7]
      let w = try backend.matrix(a.withUpperTriangle(.nan))
      let b = try reduce(w)
      let out = try backend.makeMatrix(rows: 2 * shifts.count, columns: n)
      try backend.resolventForms(of: w, band: b, shifts: shifts, probes: [], into: out)
      let result = try backend.dense(out)
      var worst = WorstResidual()
      for (r, shift) in shifts.enumerated() {
        let inverse = (a + Dense(diagonal: .init(repeating: shift, count: n))).inverse
        let norm = inverse.oneNorm
        let unit = Double(n) * epsilon * norm
        for k in 0..<n {
          let row = inverse.row(k)
          worst.add(abs(result[2 * r, k] - row[k]), unit: unit * norm)
          worst.add(abs(result[2 * r + 1, k] - row.dot(row)), unit: unit * norm * norm)
        }
      }
      return worst.value
    }
  }
}
