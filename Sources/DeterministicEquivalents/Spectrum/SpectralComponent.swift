import LinearAlgebra
import RealModule

/// One interval of the continuous spectrum, with its density as a cosine series.
///
/// In the angle θ ∈ [0, π], ln z = m − h cos θ between the edges, the density vanishes like sin θ at both ends, so that
/// z ρ(z) d(ln z)/dθ is smooth and even: its cosine series converges geometrically, integrates term by term, and the
/// distribution function follows to the accuracy of the density.
struct SpectralComponent: Sendable {
  let lower: BulkEdge
  let upper: BulkEdge
  /// The fraction of the spectrum in the interval.
  let mass: Double
  /// a_k of (1/π)(a_0 + 2Σ a_k cos kθ), a_0 the mass.
  private let coefficients: [Double]
  /// c at the angles (j + ½)π/N.
  private let samples: [Complex]
  private let halfWidth: Double

  /// - Parameter maximumOrder: greatest N; smooth densities need a hundred or less.
  init(_ interval: BulkInterval, of bulk: BulkMeasure, maximumOrder: Int = 4096) {
    lower = interval.lower
    upper = interval.upper
    // ln(upper/lower)/2 without the cancellation that a narrow interval would suffer.
    halfWidth = Double.log(onePlus: (upper.z - lower.z) / lower.z) / 2
    var order = 32
    var (values, contractions) = Self.sample(bulk, lower, upper, halfWidth, order)
    var series = Self.cosineSeries(values)
    while order < maximumOrder, !Self.hasConverged(series) {
      order *= 2
      (values, contractions) = Self.sample(bulk, lower, upper, halfWidth, order)
      series = Self.cosineSeries(values)
    }
    let scale = series.reduce(0) { max($0, abs($1)) }
    let length = (series.lastIndex { abs($0) > 1e-15 * scale } ?? 0) + 1
    coefficients = Array(series.prefix(length))
    samples = contractions
    mass = series[0]
  }

  func contains(_ z: Double) -> Bool { z > lower.z && z < upper.z }

  /// θ of z.
  private func angle(of z: Double) -> Double {
    let fromLower = Double.log(onePlus: (z - lower.z) / lower.z) / (2 * halfWidth)
    return 2 * .asin(min(1, max(0, fromLower)).squareRoot())
  }

  private static func position(
    _ angle: Double, _ lower: BulkEdge, _ upper: BulkEdge, _ halfWidth: Double
  ) -> Double {
    let half = Double.sin(angle / 2)
    return min(upper.z, lower.z * Double.exp(2 * halfWidth * half * half))
  }

  /// A first value for c at z, from the two samples beside it.
  func guess(at z: Double) -> Complex {
    let position = angle(of: z) / .pi * Double(samples.count) - 0.5
    let index = min(max(Int(position.rounded(.down)), 0), samples.count - 2)
    let fraction = min(1, max(0, position - Double(index)))
    return samples[index] * (1 - fraction) + samples[index + 1] * fraction
  }

  /// The fraction of the spectrum in this interval below z.
  func mass(below z: Double) -> Double {
    if z <= lower.z { return 0 }
    if z >= upper.z { return mass }
    return mass(below: angle(of: z)).mass
  }

  /// The z below which this interval holds the given mass.
  func position(ofMass target: Double) -> Double {
    var (low, high) = (0.0, Double.pi)
    var angle = Double.pi * min(1, max(0, target / mass))
    for _ in 0..<60 {
      let (value, slope) = self.mass(below: angle)
      if value < target { low = angle } else { high = angle }
      let newton = angle - (value - target) / slope
      let next = newton > low && newton < high ? newton : (low + high) / 2
      if abs(next - angle) <= 1e-14 * .pi || high - low <= 1e-14 { break }
      angle = next
    }
    return Self.position(angle, lower, upper, halfWidth)
  }

  /// ∫₀^θ and the integrand, by the recurrences of sin kθ and cos kθ.
  private func mass(below angle: Double) -> (mass: Double, slope: Double) {
    var integral = coefficients[0] * angle
    var slope = coefficients[0]
    let step = Complex(.cos(angle), .sin(angle))
    var turn = Complex(1)
    for k in 1..<max(coefficients.count, 1) {
      turn = turn * step
      integral += 2 * coefficients[k] * turn.imaginary / Double(k)
      slope += 2 * coefficients[k] * turn.real
    }
    return (integral / .pi, slope / .pi)
  }

  private static func sample(
    _ bulk: BulkMeasure, _ lower: BulkEdge, _ upper: BulkEdge, _ halfWidth: Double, _ order: Int
  ) -> (values: [Double], contractions: [Complex]) {
    var values: [Double] = []
    var contractions: [Complex] = []
    var guess = Complex(lower.contraction, -0.1 * abs(lower.contraction))
    for j in 0..<order {
      let angle = (Double(j) + 0.5) * .pi / Double(order)
      let z = position(angle, lower, upper, halfWidth)
      if case .inside(let c) = bulk.contraction(at: z, guess: guess) {
        guess = c
        values.append(z * bulk.sums(c, Complex(z)).trace.imaginary / .pi * halfWidth * .sin(angle))
      } else {
        // Within rounding of an edge.
        values.append(0)
      }
      contractions.append(guess)
    }
    return (values, contractions)
  }

  /// a_k = (π/N) Σ_j g(θ_j) cos kθ_j, the midpoint rule.
  private static func cosineSeries(_ values: [Double]) -> [Double] {
    let order = values.count
    var real = values + values.reversed()
    var imaginary = Array(repeating: 0.0, count: 2 * order)
    FourierTransform(count: 2 * order).forward(real: &real, imaginary: &imaginary)
    let scale = Double.pi / Double(2 * order)
    return (0..<order).map { k in
      let angle = .pi * Double(k) / Double(2 * order)
      return scale * (real[k] * .cos(angle) + imaginary[k] * .sin(angle))
    }
  }

  private static func hasConverged(_ series: [Double]) -> Bool {
    let scale = series.reduce(0) { max($0, abs($1)) }
    return series.suffix(series.count / 4).allSatisfy { abs($0) <= 1e-11 * scale }
  }
}
