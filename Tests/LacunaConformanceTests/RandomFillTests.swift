import LacunaAlgebra
import RealModule
import Testing

/// Fills against the definition of the laws.
@Suite struct RandomFillTests {
  static let laws: [EntryLaw] = [
    .gaussian, .rademacher, .studentT(degreesOfFreedom: 2.5), .studentT(degreesOfFreedom: 30), .sparse(density: 0.05),
    .sparse(density: 1),
  ]

  /// The law's value from the bits that a precision reads: in float32 a uniform has the first word of its half alone.
  static func value(_ law: EntryLaw, _ index: UInt64, _ stream: RandomStream, _ precision: Precision) -> Double {
    guard precision == .float32 else { return law.value(at: index, of: stream) }
    func uniforms(_ block: UInt64) -> (Double, Double) {
      let w = stream.block(block)
      return ((Double(w.x) + 0.5) * 0x1p-32, (Double(w.z) + 0.5) * 0x1p-32)
    }
    switch law {
    case .gaussian:
      let (u, v) = uniforms(index / 2)
      let angle = 2 * Double.pi * v
      return Double.sqrt(-2 * Double.log(u)) * (index % 2 == 0 ? Double.cos(angle) : Double.sin(angle))
    case .studentT(let degrees):
      let (u, v) = uniforms(index)
      let square = (degrees - 2) * Double.expMinusOne(-2 / degrees * Double.log(u))
      return Double.sqrt(square) * Double.cos(2 * .pi * v)
    case .rademacher, .sparse:
      return law.value(at: index, of: stream)
    }
  }

  /// y of Student's e^y, whose rounding the exponential multiplies by y, in the definition as in a fill.
  static func exponent(_ law: EntryLaw, _ index: UInt64, _ stream: RandomStream) -> Double {
    guard case .studentT(let degrees) = law else { return 0 }
    return -2 / degrees * Double.log(stream.uniforms(index).0)
  }

  @Test(arguments: Subject.all, laws) func agreesWithTheDefinition(subject: Subject, law: EntryLaw) throws {
    func check<B: Backend>(_ backend: B) throws {
      let count = 100_000
      for (seed, number, offset) in [(1, 0, 0), (.max, 1 << 63, (1 << 33) + 5)] as [(UInt64, UInt64, UInt64)] {
        let stream = RandomStream(seed: seed, stream: number)
        let x = try backend.makeMatrix(rows: 1, columns: count)
        try backend.fill(x, law: law, stream: stream, offset: offset)
        let values = try backend.download(x)
        var worst = 0.0
        for e in 0..<count {
          let expected = Self.value(law, offset + UInt64(e), stream, B.Element.precision)
          let unit = Double(B.Element(max(abs(expected), 1)).ulp)
          let allowed = 4 + Self.exponent(law, offset + UInt64(e), stream)
          worst = max(worst, abs(Double(values[e]) - expected) / unit / allowed)
        }
        #expect(worst <= 1)
      }
    }
    try check(subject.backend)
  }

  @Test(arguments: Subject.all, laws) func piecesAreTheWhole(subject: Subject, law: EntryLaw) throws {
    func check<B: Backend>(_ backend: B) throws {
      let stream = RandomStream(seed: 3, stream: 4)
      let whole = try backend.makeMatrix(rows: 1, columns: 70_000)
      try backend.fill(whole, law: law, stream: stream, offset: 1)
      let expected = try backend.download(whole)
      var start = 0
      for length in [1, 2, 3, 1, 7, 8, 17, 64, 511, 513, 1000, 40_001] {
        let piece = try backend.makeMatrix(rows: 1, columns: length)
        try backend.fill(piece, law: law, stream: stream, offset: UInt64(1 + start))
        #expect(try backend.download(piece) == Array(expected[start..<start + length]), "\(length) from \(start)")
        start += length
      }
      let empty = try backend.makeMatrix(rows: 0, columns: 3)
      try backend.fill(empty, law: law, stream: stream, offset: 7)
    }
    try check(subject.backend)
  }

  @Test(arguments: Subject.all) func theOrderIsRowMajor(subject: Subject) throws {
    func check<B: Backend>(_ backend: B) throws {
      let stream = RandomStream(seed: 8, stream: 0)
      let matrix = try backend.makeMatrix(rows: 13, columns: 37)
      let vector = try backend.makeMatrix(rows: 1, columns: 13 * 37)
      try backend.fill(matrix, law: .gaussian, stream: stream, offset: 5)
      try backend.fill(vector, law: .gaussian, stream: stream, offset: 5)
      #expect(try backend.download(matrix) == (try backend.download(vector)))
    }
    try check(subject.backend)
  }

  /// Mean, variance and kurtosis of many normals within five standard errors, fixed seed.
  @Test(arguments: Subject.all) func manyNormalsHaveTheirMoments(subject: Subject) throws {
    func check<B: Backend>(_ backend: B) throws {
      let count = 4_000_000
      let x = try backend.makeMatrix(rows: 1, columns: count)
      try backend.fill(x, law: .gaussian, stream: RandomStream(seed: 42, purpose: .samples, index: 0), offset: 0)
      var sums = [Double](repeating: 0, count: 5)
      for value in try backend.download(x) {
        let z = Double(value)
        sums[1] += z
        sums[2] += z * z
        sums[3] += z * z * z
        sums[4] += z * z * z * z
      }
      let n = Double(count)
      // The variances of z, z², z³, z⁴ are 1, 2, 15, 96.
      #expect(abs(sums[1] / n) <= 5 * Double.sqrt(1 / n))
      #expect(abs(sums[2] / n - 1) <= 5 * Double.sqrt(2 / n))
      #expect(abs(sums[3] / n) <= 5 * Double.sqrt(15 / n))
      #expect(abs(sums[4] / n - 3) <= 5 * Double.sqrt(96 / n))
    }
    try check(subject.backend)
  }
}
