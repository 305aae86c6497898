import LacunaAlgebra
import RealModule
import Testing

/// The laws' moments, within five standard errors of many draws under a fixed seed.
@Suite struct EntryLawTests {
  static let count = 400_000

  static func values(_ law: EntryLaw, stream: UInt64 = 1) -> [Double] {
    let random = RandomStream(seed: 20, stream: stream)
    return (0..<count).map { law.value(at: UInt64($0), of: random) }
  }

  static func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }

  /// Fourth and eighth moments, where finite: the variance of x² is m₄ − 1, that of x⁴ is m₈ − m₄².
  @Test(arguments: [
    (EntryLaw.gaussian, 3.0, 105.0), (.rademacher, 1, 1), (.sparse(density: 0.3), 1 / 0.3, 1 / 0.027),
    (.sparse(density: 1), 1, 1), (.studentT(degreesOfFreedom: 12), 3.75, 1875 / 4.0),
  ])
  func moments(law: EntryLaw, fourth: Double, eighth: Double) {
    #expect(abs(law.excessKurtosis - (fourth - 3)) < 1e-14)
    let x = Self.values(law)
    let n = Double(x.count)
    #expect(abs(Self.mean(x)) <= 5 / Double.sqrt(n))
    #expect(abs(Self.mean(x.map { $0 * $0 }) - 1) <= 5 * Double.sqrt((fourth - 1) / n) + 1e-12)
    #expect(
      abs(Self.mean(x.map { $0 * $0 * $0 * $0 }) - fourth) <= 5 * Double.sqrt((eighth - fourth * fourth) / n) + 1e-8)
  }

  @Test(arguments: [EntryLaw.gaussian, .rademacher, .studentT(degreesOfFreedom: 5), .sparse(density: 0.3)])
  func neighboursAreUncorrelated(law: EntryLaw) {
    let x = Self.values(law)
    for lag in [1, 2, 4, 8, 128] {
      let products = zip(x, x.dropFirst(lag)).map { $0 * $1 }
      #expect(abs(Self.mean(products)) <= 5 / Double.sqrt(Double(products.count)))
    }
    let other = Self.values(law, stream: 2)
    #expect(abs(Self.mean(zip(x, other).map { $0 * $1 })) <= 5 / Double.sqrt(Double(x.count)))
  }

  /// P(|t| < q) by exact distribution functions: ν = 4 has one in closed form; scaled to unit variance, x = t/√2.
  @Test func studentHasItsTails() {
    let x = Self.values(.studentT(degreesOfFreedom: 4))
    for bound in [0.5, 1, 2, 4] {
      let t = bound * Double.sqrt(2)
      let s = t / Double.sqrt(4 + t * t)
      let probability = s * (1 + 0.5 * (1 - s * s))
      let share = Double(x.filter { abs($0) < bound }.count) / Double(x.count)
      #expect(abs(share - probability) <= 5 * Double.sqrt(probability * (1 - probability) / Double(x.count)))
    }
  }

  /// P(|z| < q) of the normal law.
  @Test func normalHasItsTails() {
    let x = Self.values(.gaussian)
    for bound in [0.25, 1, 2, 3, 4] {
      let probability = Double.erf(bound / Double.sqrt(2))
      let share = Double(x.filter { abs($0) < bound }.count) / Double(x.count)
      #expect(abs(share - probability) <= 5 * Double.sqrt(probability * (1 - probability) / Double(x.count)))
    }
  }

  @Test func sparseValuesAreThree() {
    let magnitude = 1 / Double.sqrt(0.2)
    let x = Self.values(.sparse(density: 0.2))
    #expect(Set(x) == [0, magnitude, -magnitude])
    let share = Double(x.filter { $0 != 0 }.count) / Double(x.count)
    #expect(abs(share - 0.2) <= 5 * Double.sqrt(0.16 / Double(x.count)))
  }
}
