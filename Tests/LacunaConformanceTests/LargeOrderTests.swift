import LacunaAlgebra
import RealModule
import Testing

/// The laws at orders 517 and 1025, past every tile and block size, on fewer matrices.
///
/// An error matrix E is not formed but applied: |(Ex)_i| ≤ ‖E‖_∞ |x|_∞ for random x, in float64 on the host by loops.
@Suite(.serialized) struct LargeOrderTests {
  static let sizes = [517, 1025]
  /// Of `SymmetricCase`; the largest order takes the first two.
  static let names = [
    "rows graded over 16 orders of magnitude", "clustered eigenvalues", "identity", "nearly singular",
  ]

  private func probes(_ n: Int) -> [[Double]] {
    (0..<2).map { Dense.random(1, n, seed: 100 + UInt64($0)).values.map { max(-1, min(1, $0)) } }
  }

  private func apply(_ a: Dense, _ x: [Double], transposed: Bool = false) -> [Double] {
    var result = [Double](repeating: 0, count: transposed ? a.columns : a.rows)
    a.values.withUnsafeBufferPointer { values in
      result.withUnsafeMutableBufferPointer { result in
        x.withUnsafeBufferPointer { x in
          for i in 0..<a.rows {
            let row = values.baseAddress! + i * a.columns
            if transposed {
              for j in 0..<a.columns { result[j] += row[j] * x[i] }
            } else {
              var sum = 0.0
              for j in 0..<a.columns { sum += row[j] * x[j] }
              result[i] = sum
            }
          }
        }
      }
    }
    return result
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } }

  @Test(arguments: Subject.all, sizes) func choleskyAndInverse(subject: Subject, n: Int) throws {
    func law<B: Backend>(_ backend: B) throws {
      let names = n > 1000 ? Self.names.prefix(2) : Self.names[...]
      for example in SymmetricCase.positiveDefinite where names.contains(example.testDescription) {
        let a = backend.rounded(example.make(n, backend.epsilon).0).symmetrized
        let unit = 30 * Double(n) * backend.epsilon * a.oneNorm
        let factor = try backend.matrix(a.withUpperTriangle(.nan))
        let logDeterminant = try backend.factorPositiveDefinite(factor)
        let l = try backend.dense(factor).withUpperTriangle(0)
        let matrix = try backend.matrix(a.withUpperTriangle(.nan))
        let other = try backend.invertPositiveDefinite(matrix)
        let inverse = try backend.dense(matrix).symmetrized
        #expect(abs(logDeterminant - other) <= 30 * Double(n) * backend.epsilon * (1 + abs(logDeterminant)))
        for x in probes(n) {
          let multiplied = apply(l, apply(l, x, transposed: true))
          #expect(distance(multiplied, apply(a, x)) <= unit, "\(example)")
          #expect(distance(apply(a, apply(inverse, x)), x) <= unit * inverse.oneNorm, "\(example)")
        }
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, sizes) func eigenvaluesAndVectors(subject: Subject, n: Int) throws {
    func law<B: Backend>(_ backend: B) throws {
      let largest = ["eigenvalues graded over 16 orders of magnitude", "repeated eigenvalues"]
      for example in EigenTests.cases where n < 1000 || largest.contains(example.testDescription) {
        let (exact, spectrum) = example.make(n, backend.epsilon)
        let a = backend.rounded(exact).symmetrized
        let unit = 30 * Double(n) * backend.epsilon
        let matrix = try backend.matrix(a.withUpperTriangle(.nan))
        let values = try backend.eigendecompose(matrix)
        let v = try backend.dense(matrix)
        let alone = try backend.eigenvalues(of: try backend.matrix(a.withUpperTriangle(.nan)))
        #expect(zip(alone, spectrum ?? values).allSatisfy { abs($0 - $1) <= unit * a.oneNorm }, "\(example)")
        #expect(zip(alone, values).allSatisfy { abs($0 - $1) <= unit * a.oneNorm }, "\(example)")
        for x in probes(n) {
          // V A = Λ V with rows as vectors, and V Vᵀ = I.
          let right = zip(values, apply(v, x)).map { $0 * $1 }
          #expect(distance(apply(v, apply(a, x)), right) <= unit * a.oneNorm)
          #expect(distance(apply(v, apply(v, x, transposed: true)), x) <= unit)
        }
        let leading = try backend.makeMatrix(rows: 3, columns: n)
        let greatest = try backend.leadingEigenpairs(of: try backend.matrix(a.withUpperTriangle(.nan)), into: leading)
        let rows = try backend.dense(leading)
        for j in 0..<3 {
          let row = rows.row(j)
          let residual = zip(apply(a, row), row).map { $0 - greatest[j] * $1 }
          #expect(residual.dot(residual).squareRoot() <= unit * a.oneNorm && abs(row.dot(row) - 1) <= unit)
          #expect(abs(greatest[j] - alone[n - 1 - j]) <= unit * a.oneNorm)
        }
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, sizes) func products(subject: Subject, n: Int) throws {
    func law<B: Backend>(_ backend: B) throws {
      let a = backend.rounded(.random(n, n, seed: 1))
      let b = backend.rounded(.random(n, n, seed: 2))
      let (left, right) = (try backend.matrix(a), try backend.matrix(b))
      let c = try backend.makeMatrix(rows: n, columns: n)
      // |A||B| has entries of about n/2; a probe adds up n of them.
      let bound = 2 * Double(n + 3) * backend.epsilon * Double(n) * Double(n)
      for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)] {
        try backend.multiply(
          left, transposeA: transposeA, right, transposeB: transposeB, alpha: 1, beta: 0, into: c)
        let values = try backend.dense(c)
        for x in probes(n) {
          let expected = apply(a, apply(b, x, transposed: transposeB), transposed: transposeA)
          #expect(distance(apply(values, x), expected) <= bound)
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
          #expect(distance(apply(gram, x), expected) <= bound)
        }
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, sizes) func maskedGrams(subject: Subject, d: Int) throws {
    func law<B: Backend>(_ backend: B) throws {
      let n = 37
      let x = backend.rounded(.random(n, d, seed: 3))
      let bound = 2 * Double(3 * n + 3) * backend.epsilon * Double(3 * n) * Double(d)
      for masks in [
        MaskPattern.bernoulli(keep: 0.3, count: 3, stream: MaskTests.stream),
        .fixedSize(visible: d / 3, count: 3, stream: MaskTests.stream), MaskTests.given(d),
      ] {
        let g = try backend.makeMatrix(rows: d, columns: d)
        let c = try backend.makeMatrix(rows: d, columns: d)
        let matrix = try backend.matrix(x)
        try backend.accumulateMaskedGram(of: matrix, masks: masks, firstSample: 4, scale: 1, into: g)
        try backend.accumulateMaskedCross(of: matrix, masks: masks, firstSample: 4, scale: 1, into: c)
        let (gram, cross) = (try backend.dense(g).symmetrized, try backend.dense(c))
        for probe in probes(d) {
          var expected = [Double](repeating: 0, count: d)
          var expectedCross = expected
          for i in 0..<n {
            for m in 0..<masks.count {
              let visible = masks.visibility(sample: 4 + i, mask: m, coordinateCount: d)
              var weight = 1.0
              if case .given(let given) = masks { weight = given.weights[m] }
              let sum = weight * (0..<d).reduce(0) { $0 + (visible[$1] ? x[i, $1] * probe[$1] : 0) }
              for j in 0..<d {
                expectedCross[j] += sum * x[i, j]
                if visible[j] { expected[j] += sum * x[i, j] }
              }
            }
          }
          #expect(distance(apply(gram, probe), expected) <= bound, "\(masks)")
          #expect(distance(apply(cross, probe), expectedCross) <= bound, "\(masks)")
        }
      }
    }
    try law(subject.backend)
  }
}
