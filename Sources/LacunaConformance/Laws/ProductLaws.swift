import LacunaAlgebra

extension LawChecker {
  /// Against three loops in float64. Rounding errs by at most about k·ε·|A||B| in each entry.
  func products() {
    let shapes = [
      [1, 1, 1], [2, 3, 1], [3, 2, 17], [17, 64, 3], [64, 17, 64], [1, 64, 517], [64, 1, 517], [1, 1, 517],
      [33, 130, 517], [517, 64, 2],
    ]
    for shape in sizes.fitting(shapes) {
      for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)] {
        product(shape[0], shape[1], shape[2], transposeA, transposeB)
      }
    }
    attempt("multiply", "an empty inner side") {
      let a = try backend.makeMatrix(rows: 3, columns: 0)
      let b = try backend.makeMatrix(rows: 0, columns: 2)
      let c = try backend.makeMatrix([1, 2, 3, 4, 5, 6], rows: 3, columns: 2)
      try backend.multiply(a, transposeA: false, b, transposeB: false, alpha: 1, beta: 2, into: c)
      record("multiply", "an empty inner side scales", try backend.download(c), equals: [2, 4, 6, 8, 10, 12])
      try backend.upload([.nan, .nan], to: c, firstRow: 1)
      try backend.multiply(a, transposeA: false, b, transposeB: false, alpha: 1, beta: 0, into: c)
      record("multiply", "an empty inner side clears", try backend.download(c), equals: [0, 0, 0, 0, 0, 0])
      let none = try backend.makeMatrix(rows: 3, columns: 0)
      let empty = try backend.makeMatrix(rows: 2, columns: 0)
      try backend.multiply(c, transposeA: false, empty, transposeB: false, alpha: 1, beta: 0, into: none)
      record("multiply", "an empty result", holds: try backend.download(none).isEmpty)
    }
  }

  private func product(_ m: Int, _ n: Int, _ k: Int, _ transposeA: Bool, _ transposeB: Bool) {
    let a = backend.rounded(transposeA ? .random(k, m, seed: 1) : .random(m, k, seed: 1))
    let b = backend.rounded(transposeB ? .random(n, k, seed: 2) : .random(k, n, seed: 2))
    let c = backend.rounded(.random(m, n, seed: 3))
    let opA = transposeA ? a.transposed : a
    let opB = transposeB ? b.transposed : b
    let (product, size) = (opA * opB, (opA.map(abs) * opB.map(abs)).maxNorm)
    for (alpha, beta) in [(1.0, 0.0), (-1.5, 1), (0.25, -0.5)] {
      let name = "\(m) × \(k)\(transposeA ? "ᵀ" : "") by \(k) × \(n)\(transposeB ? "ᵀ" : ""), α = \(alpha), β = \(beta)"
      measure("multiply", name, bound: 2) {
        // Where beta is 0 the old values must not be read: they are NaN.
        let target = try backend.matrix(beta == 0 ? c.map { _ in .nan } : c)
        try backend.multiply(
          try backend.matrix(a), transposeA: transposeA, try backend.matrix(b), transposeB: transposeB,
          alpha: B.Element(alpha), beta: B.Element(beta), into: target)
        let error = (try backend.dense(target) - (alpha * product + beta * c)).maxNorm
        return .ratio(error, Double(k + 2) * epsilon * (abs(alpha) * size + abs(beta) * c.maxNorm))
      }
    }
  }

  func grams() {
    for shape in sizes.fitting([[1, 1], [3, 2], [17, 64], [130, 33], [300, 517], [0, 5]]) {
      gramOfBlocks(shape[0], shape[1])
    }
    for shape in sizes.fitting([[1, 1], [2, 3], [64, 17], [33, 130], [517, 300], [5, 0]]) {
      gramOfSamples(shape[0], shape[1])
    }
  }

  private func gramOfBlocks(_ n: Int, _ d: Int) {
    let name = "\(n) × \(d), in blocks"
    attempt("accumulateGram", name) {
      let x = backend.rounded(.random(n, d, seed: 4))
      let start = backend.rounded(.random(d, d, seed: 5))
      let s = try backend.matrix(start.withUpperTriangle(.nan))
      let buffer = try backend.makeMatrix(rows: max(1, (n + 2) / 3), columns: d)
      var row = 0
      while row < n {
        let count = min(buffer.rows, n - row)
        let block = buffer.firstRows(count)
        try backend.upload(
          B.Element.nearest(Array(x.values[row * d..<(row + count) * d])), to: block, firstRow: 0)
        try backend.accumulateGram(of: block, scale: 0.5, into: s)
        row += count
      }
      let size = (x.transposed.map(abs) * x.map(abs)).maxNorm
      lowerTriangle(
        "accumulateGram", name, try backend.dense(s), start + 0.5 * (x.transposed * x), unit: unit(n, size))
    }
  }

  private func gramOfSamples(_ n: Int, _ d: Int) {
    attempt("accumulateSampleGram", "\(n) × \(d)") {
      let x = backend.rounded(.random(n, d, seed: 6))
      let start = backend.rounded(.random(n, n, seed: 7))
      let k = try backend.matrix(start.withUpperTriangle(.nan))
      try backend.accumulateSampleGram(of: try backend.matrix(x), scale: -0.25, into: k)
      let size = (x.map(abs) * x.transposed.map(abs)).maxNorm
      lowerTriangle(
        "accumulateSampleGram", "\(n) × \(d)", try backend.dense(k), start + -0.25 * (x * x.transposed),
        unit: unit(d, size))
    }
  }

  /// Rounding of a sum of so many terms onto normal numbers, which stay below 5 here.
  private func unit(_ terms: Int, _ size: Double) -> Double { Double(terms + 3) * epsilon * (size + 5) }

  /// The lower triangle within twice a unit, the upper one neither read nor written: it held NaN and still does.
  func lowerTriangle(_ operation: String, _ example: String, _ found: Dense, _ expected: Dense, unit: Double) {
    var worst = WorstResidual()
    var written = 0
    for i in 0..<found.rows {
      for j in 0..<found.columns {
        if j <= i {
          worst.add(abs(found[i, j] - expected[i, j]), unit: unit)
        } else if !found[i, j].isNaN {
          written += 1
        }
      }
    }
    record(operation, example, residual: worst.value, bound: 2)
    record(operation, "\(example), upper triangle", residual: Double(written), bound: 0)
  }
}
