import LacunaAlgebra

/// The laws at orders past every tile and block size, on fewer matrices.
///
/// An error matrix E is not formed but applied: |(Ex)_i| ≤ ‖E‖_∞ |x|_∞ for random x, in float64 on the host by loops.
extension LawChecker {
  func largeOrders() {
    for n in sizes.orders([517, 1025]) {
      largeFactors(n)
      largeEigen(n)
      largeProducts(n)
      largeMaskedGrams(n)
    }
  }

  private func probes(_ n: Int) -> [[Double]] {
    (0..<2).map { Dense.random(1, n, seed: 100 + UInt64($0)).values.map { max(-1, min(1, $0)) } }
  }

  private func apply(_ a: Dense, _ x: [Double], transposed: Bool = false) -> [Double] {
    var result = [Double](repeating: 0, count: transposed ? a.columns : a.rows)
    a.values.withUnsafeBufferPointer { values in
      result.withUnsafeMutableBufferPointer { result in
        x.withUnsafeBufferPointer { x in
          for i in 0..<a.rows {
            let row = values[i * a.columns..<(i + 1) * a.columns]
            var sum = 0.0
            for (j, value) in row.enumerated() {
              if transposed { result[j] += value * x[i] } else { sum += value * x[j] }
            }
            if !transposed { result[i] = sum }
          }
        }
      }
    }
    return result
  }

  private func gap(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { worst, pair in
      let error = abs(pair.0 - pair.1)
      return error <= worst ? worst : error
    }
  }

  private func largeFactors(_ n: Int) {
    let names = [
      "rows graded over 16 orders of magnitude", "clustered eigenvalues", "identity", "nearly singular",
    ]
    for example in SymmetricCase.positiveDefinite where names.prefix(n > 1000 ? 2 : 4).contains(example.name) {
      let name = "\(example.name), order \(n)"
      attempt("factorPositiveDefinite", name) {
        let a = backend.rounded(example.make(n, epsilon).0).symmetrized
        let unit = Double(n) * epsilon * a.oneNorm
        let factor = try backend.matrix(a.withUpperTriangle(.nan))
        let logDeterminant = try backend.factorPositiveDefinite(factor)
        let l = try backend.dense(factor).withUpperTriangle(0)
        let matrix = try backend.matrix(a.withUpperTriangle(.nan))
        let other = try backend.invertPositiveDefinite(matrix)
        let inverse = try backend.dense(matrix).symmetrized
        record(
          "invertPositiveDefinite", "\(name), ln det",
          residual: .ratio(abs(logDeterminant - other), Double(n) * epsilon * (1 + abs(logDeterminant))), bound: 30)
        for x in probes(n) {
          let multiplied = apply(l, apply(l, x, transposed: true))
          record(
            "factorPositiveDefinite", name, residual: .ratio(gap(multiplied, apply(a, x)), unit), bound: 30)
          record(
            "invertPositiveDefinite", name,
            residual: .ratio(gap(apply(a, apply(inverse, x)), x), unit * inverse.oneNorm), bound: 30)
        }
      }
    }
  }

  private func largeEigen(_ n: Int) {
    let largest = ["eigenvalues graded over 16 orders of magnitude", "repeated eigenvalues"]
    for example in SymmetricCase.positiveDefinite + SymmetricCase.indefinite
    where n < 1000 || largest.contains(example.name) {
      let name = "\(example.name), order \(n)"
      attempt("eigendecompose", name) {
        let (exact, spectrum) = example.make(n, epsilon)
        let a = backend.rounded(exact).symmetrized
        let unit = Double(n) * epsilon
        let matrix = try backend.matrix(a.withUpperTriangle(.nan))
        let values = try backend.eigendecompose(matrix)
        let v = try backend.dense(matrix)
        let alone = try backend.eigenvalues(of: try backend.matrix(a.withUpperTriangle(.nan)))
        record(
          "eigenvalues", "\(name), known",
          residual: .ratio(distance(alone, spectrum ?? values), unit * a.oneNorm), bound: 30)
        record("eigenvalues", name, residual: .ratio(distance(alone, values), unit * a.oneNorm), bound: 30)
        for x in probes(n) {
          // V A = Λ V with rows as vectors, and V Vᵀ = I.
          let right = zip(values, apply(v, x)).map { $0 * $1 }
          record(
            "eigendecompose", name, residual: .ratio(gap(apply(v, apply(a, x)), right), unit * a.oneNorm), bound: 30)
          record(
            "eigendecompose", "\(name), orthogonality",
            residual: .ratio(gap(apply(v, apply(v, x, transposed: true)), x), unit), bound: 30)
        }
        let reduced = try backend.matrix(a.withUpperTriangle(.nan))
        let band = try backend.reduceToBand(reduced)
        let w = try backend.dense(reduced)
        for x in probes(n) {
          record(
            "reduceToBand", name,
            residual: .ratio(gap(apply(w, apply(a, x)), band.times(apply(w, x))), unit * a.oneNorm), bound: 30)
          record(
            "reduceToBand", "\(name), orthogonality",
            residual: .ratio(gap(apply(w, apply(w, x, transposed: true)), x), unit), bound: 30)
        }
        let leading = try backend.makeMatrix(rows: 3, columns: n)
        let greatest = try backend.leadingEigenpairs(of: try backend.matrix(a.withUpperTriangle(.nan)), into: leading)
        let rows = try backend.dense(leading)
        let residual =
          greatest.count == 3
          ? pairResidual(greatest, (0..<3).map { rows.row($0) }, alone, norm: a.oneNorm, apply: { apply(a, $0) })
          : .infinity
        record("leadingEigenpairs", "3 of \(name)", residual: residual, bound: 30)
      }
    }
  }

  private func largeProducts(_ n: Int) {
    let a = backend.rounded(.random(n, n, seed: 1))
    let b = backend.rounded(.random(n, n, seed: 2))
    // |A||B| has entries of about n/2; a probe adds up n of them.
    let unit = Double(n + 3) * epsilon * Double(n) * Double(n)
    attempt("multiply", "order \(n)") {
      let (left, right) = (try backend.matrix(a), try backend.matrix(b))
      let c = try backend.makeMatrix(rows: n, columns: n)
      for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)] {
        try backend.multiply(left, transposeA: transposeA, right, transposeB: transposeB, alpha: 1, beta: 0, into: c)
        let values = try backend.dense(c)
        for x in probes(n) {
          let expected = apply(a, apply(b, x, transposed: transposeB), transposed: transposeA)
          record(
            "multiply", "order \(n), transposes \(transposeA), \(transposeB)",
            residual: .ratio(gap(apply(values, x), expected), unit), bound: 2)
        }
      }
      for ofSamples in [false, true] {
        try backend.clear(c)
        if ofSamples {
          try backend.accumulateSampleGram(of: left, scale: 1, into: c)
        } else {
          try backend.accumulateGram(of: left, scale: 1, into: c)
        }
        let gram = try backend.dense(c).symmetrized
        for x in probes(n) {
          let expected = apply(a, apply(a, x, transposed: ofSamples), transposed: !ofSamples)
          record(
            ofSamples ? "accumulateSampleGram" : "accumulateGram", "order \(n)",
            residual: .ratio(gap(apply(gram, x), expected), unit), bound: 2)
        }
      }
    }
  }

  private func largeMaskedGrams(_ d: Int) {
    let n = 37
    let x = backend.rounded(.random(n, d, seed: 3))
    let unit = Double(3 * n + 3) * epsilon * Double(3 * n) * Double(d)
    for (name, masks) in [
      ("three of 0.3", MaskPattern.bernoulli(keep: 0.3, count: 3, stream: MaskCase.stream)),
      ("a third of d", .fixedSize(visible: d / 3, count: 3, stream: MaskCase.stream)), ("given", MaskCase.given(d)),
    ] {
      attempt("accumulateMaskedGram", "\(n) × \(d), \(name)") {
        let g = try backend.makeMatrix(rows: d, columns: d)
        let c = try backend.makeMatrix(rows: d, columns: d)
        let matrix = try backend.matrix(x)
        try backend.accumulateMaskedGram(of: matrix, masks: masks, firstSample: 4, scale: 1, into: g)
        try backend.accumulateMaskedCross(of: matrix, masks: masks, firstSample: 4, scale: 1, into: c)
        let (gram, cross) = (try backend.dense(g).symmetrized, try backend.dense(c))
        for probe in probes(d) {
          let (expected, expectedCross) = maskedProducts(x, masks, firstSample: 4, probe)
          record(
            "accumulateMaskedGram", "\(n) × \(d), \(name)", residual: .ratio(gap(apply(gram, probe), expected), unit),
            bound: 2)
          record(
            "accumulateMaskedCross", "\(n) × \(d), \(name)",
            residual: .ratio(gap(apply(cross, probe), expectedCross), unit), bound: 2)
        }
      }
    }
  }

  /// What the two sums over masks make of a vector, written out.
  private func maskedProducts(
    _ x: Dense, _ masks: MaskPattern, firstSample: Int, _ probe: [Double]
  ) -> (gram: [Double], cross: [Double]) {
    let d = x.columns
    var gram = [Double](repeating: 0, count: d)
    var cross = gram
    for i in 0..<x.rows {
      for m in 0..<masks.count {
        let visible = masks.visibility(sample: firstSample + i, mask: m, coordinateCount: d)
        let product = (0..<d).reduce(0) { $0 + (visible[$1] ? x[i, $1] * probe[$1] : 0) }
        let sum = MaskCase.weight(masks, pair: m) * product
        for j in 0..<d {
          cross[j] += sum * x[i, j]
          if visible[j] { gram[j] += sum * x[i, j] }
        }
      }
    }
    return (gram, cross)
  }
}
