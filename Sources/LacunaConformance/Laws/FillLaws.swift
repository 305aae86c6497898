import LacunaAlgebra
import RealModule

extension LawChecker {
  /// Fills against the definition of the laws.
  func fills() {
    let laws: [EntryLaw] = [
      .gaussian, .rademacher, .studentT(degreesOfFreedom: 2.5), .studentT(degreesOfFreedom: 30),
      .sparse(density: 0.05), .sparse(density: 1),
    ]
    for law in laws {
      definition(law)
      pieces(law)
    }
    attempt("fill", "in row-major order") {
      let stream = RandomStream(seed: 8, stream: 0)
      let matrix = try backend.makeMatrix(rows: 13, columns: 37)
      let vector = try backend.makeMatrix(rows: 1, columns: 13 * 37)
      try backend.fill(matrix, law: .gaussian, stream: stream, offset: 5)
      try backend.fill(vector, law: .gaussian, stream: stream, offset: 5)
      record("fill", "in row-major order", try backend.download(matrix), equals: try backend.download(vector))
    }
    moments()
  }

  /// In units of what a few units in the last place make of an entry of this size.
  private func definition(_ law: EntryLaw) {
    let count = min(100_000, sizes.draws)
    for (seed, number, offset) in [(1, 0, 0), (.max, 1 << 63, (1 << 33) + 5)] as [(UInt64, UInt64, UInt64)] {
      measure("fill", "\(law) from \(offset), units in the last place", bound: 1) {
        let stream = RandomStream(seed: seed, stream: number)
        let x = try backend.makeMatrix(rows: 1, columns: count)
        try backend.fill(x, law: law, stream: stream, offset: offset)
        let values = B.Element.doubles(try backend.download(x))
        var worst = WorstResidual()
        for e in 0..<count {
          let index = offset + UInt64(e)
          let expected = law.value(at: index, of: stream, precision: B.Element.precision)
          let size = max(abs(expected), 1)
          let unit = B.Element.precision == .float32 ? Double(Float(size).ulp) : size.ulp
          // OpenCL grants cospi of singles 4 units by itself; measured are 2.3 of them, and 4.6 in all.
          var allowed = B.Element.precision == .float32 ? 6.0 : 4.0
          if case .studentT(let degrees) = law { allowed -= 2 / degrees * .log(stream.uniforms(index).0) }
          worst.add(abs(values[e] - expected), unit: unit * allowed)
        }
        return worst.value
      }
    }
  }

  private func pieces(_ law: EntryLaw) {
    attempt("fill", "\(law), in pieces") {
      let stream = RandomStream(seed: 3, stream: 4)
      let lengths = [1, 2, 3, 1, 7, 8, 17, 64, 511, 513, 1000, 40_001].filter { $0 <= sizes.draws }
      let whole = try backend.makeMatrix(rows: 1, columns: lengths.reduce(17, +))
      try backend.fill(whole, law: law, stream: stream, offset: 1)
      let expected = try backend.download(whole)
      var start = 0
      for length in lengths {
        let piece = try backend.makeMatrix(rows: 1, columns: length)
        try backend.fill(piece, law: law, stream: stream, offset: UInt64(1 + start))
        record(
          "fill", "\(law), \(length) from \(start)", try backend.download(piece),
          equals: Array(expected[start..<start + length]))
        start += length
      }
      try backend.fill(try backend.makeMatrix(rows: 0, columns: 3), law: law, stream: stream, offset: 7)
    }
  }

  /// Mean, variance, skewness and kurtosis of many normal numbers, in standard errors. The variances of z, z², z³, z⁴ are
  /// 1, 2, 15, 96.
  private func moments() {
    attempt("fill", "moments of many normal numbers") {
      let x = try backend.makeMatrix(rows: 1, columns: sizes.draws)
      try backend.fill(x, law: .gaussian, stream: RandomStream(seed: 42, purpose: .samples, index: 0), offset: 0)
      var sums = SIMD4<Double>.zero
      for z in B.Element.doubles(try backend.download(x)) {
        let square = z * z
        sums += SIMD4(z, square, z * square, square * square)
      }
      let n = Double(sizes.draws)
      for (k, variance) in [1.0, 2, 15, 96].enumerated() {
        let error = abs(sums[k] / n - [0, 1, 0, 3][k])
        record(
          "fill", "moment \(k + 1) of \(sizes.draws) normal numbers, standard errors",
          residual: .ratio(error, (variance / n).squareRoot()), bound: 5)
      }
    }
  }
}
