import LacunaAlgebra
import LacunaFourier
import RealModule
import Testing

/// The transform against its definition and its identities; errors are relative to ε·(1 + log₂ n)·√n·‖x‖.
@Suite struct FourierTransformTests {
  static let lengths =
    Array(0...40) + [
      49, 60, 64, 97, 100, 121, 125, 128, 210, 211, 243, 250, 256, 331, 360, 480, 500, 509, 512, 625, 720, 1000, 1009,
      1024,
    ]

  /// A complex sequence of fixed normal entries.
  static func sequence(_ n: Int, stream: UInt64) -> (real: [Double], imaginary: [Double]) {
    let random = RandomStream(seed: 7, stream: stream)
    return (
      (0..<n).map { EntryLaw.gaussian.value(at: UInt64($0), of: random) },
      (0..<n).map { EntryLaw.gaussian.value(at: UInt64(n + $0), of: random) }
    )
  }

  /// Compensated, so that the sum does not blur what is measured.
  static func squaredNorm(_ x: (real: [Double], imaginary: [Double])) -> Double {
    var sum = 0.0
    var lost = 0.0
    for (a, b) in zip(x.real, x.imaginary) {
      let term = a * a + b * b - lost
      let next = sum + term
      lost = (next - sum) - term
      sum = next
    }
    return sum
  }

  static func distance(
    _ a: (real: [Double], imaginary: [Double]), _ b: (real: [Double], imaginary: [Double]), scale: Double = 1
  ) -> Double {
    Double.sqrt(
      squaredNorm((zip(a.real, b.real).map { $0 - scale * $1 }, zip(a.imaginary, b.imaginary).map { $0 - scale * $1 })))
  }

  /// The largest 2-norm of an error that rounding explains.
  static func bound(_ n: Int, norm: Double) -> Double {
    2 * Double.ulpOfOne * (1 + Double.log2(Double(max(n, 1)))) * Double.sqrt(Double(n)) * norm
  }

  @Test(arguments: lengths) func agreesWithTheDirectSum(n: Int) {
    let x = Self.sequence(n, stream: UInt64(n))
    var direct = (real: [Double](repeating: 0, count: n), imaginary: [Double](repeating: 0, count: n))
    for k in 0..<n {
      for j in 0..<n {
        let angle = -2 * Double.pi * Double(j * k % n) / Double(n)
        let c = Double.cos(angle)
        let s = Double.sin(angle)
        direct.real[k] += x.real[j] * c - x.imaginary[j] * s
        direct.imaginary[k] += x.real[j] * s + x.imaginary[j] * c
      }
    }
    var result = x
    FourierTransform(count: n).forward(real: &result.real, imaginary: &result.imaginary)
    // The direct sum itself errs by up to about √n·ε in each coefficient.
    let slack = Double.ulpOfOne * Double(n) * Double.sqrt(Self.squaredNorm(x))
    #expect(Self.distance(result, direct) <= Self.bound(n, norm: Double.sqrt(Self.squaredNorm(x))) + slack)
  }

  @Test(arguments: lengths + [2187, 4099, 10_000, 65_536, 65_537, 100_000])
  func keepsTheNormAndComesBack(n: Int) {
    let x = Self.sequence(n, stream: UInt64(n))
    let norm = Double.sqrt(Self.squaredNorm(x))
    let transform = FourierTransform(count: n)
    var result = x
    transform.forward(real: &result.real, imaginary: &result.imaginary)
    let parseval = Double.sqrt(Self.squaredNorm(result)) - Double.sqrt(Double(n)) * norm
    #expect(abs(parseval) <= Self.bound(n, norm: norm))
    transform.backward(real: &result.real, imaginary: &result.imaginary)
    #expect(Self.distance(result, x, scale: Double(n)) <= 2 * Double.sqrt(Double(n)) * Self.bound(n, norm: norm))
  }

  @Test(arguments: [1, 12, 37, 1000]) func aShiftTurnsEachCoefficient(n: Int) {
    var impulse = (real: [Double](repeating: 0, count: n), imaginary: [Double](repeating: 0, count: n))
    let position = n / 3
    impulse.real[position] = 1
    FourierTransform(count: n).forward(real: &impulse.real, imaginary: &impulse.imaginary)
    for k in 0..<n {
      let angle = -2 * Double.pi * Double(position * k % n) / Double(n)
      #expect(abs(impulse.real[k] - Double.cos(angle)) < 1e-14)
      #expect(abs(impulse.imaginary[k] - Double.sin(angle)) < 1e-14)
    }
  }

  @Test(arguments: [8, 11, 100]) func thePointerVariantAgrees(n: Int) {
    let x = Self.sequence(n, stream: 1)
    let transform = FourierTransform(count: n)
    var expected = x
    transform.backward(real: &expected.real, imaginary: &expected.imaginary)
    var result = x
    var work = [Double](repeating: .nan, count: transform.workspaceCount)
    transform.backward(real: &result.real, imaginary: &result.imaginary, workspace: &work)
    #expect(result.real == expected.real && result.imaginary == expected.imaginary)
  }
}
